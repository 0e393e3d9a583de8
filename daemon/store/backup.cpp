// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/backup.hpp"

#include "daemon/private_folder.hpp"
#include "daemon/store/connection.hpp"
#include "daemon/store/open.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/state_lock.hpp"

#include <SQLiteCpp/Backup.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

std::string system_text(int error) {
  return std::generic_category().message(error);
}

void flush(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw store_error{fmt::format("{}: {}", path.string(), system_text(errno))};
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) throw disk_error{fmt::format("{}: {}", path.string(), system_text(failed))};
}

std::string integrity_of(const fs::path& file) {
  sqlite::connection db{file, sqlite::access::read};
  sqlite::query rows{db, "PRAGMA quick_check(1)"};
  std::string said = "no answer";
  if (rows.next()) rows.into(said);
  return said;
}

// Whether the file is a whole database of ours, of a schema this program can read or bring up to date.
void require_ours(const fs::path& file) {
  sqlite::connection db{file, sqlite::access::read};
  if (db.pragma("application_id") != sqlite::application_id)
    throw store_error{fmt::format("{}: this is no backup of Forewarn", file.string())};
  if (db.pragma("user_version") > sqlite::newest_schema())
    throw store_error{fmt::format("{}: written by a newer Forewarn; install that version", file.string())};
  if (const auto said = integrity_of(file); said != "ok")
    throw store_error{fmt::format("{}: the copy is damaged: {}", file.string(), said)};
}

// All pages in one step: one snapshot, and no writer makes it begin again.
void copy_pages(const fs::path& from, const fs::path& to) {
  SQLite::Database source{from.string(), SQLite::OPEN_READONLY, 60'000};
  SQLite::Database target{to.string(), SQLite::OPEN_READWRITE};
  SQLite::Backup copy{target, source};
  const int came = copy.executeStep(-1);
  if (came != SQLITE_DONE)
    throw store_error{fmt::format("{}: the copy stopped half-way: {}", to.string(), sqlite3_errstr(came))};
  target.exec("PRAGMA journal_mode = DELETE"); // one file, without -wal and -shm beside it
}

// The file, empty, readable by its owner alone from the first byte on.
void create(const fs::path& file, mode_t mode) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) throw store_error{fmt::format("{}: cannot be written: {}", file.string(), system_text(errno))};
  ::close(descriptor);
}

// Copies beside the target and gives it its name once it is whole.
void copy_whole(const fs::path& from, const fs::path& to, mode_t mode) {
  auto part = to;
  part += ".part";
  std::error_code ignored;
  fs::remove(part, ignored);
  create(part, mode);
  try {
    copy_pages(from, part);
    require_ours(part);
    flush(part);
    fs::rename(part, to);
    flush(fs::absolute(to).parent_path());
  } catch (...) {
    fs::remove(part, ignored);
    throw;
  }
}

} // namespace

result<std::uint64_t, std::string> back_up(const fs::path& state_dir, const fs::path& to) {
  std::error_code error;
  const auto file = database_file(state_dir);
  if (!fs::exists(file, error)) return failure(fmt::format("{}: there is no database to back up", file.string()));
  if (fs::exists(to, error)) return failure(fmt::format("{}: is there already; name a new file", to.string()));
  try {
    copy_whole(file, to, 0600);
    return fs::file_size(to);
  } catch (const std::exception& why) {
    return failure(std::string{why.what()});
  }
}

result<void, std::string> restore(const fs::path& from, const fs::path& state_dir) {
  std::error_code error;
  const auto file = database_file(state_dir);
  if (!fs::is_regular_file(from, error)) return failure(fmt::format("{}: no such file", from.string()));
  if (fs::exists(file, error))
    return failure(fmt::format("{}: is there already. A backup is put back into an empty state folder only: stop the "
                               "daemon and move the old folder away first",
                               file.string()));
  if (const auto not_made = make_private_folder(state_dir))
    return failure(fmt::format("{}: cannot be made: {}", state_dir.string(), not_made.message()));
  const auto lock = state_lock::take(state_dir);
  if (!lock) return failure(lock.error());
  try {
    require_ours(from);
    copy_whole(from, file, 0640);
    return {};
  } catch (const std::exception& why) {
    return failure(std::string{why.what()});
  }
}

result<database_health, std::string> look_at_database(const fs::path& state_dir, bool thorough) {
  const auto file = database_file(state_dir);
  std::error_code error;
  database_health out;
  if (!fs::exists(file, error)) {
    if (error) return failure(fmt::format("{}: {}", file.string(), error.message()));
    out.made = false;
    return out;
  }
  out.bytes = fs::file_size(file, error);
  auto wal = file;
  wal += "-wal";
  const auto wal_bytes = fs::file_size(wal, error);
  out.wal_bytes = error ? 0 : wal_bytes;
  try {
    sqlite::connection db{file, sqlite::access::read};
    sqlite::require_current_schema(db);
    out.integrity = thorough ? integrity_of(file) : "ok";
  } catch (const std::exception& why) {
    return failure(std::string{why.what()});
  }
  return out;
}

} // namespace forewarn
