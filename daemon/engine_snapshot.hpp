// SPDX-License-Identifier: Apache-2.0
// The engine's memory in a file beside the store, so that a start need not read a million records again: it reads the
// file, and from the store only what came later. The store stays the truth. It names the one snapshot that is good, by
// a mark written after the file; whatever does not fit to the last byte (another program, other rules or areas, a
// purge since, a file half written) is put away, and everything is read anew.
#pragma once

#include "forewarn/store.hpp"
#include "rules/engine.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace forewarn {

class engine_snapshot {
public:
  // How many revisions may have to be read after the snapshot: more, and the desk writes a new one when it has nothing
  // else to do, or when it stops.
  struct limits {
    std::size_t when_idle = 100'000;
    std::size_t at_stop = 5'000;
  };
  explicit engine_snapshot(std::filesystem::path state_dir) : engine_snapshot{std::move(state_dir), limits{}} {}
  engine_snapshot(std::filesystem::path state_dir, limits when) : folder_{std::move(state_dir)}, when_{when} {}

  [[nodiscard]] const limits& when() const noexcept { return when_; }

  // `from` has taken everything that is in the store. In a transaction of its own. store_error where the disk takes it
  // not: then the old one, if any, is as good as it was. False, and nothing done, while the past is distrusted.
  bool write(const rules::engine& from, store& ledger) const;

  struct kept {
    rules::engine engine;
    std::int64_t read_to = 0; // the last revision it has taken
    instant heard_to;         // and the turns of feeds up to there
  };
  // Nothing where there is none that can be trusted: why goes to the log, and `start_over` is done.
  [[nodiscard]] std::optional<kept> read(const std::shared_ptr<const rules::rule_set>& rules, store& ledger) const;

  // The past is no longer what it was (a purge): no snapshot is good, and no engine either, until one has read
  // everything again. In the transaction that changes the past.
  static void distrust(store& ledger);
  // An engine reads everything again. The file goes: names of purged records must not outlive them in it.
  void start_over(store& ledger) const;

private:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "engine.snapshot"; }
  [[nodiscard]] std::filesystem::path part() const { return folder_ / "engine.snapshot.new"; }

  std::filesystem::path folder_;
  limits when_;
};

} // namespace forewarn
