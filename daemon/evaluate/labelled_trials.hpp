// SPDX-License-Identifier: Apache-2.0
// Series from files, with what is known to have happened in them: counts as CSV, a row per period and a column per
// series (the first column is the period); the truth as CSV with the columns series,start,end, a row per outbreak, in
// the periods of the counts. Columns of any other name are left aside, so that what simulators write can be read.
#pragma once

#include "daemon/evaluate/evaluation.hpp"

#include <filesystem>

namespace forewarn::evaluate {

struct labelled_files {
  std::string counts, truth;
  std::string quiet;    // the same counts without the outbreaks, where they are known; else empty
  std::string from, to; // the first and last period that are judged; empty: all
};

// An error is a sentence with file and line.
[[nodiscard]] result<trials, std::string> read_labelled(const labelled_files& from);

// The same three files, counts.csv, quiet.csv and truth.csv, from series that were made up; periods count from 1.
// An error says which could not be written.
[[nodiscard]] result<void, std::string> write_labelled(const trials& all, const std::filesystem::path& folder);

} // namespace forewarn::evaluate
