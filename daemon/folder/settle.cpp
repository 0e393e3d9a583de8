// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder/settle.hpp"

#include "daemon/canary.hpp"

#include "daemon/log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>

namespace forewarn::folder {
namespace {

namespace fs = std::filesystem;

fs::path claimed(const fs::path& folder, const std::string& name) {
  return folder / ".processing" / name;
}

// A name of last week is kept: the new one gets a number.
fs::path free_name(const fs::path& folder, const std::string& name) {
  std::error_code error;
  fs::create_directories(folder, error);
  auto out = folder / name;
  for (int n = 1; fs::exists(fs::symlink_status(out, error)); ++n)
    out = folder / fmt::format("{}.{}{}", fs::path{name}.stem().string(), n, fs::path{name}.extension().string());
  return out;
}

void move_to(const fs::path& folder, const std::string& name, const fs::path& target) {
  std::error_code error;
  fs::rename(claimed(folder, name), target, error);
  if (error == std::errc::no_such_file_or_directory && !fs::exists(claimed(folder, name)))
    spdlog::warn(
        "event=file_gone file={} do=\"nothing, unless nobody meant to: it was removed while it was being read; what "
        "was read of it stands\"",
        log_value(name));
  else if (error)
    spdlog::warn("event=file_not_moved file={} error={} do=\"move it out of .processing; its rows are safe\"",
                 log_value(claimed(folder, name).string()), log_value(error.message()));
}

// Beside the file, whatever name it got there.
void write_problem(const fs::path& target, const std::string& name, const std::string& text) {
  std::ofstream out{target.string() + ".problem.txt"};
  out << name << ": " << text
      << "\n\nRows before that place were taken. Mend the file or the feed's mapping and drop it again.\n";
}

void log_counts(const char* event, const feed_id& feed, const std::string& name, const file_checkpoint& c) {
  spdlog::info("event={} feed={} file={} rows={} accepted={} revised={} withdrawn={} duplicate={} stale={} "
               "unselected={} quarantined={}",
               event, feed.str(), log_value(name), c.rows_done, c.accepted, c.revised, c.withdrawn, c.duplicate,
               c.stale, c.unselected, c.quarantined);
}

// Encrypted for `feeds reread` where a key is given. What was taken whole need not lie about in the clear beside it.
bool keep_sealed(const connectors::feed& of, const fs::path& folder, const std::string& name, const taken_file& came,
                 const file_desk& with) {
  if (with.kept == nullptr || came.content_hash.empty()) return false;
  const auto kept = with.kept->keep_file(of.id, claimed(folder, name), came.content_hash, with.time.now());
  if (!kept)
    spdlog::warn("event=raw_file_not_kept feed={} file={} error={} do=\"check the disk; it stays in done/\"",
                 of.id.str(), log_value(name), log_value(kept.error()));
  return kept.has_value();
}

void put_away(const connectors::feed& of, const fs::path& folder, const std::string& name, const taken_file& came,
              const file_desk& with) {
  std::error_code error;
  if (keep_sealed(of, folder, name, came, with) && fs::remove(claimed(folder, name), error)) return;
  move_to(folder, name, free_name(folder / "done", name));
}

void hand_over(const feed_id& feed, const fs::path& folder, const std::string& name, receipt& told) {
  if (!told.publish(folder))
    spdlog::warn("event=receipt_not_written feed={} file={} do=\"check the folder's disk and rights; the rows are "
                 "safe\"",
                 feed.str(), log_value(name));
}

// In words for the partner, who reads the receipt: no path of this machine.
std::string what_went_wrong(const fs::path& file, const std::exception& error) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return "it was removed before it could be read to its end; drop it again";
  if (const auto* from_system = dynamic_cast<const std::system_error*>(&error))
    return fmt::format("it cannot be read to its end: {}; drop it again", from_system->code().message());
  return error.what();
}

std::string settle(const connectors::feed& of, const fs::path& folder, const std::string& name, const taken_file& came,
                   const file_desk& with, receipt& told) {
  if (came.result == file_result::changed)
    told.drop();
  else if (came.result != file_result::interrupted)
    hand_over(of.id, folder, name, told);
  switch (came.result) {
  case file_result::done:
    log_counts("file_taken", of.id, name, came.counts);
    put_away(of, folder, name, came, with);
    return "done";
  case file_result::duplicate:
    log_counts("file_known", of.id, name, came.counts);
    put_away(of, folder, name, came, with);
    return "duplicate";
  case file_result::broken: {
    spdlog::warn(
        "event=file_failed feed={} file={} problem={} do=\"tell the partner, or mend the feed's mapping; see failed/\"",
        of.id.str(), log_value(name), log_value(came.problem));
    const auto target = free_name(folder / "failed", name);
    write_problem(target, name, came.problem);
    (void)keep_sealed(of, folder, name, came, with); // a mended mapping may read it
    move_to(folder, name, target);
    return "failed";
  }
  case file_result::changed: {
    spdlog::warn("event=file_changed feed={} file={} do=\"ask the sender to write under another name and rename\"",
                 of.id.str(), log_value(name));
    // Where a newer one lies under its name already, it gets a number: what was added to it is not lost.
    move_to(folder, name, free_name(folder, name));
    return "changed";
  }
  case file_result::interrupted: return "interrupted";
  }
  return "interrupted";
}

// Its record goes through the mapping and no further: that it came as far as the desk is all there is to note.
std::string take_canary(const connectors::feed& of, const fs::path& folder, const std::string& name,
                        const file_desk& with) {
  std::string record(canary::largest, '\0');
  std::ifstream file{claimed(folder, name), std::ios::binary};
  file.read(record.data(), static_cast<std::streamsize>(record.size()));
  record.resize(static_cast<std::size_t>(file.gcount()));
  with.state.run([&](desk_view& view) {
    canary::came_through(canary::by_folder(of.id), view.ledger, view.now);
    canary::try_mapping(of, connectors::from_text(record), view.ledger, view.now);
  });
  std::error_code error;
  fs::remove(claimed(folder, name), error);
  return "canary";
}

} // namespace

bool make_folders(const fs::path& folder) {
  fs::create_directories(folder / ".processing");
  return true;
}

bool claim(const feed_id& feed, const fs::path& folder, const seen_file& file) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(claimed(folder, file.name), error))) return false; // its older self is under way
  fs::rename(folder / file.name, claimed(folder, file.name), error);
  if (error && error != std::errc::no_such_file_or_directory)
    spdlog::warn(
        "event=file_not_claimed feed={} file={} error={} do=\"give the daemon's user the right to move files there\"",
        feed.str(), log_value(file.name), log_value(error.message()));
  if (error) return false;
  for (const auto& mark : marks_of(file.name)) fs::remove(folder / mark, error);
  return true;
}

std::vector<std::string> claimed_files(const fs::path& folder, const std::string& pattern) {
  std::vector<std::string> out;
  for (const auto& file : look_at(folder / ".processing", pattern).files) out.push_back(file.name);
  return out;
}

std::string take_and_settle(const connectors::feed& of, const fs::path& folder, const std::string& name,
                            const file_desk& with) {
  if (canary::is_canary_file(name)) return take_canary(of, folder, name, with);
  taken_file came;
  receipt told{claimed(folder, name)};
  try {
    came = take_file(of, claimed(folder, name), with, told);
  } catch (const store_error&) {
    throw; // ours, not the file's: it stays claimed
  } catch (const std::exception& error) {
    came = {file_result::broken, {}, what_went_wrong(claimed(folder, name), error)};
    told.add_broken(0, {"", "unreadable", came.problem, ""});
  }
  return settle(of, folder, name, came, with, told);
}

} // namespace forewarn::folder
