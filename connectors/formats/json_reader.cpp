// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/formats/limits.hpp"
#include "connectors/formats/record_collector.hpp"
#include "forewarn/text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

using parser = boost::json::basic_parser<record_collector>;

constexpr const char* nul_here =
    "; there is a NUL byte: the file was not written to its end and has to be sent again, or "
    "it is UTF-16 without a mark at its beginning: then set `encoding: utf-16`";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void hand_out(collected_record& from, collected_record& held, std::int64_t number, raw_row& out) {
  held = std::move(from);
  out.line = number;
  out.empty = false;
  out.defect = held.defect;
  out.raw = held.raw;
  out.cells.assign(held.cells.begin(), held.cells.end());
}

// One document: what is wrong within it makes the rest unreadable, rows before it stand.
class document_reader final : public raw_reader {
public:
  document_reader(byte_source bytes, const json_options& options, const std::vector<wanted_column>& wanted)
      : bytes_{std::move(bytes)}, records_{options.records},
        parser_{boost::json::parse_options{}, options.records, options.keyed, wanted} {}

  bool next(raw_row& out) override {
    auto& ready = parser_.handler().ready;
    while (ready.empty()) {
      if (finished_) return false;
      read_more();
    }
    hand_out(ready.front(), current_, ++count_, out);
    ready.pop_front();
    return true;
  }
  // Not before the rows that stand have been handed out.
  const std::optional<rejected>& broken() const override { return broken_; }
  std::int64_t broken_line() const override { return broken_ ? line_ : 0; }

private:
  void read_more() {
    std::array<char, 16'384> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the source
    try {
      const auto count = bytes_(buffer.data(), buffer.size());
      if (count == 0)
        finish();
      else
        take({buffer.data(), count});
    } catch (const unreadable_bytes& why) {
      stop(why.code(), why.what());
    }
  }

  void take(std::string_view bytes) {
    if (!begun_) {
      const auto first = std::find_if_not(bytes.begin(), bytes.end(), is_space);
      begun_ = first != bytes.end();
    }
    std::size_t used = 0;
    if (!parser_.done()) {
      boost::json::error_code error;
      used = parser_.write_some(true, bytes.data(), bytes.size(), error);
      line_ +=
          std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(used, bytes.size())), '\n');
      if (error) {
        stop("bad-json", fmt::format("line {}: {}{}", line_, error.message(),
                                     used < bytes.size() && bytes[used] == '\0' ? nul_here : ""));
        return;
      }
    }
    if (!parser_.done()) return;
    const auto rest = bytes.substr(used);
    const auto more = std::find_if_not(rest.begin(), rest.end(), is_space);
    line_ += std::count(rest.begin(), more, '\n');
    if (more != rest.end())
      stop("bad-json", fmt::format("line {}: text follows the end of the document; if every line is a record of its "
                                   "own, set `read: ndjson`",
                                   line_));
  }

  void finish() {
    if (!begun_) {
      stop("empty-file", "the file is empty");
    } else if (boost::json::error_code error; !parser_.done() && (parser_.write_some(false, "", 0, error), error)) {
      stop("bad-json", fmt::format("line {}: the document ends before it is complete", line_));
    } else if (!parser_.handler().found_records()) {
      stop("no-records", records_.empty() ? std::string{"the document is neither a list of records nor a record"}
                                          : fmt::format("the document has no list of records at '{}'", records_));
    }
    finished_ = true;
  }

  void stop(std::string code, std::string reason) {
    finished_ = true;
    broken_ = rejected{"", std::move(code), std::move(reason), ""};
  }

  byte_source bytes_;
  std::string records_;
  parser parser_;
  collected_record current_;
  std::int64_t count_ = 0;
  std::int64_t line_ = 1;
  bool begun_ = false;
  bool finished_ = false;
  std::optional<rejected> broken_;
};

// One record per line; a bad line costs that line.
class line_reader final : public raw_reader {
public:
  line_reader(byte_source bytes, const json_options& options, const std::vector<wanted_column>& wanted)
      : bytes_{std::move(bytes)}, parser_{boost::json::parse_options{}, options.records, options.keyed, wanted} {}

  bool next(raw_row& out) override {
    auto& ready = parser_.handler().ready;
    while (ready.empty()) {
      if (broken_ || !next_line()) return false;
    }
    hand_out(ready.front(), current_, line_, out);
    ready.pop_front();
    return true;
  }
  const std::optional<rejected>& broken() const override { return broken_; }
  std::int64_t broken_line() const override { return broken_ ? line_ + 1 : 0; }

private:
  bool fill() {
    held_.erase(0, start_);
    start_ = 0;
    const auto before = held_.size();
    held_.resize(before + std::size_t{64} * 1024);
    const auto count = bytes_(held_.data() + before, held_.size() - before);
    held_.resize(before + count);
    return count > 0;
  }

  bool next_line() {
    try {
      std::size_t looked = 0;
      bool too_long = false;
      while (true) {
        const auto end = held_.find('\n', start_ + looked);
        if (end != std::string::npos) {
          const auto text = std::string_view{held_}.substr(start_, end - start_);
          take(text, too_long);
          start_ = end + 1;
          return true;
        }
        looked = held_.size() - start_;
        if (looked > limits::row_bytes) {
          too_long = true;
          start_ = held_.size();
          looked = 0;
        }
        if (fill()) continue;
        if (held_.empty() && !too_long) return false;
        const std::string last = std::exchange(held_, {});
        start_ = 0;
        take(last, too_long);
        return true;
      }
    } catch (const unreadable_bytes& why) {
      broken_ = rejected{"", why.code(), why.what(), ""};
      return false;
    }
  }

  void take(std::string_view text, bool too_long) {
    ++line_;
    if (too_long || text.size() > limits::row_bytes)
      return refuse("too-long",
                    fmt::format("the line is longer than {}, the most that a record may have; if the file is "
                                "one JSON document, set `read: json`",
                                limits::spell(limits::row_bytes)));
    text = trim(text);
    if (text.empty()) return;
    parser_.reset();
    parser_.handler().reset();
    boost::json::error_code error;
    const auto used = parser_.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) error = boost::json::error::extra_data;
    if (!error && parser_.handler().found_records()) return;
    parser_.handler().ready.clear();
    if (error)
      refuse("bad-json", fmt::format("not JSON at character {}: {}", used + 1, error.message()), text);
    else
      refuse("not-a-record", "the line holds no record", text);
  }

  void refuse(std::string code, std::string reason, std::string_view raw = {}) {
    collected_record bad;
    bad.raw = raw;
    bad.defect = rejected{"", std::move(code), std::move(reason), ""};
    parser_.handler().ready.push_back(std::move(bad));
  }

  byte_source bytes_;
  parser parser_;
  std::string held_;
  std::size_t start_ = 0;
  std::int64_t line_ = 0;
  collected_record current_;
  std::optional<rejected> broken_;
};

} // namespace

std::unique_ptr<raw_reader> read_json(byte_source utf8, const json_options& options,
                                      const std::vector<wanted_column>& wanted) {
  if (options.lines) return std::make_unique<line_reader>(std::move(utf8), options, wanted);
  return std::make_unique<document_reader>(std::move(utf8), options, wanted);
}

} // namespace forewarn::connectors
