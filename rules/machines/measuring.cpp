// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/measuring.hpp"

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

} // namespace

std::uint32_t measuring::number_of(const std::string& id) {
  return numbers_.try_emplace(id, static_cast<std::uint32_t>(numbers_.size() + 1)).first->second;
}

entry measuring::measured(observation_index who, const observation& seen) {
  entry out{seen.occurred_at, who, 0, to_amount(1)};
  const auto shared = [&](const auto& id) {
    if (id) out.shared_id = number_of(id->str());
  };
  switch (what_.what) {
  case measure_kind::incidents:
    out.weight = to_amount(seen.weight);
    shared(seen.incident);
    break;
  case measure_kind::people: shared(seen.person); break;
  case measure_kind::sites: shared(seen.site); break;
  case measure_kind::observations: out.weight = to_amount(seen.weight); break;
  case measure_kind::sum: out.weight = to_amount(summand(what_.of, seen)); break;
  }
  return out;
}

} // namespace forewarn::rules
