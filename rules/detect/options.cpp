// SPDX-License-Identifier: Apache-2.0
#include "rules/detect/options.hpp"

#include "rules/compile/canonical.hpp"
#include "rules/syntax/values.hpp"

#include <charconv>
#include <cmath>

namespace forewarn::rules {
namespace {

struct threshold_reader {
  const reading& from;
  std::string_view key;
  threshold_kind what;

  std::optional<double> operator()(const yaml::node& value) const {
    switch (what) {
    case threshold_kind::number: return number(value);
    case threshold_kind::percentage: return percentage(value);
    case threshold_kind::chance: return chance(value);
    case threshold_kind::recurrence: return recurrence(value);
    }
    return {};
  }

  std::optional<double> plain(const yaml::node& value, std::string_view wanted) const {
    const auto number = yaml::as_number(value);
    const bool zeros = value.text.size() > 1 && value.text[0] == '0' && value.text[1] != '.';
    if (number && !zeros) return number;
    from.complain(value.at, "wrong-type",
                  fmt::format("'{}' takes {}, found {}{}", key, wanted,
                              value.is_scalar() ? "'" + shown(value.text) + "'" : std::string{yaml::describe(value)},
                              value.quoted ? "; leave the quotes out"
                              : zeros      ? "; leave the leading zero out"
                                           : ""));
    return {};
  }

  std::optional<double> number(const yaml::node& value) const {
    const auto out = plain(value, "a number");
    if (!out) return {};
    if (*out <= 0) {
      from.complain(value.at, "bad-value", fmt::format("'{}' must be more than 0; a count is always at least 0", key));
      return {};
    }
    if (*out > largest::number) {
      from.complain(value.at, "too-large", fmt::format("{} is past any sensible count", shown(value.text)));
      return {};
    }
    return out;
  }

  std::optional<double> percentage(const yaml::node& value) const {
    const bool percent = value.is_scalar() && value.text.size() > 1 && value.text.back() == '%';
    std::optional<double> out;
    if (percent) {
      double number = 0;
      const char* const last = value.text.data() + value.text.size() - 1;
      const auto [end, error] = std::from_chars(value.text.data(), last, number, std::chars_format::fixed);
      if (error == std::errc{} && end == last) out = number / 100;
    } else {
      out = plain(value, "a percentage such as 30%");
      if (!out) return {};
    }
    if (out && *out > 0 && *out <= 1) return out;
    from.complain(value.at, "bad-value",
                  fmt::format("'{}' must be a percentage such as 30%, more than 0% and at most 100%; found {}{}", key,
                              shown(value.text),
                              out && *out > 1 && !percent ? fmt::format("; write {}%", value.text) : ""));
    return {};
  }

  std::optional<double> recurrence(const yaml::node& value) const {
    constexpr std::chrono::hours day{24}, most{24 * 36'500};
    const auto length = value.is_scalar() ? parse_duration(value.text) : std::nullopt;
    if (!length || *length % day != duration{}) {
      from.complain(
          value.at, "bad-duration",
          fmt::format("'{}' takes whole days such as 100d: chance alone shows as much once in so long; "
                      "found {}",
                      key, value.is_scalar() ? "'" + shown(value.text) + "'" : std::string{yaml::describe(value)}));
      return {};
    }
    if (*length >= 2 * day && *length <= most) return static_cast<double>(*length / day);
    from.complain(value.at, *length > most ? "too-large" : "bad-value",
                  fmt::format("'{}' is from 2d to 36500d, a hundred years", key));
    return {};
  }

  std::optional<double> chance(const yaml::node& value) const {
    const auto out = plain(value, "a chance such as 0.001");
    if (!out || (*out > 0 && *out < 1)) return out;
    from.complain(value.at, "bad-value", fmt::format("'{}' must be a chance between 0 and 1, such as 0.001", key));
    return {};
  }
};

// By level, lowest first. Each level must ask for more than the one below it, or the lower would never be seen.
std::vector<threshold> read_levels(const threshold_reader& read, const yaml::node& levels) {
  std::vector<threshold> out;
  const auto& from = read.from;
  const bool falls = read.what == threshold_kind::chance;
  auto keys = from.keys(levels);
  bool complete = true;
  for (const auto level : {level::info, level::amber, level::red}) {
    const auto* value = keys.optional(to_text(level));
    if (value == nullptr) continue;
    const auto bound = read(*value);
    complete = complete && bound;
    if (!bound) continue;
    if (!out.empty() && (falls ? *bound >= out.back().at_least : *bound <= out.back().at_least)) {
      from.complain(value->at, "bad-value",
                    fmt::format("{} must ask for {} than {}, which asks for {}", to_text(level),
                                falls ? "a smaller chance" : "more", to_text(out.back().level), out.back().at_least));
      complete = false;
    }
    out.push_back({level, *bound});
  }
  keys.finish();
  if (levels.entries.empty())
    from.complain(levels.at, "missing-key",
                  fmt::format("'{}' names no level; write one of info, amber or red", read.key));
  if (!complete) out.clear();
  return out;
}

std::optional<measure> read_sum(const reading& from, const yaml::node& sum) {
  auto keys = from.keys(sum);
  const auto name = keys.required_text("sum");
  keys.finish();
  if (!name) return {};
  const auto& at = sum.find("sum")->value.at;
  const auto what = read_field(from, *name, at);
  if (!what) return {};
  if (what->field == field::naloxone_doses || what->field == field::weight || what->field == field::attribute)
    return measure{measure_kind::sum, *what};
  from.complain(at, "bad-value",
                fmt::format("'{}' cannot be added up; use naloxone_doses, weight or a numeric attributes.NAME", *name));
  return {};
}

} // namespace

std::vector<threshold> read_thresholds(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                       threshold_kind what, level single, bool required) {
  const auto* value = required ? keys.required(key) : keys.optional(key);
  if (value == nullptr) return {};
  const threshold_reader read{from, key, what};
  if (value->is_mapping()) return read_levels(read, *value);
  if (const auto bound = read(*value)) return {{single, *bound}};
  return {};
}

std::optional<measure> read_measure(const reading& from, yaml::mapping_reader& keys) {
  const auto* value = keys.optional("measure");
  if (value == nullptr) return measure{};
  if (value->is_mapping()) return read_sum(from, *value);
  const auto index = read_word(from, keys, "measure", {"incidents", "people", "sites", "observations"});
  if (!index) return {};
  return measure{static_cast<measure_kind>(*index), {}};
}

std::optional<double> read_amount(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                  double otherwise) {
  const auto* value = keys.optional(key);
  if (value == nullptr) return otherwise;
  return threshold_reader{from, key, threshold_kind::number}(*value);
}

std::string canonical(const measure& what) {
  std::string out = fmt::format("{}", static_cast<int>(what.what));
  if (what.what == measure_kind::sum) out += " " + to_text(what.of);
  return out;
}

std::string canonical(const std::vector<threshold>& levels) {
  std::string out;
  for (const auto& t : levels) out += fmt::format(" {}>={}", to_text(t.level), canonical_number(t.at_least));
  return out;
}

std::string counted_words(const measure& what, const observed_words& words) {
  switch (what.what) {
  case measure_kind::people: return "different people with " + words.plural();
  case measure_kind::sites: return "different sites with " + words.plural();
  case measure_kind::sum:
    if (what.of.field == field::naloxone_doses) return "naloxone doses of " + words.plural();
    if (what.of.field == field::weight) return "weights of " + words.plural();
    return fmt::format("values of '{}' of {}", what.of.attribute, words.plural());
  case measure_kind::incidents:
  case measure_kind::observations: break;
  }
  return words.plural();
}

std::string chance_words(double chance) {
  const auto once_in = std::round(1 / chance);
  if (std::abs(1 / once_in - chance) > chance * 1e-9) return fmt::format("{}", chance);
  return "1 in " + whole_words(once_in);
}

std::string whole_words(double number) {
  if (number != std::floor(number)) return fmt::format("{}", number);
  auto digits = fmt::format("{:.0f}", number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string percent_words(double fraction) {
  return fmt::format("{}%", std::round(fraction * 1e6) / 1e4);
}

} // namespace forewarn::rules
