// SPDX-License-Identifier: Apache-2.0
// What became of every row of one dropped file, for the partner: NAME.receipt.csv beside where NAME was dropped. It
// grows under another name while the file is read, goes on after a restart, and appears whole or not at all. A receipt
// that cannot be written never holds up the rows.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/resent_days.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace forewarn::folder {

class receipt {
public:
  // Of a claimed file; goes on where an earlier run stopped.
  explicit receipt(const std::filesystem::path& claimed);

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; } // told so far
  void add(std::int64_t line, const row_fate& fate);
  // A row that was taken before a restart, whose result was not written down then.
  void add_taken_before(const connectors::taken_row& row);
  // The rest of the file cannot be read.
  void add_broken(std::int64_t line, const connectors::rejected& why);
  // Records of a day that is sent again which the file lacks. After all its rows.
  void add_taken_back(const absent_records& of);
  // The whole file was taken before.
  void add_known(const file_checkpoint& before);

  // Into the folder, replacing an earlier receipt of the same name. False where the disk refuses.
  [[nodiscard]] bool publish(const std::filesystem::path& folder);
  void drop(); // the file will be read again from its start

private:
  void write(const std::string& line, const connectors::rejected& where, std::string_view result,
             const std::string& reason);

  std::filesystem::path part_;
  std::string name_;
  std::ofstream out_;
  std::int64_t rows_ = 0;
};

[[nodiscard]] std::string receipt_name(const std::string& file_name);

} // namespace forewarn::folder
