// SPDX-License-Identifier: Apache-2.0
// A service from record to message for tests: the real engine, alert process and desk on a real store, with the shipped
// words and areas, a clock that a test moves, and an on-call that reads mail.
#pragma once

#include "daemon/alerting/process.hpp"
#include "daemon/desk.hpp"
#include "daemon/store/open.hpp"
#include "support/alerting_scene.hpp"
#include "support/manual_clock.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::test {

constexpr const char* armley = "E05011385";
constexpr const char* bramley = "E05011387";

inline const std::shared_ptr<const reference_data>& the_reference() {
  static const auto one = shipped_reference();
  return one;
}
inline const std::shared_ptr<const alerting::word_book>& the_words() {
  static const auto one = std::make_shared<const alerting::word_book>(shipped_words());
  return one;
}
inline std::shared_ptr<const alerting::service_book> on_call_and_a_desk() {
  auto loaded = alerting::load_services({{"s.yaml", R"(services:
  - id: on-call
    name: On call
    roles: [on_call]
    takes: {audience: on_call}
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
  - id: desk
    name: Duty desk
    roles: [duty_desk]
    channels:
      - maildir: {folder: mail/desk, to: desk@localhost}
)"}},
                                        *the_reference());
  for (const auto& p : loaded.found) REQUIRE_MESSAGE(p.how != severity::error, p.message);
  return std::make_shared<const alerting::service_book>(std::move(loaded.book));
}

// In every ward: 2 opioid call-outs within 24 hours amber, 4 red; closes after 72 hours.
inline rules::rule two_calls() {
  auto one = opioid_callouts(*the_reference());
  one.id = rule_id{"two-calls"};
  one.detector = rules::count_detector{std::chrono::hours{24}, {{level::amber, 2}, {level::red, 4}}, {}};
  return one;
}

class duty_desk {
public:
  explicit duty_desk(std::vector<rules::rule> rules, const char* start = "2026-03-02T12:00:00Z",
                     alerting::digest_times times = {},
                     std::shared_ptr<const alerting::service_book> services = on_call_and_a_desk())
      : clock{at(start)}, rules_{rule_set_of(the_reference(), std::move(rules))}, times_{times},
        services_{std::move(services)} {
    begin();
  }
  ~duty_desk() { end(); }
  duty_desk(const duty_desk&) = delete;
  duty_desk& operator=(const duty_desk&) = delete;

  void restart() { // and again on the same store
    end();
    begin();
  }
  void stop() { end(); }
  void begin() {
    work = std::make_unique<alerting::process>(rules_, services_, the_words(), "FW", times_);
    state = std::make_unique<desk>(*ledger, clock, rules_, *work, desk::options{});
    state->start();
  }

  // Records arrive together now; they happened `age` ago.
  void arrive(std::vector<observation> all) {
    row_batch out;
    out.feed = all.front().key.feed;
    out.source = "a.csv";
    for (auto& one : all) {
      one.has_own_received_at = false;
      connectors::taken_row row;
      row.what = std::move(one);
      out.rows.push_back(std::move(row));
    }
    state->run(std::move(out));
  }
  [[nodiscard]] observation call(const char* ward = armley, duration age = {}) {
    auto one = call_out(std::to_string(++numbered_), "2026-03-01T00:00:00Z", "p:a", nullptr);
    one.person = person_id{"p:" + std::to_string(numbered_)};
    one.ward = area_code{ward};
    one.occurred_at = clock.now() - age;
    return one;
  }
  void calls(int count, const char* ward = armley, duration age = {}) {
    std::vector<observation> all;
    for (int i = 0; i < count; ++i) all.push_back(call(ward, age));
    arrive(std::move(all));
  }
  void move_to(const char* when) {
    clock.set(at(when));
    poke();
  }
  void move(duration by) {
    clock.move(by);
    poke();
  }
  // What is due is handled before a job.
  void poke() {
    state->run([](desk_view&) {});
  }

  // Messages that on-call was sent since the last look, oldest first: "signal.opened Signal, amber: ...".
  [[nodiscard]] std::vector<message> heard(const char* service = "on-call") {
    auto all = ledger->deliveries(service_id{service}, {.limit = 1000});
    std::vector<message> out;
    auto& seen = seen_[service];
    for (auto i = all.size() - seen; i-- > 0;) out.push_back(all[i].message);
    seen = all.size();
    return out;
  }
  [[nodiscard]] std::vector<std::string> heard_types(const char* service = "on-call") {
    std::vector<std::string> out;
    for (const auto& one : heard(service)) out.push_back(one.type);
    return out;
  }
  [[nodiscard]] std::vector<signal> signals() const {
    auto out = ledger->signals(false, {.limit = 1000});
    std::reverse(out.begin(), out.end());
    return out;
  }
  // "quiet 2026-03-03T07:00:00Z", for the signal that opened last.
  [[nodiscard]] std::string waits(std::size_t which = 0) const {
    const auto all = signals();
    if (which >= all.size()) return "no signal";
    const auto rows = ledger->waiting_notices_of(all[which].id);
    if (rows.empty() || rows.back().ended_at) return {};
    return fmt::format("{}{}", to_text(rows.back().why),
                       rows.back().until ? " " + format_rfc3339(*rows.back().until) : "");
  }
  [[nodiscard]] std::string how_it_ended(std::size_t which = 0) const {
    const auto rows = ledger->waiting_notices_of(signals().at(which).id);
    return rows.empty() ? std::string{} : rows.back().how;
  }

  std::unique_ptr<store> ledger = memory_store();
  manual_clock clock;
  std::unique_ptr<alerting::process> work;
  std::unique_ptr<desk> state;

private:
  void end() {
    if (state) state->stop();
    state.reset();
    work.reset();
  }

  std::shared_ptr<const rules::rule_set> rules_;
  alerting::digest_times times_;
  std::shared_ptr<const alerting::service_book> services_;
  std::map<std::string, std::size_t> seen_;
  int numbered_ = 0;
};

} // namespace forewarn::test
