// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/own_desk.hpp"

#include "daemon/store/open.hpp"

namespace forewarn::commands {

own_desk::own_desk(std::unique_ptr<store> ledger, std::unique_ptr<raw_vault> raw, const configuration& all)
    : ledger_{std::move(ledger)}, raw_{std::move(raw)},
      process_{all.rules, all.services, all.words, all.settings.reference_prefix, digest_times_of(all.settings)},
      desk_{*ledger_, clock_, all.rules, process_, {.raw_rows = raw_.get()}} {
  process_.keep(all.panel);
  desk_.start();
}

result<std::unique_ptr<own_desk>, std::string> own_desk::open(const configuration& all) {
  auto ledger = open_store(all.settings.state_dir);
  if (!ledger) return failure(std::move(ledger.error()));
  auto raw = raw_vault::open(all.settings.state_dir, all.quarantine_key);
  if (!raw) return failure(std::move(raw.error()));
  return std::unique_ptr<own_desk>{new own_desk{std::move(*ledger), std::move(*raw), all}};
}

} // namespace forewarn::commands
