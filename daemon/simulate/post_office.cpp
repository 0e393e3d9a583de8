// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/post_office.hpp"

#include "daemon/simulate/civil_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

void count(row_counts& counts, const outgoing_row& row) {
  switch (row.sort) {
  case row_sort::fresh: ++counts.fresh; break;
  case row_sort::late: ++counts.late; break;
  case row_sort::revised: ++counts.revised; break;
  case row_sort::cancelled: ++counts.cancelled; break;
  }
  if (row.twice) ++counts.duplicate;
  if (!row.bad_line.empty()) ++counts.unusable;
}

std::int64_t total(const row_counts& of) {
  return of.fresh + of.late + of.revised + of.duplicate + of.cancelled + of.unusable;
}

std::string file_name(const partner& of, civil_time begin) {
  constexpr std::chrono::minutes day{24 * 60};
  return fmt::format("{}-{}.{}", of.habits.feed, of.every < day ? iso_minute(begin) : iso_day(begin), of.ending);
}

} // namespace

row_counts& row_counts::operator+=(const row_counts& more) {
  rows += more.rows;
  fresh += more.fresh;
  late += more.late;
  revised += more.revised;
  duplicate += more.duplicate;
  cancelled += more.cancelled;
  unusable += more.unusable;
  return *this;
}

post_office::post_office(const plan& wanted, std::vector<partner> partners, receiver each)
    : wanted_{wanted}, each_{std::move(each)} {
  for (auto& one : partners)
    if (wanted_.writes(one.habits.feed)) counters_.push_back({std::move(one), wanted_.from, {}});
}

bool post_office::silent(const counter& at, civil_time moment) const {
  return std::any_of(wanted_.outages.begin(), wanted_.outages.end(), [&](const outage& one) {
    return one.feed == at.of.habits.feed && moment > one.from && moment <= one.until;
  });
}

// The file that is handed over next after `ready`, and in no silence.
civil_time post_office::file_of(const counter& at, civil_time ready) const {
  const auto since = std::chrono::duration_cast<std::chrono::minutes>(ready - wanted_.from);
  auto begin = wanted_.from + (since / at.of.every) * at.of.every;
  while (silent(at, begin + at.of.every)) begin += at.of.every;
  return begin;
}

void post_office::send(std::string_view feed, outgoing_row row) {
  const auto at =
      std::find_if(counters_.begin(), counters_.end(), [&](const counter& one) { return one.of.habits.feed == feed; });
  if (at == counters_.end() || row.ready >= wanted_.until) return;
  const auto file = std::max(file_of(*at, row.ready), at->next);
  at->waiting[file].push_back(std::move(row));
}

sent_file post_office::written(counter& at, civil_time begin, civil_time end) const {
  sent_file out{at.of.habits.feed, file_name(at.of, begin), at.of.head, {}, end, {}};
  const auto found = at.waiting.find(begin);
  if (found == at.waiting.end()) {
    out.text += at.of.tail;
    return out;
  }
  auto rows = std::move(found->second);
  at.waiting.erase(found);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const outgoing_row& a, const outgoing_row& b) { return a.ready < b.ready; });
  bool first = true;
  const auto add = [&](const std::string& line) {
    if (!first) out.text += at.of.between;
    first = false;
    out.text += line;
    out.text += at.of.line_end;
  };
  for (const auto& row : rows) {
    add(row.line);
    if (row.twice) add(row.line);
    if (!row.bad_line.empty()) add(row.bad_line);
    count(out.counts, row);
    if (row.outbreak) out.outbreak_rows.push_back({*row.outbreak, row.id});
  }
  out.counts.rows = total(out.counts);
  out.text += at.of.tail;
  return out;
}

void post_office::hand_over(civil_time by) {
  const bool last = by >= wanted_.until;
  std::vector<sent_file> ready;
  for (auto& at : counters_)
    for (; at.next < by; at.next += at.of.every) {
      const auto end = at.next + at.of.every;
      if (end > by && !last) break;
      if (!silent(at, end)) ready.push_back(written(at, at.next, std::min(end, wanted_.until)));
    }
  std::stable_sort(ready.begin(), ready.end(),
                   [](const sent_file& a, const sent_file& b) { return a.handed_over < b.handed_over; });
  for (const auto& file : ready) each_(file);
}

std::size_t post_office::on_its_way() const {
  std::size_t out = 0;
  for (const auto& at : counters_)
    for (const auto& [begin, rows] : at.waiting) out += rows.size();
  return out;
}

} // namespace forewarn::simulate
