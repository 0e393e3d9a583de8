// SPDX-License-Identifier: Apache-2.0
#include "daemon/canary.hpp"

#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/outgoing.hpp"
#include "daemon/example_record.hpp"
#include "daemon/feed_trial.hpp"
#include "daemon/folder_watch.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace forewarn::canary {

namespace {

constexpr std::string_view file_prefix = "forewarn-canary-";
constexpr const char* notice_key = "canary.lost";

std::string mark_of(const std::string& way) {
  return "canary." + way;
}

std::string why_mark(const std::string& way) {
  return "canary.why." + way;
}

std::string in_words(const std::string& way) {
  const auto what = way.substr(way.find(':') + 1);
  if (way.starts_with("folder:")) return "the folder of feed " + what;
  if (way.starts_with("push:")) return "records pushed to feed " + what;
  if (way.starts_with("mapping:")) return "the mapping of feed " + what;
  const auto slash = what.find('/');
  return fmt::format("messages to {} by {}", what.substr(0, slash), what.substr(slash + 1));
}

} // namespace

bool is_canary_file(std::string_view name) {
  return name.starts_with(file_prefix) && name.ends_with(".txt");
}

std::string by_folder(const feed_id& feed) {
  return "folder:" + feed.str();
}
std::string by_push(const feed_id& feed) {
  return "push:" + feed.str();
}
std::string by_mapping(const feed_id& feed) {
  return "mapping:" + feed.str();
}
std::string by_channel(const service_id& to, const std::string& channel) {
  return "channel:" + to.str() + '/' + channel;
}

std::vector<std::string> ways(const std::vector<connectors::feed>& feeds, const alerting::service_book& services) {
  std::vector<std::string> out;
  for (const auto& one : feeds) {
    if (one.folder) out.push_back(by_folder(one.id));
    if (one.push) out.push_back(by_push(one.id));
    if ((one.folder || one.push) && !objection_to(one, connectors::from_text(content_for(one, "example"))))
      out.push_back(by_mapping(one.id));
  }
  for (const auto& one : services.services)
    if (one.exercise)
      for (const auto& by : one.channels) out.push_back(by_channel(one.id, by.name));
  return out;
}

std::vector<std::string> untried(const alerting::service_book& services) {
  std::set<std::string> real, tried;
  for (const auto& one : services.services)
    for (const auto& by : one.channels) (one.exercise ? tried : real).emplace(to_text(by.kind));
  std::vector<std::string> out;
  std::set_difference(real.begin(), real.end(), tried.begin(), tried.end(), std::back_inserter(out));
  return out;
}

std::string content_for(const connectors::feed& of, const std::string& day) {
  auto record = example_file(of, fmt::format("{}{}", file_prefix, day));
  if (!objection_to(of, connectors::from_text(record))) return record;
  return "A canary of Forewarn's: it holds no record. Once it was read, this feed's way is known to work.\n";
}

std::optional<std::string> objection_to(const connectors::feed& of, connectors::byte_source bytes) {
  const auto came = try_feed(of, std::move(bytes), {1, 1});
  if (came.broken) return came.broken->reason;
  if (!came.refused.empty())
    return fmt::format("column '{}': {}", came.refused.front().why.column, came.refused.front().why.reason);
  if (came.accepted != 1) return "its `select` leaves the record out";
  return {};
}

std::vector<std::pair<feed_id, std::string>> unmappable(const std::vector<connectors::feed>& feeds) {
  std::vector<std::pair<feed_id, std::string>> out;
  for (const auto& one : feeds)
    if (auto why = objection_to(one, connectors::from_text(example_file(one)))) out.emplace_back(one.id, *why);
  return out;
}

std::vector<std::string> drop_files(const settings& how, const std::vector<connectors::feed>& feeds,
                                    const std::string& day) {
  std::vector<std::string> failed;
  for (const auto& one : feeds) {
    const auto folder = drop_folder(how, one);
    if (!folder) continue;
    const auto name = fmt::format("{}{}.txt", file_prefix, day);
    std::error_code error;
    std::filesystem::create_directories(*folder, error); // a new feed's: its watch may not have made it yet
    const auto half = *folder / (name + ".part");        // left alone until it is whole
    std::ofstream file{half, std::ios::trunc};
    file << content_for(one, day);
    file.close();
    error.clear();
    if (file) std::filesystem::rename(half, *folder / name, error);
    if (!file || error) failed.push_back(one.id.str());
  }
  return failed;
}

void send_messages(const alerting::setup& with, const std::string& day, store& ledger, instant now) {
  for (const auto* to : services_that(with, [](const alerting::service& s) { return s.exercise; })) {
    auto what =
        alerting::render_exercise(to->name, "Forewarn", "the daily canary: it tries this way, and nothing more", now);
    what.type = message_type;
    what.about = "canary of " + day;
    what.thread = "canary";
    what.level = level::info;
    what.json = alerting::envelope(message_type, now,
                                   {{"status", "exercise"}, {"headline", what.subject}, {"about", what.about}});
    std::vector<alerting::addressee> all;
    for (const auto& by : to->channels) all.push_back({to, &by});
    send_by(what, fmt::format("{}|{}|{}", message_type, to->id.str(), day), all, ledger, now);
  }
}

void came_through(const std::string& way, store& ledger, instant now) {
  ledger.set_mark(mark_of(way), format_rfc3339(now));
}

void try_mapping(const connectors::feed& of, connectors::byte_source bytes, store& ledger, instant now) {
  const auto way = by_mapping(of.id);
  const auto wrong = objection_to(of, std::move(bytes));
  ledger.set_mark(why_mark(way), wrong.value_or(""));
  if (!wrong) came_through(way, ledger, now);
}

std::map<std::string, instant> last(const std::vector<std::string>& of, const store_reader& stored) {
  std::map<std::string, instant> out;
  for (const auto& way : of)
    if (const auto at = parse_rfc3339(stored.mark(mark_of(way)).value_or(""))) out.emplace(way, *at);
  return out;
}

void judge(const std::vector<std::string>& of, instant sent_at, alerting::process& process, store& ledger,
           instant now) {
  const auto came = last(of, ledger);
  std::vector<std::string> lost, told;
  for (const auto& way : of)
    if (const auto it = came.find(way); it == came.end() || it->second < sent_at) {
      lost.push_back(in_words(way));
      const auto why = ledger.mark(why_mark(way)).value_or("");
      told.push_back(why.empty() ? lost.back() : fmt::format("{} ({})", lost.back(), why));
    }
  if (lost.empty()) {
    (void)process.clear(notice_key, "Every canary of the day came through.", ledger, now);
    return;
  }
  operator_notice what;
  what.key = what.type = notice_key;
  what.subject = fmt::format("The daily canary did not come through by {}", join_and(lost));
  what.text =
      fmt::format("What comes or is sent that way may not arrive either:\n{}\n\nSee `forewarn deliveries stuck` for "
                  "messages, `forewarn feeds list` for feeds, and the daemon's log. The canary goes out again "
                  "tomorrow, and you will hear when it comes through.",
                  join(told, "\n"));
  what.level = level::amber;
  (void)process.raise(std::move(what), ledger, now);
}

} // namespace forewarn::canary
