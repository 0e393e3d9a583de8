// SPDX-License-Identifier: Apache-2.0
#include "forewarn/calendar.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"
#include "forewarn/yaml_rows.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace forewarn {
namespace {

using std::chrono::local_days;

constexpr std::array<std::string_view, 7> weekday_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::chrono::days longest_stretch{400};

std::optional<local_days> date_in(std::string_view text) {
  int year = 0;
  unsigned month = 0, day = 0;
  const auto number = [&](std::size_t at, std::size_t length, auto& into) {
    const auto* const end = text.data() + at + length;
    const auto read = std::from_chars(text.data() + at, end, into);
    return read.ec == std::errc{} && read.ptr == end;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return {};
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return {};
  return local_days{date};
}

struct reader {
  const std::string& path;
  problems& found;

  void complain(const yaml::node& at, std::string message) const {
    found.push_back({path, at.at, severity::error, "bad-value", std::move(message)});
  }

  std::optional<local_days> date(const yaml::node& one) const {
    if (one.is_scalar())
      if (const auto read = date_in(one.text)) return read;
    complain(one, fmt::format("expected a day such as 2026-12-25, found {}",
                              one.is_scalar() ? "'" + one.text + "'" : std::string{yaml::describe(one)}));
    return {};
  }

  void add(const yaml::node& item, std::vector<local_days>& out) const {
    if (!item.is_mapping()) {
      if (const auto day = date(item)) out.push_back(*day);
      return;
    }
    yaml::mapping_reader keys{item, path, {}, found};
    const auto* from = keys.required("from");
    const auto* to = keys.required("to");
    keys.finish();
    const auto first = from == nullptr ? std::nullopt : date(*from);
    const auto last = to == nullptr ? std::nullopt : date(*to);
    if (!first || !last) return;
    if (*last < *first || *last - *first > longest_stretch)
      return complain(item, "'to' must be on or after 'from', and at most 400 days later");
    for (auto day = *first; day <= *last; day += std::chrono::days{1}) out.push_back(day);
  }
};

void read_one(const yaml::node& row, const std::string& path, problems& found, std::vector<calendar>& out) {
  const reader read{path, found};
  yaml::mapping_reader keys{row, path, {}, found};
  const auto id = keys.required_text("id");
  const auto title = keys.optional_text("title");
  const auto* days = keys.optional("days");
  const auto weekdays = keys.optional_list("weekdays");
  keys.finish();
  if (!id) return;
  auto it = std::find_if(out.begin(), out.end(), [&](const calendar& one) { return one.id == *id; });
  if (it == out.end()) it = out.insert(out.end(), calendar{*id, "a day of '" + *id + "'", {}, {}});
  if (title) it->title = *title;
  if (days != nullptr && !days->is_sequence()) read.complain(*days, "'days' is a list of days");
  if (days != nullptr)
    for (const auto& item : days->items) read.add(item, it->days);
  for (const auto* one : weekdays) {
    const auto which = std::find(weekday_names.begin(), weekday_names.end(), one->text);
    if (which == weekday_names.end())
      read.complain(*one, fmt::format("no weekday '{}'; it is one of mon, tue, wed, thu, fri, sat, sun", one->text));
    else
      it->weekdays.at(static_cast<std::size_t>(which - weekday_names.begin())) = true;
  }
}

} // namespace

bool calendar::holds(std::chrono::local_days day) const {
  return weekdays.at(std::chrono::weekday{day}.iso_encoding() - 1) || std::binary_search(days.begin(), days.end(), day);
}

std::vector<calendar> parse_calendars(const std::vector<source_text>& files, problems& found) {
  std::vector<calendar> out;
  yaml::each_row(files, "calendars", found,
                 [&](const yaml::node& row, const std::string& path) { read_one(row, path, found, out); });
  for (auto& one : out) {
    std::sort(one.days.begin(), one.days.end());
    one.days.erase(std::unique(one.days.begin(), one.days.end()), one.days.end());
  }
  return out;
}

} // namespace forewarn
