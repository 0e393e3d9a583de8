// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/ears.hpp"

#include "rules/detectors/distributions.hpp"
#include "rules/detectors/moments.hpp"

#include <algorithm>
#include <array>

namespace forewarn::detectors {
namespace {

struct day_before {
  double mean = 0;
  double sd = 0;
  bool known = false;
};

class baselines {
public:
  baselines(const series& of, const ears_options& by)
      : window_{of.counts, by.baseline}, lag_{by.method == ears_method::c1 ? 0U : 2U}, least_sd_{by.min_sigma} {}

  [[nodiscard]] day_before at(std::size_t t) {
    const auto found = window_.before(t - lag_);
    return {found.mean, std::max(found.sd(), least_sd_), found.n >= 2};
  }

private:
  sliding_moments window_;
  std::size_t lag_;
  double least_sd_;
};

// How far above its own baseline a day was, less one standard deviation; NaN where there is none to measure by.
double excess(double count, const day_before& by) {
  const auto standing = (count - by.mean) / by.sd - 1;
  return standing < 0 ? 0 : standing;
}

void judge_sum(verdict& out, double count, double z, const std::array<double, 2>& before, const day_before& now) {
  const auto sum = before[0] + before[1];
  const auto bound = count + now.sd * (z - sum);
  if (std::isnan(bound)) return;
  out.bound = number_or_nothing(std::max(0.0, bound));
  out.alarm = count > std::max(0.0, bound);
  out.score = number_or_nothing(sum + excess(count, now));
}

} // namespace

std::vector<verdict> ears(const series& of, const ears_options& by, span_of_periods over) {
  std::vector<verdict> out(over.last - over.first + 1);
  const auto z = normal_quantile(1 - by.alpha);
  const auto first = std::max(over.first, by.history());
  baselines known{of, by};
  std::array<double, 2> before{}; // of the two periods before, oldest first
  const auto excess_at = [&](std::size_t t) {
    const auto base = known.at(t);
    return base.known && of.counted(t) ? excess(of.counts[t], base) : 0;
  };
  if (by.method == ears_method::c3 && first <= over.last) before = {excess_at(first - 2), excess_at(first - 1)};
  for (auto t = first; t <= over.last; ++t) {
    const auto base = known.at(t);
    auto& told = out[t - over.first];
    if (base.known) {
      told.expected = base.mean;
      if (by.method != ears_method::c3) told.bound = base.mean + z * base.sd;
    }
    const auto count = of.counts[t];
    if (by.method != ears_method::c3) {
      if (!base.known || !of.counted(t)) continue;
      told.alarm = count > *told.bound;
      told.score = number_or_nothing((count - base.mean) / base.sd);
      continue;
    }
    const bool judged = base.known && of.counted(t);
    if (judged) judge_sum(told, count, z, before, base);
    before = {before[1], judged ? excess(count, base) : 0};
  }
  return out;
}

} // namespace forewarn::detectors
