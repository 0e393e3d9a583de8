// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/remembered.hpp"

#include <algorithm>

namespace forewarn {
namespace {

using std::chrono::days;

area_code place_of(const observation& record) {
  for (const auto& named : {record.ward, record.area, record.lad})
    if (named) return *named;
  return {};
}

bool is_confirmed(const observation& record, const substance_id& which) {
  if (record.confirmed.empty()) return record.certainty == certainty::confirmed;
  return std::find(record.confirmed.begin(), record.confirmed.end(), which) != record.confirmed.end();
}

instant day_begins(std::int64_t day, const zone& local) {
  return local.to_instant(civil_time{days{day}}).at;
}

} // namespace

std::vector<daily_count> counts_of(const observation& record, const zone& local) {
  const auto day = std::chrono::floor<days>(local.to_civil(record.occurred_at)).time_since_epoch().count();
  daily_count one{record.key.feed, record.kind, place_of(record), {}, false, day, record.weight};
  std::vector<daily_count> out{one};
  auto substances = record.substances;
  substances.insert(substances.end(), record.confirmed.begin(), record.confirmed.end());
  std::sort(substances.begin(), substances.end());
  substances.erase(std::unique(substances.begin(), substances.end()), substances.end());
  for (const auto& substance : substances) {
    one.substance = substance;
    one.confirmed = is_confirmed(record, substance);
    out.push_back(one);
  }
  return out;
}

std::vector<observation> to_observations(const remembered& past, const zone& local) {
  observation one;
  one.key = {past.feed, record_id{}};
  one.kind = past.kind;
  if (!past.area.str().empty()) one.area = past.area;
  if (!past.substance.str().empty()) one.substances = {past.substance};
  if (past.confirmed) one.confirmed = one.substances;
  one.occurred_at = one.received_at = day_begins(past.first_day, local);
  std::vector<observation> out{one};
  one.occurred_at = one.received_at = day_begins(past.last_day + 1, local) - duration{1};
  out.push_back(std::move(one));
  return out;
}

} // namespace forewarn
