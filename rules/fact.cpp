// SPDX-License-Identifier: Apache-2.0
#include "rules/fact.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace forewarn::rules {
namespace {

constexpr int no_upper_age = 1000;

// An id the vocabulary lacks may still be a known spelling, or by its stem a member of a class: an unlisted
// "-nitazene" is a nitazene, and a rule on nitazenes must see it on its first day.
std::optional<substance_index> look_up(const substance_id& id, const vocabulary& words) {
  if (const auto listed = words.find(id)) return listed;
  if (const auto spelled = words.named(id.str())) return spelled;
  return words.class_by_stem(fold(id.str()));
}

std::vector<std::optional<substance_index>> look_up(const std::vector<substance_id>& ids, const vocabulary& words) {
  std::vector<std::optional<substance_index>> out;
  out.reserve(ids.size());
  for (const auto& id : ids) out.push_back(look_up(id, words));
  return out;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

void place(fact& out, const observation& seen, const area_table& table) {
  const auto find = [&](const std::optional<area_code>& code) {
    return code ? table.find(*code) : std::optional<area_index>{};
  };
  // Finest first, so that what a level implies comes from the closest statement.
  const auto lsoa = find(seen.lsoa);
  const auto msoa = find(seen.msoa);
  const auto ward = find(seen.ward);
  const auto area = find(seen.area);
  const auto lad = find(seen.lad);
  for (const auto& named : {lsoa, msoa, ward, area, lad}) {
    if (!named) continue;
    out.areas.push_back(*named);
    const auto above = table.ancestors(*named);
    out.areas.insert(out.areas.end(), above.begin(), above.end());
  }
  std::sort(out.areas.begin(), out.areas.end());
  out.areas.erase(std::unique(out.areas.begin(), out.areas.end()), out.areas.end());

  const auto at_level = [&](const std::optional<area_code>& spelled, std::optional<area_index> own, area_level level) {
    if (spelled) return own; // what the source says is not overruled, even where the table lacks the code
    for (const auto& named : {lsoa, msoa, ward, area, lad})
      if (named)
        if (const auto implied = table.enclosing(*named, level)) return implied;
    return std::optional<area_index>{};
  };
  out.lsoa = at_level(seen.lsoa, lsoa, area_level::lsoa);
  out.msoa = at_level(seen.msoa, msoa, area_level::msoa);
  out.ward = at_level(seen.ward, ward, area_level::ward);
  out.lad = at_level(seen.lad, lad, area_level::lad);
}

} // namespace

std::optional<std::pair<int, int>> parse_age_band(std::string_view band) {
  if (band.ends_with('+')) {
    const auto from = whole_number(band.substr(0, band.size() - 1));
    if (!from) return {};
    return std::pair{*from, no_upper_age};
  }
  const auto dash = band.find('-');
  if (dash == std::string_view::npos) return {};
  const auto from = whole_number(band.substr(0, dash));
  const auto to = whole_number(band.substr(dash + 1));
  if (!from || !to || *from > *to) return {};
  return std::pair{*from, *to};
}

fact make_fact(std::shared_ptr<const observation> source, const reference_data& reference) {
  fact out;
  const auto& seen = *source;
  out.substances = look_up(seen.substances, reference.substances);
  out.confirmed = look_up(seen.confirmed, reference.substances);
  out.sold_as = look_up(seen.sold_as, reference.substances);
  place(out, seen, reference.areas);

  if (seen.age && *seen.age >= 0 && *seen.age < no_upper_age) {
    const int years = static_cast<int>(std::floor(*seen.age));
    out.age_years = std::pair{years, years};
  } else if (seen.age_band) {
    out.age_years = parse_age_band(*seen.age_band);
  }

  const auto wall = reference.local_zone.to_civil(seen.occurred_at);
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(wall - day).count();
  out.hour = static_cast<int>(minutes / 60);
  out.minute = static_cast<int>(minutes % 60);
  out.weekday = std::chrono::weekday{day}.iso_encoding() - 1;
  for (const auto& one : reference.calendars)
    if (one.holds(day)) out.calendars.emplace_back(one.id);
  out.source = std::move(source);
  return out;
}

} // namespace forewarn::rules
