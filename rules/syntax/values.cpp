// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/values.hpp"

#include "rules/syntax/numbers.hpp"

#include <algorithm>
#include <array>

#include <re2/re2.h>

namespace forewarn::rules {
namespace {

condition of_one(const field_name& what, predicate is) {
  return {test{what, std::move(is)}};
}

condition one_of(std::vector<condition> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return {any_part{std::move(parts)}};
}

std::optional<area_level> level_of(field what) {
  switch (what) {
  case field::ward: return area_level::ward;
  case field::msoa: return area_level::msoa;
  case field::lsoa: return area_level::lsoa;
  case field::lad: return area_level::lad;
  default: return {};
  }
}

bool is_plain(const reading& from, const yaml::node& value) {
  if (value.is_scalar()) return true;
  from.complain(value.at, "wrong-type",
                fmt::format("expected a plain value here, found {}{}", yaml::describe(value),
                            value.is_null() ? "; to ask whether a value is recorded write {exists: true}" : ""));
  return false;
}

std::optional<std::string> read_closed(const reading& from, const field_name& what, const yaml::node& value) {
  const auto words = *closed_words(what.field);
  if (std::find(words.begin(), words.end(), value.text) != words.end()) return value.text;
  // `no` and `on` are words here like any other, so say what was read.
  from.complain(value.at, "bad-value",
                fmt::format("no {} '{}'; it is one of {}{}", to_text(what), shown(value.text), join_or(words),
                            suggestion(value.text, words)));
  return {};
}

std::optional<std::string> read_site(const reading& from, const yaml::node& value) {
  const auto& sites = from.reference().sites;
  const auto folded = fold(value.text);
  for (const auto& s : sites)
    if (s.id.str() == value.text || fold(s.name) == folded) return s.id.str();
  if (!sites.empty()) {
    std::vector<std::string> words;
    for (const auto& s : sites) {
      words.push_back(s.id.str());
      words.push_back(s.name);
    }
    from.complain(value.at, "unknown-site",
                  fmt::format("no site '{}' is configured{}", shown(value.text), suggestion(value.text, words)),
                  severity::warning);
  }
  return value.text;
}

std::optional<std::string> read_calendar(const reading& from, const yaml::node& value) {
  std::vector<std::string> words;
  for (const auto& one : from.reference().calendars) {
    if (one.id == value.text) return value.text;
    words.push_back(one.id);
  }
  from.complain(value.at, "unknown-calendar",
                words.empty() ? std::string{"no calendars are loaded; they stand in calendars/"}
                              : fmt::format("no calendar '{}'; there are {}{}", shown(value.text), join_and(words),
                                            suggestion(value.text, words)));
  return {};
}

std::optional<std::string> read_word_value(const reading& from, const field_name& what, const yaml::node& value) {
  switch (type_of(what)) {
  case value_type::kind: {
    const auto kind = read_kind(from, value);
    return kind ? std::optional{kind->str()} : std::nullopt;
  }
  case value_type::feed: {
    const auto feed = read_feed(from, value);
    return feed ? std::optional{feed->str()} : std::nullopt;
  }
  case value_type::site: return read_site(from, value);
  case value_type::calendar: return read_calendar(from, value);
  case value_type::word: return read_closed(from, what, value);
  default: return value.text;
  }
}

std::optional<substance_value> read_substance(const reading& from, const yaml::node& value) {
  const auto& words = from.reference().substances;
  const auto index = words.named(value.text);
  if (!index) {
    from.complain(value.at, "unknown-substance",
                  fmt::format("no substance '{}'{}", shown(value.text), suggestion(value.text, words.all_words())));
    return {};
  }
  return substance_value{words.row(*index).id, words.within(*index)};
}

std::string listed(const reading& from, const std::vector<area_index>& areas) {
  std::vector<std::string> codes;
  for (const auto i : areas) {
    if (codes.size() == 5) {
      codes.emplace_back("others");
      break;
    }
    codes.push_back(from.reference().areas.row(i).code.str());
  }
  return join_and(codes);
}

std::optional<area_value> read_area(const reading& from, const field_name& what, const yaml::node& value) {
  const auto& table = from.reference().areas;
  const auto level = level_of(what.field);
  auto found = table.named(value.text, level);
  const bool at_level = !found.empty();
  if (!at_level) found = table.named(value.text);
  if (found.empty()) {
    from.complain(value.at, "unknown-area",
                  fmt::format("no area '{}'{}", shown(value.text), suggestion(value.text, table.all_words())));
    return {};
  }
  if (found.size() > 1) {
    from.complain(value.at, "unknown-area",
                  fmt::format("'{}' is the name of several areas, {}; write the code of the one you mean",
                              shown(value.text), listed(from, found)));
    return {};
  }
  area_value out{table.row(found.front()).code, table.within(found.front())};
  const bool holds_some = at_level || !level || std::any_of(out.covers.begin(), out.covers.end(), [&](area_index i) {
                            return table.row(i).level == *level;
                          });
  if (holds_some) return out;
  from.complain(value.at, "unknown-area",
                fmt::format("'{}' is of level {}, and no {} lies in it; use `{}: {}` or `area: {}`", shown(value.text),
                            to_text(table.row(found.front()).level), to_text(what),
                            to_text(table.row(found.front()).level), shown(value.text), shown(value.text)));
  return {};
}

} // namespace

std::optional<kind_id> read_kind(const reading& from, const yaml::node& value) {
  if (!is_plain(from, value)) return {};
  if (from.reference().kind(kind_id{value.text}) != nullptr) return kind_id{value.text};
  std::vector<std::string> words;
  for (const auto& row : from.reference().kinds) words.push_back(row.id.str());
  from.complain(
      value.at, "unknown-kind",
      fmt::format("no kind '{}'; it is one of {}{}", shown(value.text), join_or(words), suggestion(value.text, words)));
  return {};
}

std::optional<feed_id> read_feed(const reading& from, const yaml::node& value) {
  if (!is_plain(from, value)) return {};
  const auto& feeds = from.reference().feeds;
  const feed_id id{value.text};
  if (!feeds) {
    from.complain(
        value.at, "unknown-feed",
        fmt::format("no feeds are loaded, so that there is a feed '{}' could not be checked", shown(id.str())),
        severity::warning);
    return id;
  }
  if (std::find(feeds->begin(), feeds->end(), id) != feeds->end()) return id;
  std::vector<std::string> words;
  for (const auto& feed : *feeds) words.push_back(feed.str());
  from.complain(value.at, "unknown-feed", fmt::format("no feed '{}'{}", shown(id.str()), suggestion(id.str(), words)));
  return {};
}

std::optional<condition> read_values(const reading& from, const field_name& what,
                                     std::span<const yaml::node* const> values) {
  const auto type = type_of(what);
  one_of_texts texts;
  one_of_substances substances;
  one_of_areas areas;
  one_of_hours hours;
  std::vector<condition> others;
  bool complete = true;
  for (const auto* value : values) {
    bool good = is_plain(from, *value);
    if (!good) {
      complete = false;
      continue;
    }
    const auto keep = [&good](auto read, auto& list) {
      good = read.has_value();
      if (good) list.push_back(std::move(*read));
    };
    if (type == value_type::substance)
      keep(read_substance(from, *value), substances.values);
    else if (type == value_type::area)
      keep(read_area(from, what, *value), areas.values);
    else if (type == value_type::hour)
      keep(read_hours(from, *value), hours.ranges);
    else if (type == value_type::truth || type == value_type::number || type == value_type::age ||
             type == value_type::age_band)
      keep(read_number_or_truth(from, what, *value), others);
    else
      keep(read_word_value(from, what, *value), texts.values);
    complete = complete && good;
  }
  if (!complete) return {};
  switch (type) {
  case value_type::substance: return of_one(what, std::move(substances));
  case value_type::area: return of_one(what, std::move(areas));
  case value_type::hour: return of_one(what, std::move(hours));
  case value_type::truth:
  case value_type::number:
  case value_type::age:
  case value_type::age_band: return one_of(std::move(others));
  default: return of_one(what, std::move(texts));
  }
}

std::optional<condition> read_pattern(const reading& from, const field_name& what, const yaml::node& value) {
  if (!is_plain(from, value)) return {};
  if (value.text.size() > largest::pattern) {
    from.complain(value.at, "too-large", fmt::format("a pattern has at most {} characters", largest::pattern));
    return {};
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const RE2>(value.text, options);
  if (!compiled->ok()) {
    from.complain(value.at, "bad-value",
                  fmt::format("'{}' is no regular expression: {}", shown(value.text), compiled->error()));
    return {};
  }
  matches out{value.text, compiled, {}};
  if (is_area_field(what.field)) {
    const auto& table = from.reference().areas;
    for (area_index i = 0; i < table.rows().size(); ++i) {
      const auto& row = table.row(i);
      const auto level = level_of(what.field);
      if ((!level || row.level == *level) &&
          (RE2::PartialMatch(row.code.str(), *compiled) || RE2::PartialMatch(row.name, *compiled)))
        out.areas.push_back(i);
    }
    if (out.areas.empty()) {
      from.complain(value.at, "impossible-condition",
                    fmt::format("no {}'s code or name matches '{}'", to_text(what), shown(value.text)));
      return {};
    }
  }
  return of_one(what, std::move(out));
}

} // namespace forewarn::rules
