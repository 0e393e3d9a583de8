// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/open.hpp"
#include "daemon/store/kept_day_table.hpp"

#include "daemon/private_folder.hpp"
#include "daemon/store/panel_tables.hpp"
#include "daemon/store/reading.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/state_lock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

class sqlite_reader final : public sqlite::reading<store_reader>,
                            public sqlite::panel_reading<panel::ledger_reader>,
                            public sqlite::kept_day_reading<retention::kept_days_reader> {
public:
  explicit sqlite_reader(sqlite::connection db) : reading{std::move(db)} {}

private:
  [[nodiscard]] sqlite::connection& panel_db() const override { return db_; }
  [[nodiscard]] sqlite::connection& kept_day_db() const override { return db_; }
};

class sqlite_store final : public sqlite::reading<store>,
                           public sqlite::panel_writing,
                           public sqlite::kept_day_writing {
public:
  // What either seam names, each with its own arguments.
  using kept_day_writing::add;
  using panel_writing::append;
  using panel_writing::save;

  sqlite_store(sqlite::connection db, std::optional<state_lock> lock)
      : reading{std::move(db)}, lock_{std::move(lock)} {}
  sqlite_store(const sqlite_store&) = delete;
  sqlite_store& operator=(const sqlite_store&) = delete;
  // The -wal file stays (see connection.cpp), but what it holds goes into the database: after a clean stop that one
  // file is the whole store, and can be copied.
  ~sqlite_store() override {
    if (!lock_) return;
    try {
      db_.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const store_error&) { // a reader holds it open: the next start goes on from the -wal file
    }
  }

  void begin() override { db_.run("BEGIN IMMEDIATE"); }
  void commit() override { db_.run("COMMIT"); }
  void rollback() noexcept override {
    try {
      db_.run("ROLLBACK");
    } catch (const store_error&) { // nothing to undo: SQLite has already rolled back by itself
    }
  }
  void begin_part() override { db_.run("SAVEPOINT part"); }
  void keep_part() override { db_.run("RELEASE part"); }
  void undo_part() override { db_.run("ROLLBACK TO part; RELEASE part"); }

  void append(const observation& revision) override { sqlite::append(db_, revision); }
  void save_partner_reference(const observation_key& record, const std::string& sealed) override {
    sqlite::save_partner_reference(db_, record, sealed);
  }
  void append(const feed_turn& turn) override { sqlite::append(db_, turn); }
  void quarantine(const quarantined_row& row) override { sqlite::quarantine(db_, row); }
  void quarantine_again(const quarantined_row& row) override { sqlite::quarantine_again(db_, row); }
  void release(std::int64_t quarantined) override { sqlite::release(db_, quarantined); }
  void begin_incident(const feed_id& feed, const std::string& place, const begun_incident& one) override {
    sqlite::begin_incident(db_, feed, place, one);
  }
  void save(const file_checkpoint& progress) override { sqlite::save(db_, progress); }
  void count_rows(const feed_totals& more, instant at) override { sqlite::count_rows(db_, more, at); }
  void save(const feed_watch& one) override { sqlite::save(db_, one); }
  void remove_feed_watch(const feed_id& feed) override { sqlite::remove_feed_watch(db_, feed); }
  bool note_unknown_word(const feed_id& feed, const std::string& column, const std::string& word, instant at) override {
    return sqlite::note_unknown_word(db_, feed, column, word, at);
  }

  void save(const signal& state) override { sqlite::save(db_, state); }
  void add_evidence(const signal_id& id, std::span<const observation_key> keys) override {
    sqlite::add_evidence(db_, id, keys);
  }
  void remove_evidence(const signal_id& id, std::span<const observation_key> keys) override {
    sqlite::remove_evidence(db_, id, keys);
  }

  void save(const waiting_notice& one) override { sqlite::save(db_, one); }
  void save(const told_signal& one) override { sqlite::save(db_, one); }
  void save(const mute& one) override { sqlite::save(db_, one); }

  void save(const assessment& state) override { sqlite::save(db_, state); }
  void save(const alert& version) override { sqlite::save(db_, version); }
  std::int64_t next_number(const std::string& name) override { return sqlite::next_number(db_, name); }

  std::int64_t add_message(const message& content) override { return sqlite::add_message(db_, content); }
  void enqueue(const delivery& row) override { sqlite::enqueue(db_, row); }
  void release_leases() override { sqlite::release_leases(db_); }
  std::vector<due_delivery> claim_due(instant now, instant lease_until, std::size_t most) override {
    return sqlite::claim_due(db_, now, lease_until, most);
  }
  std::optional<instant> next_due() const override { return sqlite::next_due(db_); }
  void resume(const service_id& to, const std::string& channel, instant since, instant now) override {
    sqlite::resume(db_, to, channel, since, now);
  }
  void resume(channel_kind by, instant since, instant now) override { sqlite::resume(db_, by, since, now); }
  void save(const delivery& outcome) override { sqlite::save(db_, outcome); }

  void append(const rule_version& one) override { sqlite::append(db_, one); }
  void save(const operator_notice& standing) override { sqlite::save(db_, standing); }
  void remove_operator_notice(const std::string& key) override { sqlite::remove_operator_notice(db_, key); }

  void add(const daily_count& more) override { sqlite::add(db_, more); }
  void forget(const observation_key& record) override { sqlite::forget(db_, record); }
  void forget_refused(const feed_id& feed, instant before) override { sqlite::forget_refused(db_, feed, before); }

  void set_mark(const std::string& name, const std::string& value) override { sqlite::set_mark(db_, name, value); }

private:
  [[nodiscard]] sqlite::connection& panel_db() const override { return db_; }
  [[nodiscard]] sqlite::connection& kept_day_db() const override { return db_; }

  std::optional<state_lock> lock_; // none in memory
};

std::optional<std::string> make_file(const fs::path& state_dir) {
  if (const auto error = make_private_folder(state_dir))
    return fmt::format("{}: cannot create the state folder: {}", state_dir.string(), error.message());
  const auto file = database_file(state_dir);
  // SQLite would create it with the umask's mode; what lies in it is not for everybody on this machine. Its -wal and
  // -shm files take the mode of this one.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0)
    return fmt::format("{}: cannot create or write to the database: {}", file.string(),
                       std::generic_category().message(errno));
  ::close(descriptor);
  return {};
}

} // namespace

fs::path database_file(const fs::path& state_dir) {
  return state_dir / "forewarn.db";
}

result<std::unique_ptr<store>, std::string> open_store(const fs::path& state_dir) {
  std::error_code error;
  if (!fs::exists(state_dir, error)) {
    if (auto wrong = make_file(state_dir)) return failure(std::move(*wrong));
  }
  auto lock = state_lock::take(state_dir);
  if (!lock) return failure(std::move(lock.error()));
  if (auto wrong = make_file(state_dir)) return failure(std::move(*wrong));
  const auto file = database_file(state_dir);
  try {
    sqlite::connection db{file, sqlite::access::write};
    sqlite::migrate(db);
    return std::make_unique<sqlite_store>(std::move(db), std::move(*lock));
  } catch (const store_error& why) {
    return failure(fmt::format("{}: {}", file.string(), why.what()));
  }
}

result<std::unique_ptr<store_reader>, std::string> open_reader(const fs::path& state_dir) {
  const auto file = database_file(state_dir);
  std::error_code error;
  if (!fs::exists(file, error))
    return failure(fmt::format("{}: there is no database here yet; it is made when the daemon first starts, or by "
                               "`forewarn ingest`",
                               file.string()));
  try {
    sqlite::connection db{file, sqlite::access::read};
    sqlite::require_current_schema(db);
    return std::make_unique<sqlite_reader>(std::move(db));
  } catch (const store_error& why) {
    return failure(fmt::format("{}: {}", file.string(), why.what()));
  }
}

std::unique_ptr<store> memory_store() {
  sqlite::connection db{":memory:", sqlite::access::write};
  sqlite::migrate(db);
  return std::make_unique<sqlite_store>(std::move(db), std::nullopt);
}

} // namespace forewarn
