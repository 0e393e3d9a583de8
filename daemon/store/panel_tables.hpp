// SPDX-License-Identifier: Apache-2.0
// What the panel's ledger is in SQL. What is looked for has a column; the rest of a noun is its JSON.
#pragma once

#include "daemon/panel/ledger.hpp"
#include "daemon/store/connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::sqlite {

// audit_table.cpp
void each_entry(connection& db, std::int64_t after, const std::function<bool(const audit::entry&)>& take);
[[nodiscard]] audit::head audit_head(connection& db);
void append(connection& db, audit::entry one);

// panel_table.cpp
[[nodiscard]] std::optional<panel::report> report_by_ref(connection& db, const panel::report_ref& ref);
[[nodiscard]] std::vector<panel::report> reports(connection& db, bool open_only, const page& which);
void save(connection& db, const panel::report& one);
[[nodiscard]] std::optional<panel::case_file> case_of(connection& db, const assessment_ref& ref);
void save(connection& db, const panel::case_file& one);
[[nodiscard]] std::vector<panel::corroboration> corroborations(connection& db, const assessment_ref& ref);
void save(connection& db, const panel::corroboration& one);
[[nodiscard]] std::vector<panel::grading> gradings(connection& db, const assessment_ref& ref);
void append(connection& db, const panel::grading& one);
[[nodiscard]] std::vector<panel::action_answer> action_answers(connection& db, const alert_ref& ref);
void append(connection& db, const panel::action_answer& one);
[[nodiscard]] std::vector<panel::evaluation> evaluations(connection& db, const alert_ref& ref);
void append(connection& db, const panel::evaluation& one);
[[nodiscard]] std::vector<panel::lesson> lessons(connection& db);
void save(connection& db, const panel::lesson& one);
[[nodiscard]] std::vector<panel::entered_figure> entered_figures(connection& db);
void append(connection& db, const panel::entered_figure& one);

// panel_clock_table.cpp
[[nodiscard]] std::optional<panel::clock_row> clock_of(connection& db, panel::clock_kind kind,
                                                       const std::string& about);
[[nodiscard]] std::vector<panel::clock_row> clocks_due(connection& db, instant now);
[[nodiscard]] std::optional<instant> next_clock(connection& db);
void save(connection& db, const panel::clock_row& one);
void stop_clock(connection& db, panel::clock_kind kind, const std::string& about);

// receipt_table.cpp
[[nodiscard]] std::optional<panel::receipt> receipt_by_token(connection& db, const std::string& token);
[[nodiscard]] std::optional<panel::receipt> receipt_of(connection& db, std::int64_t message, const service_id& to);
[[nodiscard]] std::vector<panel::receipt> receipts_due(connection& db, instant now);
[[nodiscard]] std::optional<instant> next_receipt(connection& db);
[[nodiscard]] std::vector<panel::receipt> unconfirmed(connection& db);
[[nodiscard]] std::vector<panel::receipt> receipts_about(connection& db, const std::string& about);
void save(connection& db, const panel::receipt& one);

// alert_table.cpp, delivery_table.cpp
[[nodiscard]] std::vector<alert> alert_versions(connection& db, const alert_ref& ref);
[[nodiscard]] std::vector<panel::receiver> receivers(connection& db, const alert_ref& ref);

// The seam over a connection that the rest of the store holds too; `Seam` is ledger_reader or ledger.
template <class Seam> class panel_reading : public Seam {
public:
  void each_entry(std::int64_t after, const std::function<bool(const audit::entry&)>& take) const override {
    sqlite::each_entry(panel_db(), after, take);
  }
  audit::head audit_head() const override { return sqlite::audit_head(panel_db()); }
  std::optional<panel::report> report_by_ref(const panel::report_ref& ref) const override {
    return sqlite::report_by_ref(panel_db(), ref);
  }
  std::vector<panel::report> reports(bool open_only, page which) const override {
    return sqlite::reports(panel_db(), open_only, which);
  }
  std::optional<panel::case_file> case_of(const assessment_ref& ref) const override {
    return sqlite::case_of(panel_db(), ref);
  }
  std::vector<panel::corroboration> corroborations(const assessment_ref& ref) const override {
    return sqlite::corroborations(panel_db(), ref);
  }
  std::vector<panel::grading> gradings(const assessment_ref& ref) const override {
    return sqlite::gradings(panel_db(), ref);
  }
  std::optional<panel::clock_row> clock_of(panel::clock_kind kind, const std::string& about) const override {
    return sqlite::clock_of(panel_db(), kind, about);
  }
  std::vector<panel::clock_row> clocks_due(instant now) const override { return sqlite::clocks_due(panel_db(), now); }
  std::vector<panel::clock_row> clocks() const override { return sqlite::clocks_due(panel_db(), instant::max()); }
  std::optional<instant> next_clock() const override { return sqlite::next_clock(panel_db()); }
  std::vector<alert> alert_versions(const alert_ref& ref) const override {
    return sqlite::alert_versions(panel_db(), ref);
  }
  std::vector<panel::receiver> receivers(const alert_ref& ref) const override {
    return sqlite::receivers(panel_db(), ref);
  }
  std::vector<panel::action_answer> action_answers(const alert_ref& ref) const override {
    return sqlite::action_answers(panel_db(), ref);
  }
  std::vector<panel::evaluation> evaluations(const alert_ref& ref) const override {
    return sqlite::evaluations(panel_db(), ref);
  }
  std::optional<panel::receipt> receipt_by_token(const std::string& token) const override {
    return sqlite::receipt_by_token(panel_db(), token);
  }
  std::optional<panel::receipt> receipt_of(std::int64_t message, const service_id& to) const override {
    return sqlite::receipt_of(panel_db(), message, to);
  }
  std::vector<panel::receipt> receipts_due(instant now) const override { return sqlite::receipts_due(panel_db(), now); }
  std::optional<instant> next_receipt() const override { return sqlite::next_receipt(panel_db()); }
  std::vector<panel::receipt> unconfirmed() const override { return sqlite::unconfirmed(panel_db()); }
  std::vector<panel::receipt> receipts_about(const std::string& about) const override {
    return sqlite::receipts_about(panel_db(), about);
  }
  std::vector<panel::lesson> lessons() const override { return sqlite::lessons(panel_db()); }
  std::vector<panel::entered_figure> entered_figures() const override { return sqlite::entered_figures(panel_db()); }

protected:
  [[nodiscard]] virtual connection& panel_db() const = 0;
};

class panel_writing : public panel_reading<panel::ledger> {
public:
  void append(audit::entry one) override { sqlite::append(panel_db(), std::move(one)); }
  void save(const panel::report& one) override { sqlite::save(panel_db(), one); }
  void save(const panel::case_file& one) override { sqlite::save(panel_db(), one); }
  void save(const panel::corroboration& one) override { sqlite::save(panel_db(), one); }
  void append(const panel::grading& one) override { sqlite::append(panel_db(), one); }
  void save(const panel::clock_row& one) override { sqlite::save(panel_db(), one); }
  void stop_clock(panel::clock_kind kind, const std::string& about) override {
    sqlite::stop_clock(panel_db(), kind, about);
  }
  void append(const panel::action_answer& one) override { sqlite::append(panel_db(), one); }
  void append(const panel::evaluation& one) override { sqlite::append(panel_db(), one); }
  void save(const panel::receipt& one) override { sqlite::save(panel_db(), one); }
  void save(const panel::lesson& one) override { sqlite::save(panel_db(), one); }
  void append(const panel::entered_figure& one) override { sqlite::append(panel_db(), one); }
};

} // namespace forewarn::sqlite
