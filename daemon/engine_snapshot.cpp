// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine_snapshot.hpp"

#include "daemon/engine_memory.hpp"
#include "daemon/log.hpp"
#include "rules/snapshot.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <random>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

constexpr const char* mark_name = "engine.snapshot";
constexpr const char* distrusted = "distrusted";
// Another layout of anything that is written down: another number.
constexpr const char* layout = "forewarn engine snapshot 3, version " FOREWARN_VERSION;

std::string why_not() {
  return std::generic_category().message(errno);
}

class part_file {
public:
  explicit part_file(const fs::path& path)
      : path_{path}, handle_{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)} {
    if (handle_ < 0) fail("cannot create");
  }
  part_file(const part_file&) = delete;
  part_file& operator=(const part_file&) = delete;
  ~part_file() { ::close(handle_); }

  void write(const char* bytes, std::size_t count) {
    while (count > 0) {
      const auto done = ::write(handle_, bytes, count);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) fail("cannot write");
      bytes += done;
      count -= static_cast<std::size_t>(done);
    }
  }

private:
  [[noreturn]] void fail(const char* what) const {
    throw store_error{fmt::format("{}: {}: {}", path_.string(), what, why_not())};
  }
  fs::path path_;
  int handle_;
};

// A file's bytes, for as long as this lives. Empty where there is none.
class mapped_file {
public:
  explicit mapped_file(const fs::path& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return;
    struct stat about {};
    if (::fstat(handle, &about) == 0 && about.st_size > 0) {
      const auto size = static_cast<std::size_t>(about.st_size);
      if (void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, handle, 0); at != MAP_FAILED)
        bytes_ = {static_cast<const char*>(at), size};
    }
    ::close(handle);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;
  ~mapped_file() {
    if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

private:
  std::string_view bytes_;
};

std::string new_name() {
  std::random_device dice;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", dice(), dice(), dice(), dice());
}

struct head {
  std::string layout, name;
  std::int64_t read_to = 0;
  instant heard_to;

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.layout, me.name, me.read_to, me.heard_to);
  }
};

} // namespace

// Not synced: intake waits meanwhile. Where the power fails before it is on the disk, its checksum is wrong.
bool engine_snapshot::write(const rules::engine& from, store& ledger) const {
  if (ledger.mark(mark_name) == distrusted) return false;
  const head first{layout, new_name(), ledger.last_revision(), engine_time(ledger).value_or(instant::min())};
  try {
    part_file out{part()};
    rules::snapshot_writer to{[&out](const char* bytes, std::size_t count) { out.write(bytes, count); }};
    to(first);
    from.save(to);
    to.finish();
  } catch (const store_error&) { // a full disk needs the room
    std::error_code ignored;
    fs::remove(part(), ignored);
    throw;
  }
  ledger.begin();
  try {
    ledger.set_mark(mark_name, first.name);
    ledger.commit();
  } catch (...) {
    ledger.rollback();
    throw;
  }
  // Between the two, the new one is found under the name of the part.
  std::error_code error;
  fs::rename(part(), file(), error);
  return true;
}

std::optional<engine_snapshot::kept> engine_snapshot::read(const std::shared_ptr<const rules::rule_set>& rules,
                                                           store& ledger) const {
  const auto good = ledger.mark(mark_name);
  if (!good || good->empty() || *good == distrusted) {
    start_over(ledger);
    return {};
  }
  std::string why = "there is no such file";
  for (const auto& path : {file(), part()}) {
    const mapped_file from{path};
    if (from.bytes().empty()) continue;
    try {
      rules::snapshot_reader in{from.bytes()};
      head first;
      in(first);
      if (first.layout != layout || first.name != *good) {
        why = "it is another one than the store knows";
        continue;
      }
      auto made = rules::engine::restore(rules, in);
      in.finish();
      return kept{std::move(made), first.read_to, first.heard_to};
    } catch (const rules::snapshot_error& error) {
      why = error.what();
    }
  }
  spdlog::info("event=engine_snapshot_unused file={} why={} do=\"nothing: the records are read again\"",
               log_value(file().string()), log_value(why));
  start_over(ledger);
  return {};
}

void engine_snapshot::distrust(store& ledger) {
  ledger.set_mark(mark_name, distrusted);
}

void engine_snapshot::start_over(store& ledger) const {
  if (const auto known = ledger.mark(mark_name); known && !known->empty()) ledger.set_mark(mark_name, "");
  std::error_code ignored;
  fs::remove(file(), ignored);
  fs::remove(part(), ignored);
}

} // namespace forewarn
