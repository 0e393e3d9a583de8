// SPDX-License-Identifier: Apache-2.0
// What a verb writes with where no daemon runs: the store, the rules and the alert process, for as long as it takes.
#pragma once

#include "daemon/alerting/process.hpp"
#include "daemon/desk.hpp"
#include "daemon/quarantine/raw_vault.hpp"
#include "daemon/settings.hpp"

#include <memory>
#include <string>

namespace forewarn::commands {

class own_desk {
public:
  // The error says what to do: another process holds the state folder, or it cannot be written.
  [[nodiscard]] static result<std::unique_ptr<own_desk>, std::string> open(const configuration& all);
  own_desk(const own_desk&) = delete;
  own_desk& operator=(const own_desk&) = delete;

  batch_outcome take(row_batch rows) { return desk_.run(std::move(rows)); }
  void run(desk::job work) { desk_.run(std::move(work)); }
  [[nodiscard]] instant now() const { return clock_.now(); }

private:
  own_desk(std::unique_ptr<store> ledger, std::unique_ptr<raw_vault> raw, const configuration& all);

  system_clock clock_;
  std::unique_ptr<store> ledger_;
  std::unique_ptr<raw_vault> raw_;
  alerting::process process_;
  desk desk_;
};

} // namespace forewarn::commands
