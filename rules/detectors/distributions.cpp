// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace forewarn::detectors {
namespace {

namespace math = boost::math;

// Answers where the library would throw; doubles stay doubles (twice as fast, and exact enough).
using policy = math::policies::policy<math::policies::domain_error<math::policies::ignore_error>,
                                      math::policies::pole_error<math::policies::ignore_error>,
                                      math::policies::overflow_error<math::policies::ignore_error>,
                                      math::policies::evaluation_error<math::policies::ignore_error>,
                                      math::policies::promote_double<false>>;

constexpr double most_summed = 500; // up to that mean, adding up single chances is quicker than the special functions
constexpr double vast = 1e12;       // there the special functions lose their way, and the normal is exact enough
constexpr double summed_to = 1 - 1e-9; // beyond, a sum of chances has too few digits left

// The smallest k whose upper tail beyond it, upper(k + 1), is at most 1 - p. `near` is where to begin.
template <class Upper> double search(double p, double near, const Upper& upper) {
  const auto reached = [&](double k) { return 1 - upper(k + 1) >= p; };
  double step = 1;
  auto low = std::floor(std::max(near, 0.0));
  while (low >= 0 && reached(low)) { // down to one that falls short
    low -= step;
    step *= 2;
  }
  low = std::max(low, -1.0); // -1 falls short of any p > 0
  step = 1;
  auto high = low + 1;
  while (!reached(high)) {
    low = high;
    high += step;
    step *= 2;
    if (high > 1e300) return std::numeric_limits<double>::max();
  }
  while (high - low > 1) {
    const auto middle = std::floor((low + high) / 2);
    if (middle <= low || middle >= high) break; // beyond the whole numbers that a double tells apart
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

} // namespace

double poisson_upper(double count, double mean) {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  return math::gamma_p(std::ceil(count), mean, policy{});
}

double poisson_quantile(double p, double mean) {
  if (mean <= 0 || p <= 0) return 0;
  if (mean > most_summed || p > summed_to)
    return search(p, mean + normal_quantile(p) * std::sqrt(mean), [&](double k) { return poisson_upper(k, mean); });
  double term = std::exp(-mean), below = term, k = 0;
  while (below < p && term > 0) {
    k += 1;
    term *= mean / k;
    below += term;
  }
  return k;
}

double nb_upper(double count, double size, double prob) {
  if (count <= 0) return 1;
  if (prob >= 1 || size <= 0) return 0;
  return math::ibeta(std::ceil(count), size, 1 - prob, policy{});
}

double nb_quantile(double p, double size, double prob) {
  if (prob >= 1 || size <= 0 || p <= 0) return 0;
  const auto mean = size * (1 - prob) / prob;
  double term = std::pow(prob, size), below = term, k = 0;
  if (mean > most_summed || p > summed_to || term < 1e-290)
    return search(p, mean + normal_quantile(p) * std::sqrt(mean / prob),
                  [&](double least) { return nb_upper(least, size, prob); });
  while (below < p && term > 0) {
    k += 1;
    term *= (size + k - 1) / k * (1 - prob);
    below += term;
  }
  return k;
}

double overdispersed_upper(double count, double mean, double phi) {
  if (mean <= 0) return count <= 0 ? 1 : 0;
  if (mean > vast) return normal_upper((count - mean) / std::sqrt(std::max(phi, 1.0) * mean));
  if (phi <= 1) return poisson_upper(count, mean);
  return nb_upper(count, mean / (phi - 1), 1 / phi);
}

double overdispersed_quantile(double p, double mean, double phi) {
  if (mean <= 0) return 0;
  if (mean > vast) return std::ceil(mean + normal_quantile(p) * std::sqrt(std::max(phi, 1.0) * mean));
  if (phi <= 1) return poisson_quantile(p, mean);
  return nb_quantile(p, mean / (phi - 1), 1 / phi);
}

double normal_upper(double z) {
  return std::erfc(z / std::sqrt(2.0)) / 2;
}

double normal_quantile(double p) {
  return math::quantile(math::normal_distribution<double, policy>{}, p);
}

double student_upper(double t, double degrees) {
  return math::cdf(math::complement(math::students_t_distribution<double, policy>{degrees}, t));
}

double student_quantile(double p, double degrees) {
  return math::quantile(math::students_t_distribution<double, policy>{degrees}, p);
}

double digamma(double x) {
  return math::digamma(x, policy{});
}

double trigamma(double x) {
  return math::trigamma(x, policy{});
}

} // namespace forewarn::detectors
