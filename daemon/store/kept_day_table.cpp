// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/kept_day_table.hpp"

#include <algorithm>

namespace forewarn::sqlite {
namespace {

constexpr char between_drugs = '\n'; // never within a word

std::string list_text(const std::vector<substance_id>& these) {
  std::string out;
  for (const auto& one : these) {
    if (!out.empty()) out += between_drugs;
    out += one.str();
  }
  return out;
}

std::vector<substance_id> read_list(const std::string& text) {
  std::vector<substance_id> out;
  for (std::size_t from = 0; from < text.size();) {
    const auto to = std::min(text.find(between_drugs, from), text.size());
    out.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

template <class Enum> std::string word_of(const std::optional<Enum>& one) {
  return one ? std::string{to_text(*one)} : std::string{};
}

} // namespace

void each_kept_day(connection& db, const std::function<void(const kept_day&)>& take) {
  query rows{db, "SELECT feed, kind, ward, lad, area, substances, confirmed, nullif(certainty, ''), "
                 "nullif(detained, ''), day, records, incidents FROM kept_day "
                 "ORDER BY day, feed, kind, ward, lad, area, substances, confirmed, certainty, detained"};
  std::string substances, confirmed;
  while (rows.next()) {
    kept_day one;
    rows.into(one.feed, one.kind, one.ward, one.lad, one.area, substances, confirmed, one.certainty, one.detained,
              one.day, one.records, one.incidents);
    one.substances = read_list(substances);
    one.confirmed = read_list(confirmed);
    take(one);
  }
}

void add(connection& db, const kept_day& more) {
  execute(
      db,
      "INSERT INTO kept_day (feed, kind, ward, lad, area, substances, confirmed, certainty, detained, day, records, "
      "incidents) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (feed, kind, ward, lad, area, substances, confirmed, certainty, detained, day) "
      "DO UPDATE SET records = records + excluded.records, incidents = incidents + excluded.incidents",
      more.feed, more.kind, more.ward, more.lad, more.area, list_text(more.substances), list_text(more.confirmed),
      word_of(more.certainty), word_of(more.detained), more.day, more.records, more.incidents);
}

} // namespace forewarn::sqlite
