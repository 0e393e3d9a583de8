// SPDX-License-Identifier: Apache-2.0
// The engine as the desk holds it: rebuilt from the store, never trusted over it. Replay is mute: what the past
// would have said has been said.
#pragma once

#include "daemon/engine_snapshot.hpp"
#include "daemon/rule_change.hpp"
#include "forewarn/store.hpp"
#include "rules/engine.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace forewarn {

class engine_memory {
public:
  explicit engine_memory(std::shared_ptr<const rules::rule_set> rules);

  // Replays what the store holds up to the engine's last instant, then makes the store's open signals agree. Inside
  // a transaction; where it throws, the memory is as it was before. What a snapshot holds need not be replayed.
  rule_differences rebuild(const std::shared_ptr<const rules::rule_set>& rules, store& ledger, instant now,
                           const engine_snapshot* from = nullptr);
  // Puts a prepared change in force: rules whose meaning is unchanged keep their state. Inside a transaction; where it
  // throws, rebuild.
  rule_differences adopt(rule_change& change, store& ledger, instant now);

  // As rules::engine; events carry the ids under which the store knows the signals.
  void observe(const observation& seen, const store_reader& ledger, std::vector<signal_event>& out);
  void hear(const feed_turn& turn, std::vector<signal_event>& out);
  void advance(instant to, std::vector<signal_event>& out);

  // Writes down how far deadlines were handled, so that a rebuild stops there and does not close in silence what has
  // yet to be told. Observations carry their own time. At the end of every part.
  void save_time(store& ledger);

  [[nodiscard]] const rules::engine& engine() const { return *engine_; }
  // Revisions that the last rebuild read from the store itself.
  [[nodiscard]] std::size_t replayed() const noexcept { return replayed_; }

private:
  // A signal that was open when its rule changed keeps the id and the beginning that people know.
  struct known_as {
    signal_id id;
    instant opened_at;
    std::string rule_hash;
  };
  // Makes the store's open signals of the changed rules agree with what they find.
  rule_differences agree(rule_change& change, store& ledger, instant now);
  void rename(std::vector<signal_event>& events, std::size_t from) const;

  std::unique_ptr<rules::engine> engine_;
  std::map<signal_id, known_as> names_;
  std::size_t replayed_ = 0;
  std::optional<instant> time_; // the last T that `advance` was given
  std::optional<instant> saved_time_;
};

// The instant up to which the store's engine has handled its deadlines.
[[nodiscard]] std::optional<instant> engine_time(const store_reader& ledger);

} // namespace forewarn
