// SPDX-License-Identifier: Apache-2.0
// Which incident a call belongs to, where calls from one place within a short time are one: that of the call nearest
// in time which began one, or a new one. Decided in the order in which calls are taken, and once decided it stays.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forewarn {

// Incidents begun at that place between the two instants.
using incident_finder = std::function<std::vector<begun_incident>(const std::string& place, instant from, instant to)>;

struct joined_incident {
  incident_id id;
  bool begins = false; // its first call: the incident is to be remembered
};

// `stored` is the record as it was taken before: it keeps its incident as long as that is still near.
[[nodiscard]] joined_incident join_incident(const connectors::near_calls& near, instant at,
                                            const std::optional<observation>& stored, const incident_finder& find);

// What was begun within one dry run.
class begun_in_memory {
public:
  [[nodiscard]] std::vector<begun_incident> near(const std::string& place, instant from, instant to) const;
  void begin(const std::string& place, begun_incident one) { begun_[place].push_back(std::move(one)); }

private:
  std::map<std::string, std::vector<begun_incident>> begun_;
};

} // namespace forewarn
