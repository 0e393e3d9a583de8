// SPDX-License-Identifier: Apache-2.0
// Rules as they were put in force.
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::vector<rule_version> rule_versions(connection& db, const std::optional<rule_id>& of) {
  query rows{db,
             "SELECT rule, at, hash, status, sentence, title, owner, path, saved_by, saved_at FROM rule_version "
             "WHERE ?1 IS NULL OR rule = ?1 ORDER BY seq",
             of};
  std::vector<rule_version> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.rule, one.at, one.hash, one.status, one.sentence, one.title, one.owner, one.path, one.saved_by,
              one.saved_at);
  }
  return out;
}

void append(connection& db, const rule_version& one) {
  execute(db,
          "INSERT INTO rule_version (rule, at, hash, status, sentence, title, owner, path, saved_by, saved_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          one.rule, one.at, one.hash, one.status, one.sentence, one.title, one.owner, one.path, one.saved_by,
          one.saved_at);
}

} // namespace forewarn::sqlite
