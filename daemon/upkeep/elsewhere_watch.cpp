// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/elsewhere_watch.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/content_hash.hpp"
#include "daemon/delivery/fetch.hpp"
#include "daemon/log.hpp"
#include "daemon/panel/elsewhere.hpp"
#include "daemon/panel/reports.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_mail = 2U << 20U;
// What a feed lists that is older was dealt with, or is over: a first look does not bring years of it.
constexpr duration recent = std::chrono::hours{24 * 7};
constexpr duration told_after = std::chrono::hours{1}; // of failing
// Each is a message to on-call: a source gone mad comes in portions, and nothing of it is lost.
constexpr std::size_t most_at_once = 20;

void enter(const panel::report& what, const std::string& source, desk& state) {
  std::string wrong;
  state.run([&](desk_view& view) {
    const auto came = panel::enter(what, "Forewarn, from " + source, view.process.in_force(), view.ledger, view.now);
    if (!came) wrong = came.error();
  });
  if (wrong.empty())
    spdlog::info("event=alert_from_elsewhere source={} reference={}", log_value(source), log_value(what.outside_ref));
  else
    spdlog::warn("event=alert_from_elsewhere_refused source={} reference={} error={} do=\"enter it by hand: forewarn "
                 "report\"",
                 log_value(source), log_value(what.outside_ref), log_value(wrong));
}

std::string read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string out(largest_mail, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

} // namespace

std::size_t elsewhere_watch::read_feed(const panel::elsewhere_source& from, const std::string& document, desk& state,
                                       instant at) {
  const auto found = panel::read_published(document, from);
  if (!found) throw std::runtime_error{found.error()};
  std::size_t entered = 0;
  for (const auto& one : *found) {
    if (entered == most_at_once) {
      spdlog::warn("event=many_alerts_from_elsewhere source={} do=\"look whether it is in order; the next {} come with "
                   "the next look\"",
                   log_value(from.name), most_at_once);
      break;
    }
    const auto hash = content_hash(from.name + '\n' + one.outside_ref + '\n' + one.title + '\n' + one.text);
    if (!seen_.insert(hash).second) continue;
    if (one.outside_issued_at && at - *one.outside_issued_at > recent) continue;
    enter(one, from.name, state); // what came before a restart is known by its reference and words
    ++entered;
  }
  return entered;
}

std::size_t elsewhere_watch::read_folder(const panel::elsewhere_source& from, const fs::path& folder, desk& state) {
  std::size_t entered = 0;
  std::vector<fs::path> mails;
  for (const auto& one : fs::directory_iterator{folder / "new"})
    if (one.is_regular_file()) mails.push_back(one.path());
  std::sort(mails.begin(), mails.end());
  for (const auto& file : mails) {
    if (entered == most_at_once) break; // the others with the next look
    if (seen_.contains(file.string())) continue;
    const auto mail = panel::read_mailed(read_file(file), from);
    const bool known = mail && std::any_of(from.senders.begin(), from.senders.end(),
                                           [&](const std::string& one) { return ascii_lower(one) == mail->sender; });
    if (!known) {
      seen_.insert(file.string());
      spdlog::warn(
          "event=mail_left_alone source={} file={} do=\"read it yourself; if it is an alert, add its sender to "
          "`senders` in grading/\"",
          log_value(from.name), log_value(file.filename().string()));
      continue;
    }
    enter(mail->what, from.name, state);
    ++entered;
    fs::create_directories(folder / "cur");
    fs::rename(file, folder / "cur" / (file.filename().string() + ":2,S"));
  }
  return entered;
}

void elsewhere_watch::look(const in_force& now, desk& state, operator_notices& notices, instant at) {
  if (!now.all.panel || !state.healthy()) return;
  for (const auto& one : now.all.panel->elsewhere) {
    auto& next = next_[one.name];
    if (next > at) continue;
    next = at + (one.url.empty() ? duration{std::chrono::minutes{1}} : one.every);
    std::string wrong;
    try {
      if (one.url.empty()) {
        (void)read_folder(one, now.all.settings.state_dir / one.maildir, state);
      } else {
        const auto document =
            outbox::fetch_document(one.url, one.ca_file.empty() ? "" : resolve(now.all.settings, one.ca_file).string());
        if (!document) throw std::runtime_error{document.error()};
        (void)read_feed(one, *document, state, at);
      }
    } catch (const std::exception& why) {
      wrong = why.what();
    }
    const auto key = "elsewhere.failed|" + one.name;
    if (wrong.empty()) {
      if (failing_since_.erase(one.name) > 0) notices.clear(key, "It is read again.");
      continue;
    }
    spdlog::warn("event=elsewhere_failed source={} error={} do=\"check its address in grading/\"", log_value(one.name),
                 log_value(wrong));
    const auto since = failing_since_.try_emplace(one.name, at).first->second;
    if (at - since < told_after) continue;
    operator_notice what;
    what.key = key;
    what.type = "elsewhere.failed";
    what.subject = "Alerts from elsewhere are not read: " + one.name;
    what.text =
        fmt::format("{} has not been read since {}: {}\n\nLook there yourself meanwhile, and enter what matters: "
                    "forewarn report --from {}",
                    one.url.empty() ? one.maildir : one.url.substr(0, one.url.find('?')),
                    now.all.reference->local_zone.format(since), wrong, to_text(one.from));
    notices.raise(std::move(what));
  }
}

} // namespace forewarn
