// SPDX-License-Identifier: Apache-2.0
// `count: {within, at_least, measure}`: so many within a window.
#include "rules/compile/canonical.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/syntax/values.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

std::optional<double> read_bound(const reading& from, const yaml::node& value) {
  const auto number = yaml::as_number(value);
  const bool zeros = value.text.size() > 1 && value.text[0] == '0' && value.text[1] != '.';
  if (!number || zeros) {
    from.complain(value.at, "wrong-type",
                  fmt::format("'at_least' takes a number, found {}{}",
                              value.is_scalar() ? "'" + shown(value.text) + "'" : std::string{yaml::describe(value)},
                              value.quoted ? "; leave the quotes out"
                              : zeros      ? "; leave the leading zero out"
                                           : ""));
    return {};
  }
  if (*number <= 0) {
    from.complain(value.at, "bad-value", "'at_least' must be more than 0; a count is always at least 0");
    return {};
  }
  if (*number > largest::number) {
    from.complain(value.at, "too-large", fmt::format("{} is past any sensible count", shown(value.text)));
    return {};
  }
  return number;
}

// By level, lowest first. Each level must ask for more than the one below it, or the lower would never be seen.
std::vector<threshold> read_levels(const reading& from, const yaml::node& levels) {
  std::vector<threshold> out;
  auto keys = from.keys(levels);
  bool complete = true;
  for (const auto level : {level::info, level::amber, level::red}) {
    const auto* value = keys.optional(to_text(level));
    if (value == nullptr) continue;
    const auto bound = read_bound(from, *value);
    complete = complete && bound;
    if (!bound) continue;
    if (!out.empty() && *bound <= out.back().at_least) {
      from.complain(value->at, "bad-value",
                    fmt::format("{} must ask for more than {}, which asks for {}", to_text(level),
                                to_text(out.back().level), out.back().at_least));
      complete = false;
    }
    out.push_back({level, *bound});
  }
  keys.finish();
  if (levels.entries.empty())
    from.complain(levels.at, "missing-key", "'at_least' names no level; write one of info, amber or red");
  if (!complete) out.clear();
  return out;
}

std::vector<threshold> read_thresholds(const reading& from, yaml::mapping_reader& keys, level single) {
  const auto* value = keys.required("at_least");
  if (value == nullptr) return {};
  if (value->is_mapping()) return read_levels(from, *value);
  if (const auto bound = read_bound(from, *value)) return {{single, *bound}};
  return {};
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

std::optional<measure> read_measure(const reading& from, yaml::mapping_reader& keys) {
  const auto* value = keys.optional("measure");
  if (value == nullptr) return measure{};
  if (value->is_mapping()) return read_sum(from, *value);
  const auto index = read_word(from, keys, "measure", {"incidents", "people", "sites", "observations"});
  if (!index) return {};
  return measure{static_cast<measure_kind>(*index), {}};
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  const auto within = require_duration(from, keys, "within");
  auto at_least = read_thresholds(from, keys, so_far.level);
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!within || at_least.empty() || !measured) return {};
  return count_detector{*within, std::move(at_least), *measured};
}

std::optional<duration> window(const detector& made) {
  return std::get<count_detector>(made).within;
}

std::string canonical(const rule& one) {
  const auto& count = std::get<count_detector>(one.detector);
  std::string out = fmt::format("count {} {}", count.within.count(), static_cast<int>(count.measure.what));
  if (count.measure.what == measure_kind::sum) out += " " + to_text(count.measure.of);
  for (const auto& t : count.at_least) out += fmt::format(" {}>={}", to_text(t.level), canonical_number(t.at_least));
  return out;
}

std::string further_levels(const count_detector& count) {
  std::string out = std::string{to_text(count.at_least.front().level)};
  for (std::size_t i = 1; i < count.at_least.size(); ++i)
    out += fmt::format("; {} or more: {}", count.at_least[i].at_least, to_text(count.at_least[i].level));
  return out;
}

std::string what_is_summed(const field_name& of) {
  if (of.field == field::naloxone_doses) return "naloxone doses";
  if (of.field == field::weight) return "weights";
  return fmt::format("values of '{}'", of.attribute);
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& count = std::get<count_detector>(one.detector);
  const auto least = count.at_least.front().at_least;
  const auto within = spell_duration(count.within);
  const auto levels = further_levels(count);
  switch (count.measure.what) {
  case measure_kind::people:
    return fmt::format("when {} or more different people have {} within {}: {}", least, words.plural(), within, levels);
  case measure_kind::sites:
    return fmt::format("when {} or more different sites have {} within {}: {}", least, words.plural(), within, levels);
  case measure_kind::sum:
    return fmt::format("when the {} of {} add up to {} or more within {}: {}", what_is_summed(count.measure.of),
                       words.plural(), least, within, levels);
  case measure_kind::observations:
    return fmt::format("when {} or more {} happen within {}, each record counted: {}", least, words.plural(), within,
                       levels);
  case measure_kind::incidents: break;
  }
  return fmt::format("when {} or more {} happen within {}: {}", least, words.plural(), within, levels);
}

} // namespace

const detector_kind count_kind{"count", read, window, canonical, sentence};

} // namespace forewarn::rules
