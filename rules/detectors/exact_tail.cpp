// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/exact_tail.hpp"

#include "rules/detectors/distributions.hpp"
#include "rules/detectors/moments.hpp"

#include <algorithm>
#include <span>

namespace forewarn::detectors {
namespace {

// What the count of the period is drawn from, if nothing has changed.
struct draws {
  double mean = 0;
  double size = std::numeric_limits<double>::infinity();
  double prob = 1;

  [[nodiscard]] bool poisson() const { return std::isinf(size); }
  [[nodiscard]] double upper(double count) const {
    return poisson() ? poisson_upper(count, mean) : nb_upper(count, size, prob);
  }
  [[nodiscard]] double quantile(double p) const {
    return poisson() ? poisson_quantile(p, mean) : nb_quantile(p, size, prob);
  }
};

draws drawn(const moments& past, const tail_options& by) {
  if (by.model == tail_model::gamma_poisson) {
    const auto size = past.n * past.mean + by.a0;
    const auto prob = (past.n + by.b0) / (past.n + by.b0 + 1);
    return {size * (1 - prob) / prob, size, prob};
  }
  const auto mean = std::max(past.mean, by.least_mean);
  if (by.model == tail_model::poisson || past.variance <= mean) return {mean};
  const auto size = mean * mean / (past.variance - mean);
  return {mean, size, size / (size + mean)};
}

moments window_before(const series& of, const tail_options& by, std::size_t t) {
  const auto to = t - by.guard;
  const auto from = to - std::min(to, by.baseline);
  if (!by.same_weekday) return moments_of(std::span{of.counts}.subspan(from, to - from));
  std::vector<double> alike;
  for (auto at = from; at < to; ++at)
    if (of.weekday(at) == of.weekday(t)) alike.push_back(of.counts[at]);
  return moments_of(alike);
}

} // namespace

tail_verdict exact_tail(const series& of, const tail_options& by, std::size_t t) {
  if (t < by.history()) return {};
  const auto past = window_before(of, by, t);
  if (past.n < 1 || (by.model == tail_model::nb_moments && past.n < 2)) return {};
  const auto next = drawn(past, by);
  tail_verdict out;
  out.size = next.size;
  out.told.expected = next.mean;
  out.told.bound = next.quantile(1 - by.alpha);
  if (!of.counted(t)) return out;
  out.told.score = next.upper(of.counts[t]);
  out.told.alarm = of.counts[t] > *out.told.bound;
  return out;
}

} // namespace forewarn::detectors
