// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_test/messages.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/store/open.hpp"
#include "rules/engine.hpp"

#include <algorithm>
#include <utility>

namespace forewarn::rule_test {
namespace {

// The desk in small: the engine's events into the ledger and to the process, in the order of time.
class small_desk {
public:
  small_desk(const std::shared_ptr<const rules::rule_set>& rules, const telling& with)
      : ledger_{memory_store()}, engine_{rules}, process_{rules, with.services, with.words, with.reference_prefix} {}

  void take(const observation& seen) {
    move_to(seen.received_at);
    in_transaction(seen.received_at, [&] {
      ledger_->append(seen);
      engine_.observe(seen, events_);
    });
  }

  // Every deadline up to then, of the engine and of the process, each at its own time.
  void move_to(instant to) {
    for (;;) {
      auto next = engine_.next_deadline();
      if (const auto due = process_.next_deadline(*ledger_); due && (!next || *due < *next)) next = due;
      if (!next || *next > to || (handled_ && *next <= *handled_)) return;
      handled_ = next;
      in_transaction(*next, [&] { engine_.advance(*next, events_); });
    }
  }

  [[nodiscard]] std::vector<told_message> messages() const {
    std::vector<told_message> out;
    page which;
    which.limit = 1'000;
    for (;;) {
      auto some = ledger_->deliveries({}, which);
      for (auto& one : some)
        out.push_back({one.row.service, one.row.channel, one.row.kind, one.row.created_at, std::move(one.message)});
      if (some.size() < which.limit) break;
      which.after_id = some.back().row.id.str();
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

private:
  // A process that gathers what arises in one job is told where a job begins.
  template <class Work> void in_transaction(instant now, const Work& work) {
    ledger_->begin();
    process_.begin_job();
    work();
    for (const auto& event : std::exchange(events_, {})) {
      ledger_->save(event.now);
      ledger_->remove_evidence(event.now.id, event.evidence_removed);
      ledger_->add_evidence(event.now.id, event.evidence_added);
      process_.take(event, *ledger_, now);
    }
    process_.advance(*ledger_, now);
    process_.keep_current(*ledger_, now);
    ledger_->commit();
  }

  std::unique_ptr<store> ledger_;
  rules::engine engine_;
  alerting::process process_;
  std::vector<signal_event> events_;
  std::optional<instant> handled_;
};

} // namespace

std::vector<told_message> messages_of(const test_case& test, const std::shared_ptr<const rules::rule_set>& rules,
                                      const telling& with, instant until) {
  std::vector<const observation*> by_arrival;
  for (const auto& one : test.observations) by_arrival.push_back(&one);
  std::stable_sort(by_arrival.begin(), by_arrival.end(),
                   [](const auto* a, const auto* b) { return a->received_at < b->received_at; });
  small_desk desk{rules, with};
  for (const auto* one : by_arrival) desk.take(*one);
  desk.move_to(until);
  return desk.messages();
}

} // namespace forewarn::rule_test
