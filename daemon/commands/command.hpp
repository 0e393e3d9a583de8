// SPDX-License-Identifier: Apache-2.0
// A verb of `forewarn`: each file of this folder adds its own to the command line and runs it.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>

namespace forewarn::commands {

// Exit codes of every verb.
enum class outcome : int {
  done = 0,
  failed = 1,
  usage = 2,
  advice_only = 3
};

// What all verbs share; filled before a verb's callback runs.
struct context {
  std::filesystem::path config_dir = "/etc/forewarn";
  std::string output = "table"; // -o: table or json
  std::string who;              // --who: the person on whose word something is decided
  outcome result = outcome::done;
};

// One per verb, in files named after it: CMake makes main.cpp call `add_NAME` for every NAME.cpp that is there
// (a new verb's name goes into the list of daemon/CMakeLists.txt as well).
void add_check(CLI::App& root, context& shared);
void add_rules(CLI::App& root, context& shared); // rules read, history
void add_test(CLI::App& root, context& shared);
void add_backtest(CLI::App& root, context& shared);
void add_tune(CLI::App& root, context& shared);
void add_detect(CLI::App& root, context& shared);
void add_explain(CLI::App& root, context& shared);
void add_outlook(CLI::App& root, context& shared);
void add_counts(CLI::App& root, context& shared);
void add_coverage(CLI::App& root, context& shared);
void add_schema(CLI::App& root, context& shared);
void add_feeds(CLI::App& root, context& shared); // feeds list|show|test
void add_ingest(CLI::App& root, context& shared);
void add_quarantine(CLI::App& root, context& shared);
void add_signals(CLI::App& root, context& shared);
void add_assessments(CLI::App& root, context& shared);
void add_alerts(CLI::App& root, context& shared);
void add_deliveries(CLI::App& root, context& shared);
void add_mute(CLI::App& root, context& shared); // mute, mutes list|end
void add_services(CLI::App& root, context& shared);
void add_routes(CLI::App& root, context& shared);    // routes test
void add_on_call(CLI::App& root, context& shared);   // on-call, on-call rota|unread|read
void add_templates(CLI::App& root, context& shared); // templates render|lint
void add_listen(CLI::App& root, context& shared);
void add_simulate(CLI::App& root, context& shared);
void add_export(CLI::App& root, context& shared); // export observations
void add_config(CLI::App& root, context& shared); // config show
void add_version(CLI::App& root, context& shared);
void add_doctor(CLI::App& root, context& shared);
void add_backup(CLI::App& root, context& shared); // backup, restore
void add_purge(CLI::App& root, context& shared);
void add_manual(CLI::App& root, context& shared);
void add_complete(CLI::App& root, context& shared);
void add_report(CLI::App& root, context& shared);  // enters one
void add_reports(CLI::App& root, context& shared); // reports list|show|reply
void add_audit(CLI::App& root, context& shared);   // audit verify|list|export

} // namespace forewarn::commands
