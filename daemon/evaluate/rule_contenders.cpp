// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/rule_contenders.hpp"

#include "daemon/tuning/nearness.hpp"
#include "rules/engine.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::evaluate {
namespace {

using detectors::said, detectors::trial;

constexpr std::int32_t first_monday = 18'631;  // 2021-01-04, where the series has no dates of its own
constexpr std::chrono::hours within_a_day{23}; // the shortest there is
constexpr double most_cases = 100'000'000;

// The trial's calendar, in the configuration's zone.
class calendar_of_trial {
public:
  calendar_of_trial(const trial& about, const zone& local) : about_{about}, local_{local} {
    const auto& days = about.seen.days;
    if (days.size() > 1) step_ = days[1] - days[0];
  }
  [[nodiscard]] std::size_t days_a_period() const { return static_cast<std::size_t>(std::max(step_, 1)); }
  [[nodiscard]] instant at(std::size_t period, std::size_t day, double part) const {
    const auto wall = civil_time{std::chrono::days{first_day(period) + static_cast<std::int32_t>(day)}};
    return local_.to_instant(wall).at + std::chrono::duration_cast<duration>(within_a_day * part);
  }
  [[nodiscard]] std::optional<std::size_t> period_of(instant when) const {
    const auto day = std::chrono::floor<std::chrono::days>(local_.to_civil(when)).time_since_epoch().count();
    const auto since = static_cast<std::int32_t>(day) - first_day(0);
    if (since < 0) return {};
    return static_cast<std::size_t>(since) / days_a_period();
  }

private:
  [[nodiscard]] std::int32_t first_day(std::size_t period) const {
    return about_.seen.days.empty() ? first_monday + static_cast<std::int32_t>(period) : about_.seen.days[period];
  }
  const trial& about_;
  const zone& local_;
  std::int32_t step_ = 1;
};

bool is_alarm(signal_change what) {
  switch (what) {
  case signal_change::opened:
  case signal_change::grew:
  case signal_change::raised:
  case signal_change::fresh_crossing:
  case signal_change::reopened: return true;
  default: return false;
  }
}

// Every case as a record of its own, evenly over the days of its period.
said run(const std::shared_ptr<const rules::rule_set>& by, const observation& like, const trial& about,
         const std::vector<double>& counts) {
  const calendar_of_trial calendar{about, by->reference->local_zone};
  rules::engine engine{by};
  std::vector<signal_event> events;
  observation one = like;
  instant last{};
  std::size_t number = 0;
  for (std::size_t t = 0; t <= about.to; ++t) {
    if (!(counts[t] > 0)) continue;
    const auto cases = static_cast<std::size_t>(counts[t]);
    const auto days = static_cast<double>(calendar.days_a_period());
    for (std::size_t i = 0; i < cases; ++i) {
      const auto part = (static_cast<double>(i) + 0.5) / static_cast<double>(cases) * days;
      one.occurred_at = calendar.at(t, static_cast<std::size_t>(part), part - std::floor(part));
      last = one.received_at = std::max(one.occurred_at, last + duration{1});
      one.key.id = record_id{std::to_string(++number)};
      engine.observe(one, events);
    }
  }
  said out;
  out.alarm.assign(about.to - about.from + 1, 0);
  out.strangeness.assign(out.alarm.size(), detectors::least_strange);
  for (const auto& event : events) {
    const auto period = calendar.period_of(event.at);
    if (is_alarm(event.what) && period && *period >= about.from && *period <= about.to)
      out.alarm[*period - about.from] = 1;
  }
  return out;
}

contender contender_of(std::string name, std::shared_ptr<const rules::rule_set> rules, const observation& like) {
  contender out;
  out.name = std::move(name);
  out.look = [rules = std::move(rules), like](const trial& about) {
    detectors::said_of_trial said;
    said.seen = run(rules, like, about, about.seen.counts);
    if (!about.quiet.empty()) said.quiet = run(rules, like, about, about.quiet);
    return said;
  };
  return out;
}

} // namespace

std::vector<contender> rule_contenders(const std::shared_ptr<const rules::rule_set>& all, const observation& like) {
  std::vector<contender> out;
  for (const auto& one : all->rules)
    out.push_back(contender_of(one.id.str(), tuning::alone(one, all->reference), like));
  if (out.size() > 1) out.push_back(contender_of(fmt::format("all {} rules", out.size()), all, like));
  return out;
}

bool few_enough_cases(const trials& on) {
  double all = 0;
  for (const auto& one : on.all)
    for (const auto* counts : {&one.seen.counts, &one.quiet})
      for (const auto count : *counts)
        if (count > 0) all += count;
  return all <= most_cases;
}

} // namespace forewarn::evaluate
