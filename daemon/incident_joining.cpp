// SPDX-License-Identifier: Apache-2.0
#include "daemon/incident_joining.hpp"

#include <algorithm>

namespace forewarn {

joined_incident join_incident(const connectors::near_calls& near, instant at, const std::optional<observation>& stored,
                              const incident_finder& find) {
  const auto begun = find(near.place, at - near.within, at + near.within);
  if (begun.empty()) return {near.begins, true};
  if (stored && stored->incident)
    for (const auto& one : begun)
      if (one.id == *stored->incident) return {one.id};
  const auto distance = [&](const begun_incident& one) { return one.at < at ? at - one.at : one.at - at; };
  const auto nearest = std::min_element(begun.begin(), begun.end(), [&](const auto& a, const auto& b) {
    return std::pair{distance(a), a.at} < std::pair{distance(b), b.at};
  });
  return {nearest->id};
}

std::vector<begun_incident> begun_in_memory::near(const std::string& place, instant from, instant to) const {
  std::vector<begun_incident> out;
  const auto it = begun_.find(place);
  if (it == begun_.end()) return out;
  std::copy_if(it->second.begin(), it->second.end(), std::back_inserter(out),
               [&](const begun_incident& one) { return one.at >= from && one.at <= to; });
  return out;
}

} // namespace forewarn
