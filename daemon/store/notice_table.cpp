// SPDX-License-Identifier: Apache-2.0
// Operator notices that stand.
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::vector<operator_notice> operator_notices(connection& db) {
  query rows{db, "SELECT key, type, about, subject, text, level, raised_at, told_at, times FROM operator_notice "
                 "ORDER BY raised_at, key"};
  std::vector<operator_notice> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.key, one.type, one.about, one.subject, one.text, one.level, one.raised_at, one.told_at, one.times);
  }
  return out;
}

void save(connection& db, const operator_notice& one) {
  execute(db,
          "INSERT OR REPLACE INTO operator_notice (key, type, about, subject, text, level, raised_at, told_at, times) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          one.key, one.type, one.about, one.subject, one.text, one.level, one.raised_at, one.told_at, one.times);
}

void remove_operator_notice(connection& db, const std::string& key) {
  execute(db, "DELETE FROM operator_notice WHERE key = ?", key);
}

} // namespace forewarn::sqlite
