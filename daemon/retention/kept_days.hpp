// SPDX-License-Identifier: Apache-2.0
// From records beyond their retention to what their days counted (forewarn/kept_day.hpp), and the part of a store that
// keeps it.
#pragma once

#include "forewarn/kept_day.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/store.hpp"

#include <functional>
#include <stdexcept>
#include <vector>

namespace forewarn::rules {
class engine;
}

namespace forewarn::retention {

// What records of one feed, as they stand, count that go together. Those of one incident, kind, place and day are one:
// it held what any of them did. Where another of them is among `staying` and tells as much, that one will count it. An
// incident whose records tell different places counts once in each.
[[nodiscard]] std::vector<kept_day> days_of(const std::vector<observation>& going,
                                            const std::vector<observation>& staying, const reference_data& reference);

class kept_days_reader {
public:
  virtual ~kept_days_reader() = default;
  virtual void each_kept_day(const std::function<void(const kept_day&)>& take) const = 0; // by day
  // Records of a feed as they stand, withdrawn ones left out, that occurred from `from` to before `to` and whose newest
  // revision was received before `received`.
  virtual void each_standing(const feed_id& feed, instant from, instant to, instant received,
                             const std::function<void(const observation&)>& take) const = 0;
};

class kept_days : public kept_days_reader {
public:
  virtual void add(const kept_day& more) = 0;
};

// That part of a store. A store without one is a bug.
[[nodiscard]] inline const kept_days_reader& kept_in(const store_reader& stored) {
  const auto* part = dynamic_cast<const kept_days_reader*>(&stored);
  if (part == nullptr) throw std::logic_error("this store keeps no counts of days");
  return *part;
}
[[nodiscard]] inline kept_days& kept_in(store& stored) {
  auto* part = dynamic_cast<kept_days*>(&stored);
  if (part == nullptr) throw std::logic_error("this store keeps no counts of days");
  return *part;
}

// All that the store knows of records that are purged, told to an engine before its first record.
void tell_of_purged(const store_reader& stored, rules::engine& to);
// The same, kept for engines of later.
[[nodiscard]] std::function<void(rules::engine&)> purged_in(const store_reader& stored);

} // namespace forewarn::retention
