// SPDX-License-Identifier: Apache-2.0
// A CSV file's rows by slot: the header is checked before any row is taken, so that a changed export is an
// operator's notice and never a silent half-read.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
constexpr std::size_t longest_whole_head = std::size_t{8} << 10U; // bytes

constexpr const char* only_nul =
    "it holds NUL bytes: either the file was not written to its end and has to be sent again, "
    "or it is UTF-16 without a mark at its beginning: then set `encoding: utf-16`";

std::string describe(const csv_record& record, std::size_t largest_row) {
  switch (record.defect) {
  case csv_defect::unclosed_quote:
    return fmt::format(
        "line {}, character {}: a quote is opened and not closed within {} or before the end of the file", record.line,
        record.column, limits::spell(largest_row));
  case csv_defect::text_after_quote:
    return fmt::format("line {}, character {}: text follows a closing quote; quotes inside a quoted field are doubled",
                       record.line, record.column);
  default:
    return fmt::format("line {} is longer than {}, the most that a row may have: is its line end missing?", record.line,
                       limits::spell(largest_row));
  }
}

std::string_view code_of(csv_defect defect) {
  switch (defect) {
  case csv_defect::unclosed_quote: return "unclosed-quote";
  case csv_defect::text_after_quote: return "stray-quote";
  default: return "too-long";
  }
}

class csv_reader final : public raw_reader {
public:
  csv_reader(byte_source bytes, csv_options options, const std::vector<wanted_column>& wanted)
      : tokens_{std::move(bytes), options.dialect}, options_{std::move(options)}, wanted_{wanted} {}

  bool next(raw_row& out) override {
    if (broken_) return false;
    try {
      if (!started_ && !start()) return false;
      if (!tokens_.next(record_)) return false;
      take(out);
      return true;
    } catch (const unreadable_bytes& why) {
      broken_line_ = tokens_.line();
      broken_ = rejected{"", why.code(), why.what(), ""};
      return false;
    }
  }
  const std::optional<rejected>& broken() const override { return broken_; }
  std::int64_t broken_line() const override { return broken_line_; }
  const std::vector<std::string>& header() const override {
    return options_.header.empty() ? header_ : raw_reader::header();
  }
  std::string raw_head() const override { return head_; }

private:
  bool start() {
    started_ = true;
    tokens_.skip_lines(options_.skip_lines);
    if (!options_.header.empty()) {
      header_ = options_.header;
    } else if (!tokens_.next(record_)) {
      return stop("empty-file", "the file is empty: not even a header");
    } else {
      if (record_.raw.find('\0') != std::string_view::npos)
        return stop("nul-byte", fmt::format("the header cannot be read: {}", only_nul));
      if (record_.defect != csv_defect::none)
        return stop("changed-header", "the header cannot be read: " + describe(record_, options_.dialect.largest_row));
      if (record_.fields.size() > limits::columns)
        return stop(
            "too-many-columns",
            fmt::format("the header has {} columns; {} are the most. Is `delimiter` right? Else ask the partner "
                        "for the columns of this feed only",
                        record_.fields.size(), limits::columns));
      for (const auto field : record_.fields) header_.emplace_back(trim(field));
      // A delimiter at the end of every line is a habit of some exports; it makes no column.
      while (header_.size() > 1 && header_.back().empty()) header_.pop_back();
    }
    if (!place_columns()) return false;
    head_ = head_to_keep();
    return true;
  }

  // The header goes with every row that is kept: a very long one only with the columns that the feed reads.
  [[nodiscard]] std::string head_to_keep() const {
    auto whole = write_csv_record(header_, options_.dialect.delimiter);
    if (whole.size() <= longest_whole_head) return whole;
    std::vector<std::string> wanted(header_.size());
    for (const auto place : places_)
      if (place != nowhere) wanted[place] = header_[place];
    if (wanted.back().empty()) wanted.back() = "-"; // else trailing delimiters, which make no columns
    return write_csv_record(wanted, options_.dialect.delimiter);
  }

  bool place_columns() {
    std::vector<std::string> missing;
    std::vector<std::string> twice;
    places_.assign(wanted_.size(), nowhere);
    for (std::size_t slot = 0; slot < wanted_.size(); ++slot) {
      const auto& name = wanted_[slot].name;
      const auto at = std::find(header_.begin(), header_.end(), name);
      if (at == header_.end()) {
        if (!wanted_[slot].optional) missing.push_back(fmt::format("'{}'{}", name, suggestion(name, header_)));
        continue;
      }
      if (std::find(at + 1, header_.end(), name) != header_.end()) twice.push_back(fmt::format("'{}'", name));
      places_[slot] = static_cast<std::size_t>(at - header_.begin());
    }
    if (missing.empty() && twice.empty()) return true;
    std::string reason;
    if (!missing.empty()) reason = fmt::format("the header lacks {}", join_and(missing));
    if (!twice.empty())
      reason += fmt::format("{}the header has {} more than once", reason.empty() ? "" : "; ", join_and(twice));
    if (missing.size() == wanted_.size() && header_.size() == 1)
      reason += "; the whole line is one column: is `delimiter` right?";
    return stop("changed-header", reason);
  }

  bool stop(std::string code, std::string reason) {
    broken_line_ = record_.line > 0 ? record_.line : 1;
    broken_ = rejected{"", std::move(code), std::move(reason), ""};
    return false;
  }

  void take(raw_row& out) {
    out.line = record_.line;
    out.raw = record_.raw;
    out.defect.reset();
    out.empty = false;
    out.cells.assign(wanted_.size(), std::nullopt);
    if (record_.defect != csv_defect::none) {
      out.defect =
          rejected{"", std::string{code_of(record_.defect)}, describe(record_, options_.dialect.largest_row), ""};
      return;
    }
    auto& fields = record_.fields;
    while (fields.size() > header_.size() && trim(fields.back()).empty()) fields.pop_back();
    const auto blank = [](std::string_view f) { return trim(f).empty(); };
    if (std::all_of(fields.begin(), fields.end(), blank) || is_header_again()) {
      out.empty = true;
      return;
    }
    if (fields.size() != header_.size()) {
      out.defect = rejected{"", "wrong-columns",
                            fmt::format("{} fields where the header has {}", fields.size(), header_.size()), ""};
      return;
    }
    for (std::size_t slot = 0; slot < wanted_.size(); ++slot) {
      if (places_[slot] == nowhere) continue;
      const auto cell = fields[places_[slot]];
      if (!readable(cell, slot, out)) return;
      out.cells[slot] = cell;
    }
  }

  bool readable(std::string_view cell, std::size_t slot, raw_row& out) const {
    const auto& name = wanted_[slot].name;
    if (std::all_of(cell.begin(), cell.end(), [](char c) { return c > '\x1f' && c < '\x7f'; })) return true;
    if (cell.find('\0') != std::string_view::npos)
      out.defect = rejected{name, "nul-byte", "the field holds a NUL byte", ""};
    else if (!is_valid_utf8(cell))
      out.defect = rejected{
          name, "not-utf8",
          "the field is not UTF-8 text; if the partner writes Windows files, set `encoding: windows-1252`", ""};
    return !out.defect;
  }

  bool is_header_again() const {
    return options_.header.empty() &&
           std::equal(record_.fields.begin(), record_.fields.end(), header_.begin(), header_.end(),
                      [](std::string_view field, const std::string& name) { return trim(field) == name; });
  }

  csv_tokenizer tokens_;
  csv_options options_;
  const std::vector<wanted_column>& wanted_;
  csv_record record_;
  std::vector<std::string> header_;
  std::string head_;
  std::vector<std::size_t> places_; // slot -> field
  bool started_ = false;
  std::optional<rejected> broken_;
  std::int64_t broken_line_ = 0;
};

} // namespace

std::unique_ptr<raw_reader> read_csv(byte_source utf8, csv_options options, const std::vector<wanted_column>& wanted) {
  return std::make_unique<csv_reader>(std::move(utf8), std::move(options), wanted);
}

} // namespace forewarn::connectors
