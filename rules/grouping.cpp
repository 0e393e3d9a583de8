// SPDX-License-Identifier: Apache-2.0
#include "rules/grouping.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

using texts = std::vector<std::string>;

template <class Id> texts from_id(const std::optional<Id>& id) {
  if (!id) return {};
  return {id->str()};
}
template <class Enum> texts from_word(const std::optional<Enum>& word) {
  if (!word) return {};
  return {std::string{to_text(*word)}};
}
texts from_truth(std::optional<bool> truth) {
  if (!truth) return {};
  return {*truth ? "true" : "false"};
}
texts from_number(std::optional<double> number) {
  if (!number) return {};
  return {fmt::format("{}", *number)};
}

// A level of area that the record names, or that its other codes imply.
texts from_area(std::optional<area_index> known, const std::optional<area_code>& named,
                const reference_data& reference) {
  if (known) return {reference.areas.row(*known).code.str()};
  return from_id(named);
}

texts age_band_of(const fact& seen, const reference_data& reference) {
  if (seen.source->age_band) return {*seen.source->age_band};
  if (!seen.source->age) return {};
  const auto& edges = reference.age_edges;
  const auto above = std::upper_bound(edges.begin(), edges.end(), static_cast<int>(*seen.source->age));
  if (above == edges.begin()) return {};
  const auto from = *std::prev(above);
  if (above == edges.end()) return {fmt::format("{}+", from)};
  return {fmt::format("{}-{}", from, *above - 1)};
}

const std::vector<substance_id>& members_of(field which, const observation& source) {
  switch (which) {
  case field::confirmed: return source.confirmed;
  case field::sold_as: return source.sold_as;
  default: return source.substances;
  }
}

const std::vector<std::optional<substance_index>>& indices_of(field which, const fact& seen) {
  switch (which) {
  case field::confirmed: return seen.confirmed;
  case field::sold_as: return seen.sold_as;
  default: return seen.substances;
  }
}

// "No active component" is a value that `where` can ask for, and no substance to count by.
texts from_set(field which, const rule& by, const fact& seen, const reference_data& reference) {
  const auto& members = members_of(which, *seen.source);
  const auto& indices = indices_of(which, seen);
  texts out;
  for (const auto i : matching_members(by.where, seen, which))
    if (!indices.at(i) || !reference.substances.row(*indices.at(i)).is_result) out.push_back(members.at(i).str());
  return out;
}

texts classes_of(field which, const rule& by, const fact& seen, const reference_data& reference) {
  const auto& indices = indices_of(which, seen);
  texts out;
  for (const auto i : matching_members(by.where, seen, which)) {
    if (!indices.at(i)) continue;
    if (const auto group = reference.substances.class_of(*indices.at(i)))
      out.push_back(reference.substances.row(*group).id.str());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

texts with_neighbours(texts wards, const reference_data& reference) {
  if (wards.empty()) return wards;
  const auto index = reference.areas.find(area_code{wards.front()});
  if (!index) return wards;
  for (const auto other : reference.areas.neighbours(*index)) wards.push_back(reference.areas.row(other).code.str());
  return wards;
}

texts group_values(const grouping& how, const rule& by, const fact& seen, const reference_data& reference) {
  texts out = how.by_class && is_set_field(how.by.field) ? classes_of(how.by.field, by, seen, reference)
                                                         : values_of(how.by, by, seen, reference);
  if (how.with_neighbours) out = with_neighbours(std::move(out), reference);
  if (out.empty() && how.unknown_too) out.emplace_back("unknown");
  return out;
}

} // namespace

std::vector<std::string> values_of(const field_name& which, const rule& by, const fact& seen,
                                   const reference_data& reference) {
  const auto& source = *seen.source;
  switch (which.field) {
  case field::kind: return {source.kind.str()};
  case field::feed: return {source.key.feed.str()};
  case field::substances:
  case field::confirmed:
  case field::sold_as: return from_set(which.field, by, seen, reference);
  case field::certainty: return from_word(source.certainty);
  case field::intent: return from_word(source.intent);
  case field::setting: return from_word(source.setting);
  case field::site: return from_id(source.site);
  case field::area: return from_id(source.area);
  case field::ward: return from_area(seen.ward, source.ward, reference);
  case field::msoa: return from_area(seen.msoa, source.msoa, reference);
  case field::lsoa: return from_area(seen.lsoa, source.lsoa, reference);
  case field::lad: return from_area(seen.lad, source.lad, reference);
  case field::outcome: return from_word(source.outcome);
  case field::fatal: return from_truth(source.fatal);
  case field::naloxone: return from_truth(source.naloxone);
  case field::naloxone_doses: return from_number(source.naloxone_doses);
  case field::naloxone_by: return from_word(source.naloxone_by);
  case field::days_since_release: return from_number(source.days_since_release);
  case field::age: return from_number(source.age);
  case field::age_band: return age_band_of(seen, reference);
  case field::sex: return from_word(source.sex);
  case field::weight: return from_number(source.weight);
  case field::hour: return {fmt::format("{}", seen.hour)};
  case field::weekday: return {std::string{weekday_words.at(seen.weekday)}};
  case field::calendar: return {};
  case field::attribute: {
    const auto it = source.attributes.find(which.attribute);
    if (it == source.attributes.end()) return {};
    return {it->second};
  }
  }
  return {};
}

std::vector<series_values> series_of(const rule& by, const fact& seen, const reference_data& reference) {
  std::vector<series_values> out(1);
  for (const auto& how : by.for_each) {
    const auto values = group_values(how, by, seen, reference);
    std::vector<series_values> longer;
    longer.reserve(out.size() * values.size());
    for (const auto& begun : out)
      for (const auto& value : values) {
        longer.push_back(begun);
        longer.back().push_back(value);
      }
    out = std::move(longer);
  }
  return out;
}

series_key to_series_key(const rule& by, const series_values& values) {
  series_key out;
  for (std::size_t i = 0; i < values.size(); ++i) out.emplace_back(to_text(by.for_each[i].by), values[i]);
  return out;
}

} // namespace forewarn::rules
