// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder/take_file.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/content_hash.hpp"
#include "daemon/log.hpp"
#include "daemon/resent_days.hpp"
#include "daemon/row_ingest.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include <sys/stat.h>

namespace forewarn::folder {
namespace {

constexpr std::size_t rows_at_once = 1'000;
constexpr int batches_under_way = 4; // enough to keep the desk busy, few enough to forget
constexpr auto pause_after_failure = std::chrono::seconds{1};

struct identity {
  std::string content_hash;
  std::int64_t size = 0;
  instant modified_at;
  friend bool operator==(const identity&, const identity&) = default;
};

// Nothing where it was removed.
std::optional<identity> look_at_file(const std::filesystem::path& path) {
  struct stat of {};
  if (::stat(path.c_str(), &of) != 0) return {};
  return identity{"", of.st_size,
                  instant{std::chrono::duration_cast<duration>(std::chrono::seconds{of.st_mtim.tv_sec} +
                                                               std::chrono::nanoseconds{of.st_mtim.tv_nsec})}};
}

struct stopped_reading {};

// However long a line is, or however many are blank: a stop does not wait for the end of it.
connectors::byte_source until_stopped(connectors::byte_source bytes, const std::atomic<bool>& stopping) {
  return [bytes = std::move(bytes), &stopping](char* buffer, std::size_t size) {
    if (stopping) throw stopped_reading{};
    return bytes(buffer, size);
  };
}

// Says of a big file that it is under way, so that nobody takes a long silence for a fault.
class progress_report {
public:
  progress_report(const feed_id& feed, const std::filesystem::path& path, std::int64_t size)
      : feed_{feed.str()}, name_{path.filename().string()}, size_{size} {
    if (size_ >= big_file) spdlog::info("event=file_begun feed={} file={} bytes={}", feed_, log_value(name_), size_);
  }
  void at(std::int64_t rows) {
    if (size_ < big_file || std::chrono::steady_clock::now() < next_) return;
    next_ = std::chrono::steady_clock::now() + every;
    spdlog::info("event=file_going_on feed={} file={} bytes={} rows_read={}", feed_, log_value(name_), size_, rows);
  }

private:
  static constexpr std::int64_t big_file = std::int64_t{16} << 20U;
  static constexpr auto every = std::chrono::seconds{30};
  std::string feed_, name_;
  std::int64_t size_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + every;
};

// What the desk says of rows, on its thread; written down by the thread that reads the file.
class told_fates {
public:
  void add(const std::vector<std::int64_t>& lines, std::vector<row_fate> fates) {
    const std::lock_guard hold{mutex_};
    for (std::size_t i = 0; i < fates.size() && i < lines.size(); ++i)
      waiting_.emplace_back(lines[i], std::move(fates[i]));
  }
  void write_to(receipt& out) {
    std::vector<std::pair<std::int64_t, row_fate>> some;
    {
      const std::lock_guard hold{mutex_};
      some.swap(waiting_);
    }
    for (const auto& [line, fate] : some) out.add(line, fate);
  }

private:
  std::mutex mutex_;
  std::vector<std::pair<std::int64_t, row_fate>> waiting_;
};

// Counts batches that the desk has not answered yet, and remembers whether one failed.
class under_way {
public:
  void one_more() {
    std::unique_lock hold{mutex_};
    changed_.wait(hold, [&] { return count_ < batches_under_way; });
    ++count_;
  }
  void answered(bool good) {
    const std::lock_guard hold{mutex_};
    --count_;
    failed_ = failed_ || !good;
    changed_.notify_all();
  }
  bool fail() {
    const std::lock_guard hold{mutex_};
    failed_ = true;
    return false;
  }
  [[nodiscard]] bool failed() const {
    const std::lock_guard hold{mutex_};
    return failed_;
  }
  // True where all were committed.
  [[nodiscard]] bool wait_for_all() {
    std::unique_lock hold{mutex_};
    changed_.wait(hold, [&] { return count_ == 0; });
    return !failed_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  bool failed_ = false;
};

// One go at the file, from `skip` rows on. Nothing where a batch was not saved and it is to be tried again.
class reading {
public:
  reading(const connectors::feed& of, const std::filesystem::path& path, const identity& file, const file_desk& with,
          receipt& told, progress_report& report)
      : of_{of}, path_{path}, file_{file}, with_{with}, told_{told}, report_{report},
        rows_{connectors::read_rows(of, until_stopped(connectors::open_file(path), with.stopping),
                                    {"", with.time.now() + future_tolerance})} {}

  std::optional<taken_file> run(std::int64_t skip) {
    taken_file out;
    std::exception_ptr unreadable;
    try {
      out = hand_in_all(skip);
    } catch (const stopped_reading&) {
      out.result = file_result::interrupted;
    } catch (...) { // a disk's or a network's error: not before the desk has answered for the rows before it
      unreadable = std::current_exception();
    }
    const bool saved = under_way_.wait_for_all();
    fates_.write_to(told_);
    if (!saved) return {};
    if (unreadable) std::rethrow_exception(unreadable);
    for (const auto& day : taken_back_) told_.add_taken_back(day);
    if (out.result == file_result::broken) told_.add_broken(rows_->broken_line(), *rows_->broken());
    return out;
  }

private:
  taken_file hand_in_all(std::int64_t skip) {
    std::int64_t read = 0;
    for (bool more = true; more;) {
      if (with_.stopping) return {file_result::interrupted, {}, {}};
      if (under_way_.failed()) return {};
      std::vector<connectors::taken_row> rows;
      more = rows_->next(rows, rows_at_once);
      if (read == 0 && with_.headers != nullptr) with_.headers->seen(of_, path_.filename().string(), *rows_);
      const auto count = static_cast<std::int64_t>(rows.size());
      const auto known = std::min(count, std::max<std::int64_t>(skip - read, 0));
      for (auto i = std::max<std::int64_t>(told_.rows() - read, 0); i < known; ++i)
        told_.add_taken_before(rows[static_cast<std::size_t>(i)]);
      fates_.write_to(told_);
      for (const auto& row : rows) days_.add(row);
      rows.erase(rows.begin(), rows.begin() + known);
      read += count;
      report_.at(read);
      const bool last = !more && !rows_->broken();
      // Before the last rows: a file is finished only once what it lacks is settled, too.
      if (last && !settle_absent()) return {};
      if (!rows.empty() || last) hand_in(std::move(rows), read, last);
    }
    if (rows_->broken()) return {file_result::broken, {}, what_is_broken()};
    return {};
  }

  // False where that could not be saved: the file is read again.
  bool settle_absent() {
    const auto absent = with_.readers.with([&](const store_reader& stored) { return days_.compare(stored); });
    std::vector<absent_records> asked;
    for (const auto& day : absent) (days_.all_read() && day.few() ? taken_back_ : asked).push_back(day);
    try {
      if (!taken_back_.empty()) (void)with_.state.run(withdrawals(of_, taken_back_, path_.filename().string()));
      if (!asked.empty())
        with_.state.run([&](desk_view& view) {
          view.process.inform(ask_about(of_, path_.filename().string(), asked, days_.all_read()), view.ledger,
                              view.now);
        });
    } catch (const std::exception& why) {
      spdlog::warn("event=absent_rows_not_settled feed={} error={} do=\"nothing: the file is read again\"",
                   of_.id.str(), log_value(why.what()));
      return under_way_.fail();
    }
    for (const auto& day : taken_back_)
      spdlog::info("event=absent_rows_withdrawn feed={} file={} records={} of={}", of_.id.str(),
                   log_value(path_.filename().string()), day.keys.size(), day.stored);
    return true;
  }

  void hand_in(std::vector<connectors::taken_row> rows, std::int64_t done, bool last) {
    file_checkpoint progress;
    progress.feed = of_.id;
    progress.content_hash = file_.content_hash;
    progress.name = path_.filename().string();
    progress.size = file_.size;
    progress.modified_at = file_.modified_at;
    progress.rows_done = done;
    progress.finished = last;
    std::vector<std::int64_t> lines;
    lines.reserve(rows.size());
    for (const auto& row : rows) lines.push_back(row.line);
    row_batch batch{of_.id, progress.name, of_.conflict, std::move(rows), progress};
    batch.want_fates = true;
    under_way_.one_more();
    with_.state.hand_in(std::move(batch),
                        [this, lines = std::move(lines)](const std::exception_ptr& error, batch_outcome outcome) {
                          if (!error) {
                            with_.numbers.rows_taken(of_.id, outcome);
                            fates_.add(lines, std::move(outcome.fates));
                          }
                          under_way_.answered(!error);
                        });
  }

  [[nodiscard]] std::string what_is_broken() const {
    const auto& why = *rows_->broken();
    // A format that knows the place better has said it already.
    if (why.reason.starts_with("line ")) return fmt::format("{} [{}]", why.reason, why.code);
    return fmt::format("line {}{}: {} [{}]", rows_->broken_line(),
                       why.column.empty() ? "" : fmt::format(", column {}", why.column), why.reason, why.code);
  }

  const connectors::feed& of_;
  const std::filesystem::path& path_;
  const identity& file_;
  const file_desk& with_;
  receipt& told_;
  progress_report& report_;
  std::unique_ptr<connectors::row_stream> rows_;
  resent_days days_{of_};
  std::vector<absent_records> taken_back_;
  told_fates fates_;
  under_way under_way_;
};

void pause(const std::atomic<bool>& stopping) {
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock hold{mutex};
  (void)nobody.wait_for(hold, pause_after_failure, [&] { return stopping.load(); });
}

} // namespace

taken_file take_file(const connectors::feed& of, const std::filesystem::path& claimed, const file_desk& with,
                     receipt& told) {
  const auto before = look_at_file(claimed);
  if (!before) throw std::runtime_error{"it was removed before it could be read"};
  auto file = *before;
  progress_report report{of.id, claimed, file.size}; // to know a big file by its content takes seconds already
  file.content_hash = content_hash_of_file(claimed);
  const auto checkpoint = [&] {
    return with.readers.with([&](const store_reader& stored) { return stored.file_by_hash(of.id, file.content_hash); });
  };
  auto known = checkpoint();
  if (known && known->finished) {
    // Nothing new, but somebody sent it: the feed is not silent.
    row_batch nothing;
    nothing.feed = of.id;
    nothing.source = claimed.filename().string();
    with.state.hand_in(std::move(nothing), {});
    told.add_known(*known);
    return {file_result::duplicate, *known, {}, file.content_hash};
  }
  for (;;) {
    auto out = reading{of, claimed, file, with, told, report}.run(known ? known->rows_done : 0);
    known = checkpoint();
    if (known && out) out->counts = *known;
    // Removed meanwhile is read all the same: it was open until its end.
    const auto after = look_at_file(claimed);
    if (out && out->result == file_result::done && after && after != before) out->result = file_result::changed;
    if (out) {
      out->content_hash = file.content_hash;
      return *out;
    }
    if (with.stopping) return {file_result::interrupted, {}, {}};
    pause(with.stopping); // the desk has said in the log what is wrong with the disk
  }
}

} // namespace forewarn::folder
