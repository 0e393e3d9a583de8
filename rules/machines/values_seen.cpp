// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/values_seen.hpp"

#include <algorithm>
#include <optional>

namespace forewarn::rules {
namespace {

bool is_confirmed(field of, const std::string& value, const observation& source) {
  if (of == field::confirmed) return true;
  if (of != field::substances) return false;
  if (source.confirmed.empty()) return source.certainty == certainty::confirmed;
  return std::find(source.confirmed.begin(), source.confirmed.end(), substance_id{value}) != source.confirmed.end();
}

// Where the rule groups by the very field that it watches, a series watches its own value.
std::optional<std::size_t> own_group(const rule& by, const field_name& watched) {
  for (std::size_t i = 0; i < by.for_each.size(); ++i)
    if (by.for_each[i].by == watched && !by.for_each[i].by_class && !by.for_each[i].with_neighbours) return i;
  return {};
}

std::vector<value_seen> pairs_of(const std::vector<value_seen>& members) {
  std::vector<value_seen> out;
  for (std::size_t i = 0; i < members.size(); ++i)
    for (std::size_t j = i + 1; j < members.size(); ++j) {
      const auto [least, most] = std::minmax(members[i].text, members[j].text);
      out.push_back({least + "+" + most, members[i].confirmed && members[j].confirmed});
    }
  return out;
}

} // namespace

std::vector<value_seen> values_seen(const rule& by, const first_seen_detector& watched, const fact& seen,
                                    const series_values& series, const reference_data& reference) {
  const auto& field_watched = watched.of.front();
  std::vector<value_seen> out;
  for (auto& text : values_of(field_watched, by, seen, reference)) {
    const bool confirmed = is_confirmed(field_watched.field, text, *seen.source);
    out.push_back({std::move(text), confirmed});
  }
  if (watched.of.size() > 1) return pairs_of(out);
  if (const auto own = own_group(by, field_watched))
    std::erase_if(out, [&](const value_seen& one) { return one.text != series[*own]; });
  return out;
}

void add_value(series_key& series, const rule& by, const first_seen_detector& watched, const std::string& text) {
  if (watched.of.size() == 1 && own_group(by, watched.of.front())) return;
  series.emplace_back(to_text(watched.of.front()), text);
}

} // namespace forewarn::rules
