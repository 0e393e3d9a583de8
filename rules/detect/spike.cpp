// SPDX-License-Identifier: Apache-2.0
// `spike: {within, baseline, times, min_count, measure}`: so many times what is usual.
#include "rules/compile/canonical.hpp"
#include "rules/detect/baseline.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"

namespace forewarn::rules {
namespace {

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  spike_detector out;
  const auto within = require_duration(from, keys, "within");
  const auto baseline = require_duration(from, keys, "baseline");
  out.times = read_thresholds(from, keys, "times", threshold_kind::number, so_far.level);
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!within || !baseline || out.times.empty() || !least || !measured) return {};
  if (!baseline_holds_a_window(from, options, *within, *baseline)) return {};
  if (*baseline / *within > largest_windows) {
    from.complain(options.find("baseline")->value.at, "too-large",
                  fmt::format("'baseline' holds {} windows of {}; at most {} are compared with", *baseline / *within,
                              spell_duration(*within), largest_windows));
    return {};
  }
  out.within = *within;
  out.baseline = *baseline;
  out.min_count = *least;
  out.measure = *measured;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<spike_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& /*reference*/) {
  const auto& spike = std::get<spike_detector>(one.detector);
  return fmt::format("spike {} baseline={} least={} {}{}", spike.within.count(), spike.baseline.count(),
                     canonical_number(spike.min_count), canonical(spike.measure), canonical(spike.times));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& spike = std::get<spike_detector>(one.detector);
  const auto windows = spike.baseline / spike.within;
  const auto within = spell_duration(spike.within);
  const auto or_more = [](double more) { return fmt::format("{} times that or more", more); };
  return fmt::format("when there are {} or more {} within {}, and {} or more times as many as in {}: {}",
                     spike.min_count, counted_words(spike.measure, words), within, spike.times.front().at_least,
                     windows == 1
                         ? fmt::format("the {} before", within)
                         : fmt::format("the mean {} of the {} before", within, spell_duration(spike.within * windows)),
                     levels_words(spike.times, or_more));
}

} // namespace

const detector_kind spike_kind{"spike", read, window, meaning, sentence};

} // namespace forewarn::rules
