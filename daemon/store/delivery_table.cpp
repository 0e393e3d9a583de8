// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/panel_tables.hpp"
#include "daemon/store/tables.hpp"

#include <limits>

// Literals: the address of a statement's text is what it is known by.
#define DELIVERY_AND_HEAD                                                                                              \
  "SELECT d.id, d.message, d.service, d.channel, d.kind, d.state, d.created_at, d.due_at, d.leased_until, "            \
  "d.attempts, "                                                                                                       \
  "d.first_attempt_at, d.stood_still, d.settled_at, d.last_result, d.not_before, m.type, m.about, m.thread, m.level, " \
  "m.created_at, m.subject, "
#define OF_MESSAGES " FROM delivery AS d JOIN message AS m ON m.id = d.message "
#define DELIVERY_AND_MESSAGE DELIVERY_AND_HEAD "m.text, m.html, m.json, m.sms" OF_MESSAGES

namespace forewarn::sqlite {
namespace {

due_delivery read(query& row) {
  due_delivery out;
  auto& d = out.row;
  auto& m = out.message;
  row.into(d.id, d.message, d.service, d.channel, d.kind, d.state, d.created_at, d.due_at, d.leased_until, d.attempts,
           d.first_attempt_at, d.stood_still, d.settled_at, d.last_result, d.not_before, m.type, m.about, m.thread,
           m.level, m.created_at, m.subject, m.text, m.html, m.json, m.sms);
  return out;
}

std::vector<due_delivery> read_all(query& rows) {
  std::vector<due_delivery> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

std::int64_t below(connection& db, const page& which) {
  if (which.after_id.empty()) return std::numeric_limits<std::int64_t>::max();
  query row{db, "SELECT seq FROM delivery WHERE id = ?", which.after_id};
  std::int64_t seq = 0;
  if (row.next()) row.into(seq);
  return seq;
}

} // namespace

std::optional<due_delivery> delivery_by_id(connection& db, const message_id& id) {
  query row{db, DELIVERY_AND_MESSAGE "WHERE d.id = ?", id};
  if (!row.next()) return {};
  return read(row);
}

std::vector<due_delivery> deliveries(connection& db, const std::optional<service_id>& to, const page& which) {
  const auto from = below(db, which);
  if (to) {
    query rows{db, DELIVERY_AND_MESSAGE "WHERE d.service = ? AND d.seq < ? ORDER BY d.seq DESC LIMIT ?", *to, from,
               limit_of(which)};
    return read_all(rows);
  }
  query rows{db, DELIVERY_AND_MESSAGE "WHERE d.seq < ? ORDER BY d.seq DESC LIMIT ?", from, limit_of(which)};
  return read_all(rows);
}

std::vector<due_delivery> undelivered(connection& db, const service_id& to, const std::string& channel) {
  query rows{db,
             DELIVERY_AND_HEAD "'', '', '', ''" OF_MESSAGES
                               "WHERE d.state = 'due' AND d.service = ? AND d.channel = ? ORDER BY d.seq",
             to, channel};
  return read_all(rows);
}

// The versions of an alert stand in `about` as "REF v1". Of one service and channel, the newest row counts.
std::vector<panel::receiver> receivers(connection& db, const alert_ref& ref) {
  query rows{db,
             "SELECT d.service, d.channel, d.kind, d.state FROM delivery AS d JOIN message AS m ON m.id = d.message "
             "WHERE m.about >= ?1 || ' v' AND m.about < ?1 || ' w' "
             "AND (m.type LIKE 'alert.%' OR m.type LIKE 'exercise.alert%') "
             "AND d.seq = (SELECT max(d2.seq) FROM delivery AS d2 JOIN message AS m2 ON m2.id = d2.message "
             "WHERE m2.about >= ?1 || ' v' AND m2.about < ?1 || ' w' AND d2.service = d.service "
             "AND d2.channel = d.channel) ORDER BY d.service, d.channel",
             ref};
  std::vector<panel::receiver> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.service, one.channel, one.kind, one.state);
  }
  return out;
}

std::optional<message> newest_message(connection& db, const std::string& about) {
  query rows{
      db,
      "SELECT type, about, thread, level, created_at, subject, text, html, json, sms FROM message WHERE about = ? "
      "ORDER BY id DESC LIMIT 1",
      about};
  if (!rows.next()) return {};
  message m;
  rows.into(m.type, m.about, m.thread, m.level, m.created_at, m.subject, m.text, m.html, m.json, m.sms);
  return m;
}

std::int64_t deliveries_pending(connection& db) {
  query rows{db, "SELECT count(*) FROM delivery WHERE state = 'due'"};
  std::int64_t count = 0;
  if (rows.next()) rows.into(count);
  return count;
}

std::optional<instant> oldest_pending(connection& db) {
  query rows{db, "SELECT min(coalesce(not_before, created_at)) FROM delivery WHERE state = 'due'"};
  std::optional<instant> at;
  if (rows.next()) rows.into(at);
  return at;
}

std::int64_t add_message(connection& db, const message& m) {
  execute(db,
          "INSERT INTO message (type, about, thread, level, created_at, subject, text, html, json, sms) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          m.type, m.about, m.thread, m.level, m.created_at, m.subject, m.text, m.html, m.json, m.sms);
  return db.last_row();
}

void enqueue(connection& db, const delivery& d) {
  execute(db,
          "INSERT INTO delivery (id, message, service, channel, kind, state, created_at, due_at, leased_until, "
          "attempts, first_attempt_at, stood_still, settled_at, last_result, not_before) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO NOTHING",
          d.id, d.message, d.service, d.channel, d.kind, d.state, d.created_at, d.due_at, d.leased_until, d.attempts,
          d.first_attempt_at, d.stood_still, d.settled_at, d.last_result, d.not_before);
}

std::vector<due_delivery> claim_due(connection& db, instant now, instant lease_until, std::size_t most) {
  std::vector<due_delivery> out;
  {
    query rows{db,
               DELIVERY_AND_MESSAGE "WHERE d.state = 'due' AND d.due_at <= ? "
                                    "AND (d.leased_until IS NULL OR d.leased_until <= ?) "
                                    "ORDER BY CASE m.level WHEN 'red' THEN 0 ELSE 1 END, d.due_at, d.seq LIMIT ?",
               now, now, limit_of({.limit = most})};
    out = read_all(rows);
  }
  for (auto& one : out) {
    execute(db, "UPDATE delivery SET leased_until = ? WHERE id = ?", lease_until, one.row.id);
    one.row.leased_until = lease_until;
  }
  return out;
}

void release_leases(connection& db) {
  execute(db, "UPDATE delivery SET leased_until = NULL WHERE state = 'due' AND leased_until IS NOT NULL");
}

// Of what is leased, only what was due before the first that is not can be next. So whatever waits behind that is not
// looked at: it may be a hundred thousand messages, and every transaction asks.
std::optional<instant> next_due(connection& db) {
  std::optional<instant> at, leased;
  query free{db, "SELECT due_at FROM delivery WHERE state = 'due' AND leased_until IS NULL ORDER BY due_at LIMIT 1"};
  if (free.next()) free.into(at);
  query held{db,
             "SELECT min(max(due_at, leased_until)) FROM delivery WHERE state = 'due' AND leased_until IS NOT NULL AND "
             "due_at <= ?",
             at.value_or(instant::max())};
  if (held.next()) held.into(leased);
  return at && leased ? std::min(*at, *leased) : at ? at : leased;
}

void resume(connection& db, const service_id& to, const std::string& channel, instant since, instant now) {
  execute(db,
          "UPDATE delivery SET due_at = max(?, coalesce(not_before, 0)), stood_still = stood_still + max(0, ? - max(?, "
          "coalesce(first_attempt_at, ?))) "
          "WHERE state = 'due' AND service = ? AND channel = ?",
          now, now, since, now, to, channel);
}

void resume(connection& db, channel_kind by, instant since, instant now) {
  execute(db,
          "UPDATE delivery SET due_at = max(?, coalesce(not_before, 0)), stood_still = stood_still + max(0, ? - max(?, "
          "coalesce(first_attempt_at, ?))) "
          "WHERE state = 'due' AND kind = ?",
          now, now, since, now, by);
}

void save(connection& db, const delivery& d) {
  const int changed =
      execute(db,
              "UPDATE delivery SET state = ?, due_at = ?, leased_until = ?, attempts = ?, first_attempt_at = ?, "
              "stood_still = CASE WHEN ? THEN stood_still ELSE 0 END, settled_at = ?, last_result = ? WHERE id = ?",
              d.state, d.due_at, d.leased_until, d.attempts, d.first_attempt_at, d.first_attempt_at.has_value(),
              d.settled_at, d.last_result, d.id);
  if (changed == 0) throw store_error{"no delivery " + d.id.str() + " to save the outcome of"};
}

} // namespace forewarn::sqlite
