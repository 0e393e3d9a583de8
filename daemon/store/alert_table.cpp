// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/panel_tables.hpp"
#include "daemon/store/tables.hpp"

#include <fmt/format.h>

#include <limits>

namespace forewarn::sqlite {
namespace {

alert read(query& row) {
  alert out;
  std::string content;
  row.into(out.ref, out.version, out.status, out.outcome, out.state, out.level, out.audience, out.signal,
           out.assessment, out.rule, out.rule_hash, out.engine_version, out.created_at, out.hold_until, out.issued_at,
           out.review_by, out.expires_at, out.supersedes, out.decided_by, out.reason, content);
  auto parsed = parse_alert_content(content);
  if (!parsed)
    throw store_error{
        fmt::format("the database holds alert {} with unreadable content: {}", out.ref.str(), parsed.error())};
  out.content = std::move(*parsed);
  return out;
}

std::vector<alert> read_all(query& rows) {
  std::vector<alert> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

// Lists are in the order of first versions, so that an update does not move an alert to another page.
std::int64_t below(connection& db, const page& which) {
  if (which.after_id.empty()) return std::numeric_limits<std::int64_t>::max();
  query row{db, "SELECT coalesce(min(seq), 0) FROM alert WHERE ref = ?", which.after_id};
  std::int64_t seq = 0;
  if (row.next()) row.into(seq);
  return seq;
}

} // namespace

std::optional<alert> alert_by_ref(connection& db, const alert_ref& ref) {
  query row{db,
            "SELECT ref, version, status, outcome, state, level, audience, signal, assessment, rule, rule_hash, "
            "engine_version, created_at, hold_until, issued_at, review_by, expires_at, supersedes, decided_by, reason, "
            "content FROM alert WHERE ref = ? ORDER BY version DESC LIMIT 1",
            ref};
  if (!row.next()) return {};
  return read(row);
}

std::optional<alert> alert_of(connection& db, const signal_id& id) {
  query row{db,
            "SELECT ref, version, status, outcome, state, level, audience, signal, assessment, rule, rule_hash, "
            "engine_version, created_at, hold_until, issued_at, review_by, expires_at, supersedes, decided_by, reason, "
            "content FROM alert WHERE signal = ? ORDER BY seq DESC LIMIT 1",
            id};
  if (!row.next()) return {};
  return read(row);
}

std::vector<alert> alerts(connection& db, bool open_only, const page& which) {
  query rows{db,
             "SELECT newest.ref, newest.version, newest.status, newest.outcome, newest.state, newest.level, "
             "newest.audience, newest.signal, newest.assessment, newest.rule, newest.rule_hash, "
             "newest.engine_version, newest.created_at, newest.hold_until, newest.issued_at, newest.review_by, "
             "newest.expires_at, newest.supersedes, newest.decided_by, newest.reason, newest.content "
             "FROM (SELECT ref, min(seq) AS first_seq, max(version) AS version FROM alert GROUP BY ref) AS listed "
             "JOIN alert AS newest ON newest.ref = listed.ref AND newest.version = listed.version "
             "WHERE listed.first_seq < ? AND (? = 0 OR newest.state IN ('held', 'issued')) "
             "ORDER BY listed.first_seq DESC LIMIT ?",
             below(db, which), open_only, limit_of(which)};
  return read_all(rows);
}

std::vector<alert> alert_versions(connection& db, const alert_ref& ref) {
  query rows{db,
             "SELECT ref, version, status, outcome, state, level, audience, signal, assessment, rule, rule_hash, "
             "engine_version, created_at, hold_until, issued_at, review_by, expires_at, supersedes, decided_by, "
             "reason, content FROM alert WHERE ref = ? ORDER BY version",
             ref};
  return read_all(rows);
}

std::vector<alert> alerts_held(connection& db) {
  query rows{db, "SELECT ref, version, status, outcome, state, level, audience, signal, assessment, rule, rule_hash, "
                 "engine_version, created_at, hold_until, issued_at, review_by, expires_at, supersedes, decided_by, "
                 "reason, content FROM alert AS one WHERE state = 'held' AND version = "
                 "(SELECT max(version) FROM alert WHERE alert.ref = one.ref) ORDER BY hold_until, seq"};
  return read_all(rows);
}

void save(connection& db, const alert& a) {
  execute(db,
          "INSERT INTO alert (ref, version, status, outcome, state, level, audience, signal, assessment, rule, "
          "rule_hash, engine_version, created_at, hold_until, issued_at, review_by, expires_at, supersedes, "
          "decided_by, reason, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (ref, version) DO UPDATE SET "
          "status = excluded.status, outcome = excluded.outcome, state = excluded.state, level = excluded.level, "
          "audience = excluded.audience, signal = excluded.signal, assessment = excluded.assessment, "
          "rule = excluded.rule, rule_hash = excluded.rule_hash, engine_version = excluded.engine_version, "
          "created_at = excluded.created_at, hold_until = excluded.hold_until, issued_at = excluded.issued_at, "
          "review_by = excluded.review_by, expires_at = excluded.expires_at, supersedes = excluded.supersedes, "
          "decided_by = excluded.decided_by, reason = excluded.reason, content = excluded.content",
          a.ref, a.version, a.status, a.outcome, a.state, a.level, a.audience, a.signal, a.assessment, a.rule,
          a.rule_hash, a.engine_version, a.created_at, a.hold_until, a.issued_at, a.review_by, a.expires_at,
          a.supersedes, a.decided_by, a.reason, to_json(a.content));
}

} // namespace forewarn::sqlite
