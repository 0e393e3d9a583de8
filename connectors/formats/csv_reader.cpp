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

std::string describe(const csv_record& record) {
  switch (record.defect) {
  case csv_defect::unclosed_quote:
    return fmt::format("line {}, character {}: a quote is opened and never closed", record.line, record.column);
  case csv_defect::text_after_quote:
    return fmt::format("line {}, character {}: text follows a closing quote; quotes inside a quoted field are doubled",
                       record.line, record.column);
  default: return fmt::format("line {} is longer than a row may be", record.line);
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
  std::string raw_head() const override { return write_csv_record(header_, options_.dialect.delimiter); }

private:
  bool start() {
    started_ = true;
    tokens_.skip_lines(options_.skip_lines);
    if (!options_.header.empty()) {
      header_ = options_.header;
    } else if (!tokens_.next(record_)) {
      return stop("empty-file", "the file is empty: not even a header");
    } else {
      if (record_.defect != csv_defect::none)
        return stop("changed-header", "the header cannot be read: " + describe(record_));
      for (const auto field : record_.fields) header_.emplace_back(trim(field));
      // A delimiter at the end of every line is a habit of some exports; it makes no column.
      while (header_.size() > 1 && header_.back().empty()) header_.pop_back();
    }
    return place_columns();
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
      out.defect = rejected{"", std::string{code_of(record_.defect)}, describe(record_), ""};
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
