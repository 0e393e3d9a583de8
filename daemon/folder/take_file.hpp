// SPDX-License-Identifier: Apache-2.0
// Takes one claimed file to the end: rows in bounded memory to the desk, going on where an earlier run stopped.
// Blocking; runs on a worker thread.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/arrival/header_watch.hpp"
#include "daemon/desk.hpp"
#include "daemon/folder/receipt.hpp"
#include "daemon/metrics.hpp"
#include "daemon/quarantine/raw_files.hpp"
#include "daemon/reader_pool.hpp"

#include <atomic>
#include <filesystem>
#include <string>

namespace forewarn::folder {

enum class file_result : std::uint8_t {
  done,        // every row is accounted for
  duplicate,   // the same content was taken before: nothing to do
  broken,      // the rest cannot be read; rows before it stand
  changed,     // it was still being written: back into the folder, to be read again
  interrupted, // the daemon stops; goes on here after the start
};

struct taken_file {
  file_result result = file_result::done;
  file_checkpoint counts;
  std::string problem; // of a broken file: line, column, reason, for the partner
  std::string content_hash{};
};

struct file_desk {
  desk& state;
  reader_pool& readers;
  metrics& numbers;
  const clock& time;
  const std::atomic<bool>& stopping;
  const raw_files* kept = nullptr; // none: no key is given, files are not kept
  arrival::header_watch* headers = nullptr;
};

// `receipt` hears of every row.
[[nodiscard]] taken_file take_file(const connectors::feed& of, const std::filesystem::path& claimed,
                                   const file_desk& with, receipt& told);

} // namespace forewarn::folder
