// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/beta_binomial.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

double log_beta(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}

// The chances of j, j + 1, ... of `tests`, one from the other.
class chances {
public:
  chances(double tests, double a, double b, double from) : tests_{tests}, a_{a}, b_{b}, j_{from} {
    const auto choose = std::lgamma(tests + 1) - std::lgamma(from + 1) - std::lgamma(tests - from + 1);
    now_ = std::exp(choose + log_beta(from + a, tests - from + b) - log_beta(a, b));
  }
  [[nodiscard]] double now() const { return now_; }
  [[nodiscard]] double at() const { return j_; }
  void up() {
    now_ *= (tests_ - j_) / (j_ + 1) * (j_ + a_) / (tests_ - j_ - 1 + b_);
    j_ += 1;
  }
  void down() {
    now_ *= j_ / (tests_ - j_ + 1) * (tests_ - j_ + b_) / (j_ - 1 + a_);
    j_ -= 1;
  }

private:
  double tests_, a_, b_, j_, now_ = 0;
};

// The largest x whose own excess, P(X >= x), is not below alpha.
double bound_of(double tests, double a, double b, double alpha) {
  chances each{tests, a, b, tests};
  double above = each.now();
  while (each.at() > 0 && above < alpha) {
    each.down();
    above += each.now();
  }
  return each.at();
}

} // namespace

double beta_binomial_upper(double positive, double tests, double before, double tests_before, double prior) {
  const auto least = std::ceil(positive);
  if (least <= 0) return 1;
  if (least > tests) return 0;
  chances each{tests, before + prior, tests_before - before + prior, least};
  double sum = each.now();
  while (each.at() < tests) {
    each.up();
    sum += each.now();
    if (each.now() < sum * 1e-18 && each.at() > tests * before / std::max(tests_before, 1.0)) break;
  }
  return std::min(sum, 1.0);
}

verdict beta_binomial(const series& of, const beta_binomial_options& by, std::size_t t) {
  if (t < by.history() || of.population.size() <= t) return {};
  const auto to = t - by.guard;
  double positive = 0, tests = 0;
  for (auto at = to - std::min(to, by.baseline); at < to; ++at) {
    if (!of.counted(at) || of.counts[at] > of.population[at]) continue;
    positive += of.counts[at];
    tests += of.population[at];
  }
  const auto now = std::floor(of.population[t]);
  constexpr double most = 1e7; // more tests in one period are a mistake
  if (tests < by.least_tests || now < 1 || now > most) return {};
  verdict out;
  out.expected = now * (positive + by.prior) / (tests + 2 * by.prior);
  out.bound = bound_of(now, positive + by.prior, tests - positive + by.prior, by.alpha);
  if (!of.counted(t) || of.counts[t] > now) return out;
  out.score = beta_binomial_upper(of.counts[t], now, positive, tests, by.prior);
  out.alarm = *out.score < by.alpha;
  return out;
}

} // namespace forewarn::detectors
