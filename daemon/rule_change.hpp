// SPDX-License-Identifier: Apache-2.0
// New rules on their way into force. What they would have found in the stored past is worked out beside the desk, by
// any thread, while records go on arriving; the desk then reads only what came meanwhile. Rules whose meaning is
// unchanged are not run again.
#pragma once

#include "forewarn/store.hpp"
#include "rules/engine.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace forewarn {

// What a change of rules had to change in the store, because rules meant something else when it was written.
struct rule_differences {
  std::size_t closed = 0;  // open in the store, not by these rules: closed as rule_changed
  std::size_t opened = 0;  // open by these rules only: saved, nobody told
  std::size_t changed = 0; // open in both, with another state
  [[nodiscard]] bool any() const { return closed + opened + changed > 0; }
};

class rule_change {
public:
  // `from` are the rules in force; without them everything is worked out anew (after a purge, or at the start).
  rule_change(std::shared_ptr<const rules::rule_set> to, const rules::rule_set* from);

  // Everything anew, by an engine of the same rules that has taken all up to the revision `read_to` already, and heard
  // all turns of feeds up to `heard_to`.
  rule_change(rules::engine so_far, std::shared_ptr<const rules::rule_set> to, std::int64_t read_to, instant heard_to);

  // Takes what the store holds and this has not read yet. Answers how many revisions that were.
  std::size_t read(const store_reader& from);

  [[nodiscard]] std::size_t taken() const noexcept { return taken_; } // revisions read so far

  // The past is over: deadlines up to here are handled.
  void advance(instant to);

  [[nodiscard]] bool whole() const noexcept { return whole_; } // every rule is new
  [[nodiscard]] const std::shared_ptr<const rules::rule_set>& to() const noexcept { return to_; }
  [[nodiscard]] const std::shared_ptr<const rules::rule_set>& fresh_rules() const noexcept { return fresh_rules_; }
  [[nodiscard]] rules::engine& fresh() noexcept { return fresh_; }

private:
  void hear_turns(const std::vector<feed_turn>& turns, std::size_t& next, instant before);

  std::shared_ptr<const rules::rule_set> to_, fresh_rules_;
  bool whole_ = false;
  bool begun_ = false;
  rules::engine fresh_;
  std::vector<signal_event> events_; // what is said of the past is told to nobody
  std::int64_t read_to_ = 0;
  std::size_t taken_ = 0;
  instant turns_read_to_ = instant::min();
};

// Whether the store held the record before and the engine does not know it any more.
[[nodiscard]] bool corrects_forgotten(const rules::engine& by, const observation& seen, const store_reader& from);

} // namespace forewarn
