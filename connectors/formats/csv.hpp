// SPDX-License-Identifier: Apache-2.0
// CSV as RFC 4180 has it and as partners send it. A hand-written tokenizer, because it must say line and column and
// survive a quote that is never closed: that costs the partner one row, never the rest of the file.
#pragma once

#include "connectors/formats/limits.hpp"
#include "connectors/formats/raw_row.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

struct csv_dialect {
  char delimiter = ',';
  std::size_t largest_row = limits::row_bytes; // a longer one is refused, and memory stays bounded
};

enum class csv_defect : std::uint8_t {
  none,
  unclosed_quote,   // a quoted field that does not end within `largest_row` bytes or by the end of the file
  text_after_quote, // "abc"def
  too_long,         // a line longer than `largest_row`
};

struct csv_record {
  std::int64_t line = 0;                // 1-based, of the record's first character
  std::int64_t column = 0;              // 1-based, in bytes, of the defect within its line
  std::vector<std::string_view> fields; // valid until the next call
  csv_defect defect = csv_defect::none;
  std::string_view raw; // the record as it was written, without its line end; of a defect its first line
};

// Lines end with LF, CRLF or CR. Blank lines are no records. A record with a defect ends with its first line: the
// line after it is read as a record of its own.
class csv_tokenizer {
public:
  csv_tokenizer(byte_source utf8, csv_dialect dialect) : bytes_{std::move(utf8)}, dialect_{dialect} {}
  [[nodiscard]] bool next(csv_record& out);
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  void skip_lines(int count);

private:
  struct span {
    std::size_t first = 0, last = 0;
    bool doubled_quotes = false;
  };
  enum class scan_end : std::uint8_t {
    record,
    more,
    defect
  };

  void begin_scan();
  [[nodiscard]] scan_end scan();
  [[nodiscard]] scan_end scan_quoted();
  void skip_empty_lines();
  [[nodiscard]] bool fill();
  [[nodiscard]] bool end_of_line(std::size_t at, std::size_t& after) const;
  [[nodiscard]] bool line_end_undecided(std::size_t at) const;
  void hand_out(csv_record& out);
  void give_up_line(csv_record& out);
  void drop_line();

  byte_source bytes_;
  csv_dialect dialect_;
  std::string held_;         // from `start_` on: what is not handed out yet
  std::size_t start_ = 0;    // of the current record
  std::size_t ended_at_ = 0; // where its line end begins, once scanned
  std::size_t after_ = 0;    // behind it, once scanned
  bool ended_ = false;       // the source has no more
  std::int64_t line_ = 1;    // of `start_`
  std::int64_t lines_ = 0;   // line ends inside quotes of the current record
  std::size_t trouble_ = 0;  // where the defect is
  csv_defect defect_ = csv_defect::none;
  std::size_t scan_at_ = 0; // the scan of the current record goes on here
  bool in_field_ = false;   // in the middle of `field_`
  bool quoted_ = false;
  span field_;
  std::vector<span> spans_;
  std::string unquoted_;
  std::string given_up_; // the first line of a record with a defect
};

// Rows of a CSV file by slot, its header checked first.
struct csv_options {
  csv_dialect dialect;
  std::vector<std::string> header; // given where the file has none
  int skip_lines = 0;              // title lines above the header
};
[[nodiscard]] std::unique_ptr<raw_reader> read_csv(byte_source utf8, csv_options options,
                                                   const std::vector<wanted_column>& wanted);

// One record as RFC 4180 writes it, without a line end. For receipts and tests.
[[nodiscard]] std::string write_csv_record(const std::vector<std::string>& fields, char delimiter = ',');

} // namespace forewarn::connectors
