// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::int64_t next_number(connection& db, const std::string& name) {
  query row{db,
            "INSERT INTO running_number (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 "
            "RETURNING last",
            name};
  std::int64_t number = 0;
  if (row.next()) row.into(number);
  // A statement that writes is done only when it has been stepped to its end.
  while (row.next()) {
  }
  return number;
}

std::optional<std::string> mark(connection& db, const std::string& name) {
  query row{db, "SELECT value FROM mark WHERE name = ?", name};
  std::optional<std::string> value;
  if (row.next()) row.into(value);
  return value;
}

void set_mark(connection& db, const std::string& name, const std::string& value) {
  execute(db, "INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          name, value);
}

} // namespace forewarn::sqlite
