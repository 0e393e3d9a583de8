// SPDX-License-Identifier: Apache-2.0
// `forewarn doctor`: a health report on one page, with the daemon up or down. Changes nothing.
#include "daemon/commands/command.hpp"

#include "daemon/commands/client.hpp"
#include "daemon/store/open.hpp"
#include "daemon/upkeep/checkup.hpp"
#include "forewarn/clock.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;
using checkup::finding;
using checkup::findings;
using checkup::verdict;

std::string_view name_of(verdict how) {
  switch (how) {
  case verdict::good: return "good";
  case verdict::look: return "LOOK";
  case verdict::wrong: return "WRONG";
  }
  return "WRONG";
}

void add(findings& to, findings more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::string text_of(const json::object& from, const char* key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

bool truth_of(const json::object& from, const char* key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

findings on_daemon(const context& shared) {
  const auto answer = ask_daemon(shared, {"GET", "/-/status", "", "application/json"});
  if (!answer) return {{verdict::wrong, "daemon", answer.error()}};
  boost::system::error_code error;
  const auto read = json::parse(answer->body, error);
  if (error || !read.is_object()) return {{verdict::wrong, "daemon", "it answered what cannot be read"}};
  const auto& said = read.get_object();
  findings out;
  if (truth_of(said, "ready"))
    out.push_back({verdict::good, "daemon",
                   fmt::format("version {}, ready, since {}", text_of(said, "version"), text_of(said, "started_at"))});
  else
    out.push_back({verdict::wrong, "daemon",
                   fmt::format("it runs but takes nothing: {}",
                               text_of(said, "trouble").empty() ? "starting or stopping" : text_of(said, "trouble"))});
  if (!truth_of(said, "last_reload_good"))
    out.push_back({verdict::wrong, "reload",
                   fmt::format("the configuration was refused at {}; the old one is in force. Mend it, then: systemctl "
                               "reload forewarnd",
                               text_of(said, "last_reload"))});
  const auto* watchdog = said.if_contains("watchdog_seconds");
  const bool watched = watchdog != nullptr && watchdog->is_int64() && watchdog->get_int64() > 0;
  out.push_back(truth_of(said, "tells_systemd")
                    ? finding{verdict::good, "systemd",
                              watched ? fmt::format("hears when it is ready, and a sign of life within {} s",
                                                    watchdog->get_int64())
                                      : std::string{"hears when it is ready; no watchdog (WatchdogSec)"}}
                    : finding{verdict::good, "systemd", "not used: nobody restarts the daemon if it ends"});
  return out;
}

findings on_store(const configuration& all, const zone& local, instant now) {
  const auto opened = open_reader(all.settings.state_dir);
  if (!opened) return {}; // the finding about the database says it
  const store_reader& stored = **opened;
  findings out;
  add(out, checkup::on_clock(now, stored.last_received_at(), checkup::clock_is_synchronised(), local));
  add(out, checkup::on_feeds(all.feeds, stored.totals(), stored.feed_watches(), local));
  add(out, checkup::on_outbox(stored.deliveries_pending(), stored.oldest_pending(),
                              stored.figures(now - std::chrono::hours{24}).lost, now));
  if (all.services) add(out, checkup::on_destinations(outbox::what_is_stuck(*all.services, stored, now), now, local));
  add(out, checkup::on_canaries(all, stored, now, local));
  add(out, checkup::on_notices(stored.operator_notices(), local));
  return out;
}

findings examine(const context& shared, bool quick) {
  const auto all = load_configuration(shared.config_dir);
  const auto now = system_clock{}.now();
  const auto local = zone::named(all.settings.zone_name).value_or(zone::utc());
  const auto& state_dir = all.settings.state_dir;
  findings out = checkup::on_configuration(all);
  add(out, on_daemon(shared));
  add(out, checkup::on_disk(state_dir, room_at(state_dir)));
  add(out, checkup::on_database(look_at_database(state_dir, !quick)));
  add(out, on_store(all, local, now));
  add(out, checkup::on_certificates(all, now));
  add(out, checkup::on_secrets(all));
  return out;
}

outcome doctor(bool quick, const context& shared) {
  const auto found = examine(shared, quick);
  const auto wrong =
      std::count_if(found.begin(), found.end(), [](const finding& f) { return f.how == verdict::wrong; });
  if (shared.output == "json") {
    json::array rows;
    for (const auto& one : found)
      rows.push_back({{"what", one.what},
                      {"verdict", one.how == verdict::good   ? "good"
                                  : one.how == verdict::look ? "look"
                                                             : "wrong"},
                      {"text", one.text}});
    std::cout << json::serialize(json::object{{"healthy", wrong == 0}, {"findings", rows}}) << '\n';
  } else {
    for (const auto& one : found) std::cout << fmt::format("{:<6} {}: {}\n", name_of(one.how), one.what, one.text);
    std::cout << (wrong == 0 ? "\nNothing is wrong.\n"
                             : fmt::format("\n{} {} wrong.\n", wrong, wrong == 1 ? "thing is" : "things are"));
  }
  return wrong == 0 ? outcome::done : outcome::failed;
}

} // namespace

void add_doctor(CLI::App& root, context& shared) {
  const auto quick = std::make_shared<bool>(false);
  auto* verb = root.add_subcommand("doctor", "a health report on one page; works with the daemon down, too");
  verb->add_flag("--quick", *quick, "do not read every page of the database");
  verb->footer("Example: forewarn doctor || mail -s 'Forewarn is not well' duty@example.org\n"
               "Exit code 1 when something is wrong.");
  verb->fallthrough();
  verb->callback([quick, &shared] { shared.result = doctor(*quick, shared); });
}

} // namespace forewarn::commands
