// SPDX-License-Identifier: Apache-2.0
// The panel's part of the durable state, beside the seam of forewarn/store.hpp and in the same transactions: what the
// early-warning core never needs to know of. Every store of this program has both; `of` asks for this one.
#pragma once

#include "daemon/audit/entry.hpp"
#include "daemon/panel/nouns.hpp"
#include "daemon/panel/receipt.hpp"
#include "forewarn/store.hpp"

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace forewarn::panel {

class ledger_reader {
public:
  virtual ~ledger_reader() = default;

  // In the order written, after the line numbered `after`; ends where `take` answers false.
  virtual void each_entry(std::int64_t after, const std::function<bool(const audit::entry&)>& take) const = 0;
  // Where the chain was said to end when it was written last.
  [[nodiscard]] virtual audit::head audit_head() const = 0;

  [[nodiscard]] virtual std::optional<report> report_by_ref(const report_ref& ref) const = 0;
  // Newest first; `open_only`: neither accepted nor declined.
  [[nodiscard]] virtual std::vector<report> reports(bool open_only, page which) const = 0;

  [[nodiscard]] virtual std::optional<case_file> case_of(const assessment_ref& ref) const = 0;
  [[nodiscard]] virtual std::vector<corroboration> corroborations(const assessment_ref& ref) const = 0;
  [[nodiscard]] virtual std::vector<grading> gradings(const assessment_ref& ref) const = 0; // oldest first

  [[nodiscard]] virtual std::optional<clock_row> clock_of(clock_kind kind, const std::string& about) const = 0;
  [[nodiscard]] virtual std::vector<clock_row> clocks_due(instant now) const = 0;
  [[nodiscard]] virtual std::vector<clock_row> clocks() const = 0; // the next to speak first
  [[nodiscard]] virtual std::optional<instant> next_clock() const = 0;

  [[nodiscard]] virtual std::vector<alert> alert_versions(const alert_ref& ref) const = 0; // oldest first
  // Everyone that any version of it was sent to.
  [[nodiscard]] virtual std::vector<receiver> receivers(const alert_ref& ref) const = 0;
  [[nodiscard]] virtual std::vector<action_answer> action_answers(const alert_ref& ref) const = 0; // oldest first
  [[nodiscard]] virtual std::vector<evaluation> evaluations(const alert_ref& ref) const = 0;

  [[nodiscard]] virtual std::optional<receipt> receipt_by_token(const std::string& token) const = 0;
  [[nodiscard]] virtual std::optional<receipt> receipt_of(std::int64_t message, const service_id& to) const = 0;
  // What is to be done by then, the first due first; instant::max(): all.
  [[nodiscard]] virtual std::vector<receipt> receipts_due(instant now) const = 0;
  [[nodiscard]] virtual std::optional<instant> next_receipt() const = 0;
  // Asked for and not there, the longest waiting first.
  [[nodiscard]] virtual std::vector<receipt> unconfirmed() const = 0;
  // Of everything sent about this ("FW-2026-0007 v1").
  [[nodiscard]] virtual std::vector<receipt> receipts_about(const std::string& about) const = 0;
  [[nodiscard]] virtual std::vector<lesson> lessons() const = 0; // in the order in which they were added
  // Every one that was entered, the newest of an indicator and month last.
  [[nodiscard]] virtual std::vector<entered_figure> entered_figures() const = 0;
};

class ledger : public ledger_reader {
public:
  // Numbers it and hashes it onto the chain.
  virtual void append(audit::entry one) = 0;

  virtual void save(const report& one) = 0;        // inserts or replaces by reference
  virtual void save(const case_file& one) = 0;     // by assessment
  virtual void save(const corroboration& one) = 0; // by assessment and stakeholder
  virtual void append(const grading& one) = 0;
  virtual void save(const clock_row& one) = 0; // by kind and what it is about
  virtual void stop_clock(clock_kind kind, const std::string& about) = 0;
  virtual void append(const action_answer& one) = 0;
  virtual void append(const evaluation& one) = 0;
  virtual void save(const receipt& one) = 0; // inserts or replaces by token
  virtual void save(const lesson& one) = 0;  // by reference
  virtual void append(const entered_figure& one) = 0;
};

// The panel's part of a store. A store without one is a bug.
[[nodiscard]] inline const ledger_reader& of(const store_reader& stored) {
  const auto* part = dynamic_cast<const ledger_reader*>(&stored);
  if (part == nullptr) throw std::logic_error("this store keeps nothing for the panel");
  return *part;
}
[[nodiscard]] inline ledger& of(store& stored) {
  auto* part = dynamic_cast<ledger*>(&stored);
  if (part == nullptr) throw std::logic_error("this store keeps nothing for the panel");
  return *part;
}

} // namespace forewarn::panel
