// SPDX-License-Identifier: Apache-2.0
// The seam behind which every detector lives: one machine per rule. It keeps the rule's observations in the shape its
// detector needs, says which windows qualify, and leaves the rest to `life`.
#pragma once

#include "rules/engine.hpp"
#include "rules/feed_beginning.hpp"
#include "rules/forgetting.hpp"
#include "rules/life.hpp"
#include "rules/snapshot.hpp"

#include <memory>
#include <span>
#include <vector>

namespace forewarn::rules {

using shared_reference = std::shared_ptr<const reference_data>;

// What a machine is made from; all outlive it. After a reload that leaves the rule's meaning as it is, `by` and
// `reference` hold the new rule and data at the old address: keep references to them, never copies.
struct surroundings {
  const rule& by;
  rule_index index = 0;
  const shared_reference& reference;
  const observation_names& names;
  agenda& deadlines;
};

struct arrival {
  observation_index who = 0;
  instant now;
  const fact* form = nullptr;                 // null: withdrawn, or the rule no longer observes it
  bool is_new = false;                        // no form of it was ever taken: no rule holds one
  instant was_at;                             // of the form before
  instant first;                              // the earliest known of the kinds and feeds that the rule observes
  std::span<const feed_beginning> beginnings; // of each feed; for rules that ask
};

class machine {
public:
  virtual ~machine() = default;

  // Takes the new form of an observation in place of the old one, if there was one.
  virtual void take(const arrival& what, events& out) = 0;
  // An observation of long ago of which only counts by day, place and substance were kept: what it shows is known.
  virtual void remember(const fact&) {}
  // The purged records of a day, whose `form` the rule would have taken. Only of rules of which that can be told.
  virtual void remember(const fact& /*form*/, const kept_day& /*past*/) {}
  // From `at` on one of its feeds is overdue, or none is any more.
  virtual void fell_silent(instant /*at*/, bool /*silent*/) {}
  // Goes on in another engine, whose agenda has forgotten everything.
  virtual void move_to(rule_index index, const observation_names& names, agenda& deadlines) {
    signals().move_to(index, names, deadlines);
  }
  // The time has come to look without a record, as it wrote into the agenda.
  virtual void look_due(const deadline& /*due*/, std::span<const feed_beginning> /*beginnings*/, events& /*out*/) {}
  // The current period of each series, where periods are what it looks at.
  virtual void look(instant /*now*/, std::span<const feed_beginning> /*beginnings*/, period_detail /*how*/,
                    std::vector<period_state>& /*out*/) {}
  // What is too long ago to matter, and closed signals that rest on nothing else.
  virtual void forget(const forgetting& gone) = 0;
  // True where a form of it is held, grouped or not: then the machine must hear of its changes.
  [[nodiscard]] virtual bool holds_form_of(observation_index who) const = 0;
  [[nodiscard]] virtual rule_counters counters() const = 0;
  [[nodiscard]] virtual life& signals() = 0;
  // All that it holds, and back into a machine that has taken nothing.
  virtual void save(snapshot_writer& to) const = 0;
  virtual void restore(snapshot_reader& from) = 0;
};

[[nodiscard]] std::unique_ptr<machine> make_machine(const surroundings& where);

} // namespace forewarn::rules
