// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/glr.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr std::size_t most_nb = 365; // a window without limit would cost its cube
constexpr std::size_t most_kept = 5'000;
constexpr double most_cases = 1e6;

} // namespace

bool glr_chart::reached(double statistic) const {
  return by_.kappa ? statistic > by_.limit : statistic >= by_.limit;
}

double glr_chart::log_ratio(std::size_t from, double kappa) const {
  const auto a = by_.dispersion, rise = std::exp(kappa);
  double out = 0;
  for (auto i = from; i < counts_.size(); ++i) {
    const auto rises = counts_[i] > 0 ? kappa * counts_[i] : 0; // kappa may be -infinity
    out += a > 0 ? rises + (counts_[i] + 1 / a) * std::log((1 + a * means_[i]) / (1 + a * means_[i] * rise))
                 : rises + (1 - rise) * means_[i];
  }
  return out;
}

// Of a change since `from`, at its likeliest size in the direction looked for. `guess`: the size found for the change
// one period later, where Newton begins.
double glr_chart::ratio(std::size_t from, double counts, double means, double& guess) const {
  const auto a = by_.dispersion;
  const auto allowed = [&](double kappa) { return by_.decrease ? std::min(kappa, 0.0) : std::max(kappa, 0.0); };
  if (a <= 0) {
    const auto kappa = allowed(std::log(counts / means));
    return (counts > 0 ? kappa * counts : 0) + (1 - std::exp(kappa)) * means;
  }
  if (counts == 0) return by_.decrease ? log_ratio(from, -std::numeric_limits<double>::infinity()) : 0;
  // The score falls in kappa, so its root has the sign of its value at 0.
  double at_rest = 0;
  for (auto i = from; i < counts_.size(); ++i) at_rest += (counts_[i] - means_[i]) / (1 + a * means_[i]);
  if (at_rest == 0 || (at_rest < 0) != by_.decrease) return 0;
  auto kappa = guess;
  auto low = by_.decrease ? -700.0 : 0.0, high = by_.decrease ? 0.0 : 700.0;
  for (int round = 0; round < 100; ++round) {
    const auto rise = std::exp(kappa);
    double score = 0, slope = 0;
    for (auto i = from; i < counts_.size(); ++i) {
      const auto mean = means_[i] * rise, over = 1 + a * mean;
      score += (counts_[i] - mean) / over;
      slope -= mean * (1 + a * counts_[i]) / (over * over);
    }
    (score > 0 ? low : high) = kappa;
    auto next = slope < 0 ? kappa - score / slope : (low + high) / 2;
    if (!(next > low && next < high)) next = (low + high) / 2; // Newton left the bracket
    const auto moved = std::abs(next - kappa);
    kappa = next;
    if (moved <= 1e-10 * (1 + std::abs(kappa))) break;
  }
  guess = kappa;
  return log_ratio(from, kappa);
}

// mu1 = mu0 + lambda * the count before, lambda >= 0. As `surveillance` looks for it, to its quirk: Newton in
// log lambda, beginning where the search of the period before ended. Once a change since some period would have been a
// fall, lambda is next to nothing, and no later period is told apart any more.
double glr_chart::epidemic(std::size_t oldest, std::size_t newest) const {
  constexpr double nothing = -18, near_enough = 1e-6; // of log lambda, of lambda
  const auto before = [&](std::size_t i) { return i == 0 ? 0 : counts_[i - 1]; };
  double best = 0, log_lambda = std::log(0.5);
  for (auto k = oldest; k <= newest; ++k) {
    for (int round = 0; round < 100 && log_lambda > nothing; ++round) {
      const auto lambda = std::exp(log_lambda);
      double slope = 0, curve = 0;
      for (auto i = k; i < counts_.size(); ++i) {
        const auto x = before(i), mean = means_[i] + lambda * x;
        slope += counts_[i] * x / mean - x;
        curve -= counts_[i] * x * x / (mean * mean);
      }
      const auto by_log = lambda * slope + lambda * lambda * curve;
      const auto next = log_lambda - lambda * slope / by_log;
      if (by_log == 0 || !(std::abs(next) < 700)) break;
      const auto moved = std::abs(std::exp(next) - lambda);
      log_lambda = next;
      if (moved <= near_enough) break;
    }
    double ratio = 0;
    for (auto i = k; i < counts_.size(); ++i) {
      const auto more = std::exp(log_lambda) * before(i);
      ratio += counts_[i] * std::log1p(more / means_[i]) - more;
    }
    best = std::max(best, ratio);
  }
  return best;
}

double glr_chart::generalised() const {
  const auto periods = counts_.size(), shortest = std::max<std::size_t>(by_.shortest, 1);
  const auto window = by_.window == 0 ? (by_.dispersion > 0 ? most_nb : most_kept) : by_.window;
  // Poisson with a window looks at changes that ended their `shortest` periods before this one, else with this one.
  const bool windowed_poisson = (by_.dispersion <= 0 && by_.window > 0) || by_.change == glr_change::epidemic;
  if (std::min(since_, periods) < shortest + (windowed_poisson ? 1U : 0U)) return 0;
  const auto newest = periods - shortest - (windowed_poisson ? 1U : 0U);
  const auto oldest = periods - 1 - std::min(periods - 1, window);
  if (by_.change == glr_change::epidemic) return epidemic(oldest, newest);
  double best = 0, counts = 0, means = 0;
  auto guess = by_.decrease ? -0.5 : 0.5;
  for (auto k = periods; k-- > oldest;) {
    counts += counts_[k];
    means += means_[k];
    if (k > newest) continue;
    best = std::max(best, ratio(k, counts, means, guess));
  }
  return best;
}

double glr_chart::statistic() const {
  if (!by_.kappa) return generalised();
  return std::max(0.0, sum_ + log_ratio(counts_.size() - 1, *by_.kappa));
}

// By halving: the statistic rises with the count (for a fall: it falls).
std::optional<double> glr_chart::fewest() {
  const auto alarms = [&](double count) {
    counts_.back() = count;
    return reached(statistic());
  };
  if (by_.decrease) { // the most cases that are still an alarm
    if (!alarms(0)) return {};
    double low = 0, high = std::max(1.0, std::ceil(means_.back()));
    while (alarms(high) && high < most_cases) high *= 2;
    while (high - low > 1) {
      const auto middle = std::floor((low + high) / 2);
      (alarms(middle) ? low : high) = middle;
    }
    return low;
  }
  double low = -1, high = std::max(1.0, std::ceil(means_.back()));
  while (!alarms(high)) {
    low = high;
    high *= 2;
    if (high > most_cases) return {};
  }
  while (high - low > 1) {
    const auto middle = std::floor((low + high) / 2);
    (alarms(middle) ? high : low) = middle;
  }
  return high;
}

std::optional<double> glr_chart::bound(double mean) {
  if (!bounds_) return {};
  counts_.push_back(0);
  means_.push_back(mean);
  ++since_;
  const auto out = fewest();
  counts_.pop_back();
  means_.pop_back();
  --since_;
  return out;
}

verdict glr_chart::next(double count, double mean) {
  const auto kept = by_.window == 0 ? most_kept : std::min(std::max(by_.window, by_.shortest) + 2, most_kept);
  if (counts_.size() > 2 * kept) { // an epidemic change looks one count further back
    counts_.erase(counts_.begin(), counts_.end() - static_cast<std::ptrdiff_t>(kept));
    means_.erase(means_.begin(), means_.end() - static_cast<std::ptrdiff_t>(kept));
  }
  ++since_;
  counts_.push_back(count);
  means_.push_back(mean);
  verdict out;
  out.expected = mean;
  const auto now = statistic();
  out.score = number_or_nothing(now);
  out.alarm = reached(now);
  if (bounds_) {
    out.bound = fewest();
    counts_.back() = count;
  }
  sum_ = now;
  if (*out.alarm) {
    counts_.clear();
    means_.clear();
    since_ = 0;
    sum_ = 0;
  }
  return out;
}

} // namespace forewarn::detectors
