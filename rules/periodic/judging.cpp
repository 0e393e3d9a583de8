// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/judging.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

constexpr std::string_view bank_holidays = "bank-holiday";
constexpr std::uint8_t sunday = 6;
constexpr double most_cases_shown = 100'000; // that a step is looked for

std::string number_text(double value) {
  return fmt::format("{}", value);
}

method_settings settings_for(const periodic_detector& by, double alpha) {
  method_settings out;
  for (const auto& [key, value] : by.settings) out.push_back({key, value});
  out.push_back({"min_count", number_text(by.min_count)});
  out.push_back({"min_history", std::to_string(by.min_history)});
  if (alpha > 0) out.push_back({"alpha", number_text(alpha)});
  return out;
}

std::vector<std::int32_t> holidays_in(const reference_data& reference) {
  std::vector<std::int32_t> out;
  for (const auto& one : reference.calendars)
    if (one.id == bank_holidays)
      for (const auto day : one.days) out.push_back(static_cast<std::int32_t>(day.time_since_epoch().count()));
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace

period_judge::period_judge(const periodic_detector& by, const reference_data& reference)
    : by_{by}, calendar_{by.every, reference.local_zone} {
  for (const auto& level : by.levels) settings_.push_back(settings_for(by, level.at_least));
  needs_ = needs_of(by.method, settings_.front());
  for (std::size_t i = 0; i < settings_.size(); ++i) methods_.push_back(made(i));
  least_history_ = std::max({methods_.front().history, methods_.front().min_history, methods_.front().start});
  kept_ = std::max(by.looks_back, least_history_);
  bound_of_several_ = by.method == "historical" && needs_.reach == 4;
  for (const auto& one : by.exclude) excluded_.emplace_back(calendar_.of_day(one.first), calendar_.of_day(one.last));
  if (by.every == period_length::day) holidays_ = holidays_in(reference);
}

detectors::method period_judge::made(std::size_t level) const {
  auto out = detectors::make_method(by_.method, settings_[level]);
  if (!out) throw std::invalid_argument{out.error()}; // the rule was checked when it was read
  return std::move(*out);
}

std::optional<period> period_judge::begin(const periodic_series& of) const {
  if (by_.since) return calendar_.of_day(*by_.since);
  return of.all.first();
}

bool period_judge::can_judge(const periodic_series& of, period which) const {
  const auto first = begin(of);
  return first && which - *first >= static_cast<period>(least_history_);
}

double period_judge::count_of(const periodic_series& of, period which, const times& by) const {
  const auto& counted = by_.of ? of.of : of.all;
  return by.without_new ? by.without_new(counted, which) : to_value(counted.at(which));
}

void period_judge::leave_out(period first, period last, period from, period to) {
  for (auto at = std::max(first, from); at <= std::min(last, to - 1); ++at)
    line_.counts[static_cast<std::size_t>(at - from)] = detectors::not_counted;
}

// From as far back as the method looks, up to the period itself.
void period_judge::lay_out(const periodic_series& of, period which, double count, const times& by) {
  const auto from = std::max(*begin(of), which - static_cast<period>(kept_));
  const auto size = static_cast<std::size_t>(which - from) + 1;
  const auto fill = [&](const period_counts& with, std::vector<double>& out) {
    out.assign(size, 0);
    const auto& all = with.all();
    auto it = std::lower_bound(all.begin(), all.end(), from,
                               [](const counted_period& one, period wanted) { return one.which < wanted; });
    for (; it != all.end() && it->which <= which; ++it)
      out[static_cast<std::size_t>(it->which - from)] = to_value(it->count);
    if (!by.without_new) return;
    for (auto at = std::max(from, which - static_cast<period>(needs_.reach) + 1); at <= which; ++at)
      out[static_cast<std::size_t>(at - from)] = by.without_new(with, at);
  };
  fill(by_.of ? of.of : of.all, line_.counts);
  if (by_.of) fill(of.all, line_.population);
  for (const auto& [first, last] : excluded_) leave_out(first, last, from, which);
  for (const auto& [first, last] : by.missing) leave_out(first, last, from, which);
  line_.counts.back() = count;

  line_.days.resize(size);
  const auto step = days_in(calendar_.every());
  auto day = calendar_.first_day(from);
  const auto first_day = day;
  for (auto& one : line_.days) {
    one = day;
    day += step;
  }
  line_.weekdays.clear();
  if (calendar_.every() == period_length::day) {
    line_.weekdays.resize(size);
    auto weekday = static_cast<std::uint8_t>(((first_day + 3) % 7 + 7) % 7);
    for (auto& one : line_.weekdays) {
      one = weekday;
      weekday = weekday == sunday ? 0 : static_cast<std::uint8_t>(weekday + 1);
    }
    auto it = std::lower_bound(holidays_.begin(), holidays_.end(), first_day);
    for (; it != holidays_.end() && *it < day; ++it) line_.weekdays[static_cast<std::size_t>(*it - first_day)] = sunday;
  }
  line_.completeness.clear();
  if (by.arriving == nullptr) return;
  line_.completeness.assign(size, 1);
  const auto newest = std::max(from, by.now - static_cast<period>(completeness::horizon));
  for (auto at = newest; at <= which; ++at)
    line_.completeness[static_cast<std::size_t>(at - from)] = by.arriving->at(by.now - at);
}

// What a method remembers hangs on the series' past: of the period at hand it is kept until that changes.
detectors::verdict period_judge::ask(std::size_t level, std::size_t at, known_period* known) {
  if (!needs_.remembers) return detectors::judge_period(methods_[level], line_, at);
  if (known != nullptr && level < known->charts.size())
    return detectors::judge_period(detectors::method{known->charts[level]}, line_, at);
  const auto fresh = made(level);
  if (line_.size() < fresh.start) return {};
  if (needs_.adds_up)
    for (std::size_t before = 0; before < at; ++before) (void)fresh.judge(line_, before);
  if (known != nullptr && needs_.keeps && known->charts.size() == level) known->charts.push_back(fresh);
  return detectors::judge_period(fresh, line_, at);
}

// Where a method does not know of completeness itself: a part of what is expected has come, and chance spreads as the
// root of it.
void period_judge::scale(detectors::verdict& told, double count, double arrived) const {
  if (arrived >= 1 || !told.expected || !told.bound) return;
  const auto expected = *told.expected * arrived;
  const auto bound = expected + (*told.bound - *told.expected) * std::sqrt(arrived);
  told.expected = expected;
  told.bound = bound;
  told.alarm = count > bound && count >= by_.min_count;
}

// Of this period alone, where the method's own is of several.
double period_judge::shown_bound(const detectors::verdict& told, double count, bool of_several) {
  const auto bound = told.bound.value_or(0);
  return of_several && told.score ? bound - (*told.score - count) : bound;
}

std::optional<verdict> period_judge::judge(periodic_series& of, period which, const times& by) {
  const auto count = count_of(of, which, by);
  if (count <= 0 || !can_judge(of, which)) return {};
  const bool memorable = needs_.steady && !by.without_new;
  auto& known = of.known;
  if (known.which != which || known.stamp != by.stamp || !memorable) {
    known = {};
    known.which = which;
    known.stamp = by.stamp;
  }
  const auto arrived = by.arriving == nullptr ? 1 : by.arriving->at(by.now - which);
  bool laid_out = false;
  std::optional<verdict> out;
  for (std::size_t i = 0; i < by_.levels.size(); ++i) {
    auto& level = known.levels[i];
    if (count <= level.quiet_to) break;
    if (count < level.fires_from) {
      if (!laid_out) lay_out(of, which, count, by);
      laid_out = true;
      auto told = ask(i, line_.size() - 1, memorable ? &known : nullptr);
      if (!needs_.scales) scale(told, count, arrived);
      if (!told.alarm.value_or(false)) {
        level.quiet_to = count;
        break;
      }
      level.fires_from = count;
      level.bound = shown_bound(told, count, bound_of_several_);
    }
    out = verdict{by_.levels[i].level, count, level.bound, count};
  }
  return out;
}

period_judge::outlook period_judge::look_ahead(periodic_series& of, period which, const times& by) {
  if (!can_judge(of, which)) return {};
  lay_out(of, which, detectors::not_counted, by);
  auto told = ask(0, line_.size() - 1);
  if (!needs_.scales) scale(told, 0, by.arriving == nullptr ? 1 : by.arriving->at(by.now - which));
  return {told.expected, told.bound};
}

std::vector<period_state::step> period_judge::steps(const periodic_series& of, period which, const times& by) {
  std::vector<period_state::step> out;
  if (by_.of || !can_judge(of, which)) return out;
  const auto arrived = by.arriving == nullptr ? 1 : by.arriving->at(by.now - which);
  lay_out(of, which, 0, by);
  double least = 1;
  for (std::size_t level = 0; level < by_.levels.size(); ++level) {
    const auto fires = [&](double count) {
      line_.counts.back() = count;
      auto told = ask(level, line_.size() - 1);
      if (!needs_.scales) scale(told, count, arrived);
      return told.alarm.value_or(false);
    };
    auto quiet = least - 1, high = least;
    while (high <= most_cases_shown && !fires(high)) {
      quiet = high;
      high *= 2;
    }
    if (high > most_cases_shown) break;
    while (high - quiet > 1) {
      const auto middle = std::floor((high + quiet) / 2);
      (fires(middle) ? high : quiet) = middle;
    }
    out.push_back({by_.levels[level].level, high});
    least = high;
  }
  return out;
}

} // namespace forewarn::rules
