// SPDX-License-Identifier: Apache-2.0
// `forewarn audit`: looks at the chain, offline. Needs no daemon, and nothing of the configuration where a store is
// named.
#include "daemon/audit/about.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/store/open.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct wishes {
  fs::path state; // folder of the store; empty: the configuration's
  std::string ends_at;
  std::string alert, about, who;
  std::size_t limit = 100;
};

// A backup is a file; a store opens by its folder.
std::unique_ptr<store_reader> open_one(const wishes& these, const context& shared) {
  if (these.state.empty()) {
    auto from = open_stored(shared);
    return from ? std::move(from->reader) : nullptr;
  }
  std::error_code error;
  const auto folder = fs::is_directory(these.state, error) ? these.state : these.state.parent_path();
  if (!fs::is_directory(these.state, error) && these.state != database_file(folder)) {
    std::cerr << fmt::format("forewarn: {}: give the folder that holds forewarn.db, or that file\n",
                             these.state.string());
    return nullptr;
  }
  auto reader = open_reader(folder);
  if (!reader) {
    std::cerr << "forewarn: " << reader.error() << '\n';
    return nullptr;
  }
  return std::move(*reader);
}

// "812:sha256:ab..." as `audit verify` printed it.
std::optional<audit::head> head_in(const std::string& text) {
  audit::head out;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out.seq);
  if (read.ec != std::errc{} || read.ptr == text.data() + text.size() || *read.ptr != ':') return {};
  out.hash = std::string{read.ptr + 1, text.data() + text.size()};
  return out;
}

std::string as_text(const audit::head& one) {
  return fmt::format("{}:{}", one.seq, one.hash);
}

outcome broken(const std::string& why, const audit::verifier& so_far, const context& shared) {
  if (shared.output == "json")
    std::cout << json::serialize(json::object{{"whole", false}, {"lines", so_far.last().seq}, {"broken", why}}) << '\n';
  else
    std::cout << fmt::format("BROKEN: {}\nThe {} lines before it are whole.\n", why, so_far.last().seq);
  return outcome::failed;
}

outcome verify(const wishes& these, const context& shared) {
  std::optional<audit::head> kept;
  if (!these.ends_at.empty()) kept = head_in(these.ends_at);
  if (!these.ends_at.empty() && !kept) {
    std::cerr << "forewarn: --holds: write NUMBER:HASH, as an earlier `audit verify` printed it\n";
    return outcome::usage;
  }
  const auto reader = open_one(these, shared);
  if (!reader) return outcome::failed;
  const auto& chain = panel::of(*reader);
  audit::verifier look;
  std::string otherwise;
  reader->at_one_moment([&] {
    chain.each_entry(0, [&](const audit::entry& one) {
      if (!look.take(one)) return false;
      if (kept && one.seq == kept->seq && one.hash != kept->hash)
        otherwise = fmt::format("line {} is not the one you kept: the chain was written anew", one.seq);
      return otherwise.empty();
    });
    if (look.broken().empty() && otherwise.empty()) (void)look.ends_at(chain.audit_head());
  });
  if (!look.broken().empty()) return broken(look.broken(), look, shared);
  if (!otherwise.empty()) return broken(otherwise, look, shared);
  if (kept && kept->seq > look.last().seq)
    return broken(fmt::format("line {}, which you kept, is not there: the end was cut off", kept->seq), look, shared);
  if (shared.output == "json")
    std::cout << json::serialize(
                     json::object{{"whole", true}, {"lines", look.last().seq}, {"head", as_text(look.last())}})
              << '\n';
  else
    std::cout << fmt::format("The audit is whole: {} lines.\nIts head: {}\nKeep the head elsewhere; `forewarn audit "
                             "verify --holds {}` proves later that nothing up to it was changed.\n",
                             look.last().seq, as_text(look.last()), as_text(look.last()));
  return outcome::done;
}

json::object as_json(const audit::entry& one) {
  json::array subjects;
  for (const auto& subject : one.subjects) subjects.emplace_back(subject);
  return {{"seq", one.seq},       {"at", format_rfc3339(one.at)},    {"who", one.who},
          {"what", one.what},     {"subjects", std::move(subjects)}, {"why", one.why},
          {"detail", one.detail}, {"previous", one.previous},        {"hash", one.hash}};
}

bool wanted(const audit::entry& one, const wishes& these) {
  if (!these.who.empty() && one.who != these.who) return false;
  if (these.about.empty()) return true;
  return std::find(one.subjects.begin(), one.subjects.end(), these.about) != one.subjects.end();
}

outcome list(const wishes& these, const context& shared) {
  const auto reader = open_one(these, shared);
  if (!reader) return outcome::failed;
  std::deque<audit::entry> last;
  panel::of(*reader).each_entry(0, [&](const audit::entry& one) {
    if (wanted(one, these)) last.push_back(one);
    if (last.size() > these.limit) last.pop_front();
    return true;
  });
  if (shared.output == "json") {
    json::array out;
    for (auto it = last.rbegin(); it != last.rend(); ++it) out.push_back(as_json(*it));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (last.empty()) {
    std::cout << (these.about.empty() && these.who.empty() ? "Nothing was written down yet.\n"
                                                           : "No line of the audit is of that.\n");
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (auto it = last.rbegin(); it != last.rend(); ++it)
    cells.push_back(
        {std::to_string(it->seq), format_rfc3339(it->at), it->who, it->what, join(it->subjects, " "), it->why});
  std::cout << as_table({"LINE", "AT", "WHO", "WHAT", "ABOUT", "WHY"}, cells);
  return outcome::done;
}

outcome export_lines(const wishes& these, const context& shared) {
  const auto reader = open_one(these, shared);
  if (!reader) return outcome::failed;
  if (these.alert.empty()) {
    panel::of(*reader).each_entry(0, [](const audit::entry& one) {
      std::cout << json::serialize(as_json(one)) << '\n';
      return true;
    });
    return outcome::done;
  }
  const auto one = reader->alert_by_ref(alert_ref{these.alert});
  if (!one) {
    std::cerr << fmt::format("forewarn: no alert '{}'; `forewarn alerts list --all` shows all\n", these.alert);
    return outcome::failed;
  }
  for (const auto& line : audit::lines_about(audit::behind(*one, *reader), *reader))
    std::cout << json::serialize(as_json(line)) << '\n';
  return outcome::done;
}

} // namespace

void add_audit(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("audit", "who decided, sent, read and changed what: a chain that shows tampering");
  verb->footer("Examples:\n  forewarn audit verify\n  forewarn audit list --about FW-2026-0007\n"
               "  forewarn audit export --alert FW-2026-0007 > review.ndjson");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  const auto part = [&](const char* name, const char* what, const char* example) {
    auto* out = verb->add_subcommand(name, what);
    out->footer(std::string{"Example: "} + example);
    out->fallthrough();
    out->add_option("--store", these->state,
                    "folder with forewarn.db, such as a restored backup; default: the daemon's")
        ->type_name("DIR");
    return out;
  };

  auto* verifying =
      part("verify", "checks every link, offline; names the first that is broken", "forewarn audit verify");
  verifying->add_option("--holds", these->ends_at, "a head that an earlier look printed: nothing before it was changed")
      ->type_name("NUMBER:HASH");
  verifying->callback([these, &shared] { shared.result = verify(*these, shared); });

  auto* listing = part("list", "the newest first", "forewarn audit list --who 'the duty consultant'");
  listing->add_option("--about", these->about, "a reference or an id")->type_name("REF");
  listing->add_option("--of", these->who, "only what this person did")->type_name("NAME");
  listing->add_option("--limit", these->limit, "at most so many")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  listing->footer("Example: forewarn audit list --about FW-2026-0007");
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* exporting =
      part("export", "lines as NDJSON, for a review of a death or a complaint: all, or those behind one alert",
           "forewarn audit export --alert FW-2026-0007 > review.ndjson");
  exporting->add_option("--alert", these->alert, "with its signal, assessment, report and merged alerts")
      ->type_name("REF");
  exporting->callback([these, &shared] { shared.result = export_lines(*these, shared); });
}

} // namespace forewarn::commands
