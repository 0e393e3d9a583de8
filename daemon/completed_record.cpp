// SPDX-License-Identifier: Apache-2.0
#include "daemon/completed_record.hpp"

#include <algorithm>
#include <iterator>

namespace forewarn {
namespace {

template <class Value> void take(std::optional<Value>& into, const std::optional<Value>& said) {
  if (said) into = said;
}

void add(std::vector<substance_id>& into, const std::vector<substance_id>& said) {
  std::vector<substance_id> both;
  std::set_union(into.begin(), into.end(), said.begin(), said.end(), std::back_inserter(both));
  into = std::move(both);
}

} // namespace

observation completed_record(const observation& stored, const observation& arrived) {
  auto out = stored;
  out.occurred_at = arrived.occurred_at;
  out.received_at = arrived.received_at;
  out.has_own_received_at = arrived.has_own_received_at;
  out.weight = arrived.weight;
  take(out.sent_at, arrived.sent_at);
  take(out.ward, arrived.ward);
  take(out.msoa, arrived.msoa);
  take(out.lsoa, arrived.lsoa);
  take(out.lad, arrived.lad);
  take(out.area, arrived.area);
  take(out.site, arrived.site);
  take(out.setting, arrived.setting);
  add(out.substances, arrived.substances);
  add(out.confirmed, arrived.confirmed);
  add(out.sold_as, arrived.sold_as);
  take(out.certainty, arrived.certainty);
  take(out.intent, arrived.intent);
  take(out.outcome, arrived.outcome);
  take(out.fatal, arrived.fatal);
  take(out.naloxone, arrived.naloxone);
  take(out.naloxone_doses, arrived.naloxone_doses);
  take(out.naloxone_by, arrived.naloxone_by);
  take(out.days_since_release, arrived.days_since_release);
  take(out.age, arrived.age);
  take(out.age_band, arrived.age_band);
  take(out.sex, arrived.sex);
  take(out.person, arrived.person);
  take(out.incident, arrived.incident);
  for (const auto& [name, value] : arrived.attributes) out.attributes[name] = value;
  return out;
}

} // namespace forewarn
