// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

#include <limits>

namespace forewarn::sqlite {
namespace {

assessment read(query& row) {
  assessment out;
  row.into(out.ref, out.signal, out.rule, out.level, out.headline, out.state, out.received_at, out.acknowledged_at,
           out.acknowledged_by, out.decided_at, out.decided_by, out.reason, out.alert, out.version);
  return out;
}

std::vector<assessment> read_all(query& rows) {
  std::vector<assessment> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

std::int64_t below(connection& db, const page& which) {
  if (which.after_id.empty()) return std::numeric_limits<std::int64_t>::max();
  query row{db, "SELECT seq FROM assessment WHERE ref = ?", which.after_id};
  std::int64_t seq = 0;
  if (row.next()) row.into(seq);
  return seq;
}

} // namespace

std::optional<assessment> assessment_by_ref(connection& db, const assessment_ref& ref) {
  query row{db,
            "SELECT ref, signal, rule, level, headline, state, received_at, acknowledged_at, acknowledged_by, "
            "decided_at, decided_by, reason, alert, version FROM assessment WHERE ref = ?",
            ref};
  if (!row.next()) return {};
  return read(row);
}

std::optional<assessment> assessment_of(connection& db, const signal_id& id) {
  query row{db,
            "SELECT ref, signal, rule, level, headline, state, received_at, acknowledged_at, acknowledged_by, "
            "decided_at, decided_by, reason, alert, version FROM assessment WHERE signal = ? "
            "ORDER BY seq DESC LIMIT 1",
            id};
  if (!row.next()) return {};
  return read(row);
}

std::vector<assessment> assessments(connection& db, bool open_only, const page& which) {
  const auto from = below(db, which);
  if (open_only) {
    query rows{db,
               "SELECT ref, signal, rule, level, headline, state, received_at, acknowledged_at, acknowledged_by, "
               "decided_at, decided_by, reason, alert, version FROM assessment WHERE state = 'received' AND seq < ? "
               "ORDER BY seq DESC LIMIT ?",
               from, limit_of(which)};
    return read_all(rows);
  }
  query rows{db,
             "SELECT ref, signal, rule, level, headline, state, received_at, acknowledged_at, acknowledged_by, "
             "decided_at, decided_by, reason, alert, version FROM assessment WHERE seq < ? ORDER BY seq DESC LIMIT ?",
             from, limit_of(which)};
  return read_all(rows);
}

void save(connection& db, const assessment& a) {
  execute(db,
          "INSERT INTO assessment (ref, signal, rule, level, headline, state, received_at, acknowledged_at, "
          "acknowledged_by, decided_at, decided_by, reason, alert, version) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO UPDATE SET "
          "signal = excluded.signal, rule = excluded.rule, level = excluded.level, headline = excluded.headline, "
          "state = excluded.state, received_at = excluded.received_at, acknowledged_at = excluded.acknowledged_at, "
          "acknowledged_by = excluded.acknowledged_by, decided_at = excluded.decided_at, "
          "decided_by = excluded.decided_by, reason = excluded.reason, alert = excluded.alert, "
          "version = excluded.version",
          a.ref, a.signal, a.rule, a.level, a.headline, a.state, a.received_at, a.acknowledged_at, a.acknowledged_by,
          a.decided_at, a.decided_by, a.reason, a.alert, a.version);
}

} // namespace forewarn::sqlite
