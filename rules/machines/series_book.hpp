// SPDX-License-Identifier: Apache-2.0
// What all machines share: the rule's series by their values, which observations the rule holds and in which series,
// and the counters.
#pragma once

#include "rules/by_observation.hpp"
#include "rules/grouping.hpp"
#include "rules/machines/machine.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::rules {

using series_index = std::uint32_t;

using series_list = boost::container::small_vector<series_index, 8>;

// The form of an observation that a rule holds.
struct held_form {
  instant at;
  series_list series; // none: ungrouped
};

class series_book {
public:
  explicit series_book(const surroundings& where) : by_{where.by}, reference_{where.reference} {}

  // Forgets the old form and holds the new one; the old one comes back.
  [[nodiscard]] std::optional<held_form> replace(const arrival& what);
  // The series that such an observation would join; it is not held.
  [[nodiscard]] series_list series_for(const fact& seen);
  void forget(const forgetting& gone, const observation_names& names);
  // The form that `replace` has just taken.
  [[nodiscard]] std::optional<held_form> form_of(const arrival& what) const;
  [[nodiscard]] bool holds(observation_index who) const { return forms_.find(who).has_value(); }

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const series_values& values(series_index which) const { return values_[which]; }
  [[nodiscard]] series_key key(series_index which) const { return to_series_key(by_, values_[which]); }
  [[nodiscard]] rule_counters counters(const life& signals) const;
  [[nodiscard]] bool is_late(instant at, instant now) const { return by_.max_delay && now - at > *by_.max_delay; }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.values_, me.by_text_, me.lists_, me.by_list_, me.forms_, me.ungrouped_, me.forgotten_);
  }

private:
  // One series as its index; none or several as the place of the list among `lists_`, marked.
  using list_index = std::uint32_t;
  [[nodiscard]] series_index index_of(const series_values& values);
  [[nodiscard]] list_index list_of(const series_list& all);
  [[nodiscard]] series_list listed(list_index which) const;
  [[nodiscard]] series_list worked_out(const fact& seen);
  [[nodiscard]] std::optional<area_index> place_of(const fact& seen) const;

  const rule& by_;
  const shared_reference& reference_;
  std::deque<series_values> values_;
  boost::unordered_flat_map<std::string, series_index> by_text_;
  std::vector<series_list> lists_;
  std::map<series_list, list_index> by_list_;
  by_observation forms_;
  std::uint64_t ungrouped_ = 0;
  std::uint64_t forgotten_ = 0;                              // forms that counted
  boost::unordered_flat_map<area_index, series_list> known_; // by place; of this reference data
  shared_reference known_for_;
};

} // namespace forewarn::rules
