// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/csv.hpp"

#include <algorithm>

namespace forewarn::connectors {
namespace {
constexpr std::size_t chunk = std::size_t{64} * 1024;
constexpr char quote = '"';
constexpr std::size_t line_end_at_most = 2;

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}
} // namespace

bool csv_tokenizer::fill() {
  if (ended_) return false;
  if (start_ > 0) {
    held_.erase(0, start_);
    start_ = 0;
  }
  const auto before = held_.size();
  held_.resize(before + chunk);
  const auto count = bytes_(held_.data() + before, chunk);
  held_.resize(before + count);
  ended_ = count == 0;
  return !ended_;
}

bool csv_tokenizer::line_end_undecided(std::size_t at) const {
  return held_[at] == '\r' && at + 1 == held_.size() && !ended_; // the LF of a CRLF may still come
}

bool csv_tokenizer::end_of_line(std::size_t at, std::size_t& after) const {
  if (held_[at] == '\n')
    after = at + 1;
  else if (held_[at] == '\r')
    after = at + (at + 1 < held_.size() && held_[at + 1] == '\n' ? 2U : 1U);
  else
    return false;
  return true;
}

// `at` stands behind the opening quote; afterwards behind the closing one and any blanks.
csv_tokenizer::scan_end csv_tokenizer::scan_quoted(std::size_t& at, span& field) {
  const auto opened = at - 1;
  field.first = at;
  for (; at < held_.size(); ++at) {
    const char c = held_[at];
    if (c == '\n' || c == '\r') {
      if (line_end_undecided(at)) return scan_end::more;
      if (c == '\n' || at + 1 == held_.size() || held_[at + 1] != '\n') ++lines_;
      continue;
    }
    if (c != quote) continue;
    if (at + 1 == held_.size() && !ended_) return scan_end::more;
    if (at + 1 < held_.size() && held_[at + 1] == quote) {
      field.doubled_quotes = true;
      ++at;
      continue;
    }
    field.last = at++;
    while (at < held_.size() && held_[at] == ' ') ++at;
    if (at == held_.size()) return ended_ ? scan_end::record : scan_end::more;
    if (held_[at] == dialect_.delimiter || held_[at] == '\n' || held_[at] == '\r') return scan_end::record;
    trouble_ = at;
    defect_ = csv_defect::text_after_quote;
    return scan_end::defect;
  }
  if (!ended_) return scan_end::more;
  trouble_ = opened;
  defect_ = csv_defect::unclosed_quote;
  return scan_end::defect;
}

csv_tokenizer::scan_end csv_tokenizer::scan() {
  spans_.clear();
  lines_ = 0;
  std::size_t at = start_;
  while (true) {
    span field;
    trouble_ = at;
    if (at < held_.size() && held_[at] == quote) {
      ++at;
      const auto end = scan_quoted(at, field);
      if (end != scan_end::record) return end;
    } else {
      field.first = at;
      while (at < held_.size() && held_[at] != dialect_.delimiter && held_[at] != '\n' && held_[at] != '\r') ++at;
      field.last = at;
    }
    ended_at_ = at;
    if (at == held_.size()) {
      if (!ended_) return scan_end::more;
      spans_.push_back(field);
      after_ = at;
      return scan_end::record;
    }
    if (line_end_undecided(at)) return scan_end::more;
    spans_.push_back(field);
    if (end_of_line(at, after_)) {
      ++lines_;
      return scan_end::record;
    }
    ++at; // the delimiter
  }
}

void csv_tokenizer::hand_out(csv_record& out) {
  out.raw = without_line_end({held_.data() + start_, after_ - start_});
  out.line = line_;
  out.column = 0;
  out.defect = csv_defect::none;
  out.fields.clear();
  unquoted_.clear();
  unquoted_.reserve(after_ - start_); // views into it must not move
  for (const auto& s : spans_) {
    const std::string_view text{held_.data() + s.first, s.last - s.first};
    if (!s.doubled_quotes) {
      out.fields.push_back(text);
      continue;
    }
    const auto begin = unquoted_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
      unquoted_ += text[i];
      if (text[i] == quote) ++i;
    }
    out.fields.push_back(std::string_view{unquoted_}.substr(begin));
  }
  start_ = after_;
  line_ += lines_;
}

void csv_tokenizer::drop_line() {
  while (true) {
    for (std::size_t at = start_; at < held_.size(); ++at) {
      if (line_end_undecided(at)) {
        start_ = at;
        break;
      }
      if (end_of_line(at, start_)) {
        ++line_;
        return;
      }
    }
    // Nothing of this line is needed any more: keep only a CR whose LF may follow.
    if (start_ >= held_.size() || held_[start_] != '\r' || start_ + 1 != held_.size()) start_ = held_.size();
    if (!fill() && start_ >= held_.size()) return;
  }
}

void csv_tokenizer::give_up_line(csv_record& out) {
  out.line = line_;
  out.defect = defect_;
  out.fields.clear();
  const auto from = held_.find_last_of("\r\n", trouble_);
  out.column =
      static_cast<std::int64_t>(from == std::string::npos || from < start_ ? trouble_ - start_ + 1 : trouble_ - from);
  const auto end = std::min(held_.find_first_of("\r\n", start_), held_.size());
  given_up_.assign(held_, start_, std::min(end - start_, dialect_.largest_row));
  out.raw = given_up_;
  drop_line();
}

bool csv_tokenizer::next(csv_record& out) {
  while (true) {
    if (start_ >= held_.size() && !fill()) return false;
    auto end = scan();
    while (end == scan_end::more && held_.size() - start_ <= dialect_.largest_row + line_end_at_most) {
      (void)fill();
      end = scan();
    }
    if (end == scan_end::more) {
      const bool in_quotes = trouble_ < held_.size() && held_[trouble_] == quote;
      defect_ = in_quotes ? csv_defect::unclosed_quote : csv_defect::too_long;
      end = scan_end::defect;
    } else if (end == scan_end::record && ended_at_ - start_ > dialect_.largest_row) {
      // Too long is too long however the bytes came in pieces, also where the whole row lies here already.
      trouble_ = start_;
      defect_ = csv_defect::too_long;
      end = scan_end::defect;
    }
    if (end == scan_end::defect) {
      give_up_line(out);
      return true;
    }
    const bool blank = spans_.size() == 1 && spans_[0].first == start_ &&
                       std::all_of(held_.begin() + static_cast<std::ptrdiff_t>(spans_[0].first),
                                   held_.begin() + static_cast<std::ptrdiff_t>(spans_[0].last),
                                   [](char c) { return c == ' ' || c == '\t'; });
    hand_out(out);
    if (!blank) return true;
  }
}

void csv_tokenizer::skip_lines(int count) {
  for (int i = 0; i < count; ++i) drop_line();
}

std::string write_csv_record(const std::vector<std::string>& fields, char delimiter) {
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += delimiter;
    const auto& text = fields[i];
    const bool blank_alone = fields.size() == 1 && text.find_first_not_of(" \t") == std::string::npos;
    if (!blank_alone && text.find_first_of(std::string{"\"\r\n"} + delimiter) == std::string::npos) {
      out += text;
      continue;
    }
    out += quote;
    for (const char c : text) {
      if (c == quote) out += quote;
      out += c;
    }
    out += quote;
  }
  return out;
}

} // namespace forewarn::connectors
