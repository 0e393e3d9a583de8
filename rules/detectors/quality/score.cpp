// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quality/score.hpp"

#include <algorithm>
#include <functional>

namespace forewarn::detectors {
namespace {

constexpr std::size_t apart = 7; // periods between two episodes

using alarms = std::function<bool(const said&, std::size_t)>;

// When the alarm about period `at` was given: within it, when it was complete, or never.
struct heard {
  bool ever = false;
  double late = 0;
};

heard heard_of(const said& early, const said& whole, std::size_t at, const alarms& alarm) {
  if (!early.alarm.empty() && alarm(early, at)) return {true, 0};
  if (!whole.alarm.empty() && alarm(whole, at)) return {true, early.alarm.empty() ? 0.0 : 1.0};
  return {};
}

// Runs of alarms, counted as they come.
class episode_counter {
public:
  void alarm(std::size_t at) {
    if (!last_ || at - *last_ >= apart) count_ += 1;
    last_ = at;
  }
  [[nodiscard]] double count() const { return count_; }

private:
  std::optional<std::size_t> last_;
  double count_ = 0;
};

double length_of(const trial_outbreak& one) {
  return static_cast<double>(one.last - one.first + 1);
}

// The outbreak that period t lies in; outbreaks are in order.
const trial_outbreak* outbreak_at(const trial& about, std::size_t t) {
  const auto found = std::find_if(about.outbreaks.begin(), about.outbreaks.end(),
                                  [t](const trial_outbreak& one) { return t >= one.first && t <= one.last; });
  return found == about.outbreaks.end() ? nullptr : &*found;
}

void tally_quiet(const trial& about, const said_of_trial& what, const alarms& alarm, tally& out) {
  if (what.quiet.alarm.empty()) return;
  episode_counter episodes;
  for (auto t = about.from; t <= about.to; ++t) {
    out.quiet_periods += 1;
    if (!heard_of(what.quiet_early, what.quiet, t - about.from, alarm).ever) continue;
    out.quiet_alarms += 1;
    episodes.alarm(t);
  }
  out.quiet_episodes = episodes.count();
}

tally tally_by(const trial& about, const said_of_trial& what, const alarms& alarm) {
  tally out;
  episode_counter episodes;
  const trial_outbreak* found = nullptr; // the last that was
  for (auto t = about.from; t <= about.to; ++t) {
    const auto told = heard_of(what.early, what.seen, t - about.from, alarm);
    const auto* within = outbreak_at(about, t);
    (within != nullptr ? out.outbreak_periods : out.other_periods) += 1;
    if (!told.ever) continue;
    if (within == nullptr) {
      out.false_periods += 1;
      episodes.alarm(t);
      continue;
    }
    out.hits += 1;
    if (within == found) continue;
    found = within;
    out.found += 1;
    out.at_once += t == within->first ? 1 : 0;
    out.delay += static_cast<double>(t - within->first) + told.late;
    out.delay_or_missed += static_cast<double>(t - within->first) + told.late - length_of(*within);
  }
  for (const auto& one : about.outbreaks) {
    if (one.first < about.from || one.first > about.to) continue;
    out.outbreaks += 1;
    out.delay_or_missed += length_of(one);
  }
  out.episodes = episodes.count();
  tally_quiet(about, what, alarm, out);
  return out;
}

// A ratio of two sums over series, and its standard error by linearisation.
figure ratio(std::span<const tally> all, const std::function<double(const tally&)>& top,
             const std::function<double(const tally&)>& bottom) {
  double over = 0, under = 0;
  for (const auto& one : all) {
    over += top(one);
    under += bottom(one);
  }
  if (under <= 0) return {};
  figure out{over / under, 0, true};
  double squares = 0;
  for (const auto& one : all) {
    const auto rest = top(one) - out.value * bottom(one);
    squares += rest * rest;
  }
  const auto n = static_cast<double>(all.size());
  if (n > 1) out.error = std::sqrt(squares * n / (n - 1)) / under;
  return out;
}

figure times(figure of, double by) {
  return {of.value * by, of.error * by, of.known};
}

} // namespace

tally tally_of(const trial& about, const said_of_trial& what) {
  return tally_by(about, what, [](const said& by, std::size_t at) { return by.alarm[at] != 0; });
}

tally tally_at(const trial& about, const said_of_trial& what, double limit) {
  return tally_by(about, what,
                  [limit](const said& by, std::size_t at) { return static_cast<double>(by.strangeness[at]) >= limit; });
}

quality quality_of(std::span<const tally> all, double periods_a_year) {
  quality out;
  out.sensitivity = ratio(
      all, [](const tally& a) { return a.hits; }, [](const tally& a) { return a.outbreak_periods; });
  const auto others = [](const tally& a) { return a.other_periods; };
  const auto outbreaks = [](const tally& a) { return a.outbreaks; };
  out.specificity = ratio(
      all, [](const tally& a) { return a.other_periods - a.false_periods; }, others);
  out.found = ratio(
      all, [](const tally& a) { return a.found; }, outbreaks);
  out.found_at_once = ratio(
      all, [](const tally& a) { return a.at_once; }, outbreaks);
  out.delay = ratio(
      all, [](const tally& a) { return a.delay; }, [](const tally& a) { return a.found; });
  out.delay_or_missed = ratio(
      all, [](const tally& a) { return a.delay_or_missed; }, outbreaks);
  out.worth = ratio(
      all, [](const tally& a) { return a.hits; }, [](const tally& a) { return a.hits + a.false_periods; });
  out.false_alarms = times(ratio(
                               all, [](const tally& a) { return a.false_periods; }, others),
                           periods_a_year);
  out.episodes = times(ratio(
                           all, [](const tally& a) { return a.episodes; }, others),
                       periods_a_year);
  const auto quiet = [](const tally& a) { return a.quiet_periods; };
  out.quiet_rate = ratio(
      all, [](const tally& a) { return a.quiet_alarms; }, quiet);
  out.quiet_episodes = times(ratio(
                                 all, [](const tally& a) { return a.quiet_episodes; }, quiet),
                             periods_a_year);
  return out;
}

// Episodes do not rise strictly with a falling limit (two may become one), but nearly so: by halving, over the values
// that occur.
double limit_for(std::span<const trial> trials, std::span<const said_of_trial> all, double episodes_a_year,
                 double periods_a_year) {
  std::vector<float> values;
  double periods = 0;
  for (const auto& one : all)
    for (const auto* quiet : {&one.quiet, &one.quiet_early}) {
      if (quiet == &one.quiet) periods += static_cast<double>(quiet->strangeness.size());
      std::copy_if(quiet->strangeness.begin(), quiet->strangeness.end(), std::back_inserter(values),
                   [](float value) { return value > least_strange; });
    }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  const auto most = episodes_a_year * periods / periods_a_year;
  const auto too_many = [&](double limit) {
    double sum = 0;
    for (std::size_t i = 0; i < all.size() && sum <= most; ++i)
      sum += tally_at(trials[i], all[i], limit).quiet_episodes;
    return sum > most;
  };
  std::size_t low = 0, high = values.size(); // at `high`: none
  while (low < high) {
    const auto middle = (low + high) / 2;
    if (too_many(static_cast<double>(values[middle])))
      low = middle + 1;
    else
      high = middle;
  }
  if (low < values.size()) return static_cast<double>(values[low]);
  return std::numeric_limits<double>::max();
}

figure found_more(std::span<const tally> one, std::span<const tally> other) {
  double sum = 0, squares = 0, n = 0;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    if (one[i].outbreaks == 0) continue;
    const auto more = one[i].found - other[i].found;
    sum += more;
    squares += more * more;
    n += 1;
  }
  if (n < 2) return {};
  const auto mean = sum / n;
  return {mean, std::sqrt(std::max(squares - n * mean * mean, 0.0) / (n - 1) / n), true};
}

} // namespace forewarn::detectors
