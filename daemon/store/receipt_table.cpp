// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/panel_tables.hpp"

// A literal: the address of a statement's text is what it is known by.
#define RECEIPT                                                                                                        \
  "SELECT token, message, service, about, key, asked_at, confirm_by, confirmed_at, confirmed_by, fall_back_at, "       \
  "escalate_at, told FROM receipt "

namespace forewarn::sqlite {
namespace {

panel::receipt read(query& row) {
  panel::receipt r;
  row.into(r.token, r.message, r.service, r.about, r.key, r.asked_at, r.confirm_by, r.confirmed_at, r.confirmed_by,
           r.fall_back_at, r.escalate_at, r.told);
  return r;
}

std::vector<panel::receipt> read_all(query& rows) {
  std::vector<panel::receipt> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

} // namespace

std::optional<panel::receipt> receipt_by_token(connection& db, const std::string& token) {
  query row{db, RECEIPT "WHERE token = ?", token};
  if (!row.next()) return {};
  return read(row);
}

std::optional<panel::receipt> receipt_of(connection& db, std::int64_t message, const service_id& to) {
  query row{db, RECEIPT "WHERE message = ? AND service = ?", message, to};
  if (!row.next()) return {};
  return read(row);
}

std::vector<panel::receipt> receipts_due(connection& db, instant now) {
  query rows{db,
             RECEIPT "WHERE (fall_back_at IS NOT NULL AND fall_back_at <= ?) "
                     "OR (escalate_at IS NOT NULL AND escalate_at <= ?) ORDER BY asked_at, token",
             now, now};
  return read_all(rows);
}

std::optional<instant> next_receipt(connection& db) {
  query row{db, "SELECT min(at) FROM (SELECT min(fall_back_at) AS at FROM receipt WHERE fall_back_at IS NOT NULL "
                "UNION ALL SELECT min(escalate_at) FROM receipt WHERE escalate_at IS NOT NULL)"};
  std::optional<instant> out;
  if (row.next()) row.into(out);
  return out;
}

std::vector<panel::receipt> unconfirmed(connection& db) {
  query rows{db, RECEIPT "WHERE confirm_by IS NOT NULL AND confirmed_at IS NULL ORDER BY asked_at, token"};
  return read_all(rows);
}

std::vector<panel::receipt> receipts_about(connection& db, const std::string& about) {
  query rows{db, RECEIPT "WHERE message IN (SELECT id FROM message WHERE about = ?) ORDER BY asked_at, service", about};
  return read_all(rows);
}

void save(connection& db, const panel::receipt& r) {
  execute(db,
          "INSERT OR REPLACE INTO receipt (token, message, service, about, key, asked_at, confirm_by, confirmed_at, "
          "confirmed_by, fall_back_at, escalate_at, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          r.token, r.message, r.service, r.about, r.key, r.asked_at, r.confirm_by, r.confirmed_at, r.confirmed_by,
          r.fall_back_at, r.escalate_at, r.told);
}

} // namespace forewarn::sqlite
