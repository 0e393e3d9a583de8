// SPDX-License-Identifier: Apache-2.0
#include "rules/backtest.hpp"

#include "rules/digest.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace forewarn::rules {
namespace {

constexpr std::size_t report_every = 10'000;
constexpr duration future_tolerance = std::chrono::minutes{10};
constexpr double seconds_per_year = 365.25 * 24 * 3600;

// A record's name in eight bytes: of a nation's year each was taken.
std::uint64_t digest_of(const observation_key& key) {
  digest sum;
  sum.add(std::string_view{key.feed.str()});
  sum.add(std::string_view{key.id.str()});
  return sum.value();
}

// Signals as the events leave them, with their evidence, and when that happened by the form that counts.
class ledger {
public:
  void apply(const signal_event& event, const engine& by) {
    auto& kept = signals_[event.now.id];
    kept.state = event.now;
    for (const auto& key : event.evidence_added) {
      kept.evidence.push_back(key);
      if (const auto at = by.happened(key)) happened_.try_emplace(digest_of(key), *at);
    }
    for (const auto& key : event.evidence_removed) std::erase(kept.evidence, key);
  }

  // A form of it was taken.
  void note(const observation_key& key, std::uint64_t digest, const engine& by) {
    if (const auto it = happened_.find(digest); it != happened_.end())
      it->second = by.happened(key).value_or(it->second);
  }

  [[nodiscard]] std::vector<reported_signal> take() {
    std::vector<reported_signal> out;
    for (auto& [id, kept] : signals_) {
      std::sort(kept.evidence.begin(), kept.evidence.end(), [&](const auto& a, const auto& b) {
        return std::tuple{when(a), a.str()} < std::tuple{when(b), b.str()};
      });
      out.push_back(std::move(kept));
    }
    signals_.clear();
    return out;
  }

private:
  [[nodiscard]] instant when(const observation_key& key) const {
    const auto it = happened_.find(digest_of(key));
    return it == happened_.end() ? instant{} : it->second;
  }

  std::map<signal_id, reported_signal> signals_;
  boost::unordered_flat_map<std::uint64_t, instant> happened_; // of evidence
};

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

struct backtest_run::state {
  state(std::shared_ptr<const rule_set> rules, backtest_options given)
      : running{std::move(rules)}, options{std::move(given)} {
    std::stable_sort(options.turns.begin(), options.turns.end(),
                     [](const feed_turn& a, const feed_turn& b) { return a.at < b.at; });
    if (options.purged) options.purged(running);
  }

  void write_down() {
    for (const auto& event : events) signals.apply(event, running);
    events.clear();
  }
  void hear_turns(instant before) {
    for (; next_turn < options.turns.size() && options.turns[next_turn].at < before; ++next_turn) {
      running.hear(options.turns[next_turn], events);
      write_down();
    }
  }

  engine running;
  backtest_options options;
  backtest_report report;
  ledger signals;
  boost::unordered_flat_set<std::uint64_t> taken; // digests: what the engine has forgotten may be corrected
  std::vector<signal_event> events;
  std::size_t next_turn = 0;
};

backtest_run::backtest_run(std::shared_ptr<const rule_set> rules, backtest_options options)
    : state_{std::make_unique<state>(std::move(rules), std::move(options))} {}
backtest_run::~backtest_run() = default;

bool backtest_run::take(const observation& seen) {
  auto& s = *state_;
  if (s.options.to && seen.received_at > *s.options.to) return false;
  s.hear_turns(seen.received_at);
  if (seen.has_own_received_at) s.report.lateness_known = true;
  if (!s.report.first) s.report.first = seen.received_at;
  s.report.last = seen.received_at;
  if (seen.occurred_at - seen.received_at > future_tolerance) {
    ++s.report.future;
    return true;
  }
  const auto name = digest_of(seen.key);
  const bool is_new = s.taken.insert(name).second;
  s.running.observe(seen, s.events, !is_new && s.running.may_have_forgotten(seen));
  if (!is_new) s.signals.note(seen.key, name, s.running);
  s.write_down();
  return true;
}

backtest_report backtest_run::finish() {
  auto& s = *state_;
  s.hear_turns(s.options.to ? *s.options.to + duration{1} : instant::max());
  if (s.options.to) {
    s.running.advance(*s.options.to, s.events);
    s.write_down();
    s.report.last = s.options.to;
  }
  auto out = std::move(s.report);
  out.signals = s.signals.take();
  if (s.options.from)
    std::erase_if(out.signals, [&](const reported_signal& one) { return one.state.opened_at < *s.options.from; });
  order_signals(out.signals);
  const auto from = s.options.from.value_or(out.first.value_or(instant{}));
  out.rules = report_rules(s.running, out, from, out.last.value_or(from));
  return out;
}

backtest_report run_backtest(std::shared_ptr<const rule_set> rules, const std::vector<observation>& observations,
                             const backtest_options& options, const std::function<void(std::size_t)>& progress) {
  std::vector<const observation*> by_arrival;
  by_arrival.reserve(observations.size());
  for (const auto& one : observations) by_arrival.push_back(&one);
  std::stable_sort(by_arrival.begin(), by_arrival.end(),
                   [](const observation* a, const observation* b) { return a->received_at < b->received_at; });
  backtest_run running{std::move(rules), options};
  std::size_t taken = 0;
  for (const auto* next : by_arrival) {
    if (!running.take(*next)) break;
    if (progress && ++taken % report_every == 0) progress(taken);
  }
  return running.finish();
}

} // namespace forewarn::rules
