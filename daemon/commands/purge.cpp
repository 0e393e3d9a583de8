// SPDX-License-Identifier: Apache-2.0
// `forewarn purge`: removes what the feeds' retention allows to be kept no longer. By the daemon where it runs, itself
// where it does not.
#include "daemon/commands/command.hpp"

#include "daemon/commands/client.hpp"
#include "daemon/panel/forgetting.hpp"
#include "daemon/retention/purge.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/open.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

outcome complain(const std::string& why) {
  std::cerr << "forewarn: " << why << '\n';
  return outcome::failed;
}

void say(std::int64_t records, const std::string& text, const context& shared, bool dry) {
  if (shared.output == "json") {
    std::cout << boost::json::serialize(boost::json::object{{"records", records}, {"text", text}, {"dry_run", dry}})
              << '\n';
    return;
  }
  std::cout << (text.empty() ? "No feed says how long its records may be kept (retention).\n" : text);
  std::cout << fmt::format("{} {}. Counts by day, place and substance are kept.\n",
                           dry ? "It would remove records:" : "Records removed:", records);
}

outcome look(const configuration& all, const context& shared) {
  const auto reader = open_reader(all.settings.state_dir);
  if (!reader) return complain(reader.error());
  const auto what = retention::what_expired(panel::with_reports(all.feeds, *all.panel), **reader, system_clock{}.now());
  std::int64_t records = 0;
  for (const auto& one : what) records += one.counts.records;
  say(records, retention::to_text(what, all.reference->local_zone), shared, true);
  return outcome::done;
}

outcome by_the_daemon(const context& shared) {
  const auto answer = ask_or_complain(shared, {"POST", "/-/purge", "", "application/json"});
  if (!answer) return outcome::failed;
  const auto read = boost::json::parse(*answer).as_object();
  say(read.at("records").as_int64(), std::string{read.at("text").as_string()}, shared, false);
  return outcome::done;
}

outcome by_hand(const configuration& all, const context& shared) {
  auto opened = open_store(all.settings.state_dir);
  if (!opened) return complain(opened.error());
  store& ledger = **opened;
  const auto what = retention::what_expired(panel::with_reports(all.feeds, *all.panel), ledger, system_clock{}.now());
  const auto in_transaction = [&](const std::function<void(store&)>& work) {
    ledger.begin();
    try {
      work(ledger);
      ledger.commit();
    } catch (...) {
      ledger.rollback();
      throw;
    }
  };
  const auto records = retention::purge(what, *all.reference, ledger, in_transaction);
  in_transaction([&](store& all_of) { (void)panel::forget_reports(*all.panel, all_of, system_clock{}.now()); });
  say(records, retention::to_text(what, all.reference->local_zone), shared, false);
  return outcome::done;
}

outcome purge(bool dry, const context& shared) {
  if (!dry && daemon_runs(shared)) return by_the_daemon(shared);
  const auto all = load_configuration(shared.config_dir);
  std::cerr << render(all.found, all.sources);
  if (!all.usable()) return outcome::failed;
  return dry ? look(all, shared) : by_hand(all, shared);
}

} // namespace

void add_purge(CLI::App& root, context& shared) {
  const auto dry = std::make_shared<bool>(false);
  auto* verb = root.add_subcommand("purge", "removes records kept longer than their feed's retention allows");
  verb->add_flag("--dry-run", *dry, "say what would go; remove nothing");
  verb->footer("Example: forewarn purge --dry-run\n"
               "The daemon does this every day at `purge_at`. Alerts and signals stay, and so do first-seen dates and\n"
               "daily counts by area and substance: purging never makes an old drug new.");
  verb->fallthrough();
  verb->callback([dry, &shared] { shared.result = purge(*dry, shared); });
}

} // namespace forewarn::commands
