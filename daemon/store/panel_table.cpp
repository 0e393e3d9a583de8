// SPDX-License-Identifier: Apache-2.0
// Reports, cases, gradings, corroboration, answers to alerts, evaluations, lessons and figures entered by hand.
#include "daemon/store/panel_tables.hpp"

#include "daemon/panel/fields.hpp"
#include "daemon/store/tables.hpp"

#include <limits>

namespace forewarn::sqlite {
namespace {

template <class Noun> Noun parsed(const std::string& body) {
  boost::system::error_code error;
  const auto read = boost::json::parse(body, error);
  if (error || !read.is_object()) throw store_error{"the database holds a record of the panel that is no JSON object"};
  Noun out;
  std::string wrong;
  panel::read_fields(read.get_object(), out, wrong);
  if (!wrong.empty()) throw store_error{"the database holds an unreadable record of the panel: " + wrong};
  return out;
}

template <class Noun> std::string body_of(const Noun& one) {
  return boost::json::serialize(panel::as_json(one));
}

template <class Noun> std::vector<Noun> all_of(query& rows) {
  std::vector<Noun> out;
  std::string body;
  while (rows.next()) {
    rows.into(body);
    out.push_back(parsed<Noun>(body));
  }
  return out;
}

template <class Noun> std::optional<Noun> first_of(query& rows) {
  if (!rows.next()) return {};
  std::string body;
  rows.into(body);
  return parsed<Noun>(body);
}

std::int64_t below(connection& db, const page& which) {
  if (which.after_id.empty()) return std::numeric_limits<std::int64_t>::max();
  query row{db, "SELECT seq FROM report WHERE ref = ?", which.after_id};
  std::int64_t seq = 0;
  if (row.next()) row.into(seq);
  return seq;
}

} // namespace

std::optional<panel::report> report_by_ref(connection& db, const panel::report_ref& ref) {
  query row{db, "SELECT body FROM report WHERE ref = ?", ref};
  return first_of<panel::report>(row);
}

std::vector<panel::report> reports(connection& db, bool open_only, const page& which) {
  query rows{db, "SELECT body FROM report WHERE seq < ? AND (? = 0 OR state = 'received') ORDER BY seq DESC LIMIT ?",
             below(db, which), open_only, limit_of(which)};
  return all_of<panel::report>(rows);
}

void save(connection& db, const panel::report& one) {
  execute(db,
          "INSERT INTO report (ref, state, body) VALUES (?, ?, ?) ON CONFLICT (ref) DO UPDATE SET "
          "state = excluded.state, body = excluded.body",
          one.ref, one.state, body_of(one));
}

std::optional<panel::case_file> case_of(connection& db, const assessment_ref& ref) {
  query row{db, "SELECT body FROM case_file WHERE assessment = ?", ref};
  return first_of<panel::case_file>(row);
}

void save(connection& db, const panel::case_file& one) {
  execute(db,
          "INSERT INTO case_file (assessment, body) VALUES (?, ?) ON CONFLICT (assessment) DO UPDATE SET "
          "body = excluded.body",
          one.assessment, body_of(one));
}

std::vector<panel::corroboration> corroborations(connection& db, const assessment_ref& ref) {
  query rows{db, "SELECT body FROM corroboration WHERE assessment = ? ORDER BY seq", ref};
  return all_of<panel::corroboration>(rows);
}

void save(connection& db, const panel::corroboration& one) {
  execute(db,
          "INSERT INTO corroboration (assessment, stakeholder, body) VALUES (?, ?, ?) "
          "ON CONFLICT (assessment, stakeholder) DO UPDATE SET body = excluded.body",
          one.assessment, one.of, body_of(one));
}

std::vector<panel::grading> gradings(connection& db, const assessment_ref& ref) {
  query rows{db, "SELECT body FROM grading WHERE assessment = ? ORDER BY seq", ref};
  return all_of<panel::grading>(rows);
}

void append(connection& db, const panel::grading& one) {
  execute(db, "INSERT INTO grading (assessment, body) VALUES (?, ?)", one.assessment, body_of(one));
}

std::vector<panel::action_answer> action_answers(connection& db, const alert_ref& ref) {
  query rows{db, "SELECT body FROM action_answer WHERE alert = ? ORDER BY seq", ref};
  return all_of<panel::action_answer>(rows);
}

void append(connection& db, const panel::action_answer& one) {
  execute(db, "INSERT INTO action_answer (alert, body) VALUES (?, ?)", one.alert, body_of(one));
}

std::vector<panel::evaluation> evaluations(connection& db, const alert_ref& ref) {
  query rows{db, "SELECT body FROM evaluation WHERE alert = ? ORDER BY seq", ref};
  return all_of<panel::evaluation>(rows);
}

void append(connection& db, const panel::evaluation& one) {
  execute(db, "INSERT INTO evaluation (alert, body) VALUES (?, ?)", one.alert, body_of(one));
}

std::vector<panel::lesson> lessons(connection& db) {
  query rows{db, "SELECT body FROM lesson ORDER BY seq"};
  return all_of<panel::lesson>(rows);
}

void save(connection& db, const panel::lesson& one) {
  execute(db, "INSERT INTO lesson (ref, body) VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET body = excluded.body",
          one.ref, body_of(one));
}

std::vector<panel::entered_figure> entered_figures(connection& db) {
  query rows{db, "SELECT body FROM entered_figure ORDER BY seq"};
  return all_of<panel::entered_figure>(rows);
}

void append(connection& db, const panel::entered_figure& one) {
  execute(db, "INSERT INTO entered_figure (indicator, month, body) VALUES (?, ?, ?)", one.indicator, one.month,
          body_of(one));
}

} // namespace forewarn::sqlite
