// SPDX-License-Identifier: Apache-2.0
// `rate: {within, at_least, per, min_count, measure}`: so many for so many residents.
#include "rules/compile/canonical.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"
#include "rules/residents.hpp"

#include "forewarn/text.hpp"

namespace forewarn::rules {
namespace {

// Every area whose series could come about must have a population; the first few that have none are named.
bool populations_are_known(const reading& from, const location& at, const rule& so_far) {
  const auto& reference = from.reference();
  std::vector<std::string> lacking;
  std::size_t more = 0;
  for (const auto which : areas_of_series(so_far, reference)) {
    if (reference.areas.row(which).population) continue;
    if (lacking.size() < 3)
      lacking.push_back(reference.areas.row(which).name);
    else
      ++more;
  }
  if (more > 0) lacking.push_back(fmt::format("{} more", more));
  if (!groups_by_area(so_far) && !reference.root_area) {
    from.complain(at, "no-population",
                  "a rate without an area in 'for_each' is over the whole service area, and none is configured: set "
                  "'root_area' in forewarn.yaml, or group by an area");
    return false;
  }
  if (lacking.empty()) return true;
  from.complain(at, "no-population",
                fmt::format("a rate needs the number of residents, and {} {} none in areas/: write `population:`, or "
                            "narrow the rule by `where: {{area: ...}}`",
                            join_and(lacking), lacking.size() == 1 ? "has" : "have"));
  return false;
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  rate_detector out;
  const auto within = require_duration(from, keys, "within");
  out.at_least = read_thresholds(from, keys, "at_least", threshold_kind::number, so_far.level);
  const auto per = read_amount(from, keys, "per", out.per);
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  const auto measured = read_measure(from, keys);
  keys.finish();
  const bool known = populations_are_known(from, options.at, so_far);
  if (!within || out.at_least.empty() || !per || !least || !measured || !known) return {};
  out.within = *within;
  out.per = *per;
  out.min_count = *least;
  out.measure = *measured;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<rate_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& rate = std::get<rate_detector>(one.detector);
  auto out = fmt::format("rate {} per={} least={} {}{}", rate.within.count(), canonical_number(rate.per),
                         canonical_number(rate.min_count), canonical(rate.measure), canonical(rate.at_least));
  for (const auto which : areas_of_series(one, reference))
    out +=
        fmt::format(" {}={}", reference.areas.row(which).code.str(), reference.areas.row(which).population.value_or(0));
  return out;
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& rate = std::get<rate_detector>(one.detector);
  const auto or_more = [](double more) { return fmt::format("{} or more", more); };
  return fmt::format("when {} within {} come to {} per {} residents, and to {} or more in all: {}",
                     counted_words(rate.measure, words), spell_duration(rate.within),
                     or_more(rate.at_least.front().at_least), whole_words(rate.per), rate.min_count,
                     levels_words(rate.at_least, or_more));
}

} // namespace

const detector_kind rate_kind{"rate", read, window, meaning, sentence};

} // namespace forewarn::rules
