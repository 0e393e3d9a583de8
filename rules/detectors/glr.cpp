// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/glr.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr std::size_t most_nb = 365;  // a window without limit would cost its cube
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

// Of a change since `from`, at its likeliest size in the direction looked for. `guess`: the size found for the change one
// period later, where Newton begins.
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

// mu1 = mu0 + lambda * the count before, lambda >= 0; concave in lambda, so its maximum is where the slope is nothing.
double glr_chart::epidemic_ratio(std::size_t from) const {
  const auto before = [&](std::size_t i) { return i == 0 ? 0 : counts_[i - 1]; };
  const auto slope_at = [&](double lambda) {
    double slope = 0;
    for (auto i = from; i < counts_.size(); ++i)
      if (const auto x = before(i); x > 0) slope += counts_[i] * x / (means_[i] + lambda * x) - x;
    return slope;
  };
  if (slope_at(0) <= 0) return 0;
  double low = 0, high = 1;
  while (slope_at(high) > 0 && high < 1e12) high *= 2;
  for (int round = 0; round < 200 && high - low > 1e-13 * high; ++round) {
    const auto middle = (low + high) / 2;
    (slope_at(middle) > 0 ? low : high) = middle;
  }
  double out = 0;
  for (auto i = from; i < counts_.size(); ++i) {
    const auto more = low * before(i);
    out += counts_[i] * std::log1p(more / means_[i]) - more;
  }
  return out;
}

double glr_chart::generalised() const {
  const auto periods = counts_.size(), shortest = std::max<std::size_t>(by_.shortest, 1);
  const auto window = by_.window == 0 ? (by_.dispersion > 0 ? most_nb : most_kept) : by_.window;
  // Poisson with a window looks at changes that ended their `shortest` periods before this one, else with this one.
  const bool windowed_poisson = (by_.dispersion <= 0 && by_.window > 0) || by_.change == glr_change::epidemic;
  if (since_ < shortest + (windowed_poisson ? 1U : 0U)) return 0;
  const auto newest = periods - shortest - (windowed_poisson ? 1U : 0U);
  const auto oldest = periods - 1 - std::min(periods - 1, window);
  double best = 0, counts = 0, means = 0;
  auto guess = by_.decrease ? -0.5 : 0.5;
  for (auto k = periods; k-- > oldest;) {
    counts += counts_[k];
    means += means_[k];
    if (k > newest) continue;
    best = std::max(best, by_.change == glr_change::epidemic ? epidemic_ratio(k) : ratio(k, counts, means, guess));
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

verdict glr_chart::next(double count, double mean) {
  const auto kept = std::min(by_.window == 0 ? most_kept : by_.window + 2, most_kept);
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
