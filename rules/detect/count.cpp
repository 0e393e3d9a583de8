// SPDX-License-Identifier: Apache-2.0
// `count: {within, at_least, measure}`: so many within a window.
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"

namespace forewarn::rules {
namespace {

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  const auto within = require_duration(from, keys, "within");
  auto at_least = read_thresholds(from, keys, "at_least", threshold_kind::number, so_far.level);
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!within || at_least.empty() || !measured) return {};
  return count_detector{*within, std::move(at_least), *measured};
}

std::optional<duration> window(const detector& made) {
  return std::get<count_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& /*reference*/) {
  const auto& count = std::get<count_detector>(one.detector);
  return fmt::format("count {} {}{}", count.within.count(), canonical(count.measure), canonical(count.at_least));
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
  const auto levels = levels_words(count.at_least, [](double more) { return fmt::format("{} or more", more); });
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

const detector_kind count_kind{"count", read, window, meaning, sentence};

} // namespace forewarn::rules
