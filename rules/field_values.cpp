// SPDX-License-Identifier: Apache-2.0
#include "rules/field_values.hpp"

#include "forewarn/text.hpp"

#include <charconv>
#include <cmath>

namespace forewarn::rules {

const std::vector<std::optional<substance_index>>& members(const fact& seen, field set) {
  return set == field::substances ? seen.substances : set == field::confirmed ? seen.confirmed : seen.sold_as;
}

const std::vector<substance_id>& field_values::member_ids(field set) const {
  const auto& from = *seen_.source;
  return set == field::substances ? from.substances : set == field::confirmed ? from.confirmed : from.sold_as;
}

bool field_values::some_member_in(field set, const std::vector<substance_index>& covers) const {
  const auto covered = [&](const std::optional<substance_index>& member) {
    return member && std::binary_search(covers.begin(), covers.end(), *member);
  };
  const auto& all = members(seen_, set);
  if (one_member_of(set)) return covered(all[only_->index]);
  return std::any_of(all.begin(), all.end(), covered);
}

bool field_values::lies_in(field where, const std::vector<area_index>& covers) const {
  const auto covered = [&](area_index place) { return std::binary_search(covers.begin(), covers.end(), place); };
  if (where == field::area) return std::any_of(seen_.areas.begin(), seen_.areas.end(), covered);
  const auto place = level_of(where);
  return place && covered(*place);
}

std::optional<area_index> field_values::level_of(field where) const {
  switch (where) {
  case field::ward: return seen_.ward;
  case field::msoa: return seen_.msoa;
  case field::lsoa: return seen_.lsoa;
  default: return seen_.lad;
  }
}

std::optional<std::pair<double, double>> field_values::number(const field_name& what) const {
  const auto& from = *seen_.source;
  const auto exactly = [](const std::optional<double>& value) -> std::optional<std::pair<double, double>> {
    if (!value) return {};
    return std::pair{*value, *value};
  };
  switch (what.field) {
  case field::age:
  case field::age_band:
    if (!seen_.age_years) return {};
    return std::pair{static_cast<double>(seen_.age_years->first), static_cast<double>(seen_.age_years->second)};
  case field::weight: return exactly(from.weight);
  case field::naloxone_doses: return exactly(from.naloxone_doses);
  case field::days_since_release: return exactly(from.days_since_release);
  case field::attribute: {
    const auto it = from.attributes.find(what.attribute);
    if (it == from.attributes.end()) return {};
    const auto text = trim(it->second);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
    return std::pair{value, value};
  }
  default: return {};
  }
}

bool field_values::present(const field_name& what) const {
  const auto& from = *seen_.source;
  switch (what.field) {
  case field::substances:
  case field::confirmed:
  case field::sold_as: return !member_ids(what.field).empty();
  case field::area: return !seen_.areas.empty() || from.area || from.ward || from.msoa || from.lsoa || from.lad;
  case field::ward: return seen_.ward || from.ward;
  case field::msoa: return seen_.msoa || from.msoa;
  case field::lsoa: return seen_.lsoa || from.lsoa;
  case field::lad: return seen_.lad || from.lad;
  case field::fatal: return from.fatal.has_value();
  case field::naloxone: return from.naloxone.has_value();
  case field::naloxone_doses: return from.naloxone_doses.has_value();
  case field::days_since_release: return from.days_since_release.has_value();
  case field::age: return from.age || from.age_band;
  case field::weight:
  case field::hour: return true;
  default: return any_text(what, [](std::string_view) { return true; });
  }
}

} // namespace forewarn::rules
