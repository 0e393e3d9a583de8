// SPDX-License-Identifier: Apache-2.0
// `together: {within, at_least, of: {NAME: {observe, where, count}}, measure}`: several things in one window.
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"
#include "rules/detect/parts.hpp"

#include "forewarn/text.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

constexpr std::size_t most_parts = 20;

std::vector<rule_part> read_parts(const reading& from, yaml::mapping_reader& keys, const rule& so_far) {
  const auto* of = keys.required("of");
  if (of == nullptr) return {};
  if (!of->is_mapping()) {
    from.complain(of->at, "wrong-type",
                  fmt::format("'of' names the parts, such as {{calls: {{observe: [ambulance]}}, deaths: {{observe: "
                              "[death]}}}}; found {}",
                              yaml::describe(*of)));
    return {};
  }
  if (of->entries.size() < 2 || of->entries.size() > most_parts) {
    from.complain(of->at, of->entries.size() < 2 ? "bad-value" : "too-large",
                  fmt::format("'of' has {} parts; write 2 to {}", of->entries.size(), most_parts));
    return {};
  }
  std::vector<rule_part> out;
  bool complete = true;
  for (const auto& entry : of->entries) {
    auto part = read_part(from, entry.value, entry.key, so_far, true);
    complete = complete && part;
    if (part) out.push_back(std::move(*part));
  }
  if (!complete) out.clear();
  std::sort(out.begin(), out.end(), [](const rule_part& a, const rule_part& b) { return a.name < b.name; });
  return out;
}

bool can_be_reached(const reading& from, const yaml::node& options, const together_detector& made) {
  for (const auto& one : made.at_least) {
    if (one.at_least <= static_cast<double>(made.parts.size())) continue;
    from.complain(options.find("at_least")->value.at, "bad-value",
                  fmt::format("{} parts can never be reached: there are {}", one.at_least, made.parts.size()));
    return false;
  }
  return true;
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  together_detector out;
  const auto within = require_duration(from, keys, "within");
  out.at_least = read_thresholds(from, keys, "at_least", threshold_kind::number, so_far.level);
  out.parts = read_parts(from, keys, so_far);
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!within || out.at_least.empty() || out.parts.empty() || !measured || !can_be_reached(from, options, out))
    return {};
  out.within = *within;
  out.measure = *measured;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<together_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& together = std::get<together_detector>(one.detector);
  auto out = fmt::format("together {} {}{}", together.within.count(), canonical(together.measure),
                         canonical(together.at_least));
  for (const auto& part : together.parts) out += " " + canonical(part, reference);
  return out;
}

std::string sentence(const rule& one, const observed_words& /*words*/, const reference_data& reference) {
  const auto& together = std::get<together_detector>(one.detector);
  std::vector<std::string> parts;
  for (const auto& part : together.parts) {
    const auto words = words_of(part, reference);
    parts.push_back(part.least <= 1 && together.measure.what == measure_kind::incidents
                        ? fmt::format("{} {}{}", article_of(words.one), words.one, words.qualified)
                        : fmt::format("{} or more {}", part.least, counted_words(together.measure, words)));
  }
  const auto of_these = [&](double count) {
    if (count < static_cast<double>(parts.size())) return fmt::format("{} or more of these", count);
    return std::string{parts.size() == 2 ? "both of these" : "all of these"};
  };
  return fmt::format("when, within {}, there are {} ({}): {}", spell_duration(together.within),
                     of_these(together.at_least.front().at_least), join(parts, "; "),
                     levels_words(together.at_least, of_these));
}

} // namespace

const detector_kind together_kind{"together", read, window, meaning, sentence};

} // namespace forewarn::rules
