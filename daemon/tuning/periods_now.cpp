// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/periods_now.hpp"

#include "daemon/tuning/nearness.hpp"
#include "forewarn/text.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::tuning {

std::vector<rules::period_state::step> period_now::ahead() const {
  std::vector<rules::period_state::step> out;
  for (const auto& step : state.steps)
    if (step.from > state.count && (!open || step.level > open->level)) out.push_back(step);
  return out;
}

std::vector<period_now> periods_now(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
                                    const std::vector<observation>& taken, const std::vector<feed_turn>& turns,
                                    const rules::purged_teller& purged, instant now) {
  rules::engine running{alone(by, reference)};
  if (purged) purged(running);
  std::vector<signal_event> unheard;
  std::size_t next_turn = 0;
  const auto hear_until = [&](instant before) {
    for (; next_turn < turns.size() && turns[next_turn].at < before; ++next_turn)
      running.hear(turns[next_turn], unheard);
  };
  for (const auto& one : taken) {
    if (one.received_at > now) continue;
    hear_until(one.received_at);
    if (rules::observes(by, one.key.feed, one.kind)) running.observe(one, unheard);
    unheard.clear();
  }
  hear_until(now);
  running.advance(now, unheard);
  const auto open = running.open_signals();
  std::vector<period_now> out;
  for (auto& state : running.period_states(now, rules::period_detail::steps)) {
    auto& row = out.emplace_back(period_now{std::move(state), {}});
    const auto found =
        std::find_if(open.begin(), open.end(), [&](const signal& one) { return one.series == row.state.series; });
    if (found != open.end()) row.open = *found;
  }
  return out;
}

std::string count_words(const period_now& one, const rules::rule& by) {
  const bool days = std::get<rules::periodic_detector>(by.detector).every == rules::period_length::day;
  return fmt::format("{:g} {}", one.state.count, days ? "today" : "this week");
}

std::string ahead_words(const period_now& one) {
  const auto ahead = one.ahead();
  if (ahead.empty()) {
    if (one.state.warming_up()) return "it is warming up and cannot signal yet";
    if (one.open) return fmt::format("it is {} already", to_text(one.open->level));
    return one.state.steps.empty() ? "nothing can be said of it" : "its signal was told and is over";
  }
  std::vector<std::string> parts;
  for (const auto& step : ahead)
    parts.push_back(parts.empty() ? fmt::format("{:g} would make it {}", step.from, to_text(step.level))
                                  : fmt::format("{:g} {}", step.from, to_text(step.level)));
  return join(parts, ", ");
}

std::string periods_words(std::size_t count, const rules::rule& by) {
  const auto* made = std::get_if<rules::periodic_detector>(&by.detector); // a scan counts by day
  const bool days = made == nullptr || made->every == rules::period_length::day;
  return fmt::format("{} {}{}", count, days ? "day" : "week", count == 1 ? "" : "s");
}

} // namespace forewarn::tuning
