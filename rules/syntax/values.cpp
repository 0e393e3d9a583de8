// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/values.hpp"

#include "rules/fact.hpp"

#include <algorithm>
#include <array>

#include <re2/re2.h>

namespace forewarn::rules {
namespace {

condition leaf(const field_name& what, predicate is) {
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

std::optional<hour_range> read_hours(const reading& from, const yaml::node& value) {
  const auto hour = [](std::string_view text) -> std::optional<int> {
    text = trim(text);
    if (text.ends_with(":00")) text.remove_suffix(3);
    if (text.empty() || text.size() > 2) return {};
    int out = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return {};
      out = out * 10 + (c - '0');
    }
    return out;
  };
  const std::string_view text = value.text;
  const auto dash = text.find('-');
  const auto first = hour(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : hour(text.substr(dash + 1));
  if (!first || !last) {
    from.complain(
        value.at, "bad-value",
        fmt::format("'{}' is no hour; write one hour from 0 to 23, or a range such as 22-04 (from 22:00 until "
                    "04:00)",
                    shown(text)));
    return {};
  }
  if (dash == std::string_view::npos) {
    if (*first <= 23) return hour_range{*first, *first + 1};
    from.complain(value.at, "impossible-condition", fmt::format("it is never hour {}; hours run from 0 to 23", *first));
    return {};
  }
  if (*first > 23 || *last > 24) {
    from.complain(value.at, "bad-value", fmt::format("'{}' runs past midnight; hours run from 0 to 24", shown(text)));
    return {};
  }
  if (*first == *last) {
    from.complain(value.at, "impossible-condition",
                  fmt::format("'{}' is empty, since the last hour is not part of a range; for the whole day leave "
                              "`hour` out",
                              shown(text)));
    return {};
  }
  return hour_range{*first, *last};
}

bool on_edge(const reading& from, double age) {
  const auto& edges = from.reference().age_edges;
  return std::any_of(edges.begin(), edges.end(), [&](int edge) { return static_cast<double>(edge) == age; });
}

std::string bands(const reading& from) {
  const auto& edges = from.reference().age_edges;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < edges.size(); ++i)
    out.push_back(i + 1 < edges.size() ? fmt::format("{}-{}", edges[i], edges[i + 1] - 1)
                                       : fmt::format("{}+", edges[i]));
  return join_and(out);
}

std::optional<condition> read_band(const reading& from, const field_name& what, const yaml::node& value) {
  const auto band = parse_age_band(value.text);
  const bool open = value.text.ends_with('+');
  if (!band || !on_edge(from, band->first) || (!open && !on_edge(from, band->second + 1))) {
    from.complain(value.at, "bad-value",
                  fmt::format("'{}' is no age band that feeds keep; they keep {}", shown(value.text), bands(from)));
    return {};
  }
  number_range range;
  range.least = band->first;
  if (!open) range.most = band->second;
  return leaf(what, range);
}

std::optional<double> read_plain_number(const reading& from, const field_name& what, const yaml::node& value) {
  const auto number = yaml::as_number(value);
  const bool zeros = value.text.size() > 1 && value.text[0] == '0' && value.text[1] >= '0' && value.text[1] <= '9';
  if (!number || zeros) {
    from.complain(value.at, "wrong-type",
                  fmt::format("'{}' takes a number here, found {}{}", to_text(what),
                              value.is_scalar() ? "'" + shown(value.text) + "'" : std::string{yaml::describe(value)},
                              zeros          ? "; leave the leading zero out"
                              : value.quoted ? "; leave the quotes out"
                                             : ""));
    return {};
  }
  if (*number > largest::number || *number < -largest::number) {
    from.complain(value.at, "too-large", fmt::format("'{}' is past any sensible number", shown(value.text)));
    return {};
  }
  return number;
}

std::optional<condition> read_one(const reading& from, const field_name& what, const yaml::node& value) {
  switch (type_of(what)) {
  case value_type::truth: {
    const auto yes = yaml::as_bool(value);
    if (yes) return leaf(what, truth{*yes});
    from.complain(value.at, "wrong-type",
                  fmt::format("'{}' is true or false, found '{}'{}", to_text(what), shown(value.text),
                              value.quoted ? "; leave the quotes out" : ""));
    return {};
  }
  case value_type::age_band: return read_band(from, what, value);
  case value_type::number: {
    const auto number = read_plain_number(from, what, value);
    if (!number) return {};
    return leaf(what, number_range{*number, *number});
  }
  default: { // age
    const auto number = read_plain_number(from, what, value);
    if (!number) return {};
    if (on_edge(from, *number) && on_edge(from, *number + 1)) return leaf(what, number_range{*number, *number});
    from.complain(value.at, "bad-value",
                  fmt::format("feeds keep age bands, not years: {}; write limits on their edges, such as {{at_least: "
                              "18}}, or use age_band",
                              bands(from)));
    return {};
  }
  }
}

std::optional<condition> read_hour_limit(const reading& from, const field_name& what, limit which,
                                         const yaml::node& value) {
  const auto hour = yaml::as_integer(value);
  if (!hour || *hour < 0 || *hour > 24) {
    from.complain(value.at, hour ? "impossible-condition" : "wrong-type",
                  fmt::format("'{}' is no hour; hours run from 0 to 23", shown(value.text)));
    return {};
  }
  const int h = static_cast<int>(*hour);
  hour_range range;
  switch (which) {
  case limit::at_least: range.from = h; break;
  case limit::more_than: range.from = h + 1; break;
  case limit::at_most: range.to = std::min(h + 1, 24); break;
  case limit::less_than: range.to = h; break;
  }
  if (range.from < range.to) return leaf(what, one_of_hours{{range}});
  from.complain(value.at, "impossible-condition", "no hour is left; hours run from 0 to 23");
  return {};
}

std::string nearest_limits(const reading& from, limit which, double wanted) {
  const int shift = which == limit::at_least || which == limit::less_than ? 0 : -1;
  std::optional<int> below, above;
  for (const int edge : from.reference().age_edges) {
    const int allowed = edge + shift;
    if (allowed < 0) continue;
    if (allowed < wanted)
      below = allowed;
    else if (!above)
      above = allowed;
  }
  if (below && above) return fmt::format("{} or {}", *below, *above);
  return below ? std::to_string(*below) : above ? std::to_string(*above) : "another limit";
}

} // namespace

value_type type_of(const field_name& what) {
  switch (what.field) {
  case field::kind: return value_type::kind;
  case field::feed: return value_type::feed;
  case field::site: return value_type::site;
  case field::substances:
  case field::confirmed:
  case field::sold_as: return value_type::substance;
  case field::area:
  case field::ward:
  case field::msoa:
  case field::lsoa:
  case field::lad: return value_type::area;
  case field::fatal:
  case field::naloxone: return value_type::truth;
  case field::naloxone_doses:
  case field::days_since_release:
  case field::weight: return value_type::number;
  case field::age: return value_type::age;
  case field::age_band: return value_type::age_band;
  case field::hour: return value_type::hour;
  case field::calendar:
  case field::attribute: return value_type::free_text;
  default: return value_type::word;
  }
}

std::optional<std::vector<std::string>> closed_words(field what) {
  switch (what) {
  case field::certainty: return all_spellings<certainty>();
  case field::intent: return all_spellings<intent>();
  case field::setting: return all_spellings<setting>();
  case field::outcome: return all_spellings<outcome>();
  case field::naloxone_by: return all_spellings<naloxone_by>();
  case field::sex: return all_spellings<sex>();
  case field::weekday: return std::vector<std::string>{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  default: return {};
  }
}

std::optional<field_name> read_field(const reading& from, std::string_view text, const location& at) {
  const auto name = field_from_text(text);
  if (!name) {
    auto words = all_field_words();
    words.insert(words.end(), {"all", "any", "not"});
    from.complain(at, "unknown-field",
                  text == "attributes" ? std::string{"write the name of the attribute, as in `attributes.NAME`"}
                                       : fmt::format("no field '{}'{}", shown(text), suggestion(text, words)));
    return {};
  }
  if (name->field == field::calendar) {
    from.complain(at, "bad-value", "'calendar' is not available yet; no calendars can be loaded");
    return {};
  }
  const auto& known = from.reference().attributes;
  if (name->field == field::attribute && from.reference().attributes_known &&
      std::find(known.begin(), known.end(), name->attribute) == known.end()) {
    from.complain(at, "unknown-field",
                  fmt::format("no feed's allow-list has an attribute '{}'{}", shown(name->attribute),
                              suggestion(name->attribute, known)));
    return {};
  }
  return name;
}

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
      keep(read_one(from, what, *value), others);
    else
      keep(read_word_value(from, what, *value), texts.values);
    complete = complete && good;
  }
  if (!complete) return {};
  switch (type) {
  case value_type::substance: return leaf(what, std::move(substances));
  case value_type::area: return leaf(what, std::move(areas));
  case value_type::hour: return leaf(what, std::move(hours));
  case value_type::truth:
  case value_type::number:
  case value_type::age:
  case value_type::age_band: return one_of(std::move(others));
  default: return leaf(what, std::move(texts));
  }
}

std::optional<condition> read_limit(const reading& from, const field_name& what, limit which, const yaml::node& value) {
  const auto type = type_of(what);
  if (type == value_type::hour) return read_hour_limit(from, what, which, value);
  const auto number = read_plain_number(from, what, value);
  if (!number) return {};
  const bool from_below = which == limit::at_least || which == limit::more_than;
  const bool strict = which == limit::more_than || which == limit::less_than;
  if (type == value_type::age && !on_edge(from, strict == from_below ? *number + 1 : *number)) {
    from.complain(value.at, "bad-value",
                  fmt::format("{} cuts through an age band; feeds keep {}; use {}", shown(value.text), bands(from),
                              nearest_limits(from, which, *number)));
    return {};
  }
  number_range range;
  if (from_below) {
    range.least = number;
    range.above_least = strict;
  } else {
    range.most = number;
    range.below_most = strict;
  }
  return leaf(what, range);
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
  return leaf(what, std::move(out));
}

} // namespace forewarn::rules
