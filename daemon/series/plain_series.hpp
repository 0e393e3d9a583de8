// SPDX-License-Identifier: Apache-2.0
// A plain series as CSV, for `forewarn detect`: `period,count[,population]`, a row per period, oldest first. Reads row
// by row, so that a pipe is answered row by row. Refuses what would shift a series unseen: a day that is missing, a
// period out of order, a count that is no number. A period that could not be counted is written with an empty count.
#pragma once

#include "connectors/formats/csv.hpp"
#include "rules/detectors/series.hpp"

#include "forewarn/result.hpp"

#include <optional>
#include <string>

namespace forewarn::series_file {

struct period_row {
  std::string period; // as it was written
  double count = 0;   // or detectors::not_counted
  std::optional<double> population;
  std::optional<std::int32_t> day; // days since 1970-01-01, where periods are dates
};

// "calls.csv:7:12: ..."
using complaint = std::string;

class plain_series {
public:
  // `name` is the file's, for complaints.
  plain_series(connectors::byte_source bytes, std::string name, bool wants_population);

  // Empty at the end. After a complaint about a row the next may be asked for; after one about the header nothing
  // comes.
  [[nodiscard]] result<std::optional<period_row>, complaint> next();
  [[nodiscard]] bool broken() const { return broken_; }

private:
  [[nodiscard]] std::optional<complaint> read_header();
  [[nodiscard]] result<period_row, complaint> read_row();
  [[nodiscard]] std::optional<complaint> follows(const period_row& row);
  [[nodiscard]] complaint at(std::size_t field, const std::string& what) const;

  std::string name_;
  bool wants_population_;
  bool begun_ = false, broken_ = false;
  connectors::csv_tokenizer tokens_;
  connectors::csv_record record_;
  std::size_t period_ = 0, count_ = 0;
  std::optional<std::size_t> population_;
  std::size_t columns_ = 0;
  std::optional<period_row> before_;
  std::optional<std::int32_t> step_; // days from one period to the next
};

// "2026-01-05", a day that exists.
[[nodiscard]] std::optional<std::int32_t> read_day_number(std::string_view text);
[[nodiscard]] std::string day_text(std::int32_t day);

} // namespace forewarn::series_file
