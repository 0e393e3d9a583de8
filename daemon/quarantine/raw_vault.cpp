// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/raw_vault.hpp"

#include "daemon/quarantine/seal.hpp"
#include "daemon/store/connection.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace forewarn {
namespace {
constexpr int keeps_between_looks = 64; // at the file's size
}

struct raw_vault::state {
  sqlite::connection db;
  sealing_key key;
  bool open = false;                 // a transaction
  std::vector<std::string> doomed{}; // discarded, and not gone yet
  std::int64_t most_bytes = raw_vault::most_bytes;
  int keeps = 0;
  bool full = false;

  [[nodiscard]] std::int64_t bytes_in_use() {
    std::int64_t pages = 0;
    sqlite::query rows{
        db, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, "
            "pragma_page_size"};
    if (rows.next()) rows.into(pages);
    return pages;
  }

  // Room that comes free by age or by `retry` is seen again.
  [[nodiscard]] bool has_room() {
    if (keeps++ % keeps_between_looks != 0) return !full;
    const bool news = !std::exchange(full, bytes_in_use() >= most_bytes) && full;
    if (news)
      spdlog::warn(
          "event=quarantine_full bytes={} do=\"look at forewarn quarantine list: a feed's mapping is probably wrong. "
          "Until there is room refused rows are listed with their reasons, and not kept to be tried again\"",
          most_bytes);
    return !full;
  }

  void begin() {
    if (!std::exchange(open, true)) db.run("BEGIN IMMEDIATE");
  }
};

raw_vault::raw_vault(std::unique_ptr<state> held) : state_{std::move(held)} {}
raw_vault::~raw_vault() {
  rollback();
}

result<std::unique_ptr<raw_vault>, std::string> raw_vault::open(const std::filesystem::path& state_dir,
                                                                const sensitive<std::string>& key, std::int64_t most) {
  const auto file = quarantine_file(state_dir);
  if (key.empty()) return failure(fmt::format("{}: there is no key to keep refused rows under", file.string()));
  // For this user alone; SQLite's files beside it take the mode of this one.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return failure(
        fmt::format("{}: cannot be created or written: {}", file.string(), std::generic_category().message(errno)));
  ::close(descriptor);
  try {
    sqlite::connection db{file, sqlite::access::write};
    // What is discarded is overwritten, not only unlinked.
    db.run("PRAGMA secure_delete = ON; PRAGMA cache_size = -1024;"
           "CREATE TABLE IF NOT EXISTS raw_row (name TEXT PRIMARY KEY, feed TEXT NOT NULL, at INTEGER NOT NULL, "
           "sealed TEXT NOT NULL) STRICT, WITHOUT ROWID;"
           "CREATE INDEX IF NOT EXISTS raw_row_by_age ON raw_row (at)");
    return std::unique_ptr<raw_vault>{
        new raw_vault{std::make_unique<state>(state{std::move(db), sealing_key{key}, false, {}, most})}};
  } catch (const store_error& why) {
    return failure(fmt::format("{}: {}", file.string(), why.what()));
  }
}

std::string raw_vault::keep(const feed_id& feed, const sensitive<std::string>& raw, instant now) {
  if (!state_->has_room()) return {};
  state_->begin();
  auto name = random_name();
  const auto sealed = state_->key.seal(raw.reveal(), name);
  sqlite::execute(state_->db, "INSERT INTO raw_row (name, feed, at, sealed) VALUES (?, ?, ?, ?)", name, feed, now,
                  sealed);
  return name;
}

void raw_vault::discard(const std::string& name) {
  if (!name.empty()) state_->doomed.push_back(name);
}

std::size_t raw_vault::discarded() const {
  return state_->doomed.size();
}

void raw_vault::take_back_discarded(std::size_t all_but) {
  if (state_->doomed.size() > all_but) state_->doomed.resize(all_but);
}

void raw_vault::settle() {
  if (state_->doomed.empty()) return;
  state_->begin();
  for (const auto& name : std::exchange(state_->doomed, {}))
    sqlite::execute(state_->db, "DELETE FROM raw_row WHERE name = ?", name);
  commit();
}

void raw_vault::commit() {
  if (!state_->open) return;
  state_->db.run("COMMIT");
  state_->open = false;
}

void raw_vault::rollback() noexcept {
  if (!state_) return;
  state_->doomed.clear();
  if (!std::exchange(state_->open, false)) return;
  try {
    state_->db.run("ROLLBACK");
  } catch (const store_error&) { // nothing to undo: SQLite has already rolled back by itself
  }
}

result<std::optional<sensitive<std::string>>, std::string> raw_vault::find(const std::string& name) {
  sqlite::query rows{state_->db, "SELECT sealed FROM raw_row WHERE name = ?", name};
  if (!rows.next()) return std::optional<sensitive<std::string>>{};
  std::string sealed;
  rows.into(sealed);
  auto plain = state_->key.open(sealed, name);
  if (!plain)
    return failure(std::string{"its raw row was sealed with another key; give the key of that time as "
                               "quarantine_key_file, or discard the row"});
  return std::optional{sensitive<std::string>{std::move(*plain)}};
}

std::int64_t raw_vault::forget_before(instant when) {
  return sqlite::execute(state_->db, "DELETE FROM raw_row WHERE at < ?", when);
}

std::filesystem::path quarantine_file(const std::filesystem::path& state_dir) {
  return state_dir / "quarantine.db";
}

} // namespace forewarn
