// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::vector<due_delivery> lost_since(connection& db, instant at) {
  query rows{db,
             "SELECT d.id, d.message, d.service, d.channel, d.kind, d.state, d.created_at, d.attempts, d.settled_at, "
             "d.last_result, m.type, m.about, m.level, m.created_at, m.subject "
             "FROM delivery AS d JOIN message AS m ON m.id = d.message "
             "WHERE d.state IN ('dead', 'disabled') AND d.settled_at > ? "
             "AND NOT EXISTS (SELECT 1 FROM delivery AS other WHERE other.message = d.message AND other.service = "
             "d.service AND other.state IN ('delivered', 'in_digest')) "
             "AND NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.message = d.message AND r.service = d.service AND "
             "r.confirmed_at IS NOT NULL) "
             "ORDER BY d.settled_at DESC, d.seq DESC LIMIT 100",
             at};
  std::vector<due_delivery> out;
  while (rows.next()) {
    auto& [d, m] = out.emplace_back();
    rows.into(d.id, d.message, d.service, d.channel, d.kind, d.state, d.created_at, d.attempts, d.settled_at,
              d.last_result, m.type, m.about, m.level, m.created_at, m.subject);
  }
  return out;
}

} // namespace forewarn::sqlite
