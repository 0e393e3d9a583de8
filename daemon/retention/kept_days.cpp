// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/kept_days.hpp"

#include "daemon/retention/remembered.hpp"
#include "forewarn/zone.hpp"
#include "rules/engine.hpp"
#include "rules/fact.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace forewarn::retention {
namespace {

using std::chrono::days;

area_code code_of(const std::optional<area_index>& known, const std::optional<area_code>& named,
                  const reference_data& reference) {
  if (known) return reference.areas.row(*known).code;
  return named.value_or(area_code{});
}

void unite(std::vector<substance_id>& all, const std::vector<substance_id>& more) {
  all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

bool holds_all(const std::vector<substance_id>& all, const std::vector<substance_id>& these) {
  return std::includes(all.begin(), all.end(), these.begin(), these.end());
}

kept_day alone(const observation& record, const reference_data& reference) {
  const auto seen = rules::make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &record}, reference);
  kept_day out;
  out.feed = record.key.feed;
  out.kind = record.kind;
  out.ward = code_of(seen.ward, record.ward, reference);
  out.lad = code_of(seen.lad, record.lad, reference);
  if (out.ward.str().empty()) out.area = record.area.value_or(area_code{});
  unite(out.substances, record.substances);
  unite(out.confirmed, record.confirmed);
  out.certainty = record.certainty;
  if (record.setting == setting::prison || record.setting == setting::custody) out.detained = record.setting;
  out.day = std::chrono::floor<days>(reference.local_zone.to_civil(record.occurred_at)).time_since_epoch().count();
  out.records = record.weight;
  out.incidents = record.incident ? 1 : record.weight;
  return out;
}

// The same incident, as far as a rule by place and day can tell.
using one_incident = std::tuple<incident_id, kind_id, area_code, area_code, area_code, std::int64_t>;

one_incident incident_of(const observation& record, const kept_day& counted) {
  return {*record.incident, counted.kind, counted.ward, counted.lad, counted.area, counted.day};
}

void join(kept_day& one, const kept_day& more) {
  unite(one.substances, more.substances);
  unite(one.confirmed, more.confirmed);
  one.certainty = std::max(one.certainty, more.certainty); // none is the least
  one.detained = std::max(one.detained, more.detained);
  one.records += more.records;
}

bool tells_as_much(const kept_day& staying, const kept_day& going) {
  return staying.certainty == going.certainty && staying.detained == going.detained &&
         holds_all(staying.substances, going.substances) && holds_all(staying.confirmed, going.confirmed);
}

} // namespace

std::vector<kept_day> days_of(const std::vector<observation>& going, const std::vector<observation>& staying,
                              const reference_data& reference) {
  std::vector<kept_day> out;
  std::map<one_incident, kept_day> incidents;
  for (const auto& record : going) {
    const auto counted = alone(record, reference);
    if (!record.incident) {
      out.push_back(counted);
      continue;
    }
    const auto [it, fresh] = incidents.try_emplace(incident_of(record, counted), counted);
    if (!fresh) join(it->second, counted);
  }
  std::set<observation_key> gone;
  for (const auto& record : going) gone.insert(record.key);
  for (const auto& record : staying) {
    if (!record.incident || gone.contains(record.key)) continue;
    const auto counted = alone(record, reference);
    const auto brother = incidents.find(incident_of(record, counted));
    if (brother != incidents.end() && tells_as_much(counted, brother->second)) brother->second.incidents = 0;
  }
  for (auto& [incident, counted] : incidents) out.push_back(std::move(counted));
  return out;
}

void tell_of_purged(const store_reader& stored, rules::engine& to) {
  const auto& local = to.rules().reference->local_zone;
  for (const auto& past : stored.remembered_all())
    for (const auto& one : to_observations(past, local)) to.remember(one);
  kept_in(stored).each_kept_day([&](const kept_day& past) { to.remember(past); });
}

std::function<void(rules::engine&)> purged_in(const store_reader& stored) {
  std::vector<kept_day> days;
  kept_in(stored).each_kept_day([&](const kept_day& past) { days.push_back(past); });
  return [seen = stored.remembered_all(), days = std::move(days)](rules::engine& to) {
    for (const auto& past : seen)
      for (const auto& one : to_observations(past, to.rules().reference->local_zone)) to.remember(one);
    for (const auto& past : days) to.remember(past);
  };
}

} // namespace forewarn::retention
