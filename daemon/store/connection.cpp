// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace forewarn::sqlite {
namespace {

constexpr int busy_milliseconds = 5'000;

SQLite::Database open(const std::filesystem::path& file, access how) {
  const int flags = how == access::write ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY;
  try {
    return SQLite::Database{file.string(), flags, busy_milliseconds};
  } catch (const SQLite::Exception& why) {
    throw store_error{fmt::format("{}: cannot open the database: {}", file.string(), why.what())};
  }
}

} // namespace

connection::connection(const std::filesystem::path& file, access how)
    : name_{file.string()}, database_{open(file, how)} {
  if (how == access::read) {
    run("PRAGMA query_only = ON");
    return;
  }
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run("PRAGMA foreign_keys = ON");
  run("PRAGMA temp_store = MEMORY"); // what a part of a transaction may have to undo is not written to a file
  run("PRAGMA secure_delete = ON");  // what is purged is gone from the file, not only from its index
  run("PRAGMA cache_size = -8192");  // KiB: what is not here is in the system's cache, which gives way to others
  // The -wal and -shm files stay after the last writer leaves, so that a reader without write permission in the
  // folder can still open the database.
  int keep = 1;
  (void)sqlite3_file_control(database_.getHandle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

void connection::run(const char* sql) {
  try {
    database_.exec(sql);
  } catch (const SQLite::Exception& why) {
    fail(sql, why);
  }
}

void connection::leave(const char* savepoint) noexcept {
  (void)database_.tryExec(savepoint);
}

SQLite::Statement& connection::prepared(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  try {
    return statements_.emplace(sql, SQLite::Statement{database_, sql}).first->second;
  } catch (const SQLite::Exception& why) {
    fail(sql, why);
  }
}

std::int64_t connection::pragma(const std::string& name) {
  try {
    SQLite::Statement asked{database_, "PRAGMA " + name};
    return asked.executeStep() ? asked.getColumn(0).getInt64() : 0;
  } catch (const SQLite::Exception& why) {
    fail(name.c_str(), why);
  }
}

void connection::fail(const char* what, const SQLite::Exception& why) const {
  const auto text =
      fmt::format("{}: {} (SQLite {}); statement: {}", name_, why.what(), why.getExtendedErrorCode(), what);
  switch (why.getErrorCode() & 0xff) {
  case SQLITE_FULL:
  case SQLITE_IOERR:
  case SQLITE_READONLY:
  case SQLITE_CORRUPT:
  case SQLITE_CANTOPEN:
  case SQLITE_NOTADB: throw disk_error{text};
  default: throw store_error{text};
  }
}

} // namespace forewarn::sqlite
