// SPDX-License-Identifier: Apache-2.0
// `unusual: {within, baseline, guard, p, min_count, model, measure}`: more than chance gives, by what was before.
#include "rules/compile/canonical.hpp"
#include "rules/detect/baseline.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"

namespace forewarn::rules {
namespace {

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  unusual_detector out;
  const auto within = require_duration(from, keys, "within");
  const auto baseline =
      options.find("baseline") == nullptr ? std::optional{out.baseline} : read_duration(from, keys, "baseline");
  const auto guard =
      options.find("guard") == nullptr ? std::optional{out.guard} : read_duration(from, keys, "guard", true);
  const bool says_p = options.find("p") != nullptr;
  out.below = says_p ? read_thresholds(from, keys, "p", threshold_kind::chance, so_far.level)
                     : std::vector<threshold>{{level::amber, 0.001}, {level::red, 0.0001}};
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  const auto model = read_word(from, keys, "model", {"gamma_poisson", "poisson"});
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!within || !baseline || !guard || out.below.empty() || !least || !measured) return {};
  if (!model && options.find("model") != nullptr) return {};
  if (!baseline_holds_a_window(from, options, *within, *baseline)) return {};
  out.within = *within;
  out.baseline = *baseline;
  out.guard = *guard;
  out.min_count = *least;
  out.model = static_cast<chance_model>(model.value_or(0));
  out.measure = *measured;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<unusual_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& /*reference*/) {
  const auto& unusual = std::get<unusual_detector>(one.detector);
  return fmt::format("unusual {} baseline={} guard={} least={} model={} {}{}", unusual.within.count(),
                     unusual.baseline.count(), unusual.guard.count(), canonical_number(unusual.min_count),
                     static_cast<int>(unusual.model), canonical(unusual.measure), canonical(unusual.below));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& unusual = std::get<unusual_detector>(one.detector);
  const auto less_than = [](double chance) { return fmt::format("less than {}", chance_words(chance)); };
  const auto before =
      unusual.guard == duration{0}
          ? fmt::format("the {} before", spell_duration(unusual.baseline))
          : fmt::format("the {} that end {} before", spell_duration(unusual.baseline), spell_duration(unusual.guard));
  return fmt::format("when there are {} or more {} within {}, and the chance of as many, judged by {}, is {}{}: {}",
                     unusual.min_count, counted_words(unusual.measure, words), spell_duration(unusual.within), before,
                     less_than(unusual.below.front().at_least),
                     unusual.model == chance_model::poisson ? " (Poisson)" : "",
                     levels_words(unusual.below, less_than));
}

} // namespace

const detector_kind unusual_kind{"unusual", read, window, meaning, sentence};

} // namespace forewarn::rules
