// SPDX-License-Identifier: Apache-2.0
#include "rules/backtest.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace forewarn::rules {
namespace {

constexpr std::size_t report_every = 10'000;
constexpr duration future_tolerance = std::chrono::minutes{10};
constexpr double seconds_per_year = 365.25 * 24 * 3600;

// Signals as the events leave them, with their evidence.
class ledger {
public:
  void apply(const signal_event& event) {
    auto& kept = signals_[event.now.id];
    kept.state = event.now;
    for (const auto& key : event.evidence_added) kept.evidence.push_back(key);
    for (const auto& key : event.evidence_removed) std::erase(kept.evidence, key);
  }

  [[nodiscard]] std::vector<reported_signal> take() {
    std::vector<reported_signal> out;
    for (auto& [id, kept] : signals_) out.push_back(std::move(kept));
    return out;
  }

private:
  std::map<signal_id, reported_signal> signals_;
};

struct key_hash {
  std::size_t operator()(const observation_key& key) const noexcept {
    return std::hash<record_id>{}(key.id) * 31 + std::hash<feed_id>{}(key.feed);
  }
};

// When each observation happened, by the revision that counts: evidence is listed in that order.
class occurrences {
public:
  void note(const observation& seen) {
    const auto [it, fresh] = known_.try_emplace(seen.key, seen.revision, seen.occurred_at);
    if (!fresh && seen.revision >= it->second.first) it->second = {seen.revision, seen.occurred_at};
  }
  [[nodiscard]] bool knows(const observation_key& key) const { return known_.contains(key); }
  [[nodiscard]] instant of(const observation_key& key) const { return known_.at(key).second; }

private:
  std::unordered_map<observation_key, std::pair<std::int64_t, instant>, key_hash> known_;
};

void order_evidence(std::vector<reported_signal>& signals, const occurrences& when) {
  for (auto& one : signals)
    std::sort(one.evidence.begin(), one.evidence.end(), [&](const auto& a, const auto& b) {
      return std::tuple{when.of(a), a.str()} < std::tuple{when.of(b), b.str()};
    });
}

void order_signals(std::vector<reported_signal>& signals) {
  std::sort(signals.begin(), signals.end(), [](const auto& a, const auto& b) {
    return std::tie(a.state.opened_at, a.state.rule, a.state.series, a.state.retrospective, a.evidence) <
           std::tie(b.state.opened_at, b.state.rule, b.state.series, b.state.retrospective, b.evidence);
  });
}

double per_year(std::uint64_t signals, instant from, instant to) {
  const auto seconds = std::max(std::chrono::duration<double>(to - from).count(), 24.0 * 3600);
  return static_cast<double>(signals) * seconds_per_year / seconds;
}

std::vector<rule_report> report_rules(const engine& ran, const backtest_report& found, instant from, instant to) {
  std::map<rule_id, std::uint64_t> signals;
  for (const auto& one : found.signals)
    if (!one.state.retrospective) ++signals[one.state.rule];
  std::vector<rule_report> out;
  for (auto& counts : ran.counters()) {
    counts.signals = signals[counts.rule];
    const auto& all = ran.rules().rules;
    const auto meaning = std::find_if(all.begin(), all.end(), [&](const rule& one) { return one.id == counts.rule; });
    out.push_back({counts, meaning->hash, per_year(counts.signals, from, to)});
  }
  return out;
}

} // namespace

backtest_report run_backtest(std::shared_ptr<const rule_set> rules, const std::vector<observation>& observations,
                             const backtest_options& options, const std::function<void(std::size_t)>& progress) {
  std::vector<const observation*> by_arrival;
  by_arrival.reserve(observations.size());
  for (const auto& one : observations) by_arrival.push_back(&one);
  std::stable_sort(by_arrival.begin(), by_arrival.end(),
                   [](const observation* a, const observation* b) { return a->received_at < b->received_at; });
  engine running{std::move(rules)};
  backtest_report report;
  ledger signals;
  occurrences when;
  std::vector<signal_event> events;
  const auto write_down = [&] {
    for (const auto& event : events) signals.apply(event);
    events.clear();
  };
  std::size_t taken = 0;
  auto turns = options.turns;
  std::stable_sort(turns.begin(), turns.end(), [](const feed_turn& a, const feed_turn& b) { return a.at < b.at; });
  auto turn = turns.begin();
  const auto hear_turns = [&](instant before) {
    for (; turn != turns.end() && turn->at < before; ++turn) {
      running.hear(*turn, events);
      write_down();
    }
  };
  for (const auto* next : by_arrival) {
    const auto& seen = *next;
    if (options.to && seen.received_at > *options.to) break;
    hear_turns(seen.received_at);
    if (seen.has_own_received_at) report.lateness_known = true;
    if (!report.first) report.first = seen.received_at;
    report.last = seen.received_at;
    if (progress && ++taken % report_every == 0) progress(taken);
    if (seen.occurred_at - seen.received_at > future_tolerance) {
      ++report.future;
      continue;
    }
    const bool corrects_forgotten = running.may_have_forgotten(seen) && when.knows(seen.key);
    when.note(seen);
    running.observe(seen, events, corrects_forgotten);
    write_down();
  }
  hear_turns(options.to ? *options.to + duration{1} : instant::max());
  if (options.to) {
    running.advance(*options.to, events);
    write_down();
    report.last = options.to;
  }
  report.signals = signals.take();
  if (options.from)
    std::erase_if(report.signals, [&](const reported_signal& one) { return one.state.opened_at < *options.from; });
  order_evidence(report.signals, when);
  order_signals(report.signals);
  const auto from = options.from.value_or(report.first.value_or(instant{}));
  report.rules = report_rules(running, report, from, report.last.value_or(from));
  return report;
}

} // namespace forewarn::rules
