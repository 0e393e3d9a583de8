// SPDX-License-Identifier: Apache-2.0
// Rows, a rule and a desk for tests of the desk: the real engine and alert process on a real store. The rule is in
// shadow, so that signals are kept and no message needs words.
#pragma once

#include "daemon/alerting/process.hpp"
#include "daemon/desk.hpp"
#include "daemon/store/open.hpp"
#include "support/manual_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::test {

inline instant noon() {
  return parse_rfc3339("2026-03-01T12:00:00Z").value();
}

// "In each setting, `at_least` or more ambulance call-outs within 24 hours": closes 24 hours later.
inline std::shared_ptr<const rules::rule_set> count_rule(double at_least) {
  auto set = std::make_shared<rules::rule_set>();
  set->reference = std::make_shared<const reference_data>();
  auto& rule = set->rules.emplace_back();
  rule.id = rule_id{"call-outs"};
  rule.status = rules::rule_status::shadow;
  rule.observe.kinds = {kind_id{"ambulance"}};
  rule.for_each = {{{rules::field::setting, ""}}};
  rule.detector = rules::count_detector{std::chrono::hours{24}, {{level::amber, at_least}}, {}};
  rule.clear_after = std::chrono::hours{24};
  rule.hash = fmt::format("sha256:{}", at_least);
  return set;
}

inline observation call_out(const std::string& id, instant occurred_at) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = occurred_at;
  out.has_own_received_at = false;
  out.setting = setting::street;
  return out;
}

inline connectors::taken_row row(observation one) {
  connectors::taken_row out;
  out.what = std::move(one);
  return out;
}

inline row_batch batch(std::vector<observation> all) {
  row_batch out;
  out.feed = feed_id{"yas"};
  out.source = "a.csv";
  for (auto& one : all) out.rows.push_back(row(std::move(one)));
  return out;
}

// Everything that runs on one store, from start to stop.
struct running_desk {
  running_desk(store& ledger, const clock& time, const std::shared_ptr<const rules::rule_set>& rules,
               desk::options how = {}, bool start = true)
      : process{rules, std::make_shared<alerting::service_book>(), std::make_shared<alerting::word_book>(), "FW"},
        state{ledger, time, rules, process, how} {
    if (start) state.start();
  }
  void poke() {
    state.run([](desk_view&) {});
  }
  alerting::process process;
  desk state;
};

inline std::vector<observation> revisions(const store_reader& from) {
  std::vector<observation> out;
  from.each_revision([&](const observation& one) { out.push_back(one); });
  return out;
}

// What the rules say of everything stored, told to a new engine at the instants at which it was received.
inline std::vector<signal> fold(const store_reader& from, const std::shared_ptr<const rules::rule_set>& rules,
                                instant until) {
  rules::engine engine{rules};
  std::vector<signal_event> events;
  const auto turns = from.feed_turns(instant::min());
  auto turn = turns.begin();
  const auto hear = [&](instant before) {
    for (; turn != turns.end() && turn->at < before; ++turn) engine.hear(*turn, events);
  };
  for (const auto& one : revisions(from)) {
    hear(one.received_at);
    engine.observe(one, events);
  }
  hear(instant::max());
  engine.advance(until, events);
  std::vector<signal> out;
  for (const auto& event : events) {
    const auto known = std::find_if(out.begin(), out.end(), [&](const signal& s) { return s.id == event.now.id; });
    if (known == out.end())
      out.push_back(event.now);
    else
      *known = event.now;
  }
  std::sort(out.begin(), out.end(), [](const signal& a, const signal& b) { return a.id < b.id; });
  return out;
}

inline std::vector<signal> kept_signals(const store_reader& from) {
  auto out = from.signals(false, {.limit = 100'000});
  std::sort(out.begin(), out.end(), [](const signal& a, const signal& b) { return a.id < b.id; });
  return out;
}

} // namespace forewarn::test
