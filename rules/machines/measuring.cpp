// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/measuring.hpp"

#include "rules/digest.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace forewarn::rules {
namespace {

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

double summand(const field_name& of, const observation& seen) {
  switch (of.field) {
  case field::weight: return seen.weight;
  case field::naloxone_doses: return seen.naloxone_doses.value_or(0);
  case field::days_since_release: return seen.days_since_release.value_or(0);
  case field::age: return seen.age.value_or(0);
  case field::attribute: {
    const auto it = seen.attributes.find(of.attribute);
    return it == seen.attributes.end() ? 0 : number_in(it->second).value_or(0);
  }
  default: return 0;
  }
}

share once_by(const std::string& id) {
  digest sum;
  sum.add(std::string_view{id});
  return share::with(sum.value());
}

} // namespace

entry measuring::measured(observation_index who, const observation& seen) const {
  auto adds = share::alone(to_amount(1));
  switch (what_.what) {
  case measure_kind::incidents:
    adds = seen.incident ? once_by(seen.incident->str()) : share::alone(to_amount(seen.weight));
    break;
  case measure_kind::people:
    if (seen.person) adds = once_by(seen.person->str());
    break;
  case measure_kind::sites:
    if (seen.site) adds = once_by(seen.site->str());
    break;
  case measure_kind::observations: adds = share::alone(to_amount(seen.weight)); break;
  case measure_kind::sum: adds = share::alone(to_amount(summand(what_.of, seen))); break;
  }
  return {seen.occurred_at, who, adds};
}

} // namespace forewarn::rules
