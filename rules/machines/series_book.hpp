// SPDX-License-Identifier: Apache-2.0
// What all machines share: the rule's series by their values, which observations the rule holds and in which series,
// and the counters.
#pragma once

#include "rules/grouping.hpp"
#include "rules/machines/machine.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace forewarn::rules {

using series_index = std::uint32_t;

// The form of an observation that a rule holds.
struct held_form {
  instant at;
  std::vector<series_index> series; // none: ungrouped
};

class series_book {
public:
  explicit series_book(const surroundings& where) : by_{where.by}, reference_{where.reference} {}

  // Forgets the old form and holds the new one; the old one comes back.
  [[nodiscard]] std::optional<held_form> replace(observation_index who, const fact* form);
  // The series that such an observation would join; it is not held.
  [[nodiscard]] std::vector<series_index> series_for(const fact& seen);
  [[nodiscard]] const held_form* find(observation_index who) const;

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const series_values& values(series_index which) const { return values_[which]; }
  [[nodiscard]] series_key key(series_index which) const { return to_series_key(by_, values_[which]); }
  [[nodiscard]] rule_counters counters(const life& signals) const;
  [[nodiscard]] bool is_late(instant at, instant now) const { return by_.max_delay && now - at > *by_.max_delay; }

private:
  [[nodiscard]] series_index index_of(series_values values);

  const rule& by_;
  const shared_reference& reference_;
  std::vector<series_values> values_;
  std::unordered_map<std::string, series_index> by_text_;
  std::unordered_map<observation_index, held_form> forms_;
  std::uint64_t ungrouped_ = 0;
};

} // namespace forewarn::rules
