// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/numbers.hpp"

#include "rules/fact.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

condition leaf(const field_name& what, predicate is) {
  return {test{what, std::move(is)}};
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

std::optional<condition> read_number_or_truth(const reading& from, const field_name& what, const yaml::node& value) {
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

} // namespace forewarn::rules
