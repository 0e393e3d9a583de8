// SPDX-License-Identifier: Apache-2.0
// `forewarnd`: reads its configuration, runs, ends with 0 when it was asked to.
#include "daemon/app.hpp"
#include "daemon/configuration/default_folder.hpp"
#include "daemon/log.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <iostream>

namespace {

// A reload asked for while the daemon starts waits until there is somebody to hear it, and does not end it.
void let_hang_up(bool through) {
  sigset_t these;
  sigemptyset(&these);
  sigaddset(&these, SIGHUP);
  pthread_sigmask(through ? SIG_UNBLOCK : SIG_BLOCK, &these, nullptr);
}

int run(const std::filesystem::path& config_dir, bool only_check) {
  if (!only_check) let_hang_up(false);
  auto config =
      forewarn::load_configuration(config_dir, only_check ? forewarn::load_for::look : forewarn::load_for::run);
  std::cerr << forewarn::render(config.found, config.sources);
  if (!config.usable()) {
    std::cerr << "forewarnd: the configuration in " << config_dir.string() << " has errors; nothing was started\n";
    return 1;
  }
  if (only_check) {
    std::cout << config_dir.string() << ": " << config.rules->rules.size() << " rules, " << config.feeds.size()
              << " feeds, " << config.services->services.size() << " services: good\n";
    return 0;
  }
  forewarn::start_log(config.settings.log_level);
  const forewarn::system_clock time;
  auto daemon = forewarn::app::start(std::move(config), time);
  if (!daemon) {
    std::cerr << "forewarnd: " << daemon.error() << '\n';
    return 1;
  }
  (*daemon)->heed_signals();
  let_hang_up(true);
  (*daemon)->run();
  return 0;
}

} // namespace

int main(int count, char** words) {
  CLI::App root{"Forewarn's daemon: takes records in, checks them against rules, sends alerts.", "forewarnd"};
  root.footer("Example: forewarnd --config etc --check\n"
              "SIGHUP reads the configuration again, SIGTERM finishes what was taken and ends.\n"
              "Exit codes: 0 ended as asked, 1 could not start, 2 wrong usage.");
  std::filesystem::path config_dir = forewarn::default_config_dir();
  bool only_check = false;
  root.add_option("--config", config_dir, "configuration folder")->capture_default_str()->type_name("DIR");
  root.add_flag("--check", only_check, "check the configuration and end");
  root.set_version_flag("--version", "forewarnd " FOREWARN_VERSION);
  try {
    root.parse(count, words);
  } catch (const CLI::Success& asked) {
    return root.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    root.exit(wrong, std::cout, std::cerr);
    return 2;
  }
  try {
    return run(config_dir, only_check);
  } catch (const std::exception& broken) {
    std::cerr << "forewarnd: " << broken.what() << '\n';
    return 1;
  }
}
