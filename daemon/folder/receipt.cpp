// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder/receipt.hpp"

#include "connectors/formats/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace forewarn::folder {
namespace {

namespace fs = std::filesystem;

// One record, one line: the part that is there can be counted, and a spreadsheet shows it well.
std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::string reason_of(const row_fate& fate) {
  switch (fate.result) {
  case row_result::accepted:
    if (fate.withdrawn) return "taken back";
    return fate.revised ? "replaces what was sent before" : "";
  case row_result::duplicate: return "known already; nothing changed";
  case row_result::stale: return "a newer revision was taken before";
  case row_result::unselected: return "not of interest to this feed";
  case row_result::quarantined: return fate.why.reason;
  }
  return "";
}

bool write_through(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = ::fsync(file) == 0;
  ::close(file);
  return done;
}

} // namespace

std::string receipt_name(const std::string& file_name) {
  return file_name + ".receipt.csv";
}

receipt::receipt(const fs::path& claimed)
    : part_{claimed.parent_path() / ('.' + receipt_name(claimed.filename().string()) + ".part")},
      name_{receipt_name(claimed.filename().string())} {
  std::error_code error;
  std::string earlier;
  if (std::ifstream in{part_, std::ios::binary}; in) earlier.assign(std::istreambuf_iterator<char>{in}, {});
  const auto whole = earlier.rfind('\n');
  earlier.resize(whole == std::string::npos ? 0 : whole + 1); // a line that a crash cut short
  if (!earlier.empty()) {
    rows_ = std::count(earlier.begin(), earlier.end(), '\n') - 1;
    fs::resize_file(part_, earlier.size(), error);
    out_.open(part_, std::ios::binary | std::ios::app);
    return;
  }
  out_.open(part_, std::ios::binary | std::ios::trunc);
  out_ << "line,column,value,result,reason\n";
}

void receipt::write(const std::string& line, const connectors::rejected& where, std::string_view result,
                    const std::string& reason) {
  out_ << connectors::write_csv_record(
              {line, in_one_line(where.column), in_one_line(where.shown), std::string{result}, in_one_line(reason)})
       << '\n';
  ++rows_;
}

void receipt::add(std::int64_t line, const row_fate& fate) {
  write(std::to_string(line), fate.why, to_text(fate.result), reason_of(fate));
}

void receipt::add_taken_before(const connectors::taken_row& row) {
  row_fate fate;
  if (const auto* why = std::get_if<connectors::rejected>(&row.what)) {
    fate.result = row_result::quarantined;
    fate.why = *why;
  } else if (std::holds_alternative<connectors::unselected>(row.what)) {
    fate.result = row_result::unselected;
  } else {
    return write(std::to_string(row.line), {}, to_text(row_result::accepted), "taken before a restart");
  }
  add(row.line, fate);
}

void receipt::add_broken(std::int64_t line, const connectors::rejected& why) {
  write(std::to_string(line), why, "unread", why.reason + "; nothing from here on was taken");
}

void receipt::add_taken_back(const absent_records& of) {
  write("", {}, "withdrawn",
        fmt::format("{} of the {} records of {} that were sent before are not in this file and are taken back",
                    of.keys.size(), of.stored, to_text(of.day)));
}

void receipt::add_known(const file_checkpoint& before) {
  write("", {}, to_text(row_result::duplicate),
        "the whole file was taken before, on " +
            format_rfc3339(std::chrono::floor<std::chrono::seconds>(before.updated_at)) + " as " + before.name +
            "; nothing changed");
}

bool receipt::publish(const fs::path& folder) {
  out_.flush();
  const bool written = out_.good();
  out_.close();
  std::error_code error;
  if (written && write_through(part_)) fs::rename(part_, folder / name_, error);
  if (written && !error) return true;
  fs::remove(part_, error);
  return false;
}

void receipt::drop() {
  out_.close();
  std::error_code ignored;
  fs::remove(part_, ignored);
}

} // namespace forewarn::folder
