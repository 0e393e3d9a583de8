// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace forewarn::sqlite {
namespace {

// Instants are microseconds since 1970, UTC. Words of closed sets are text, so that a person with the sqlite3 shell
// can read the tables.
constexpr const char* first_tables = R"sql(
-- Append-only: every revision and withdrawal, in the order taken. The latest of a record has the largest seq.
CREATE TABLE revision (
  seq INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  record TEXT NOT NULL,
  revision INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  kind TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX revision_of_record ON revision (feed, record, seq);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  feed TEXT NOT NULL, source TEXT NOT NULL, line INTEGER NOT NULL, column_name TEXT NOT NULL,
  code TEXT NOT NULL, reason TEXT NOT NULL, shown TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_of_feed ON quarantine (feed, id);

CREATE TABLE file_progress (
  feed TEXT NOT NULL, content_hash TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
  modified_at INTEGER NOT NULL, rows_done INTEGER NOT NULL, finished INTEGER NOT NULL,
  accepted INTEGER NOT NULL, revised INTEGER NOT NULL, withdrawn INTEGER NOT NULL, duplicate INTEGER NOT NULL,
  stale INTEGER NOT NULL, unselected INTEGER NOT NULL, quarantined INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (feed, content_hash)
) STRICT;
CREATE INDEX file_progress_by_name ON file_progress (feed, name, size, modified_at);

CREATE TABLE feed_total (
  feed TEXT PRIMARY KEY,
  row_count INTEGER NOT NULL, accepted INTEGER NOT NULL, revised INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
  duplicate INTEGER NOT NULL, stale INTEGER NOT NULL, unselected INTEGER NOT NULL, quarantined INTEGER NOT NULL,
  last_arrival INTEGER
) STRICT;

CREATE TABLE unknown_word (
  feed TEXT NOT NULL, column_name TEXT NOT NULL, word TEXT NOT NULL,
  times INTEGER NOT NULL, first_seen_at INTEGER NOT NULL,
  PRIMARY KEY (feed, column_name, word)
) STRICT;

CREATE TABLE signal (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL, rule_hash TEXT NOT NULL, series TEXT NOT NULL, level TEXT NOT NULL,
  opened_at INTEGER NOT NULL, closed_at INTEGER, close_reason TEXT,
  window_from INTEGER NOT NULL, window_to INTEGER NOT NULL, value REAL NOT NULL, bound REAL NOT NULL,
  retrospective INTEGER NOT NULL, late INTEGER NOT NULL, contradicted INTEGER NOT NULL, held INTEGER NOT NULL,
  changes TEXT NOT NULL
) STRICT;
CREATE INDEX signal_open ON signal (seq) WHERE closed_at IS NULL AND retrospective = 0;

CREATE TABLE evidence (
  seq INTEGER PRIMARY KEY,
  signal TEXT NOT NULL REFERENCES signal (id),
  feed TEXT NOT NULL, record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX evidence_of_signal ON evidence (signal, feed, record);

CREATE TABLE assessment (
  seq INTEGER PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  signal TEXT NOT NULL, rule TEXT NOT NULL, level TEXT NOT NULL, headline TEXT NOT NULL, state TEXT NOT NULL,
  received_at INTEGER NOT NULL, acknowledged_at INTEGER, acknowledged_by TEXT NOT NULL, decided_at INTEGER,
  decided_by TEXT NOT NULL, reason TEXT NOT NULL, alert TEXT, version INTEGER NOT NULL
) STRICT;
CREATE INDEX assessment_of_signal ON assessment (signal, seq);
CREATE INDEX assessment_open ON assessment (seq) WHERE state = 'received';

CREATE TABLE alert (
  seq INTEGER PRIMARY KEY,
  ref TEXT NOT NULL, version INTEGER NOT NULL,
  status TEXT NOT NULL, outcome TEXT NOT NULL, state TEXT NOT NULL, level TEXT NOT NULL, audience TEXT NOT NULL,
  signal TEXT NOT NULL, assessment TEXT, rule TEXT NOT NULL, rule_hash TEXT NOT NULL, engine_version TEXT NOT NULL,
  created_at INTEGER NOT NULL, hold_until INTEGER, issued_at INTEGER, review_by INTEGER, expires_at INTEGER,
  supersedes TEXT NOT NULL, decided_by TEXT NOT NULL, reason TEXT NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_version ON alert (ref, version);
CREATE INDEX alert_of_signal ON alert (signal, seq);
CREATE INDEX alert_held ON alert (hold_until) WHERE state = 'held';

CREATE TABLE running_number (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL, about TEXT NOT NULL, thread TEXT NOT NULL, level TEXT NOT NULL, created_at INTEGER NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL, json TEXT NOT NULL
) STRICT;

CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  message INTEGER NOT NULL REFERENCES message (id),
  service TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, due_at INTEGER NOT NULL, leased_until INTEGER, attempts INTEGER NOT NULL,
  first_attempt_at INTEGER, settled_at INTEGER, last_result TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'due';
CREATE INDEX delivery_to ON delivery (service, seq);

CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
)sql";

// What the operator was told of and still stands; and what is kept of records beyond their retention: counts by day,
// place and substance, of no person. A row with an empty substance counts the records themselves.
constexpr const char* notices_and_daily_counts = R"sql(
CREATE TABLE operator_notice (
  key TEXT PRIMARY KEY,
  type TEXT NOT NULL, about TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, level TEXT NOT NULL,
  raised_at INTEGER NOT NULL, told_at INTEGER NOT NULL, times INTEGER NOT NULL
) STRICT;

CREATE TABLE daily_count (
  feed TEXT NOT NULL, kind TEXT NOT NULL, area TEXT NOT NULL, substance TEXT NOT NULL, confirmed INTEGER NOT NULL,
  day INTEGER NOT NULL,
  count REAL NOT NULL,
  PRIMARY KEY (feed, kind, area, substance, confirmed, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_of_record ON evidence (feed, record);
)sql";

// How long a destination was down while a delivery to it waited; and an alert's message as it was sent.
constexpr const char* destinations_down = R"sql(
ALTER TABLE delivery ADD COLUMN stood_still INTEGER NOT NULL DEFAULT 0;
CREATE INDEX message_about ON message (about);
)sql";

// Calls from one place within minutes are one incident: which began where and when.
constexpr const char* second_intake = R"sql(
CREATE TABLE incident_begun (
  feed TEXT NOT NULL, place TEXT NOT NULL, at INTEGER NOT NULL, incident TEXT NOT NULL,
  PRIMARY KEY (feed, place, at, incident)
) STRICT, WITHOUT ROWID;

-- `raw` names the row in quarantine.db, where it lies encrypted; `due_at` is when it is tried again by itself.
ALTER TABLE quarantine ADD COLUMN raw TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN due_at INTEGER;
CREATE INDEX quarantine_due ON quarantine (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE feed_total ADD COLUMN odd_times INTEGER NOT NULL DEFAULT 0;
)sql";

// When a word for review was last met.
constexpr const char* words_last_seen = R"sql(
ALTER TABLE unknown_word ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE unknown_word SET last_seen_at = first_seen_at;
)sql";

// When feeds fell silent and came back, in the order of the engine's time among the revisions; and how each feed keeps
// its arrival contract.
constexpr const char* arrivals = R"sql(
CREATE TABLE feed_turn (
  seq INTEGER PRIMARY KEY,
  feed TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

CREATE TABLE feed_watch (
  feed TEXT PRIMARY KEY,
  kind TEXT NOT NULL, kept_at INTEGER NOT NULL, rows_before INTEGER NOT NULL, due_at INTEGER NOT NULL,
  overdue_since INTEGER
) STRICT;
)sql";

// Sealed references of the partners' own: nobody here can read them.
constexpr const char* partner_references = R"sql(
CREATE TABLE partner_reference (
  feed TEXT NOT NULL, record TEXT NOT NULL, sealed TEXT NOT NULL,
  PRIMARY KEY (feed, record)
) STRICT, WITHOUT ROWID;
)sql";

// Each rule as it was put in force, where it differs from before.
constexpr const char* rules_in_force = R"sql(
CREATE TABLE rule_version (
  seq INTEGER PRIMARY KEY,
  rule TEXT NOT NULL, at INTEGER NOT NULL, hash TEXT NOT NULL, status TEXT NOT NULL, sentence TEXT NOT NULL,
  title TEXT NOT NULL, owner TEXT NOT NULL, path TEXT NOT NULL, saved_by TEXT NOT NULL, saved_at INTEGER
) STRICT;
CREATE INDEX rule_version_of_rule ON rule_version (rule, seq);
)sql";

// What on-call was told of a signal, what waits to be told, and mutes. What was told so far is read from the messages:
// a signal that is open goes on as known.
constexpr const char* after_signals = R"sql(
CREATE TABLE waiting_notice (
  id INTEGER PRIMARY KEY,
  signal TEXT NOT NULL, rule TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL,
  since INTEGER NOT NULL, until INTEGER, look_at INTEGER NOT NULL, ended_at INTEGER, how TEXT NOT NULL
) STRICT;
CREATE INDEX waiting_notice_of_signal ON waiting_notice (signal, id);
CREATE UNIQUE INDEX waiting_notice_once ON waiting_notice (signal) WHERE ended_at IS NULL;
CREATE INDEX waiting_notice_due ON waiting_notice (look_at) WHERE ended_at IS NULL;

CREATE TABLE told_signal (
  signal TEXT PRIMARY KEY,
  rule TEXT NOT NULL, first_at INTEGER NOT NULL, at_once INTEGER NOT NULL, told_at INTEGER NOT NULL,
  level TEXT NOT NULL, value REAL NOT NULL, remind_at INTEGER, weekly_at INTEGER
) STRICT;
CREATE INDEX told_signal_at_once ON told_signal (rule, first_at) WHERE at_once = 1;
CREATE INDEX told_signal_remind ON told_signal (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX told_signal_weekly ON told_signal (weekly_at) WHERE weekly_at IS NOT NULL;
INSERT INTO told_signal (signal, rule, first_at, at_once, told_at, level, value)
  SELECT s.id, s.rule, min(m.created_at), 1, max(m.created_at), s.level, s.value
  FROM message AS m JOIN signal AS s ON s.id = m.about
  WHERE m.type IN ('signal.opened', 'signal.changed') GROUP BY s.id;

CREATE TABLE mute (
  seq INTEGER PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE, what TEXT NOT NULL, rule TEXT, site TEXT, series TEXT NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL,
  ended_at INTEGER, ended_by TEXT NOT NULL
) STRICT;
CREATE INDEX mute_standing ON mute (until) WHERE ended_at IS NULL;
CREATE INDEX delivery_waiting ON delivery (service, channel, seq) WHERE state = 'due';
)sql";

// The panel's process, and the audit. The chain of the audit is only ever added to: the database itself refuses the
// rest.
constexpr const char* panel_and_audit = R"sql(
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subjects TEXT NOT NULL, why TEXT NOT NULL,
  detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;

CREATE TABLE report (seq INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE case_file (assessment TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE corroboration (
  seq INTEGER PRIMARY KEY,
  assessment TEXT NOT NULL, stakeholder TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (assessment, stakeholder)
) STRICT;
CREATE TABLE grading (seq INTEGER PRIMARY KEY, assessment TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX grading_of_assessment ON grading (assessment, seq);
CREATE TABLE action_answer (seq INTEGER PRIMARY KEY, alert TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX action_answer_of_alert ON action_answer (alert, seq);
CREATE TABLE evaluation (seq INTEGER PRIMARY KEY, alert TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX evaluation_of_alert ON evaluation (alert, seq);

CREATE TABLE panel_clock (
  kind TEXT NOT NULL, about TEXT NOT NULL,
  started_at INTEGER NOT NULL, due_at INTEGER NOT NULL, next_at INTEGER NOT NULL, spoken INTEGER NOT NULL,
  PRIMARY KEY (kind, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX panel_clock_next ON panel_clock (next_at);
-- Alerts that are in force already: their review dates begin to nag, and they end when they said.
INSERT INTO panel_clock (kind, about, started_at, due_at, next_at, spoken)
  SELECT 'review', ref, issued_at, review_by, review_by, 0 FROM alert AS one
  WHERE state = 'issued' AND issued_at IS NOT NULL AND review_by IS NOT NULL
    AND version = (SELECT max(version) FROM alert WHERE alert.ref = one.ref);
INSERT INTO panel_clock (kind, about, started_at, due_at, next_at, spoken)
  SELECT 'expiry', ref, issued_at, expires_at, expires_at, 0 FROM alert AS one
  WHERE state = 'issued' AND issued_at IS NOT NULL AND expires_at IS NOT NULL
    AND version = (SELECT max(version) FROM alert WHERE alert.ref = one.ref);
CREATE INDEX delivery_of_message ON delivery (message);
)sql";

// Whether a service has said that it has a message, and what is done while it has not; text messages; hours.
constexpr const char* receipts = R"sql(
CREATE TABLE receipt (
  token TEXT PRIMARY KEY,
  message INTEGER NOT NULL, service TEXT NOT NULL, about TEXT NOT NULL, key TEXT NOT NULL,
  asked_at INTEGER NOT NULL, confirm_by INTEGER, confirmed_at INTEGER, confirmed_by TEXT NOT NULL,
  fall_back_at INTEGER, escalate_at INTEGER, told INTEGER NOT NULL,
  UNIQUE (message, service)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_falls_back ON receipt (fall_back_at) WHERE fall_back_at IS NOT NULL;
CREATE INDEX receipt_escalates ON receipt (escalate_at) WHERE escalate_at IS NOT NULL;
CREATE INDEX receipt_unconfirmed ON receipt (asked_at) WHERE confirm_by IS NOT NULL AND confirmed_at IS NULL;
ALTER TABLE message ADD COLUMN sms TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN not_before INTEGER;
)sql";

// What was learnt, and figures that people enter by hand.
constexpr const char* lessons_and_figures = R"sql(
CREATE TABLE lesson (seq INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
CREATE TABLE entered_figure (
  seq INTEGER PRIMARY KEY,
  indicator TEXT NOT NULL, month TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
)sql";

// What days counted whose records are purged: what was recorded of drugs as one, and incidents beside records, so that
// a series can be counted from it. Of what was purged before, only daily_count tells.
constexpr const char* days_that_stand_in = R"sql(
CREATE TABLE kept_day (
  feed TEXT NOT NULL, kind TEXT NOT NULL, ward TEXT NOT NULL, lad TEXT NOT NULL, area TEXT NOT NULL,
  substances TEXT NOT NULL, confirmed TEXT NOT NULL, certainty TEXT NOT NULL, detained TEXT NOT NULL,
  day INTEGER NOT NULL,
  records REAL NOT NULL, incidents REAL NOT NULL,
  PRIMARY KEY (feed, kind, ward, lad, area, substances, confirmed, certainty, detained, day)
) STRICT, WITHOUT ROWID;
)sql";

struct step {
  std::int64_t number;
  const char* sql;
};
constexpr std::array steps{
    step{1, first_tables},         step{2, notices_and_daily_counts},
    step{3, destinations_down},    step{4, second_intake},
    step{5, words_last_seen},      step{6, arrivals},
    step{7, partner_references},   step{8, after_signals},
    step{9, rules_in_force},       step{10, panel_and_audit},
    step{11, lessons_and_figures}, step{12, receipts},
    step{13, days_that_stand_in},
};

} // namespace

std::int64_t newest_schema() {
  return steps.back().number;
}

void migrate(connection& db) {
  const auto at = db.pragma("user_version");
  if (at == 0) {
    query tables{db, "SELECT count(*) FROM sqlite_schema"};
    std::int64_t count = 0;
    if (tables.next()) tables.into(count);
    if (count != 0) throw store_error{"the file is an SQLite database, but not one of Forewarn's"};
  } else {
    if (db.pragma("application_id") != application_id)
      throw store_error{"the file is an SQLite database, but not one of Forewarn's"};
    if (at > newest_schema())
      throw store_error{fmt::format("the database was written by a newer Forewarn (schema {}; this program knows up to "
                                    "{}): install that version, or restore a backup from before the upgrade",
                                    at, newest_schema())};
  }
  for (const auto& next : steps) {
    if (next.number <= at) continue;
    db.run("BEGIN IMMEDIATE");
    try {
      db.run(next.sql);
      db.run(fmt::format("PRAGMA application_id = {}", application_id).c_str());
      db.run(fmt::format("PRAGMA user_version = {}", next.number).c_str());
      db.run("COMMIT");
    } catch (...) {
      try {
        db.run("ROLLBACK");
      } catch (const store_error&) { // SQLite rolls back by itself on some errors; the first one is what matters
      }
      throw;
    }
  }
}

void require_current_schema(connection& db) {
  const auto at = db.pragma("user_version");
  if (db.pragma("application_id") != application_id)
    throw store_error{"the file is an SQLite database, but not one of Forewarn's"};
  if (at > newest_schema())
    throw store_error{fmt::format("the database was written by a newer Forewarn (schema {}; this program knows up to "
                                  "{}): use that version of the command line",
                                  at, newest_schema())};
  if (at < newest_schema())
    throw store_error{fmt::format("the database has an older schema ({}; this program wants {}): start the daemon of "
                                  "this version once, it brings the database up to date",
                                  at, newest_schema())};
}

} // namespace forewarn::sqlite
