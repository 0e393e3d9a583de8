// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/csv.hpp"

#include <algorithm>
#include <cstring>

namespace forewarn::connectors {
namespace {
constexpr std::size_t read_at_once = std::size_t{64} * 1024;
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
    for (auto* place : {&scan_at_, &trouble_, &field_.first, &field_.last}) *place -= std::min(*place, start_);
    for (auto& one : spans_) {
      one.first -= std::min(one.first, start_);
      one.last -= std::min(one.last, start_);
    }
    start_ = 0;
  }
  const auto before = held_.size();
  held_.resize(before + read_at_once);
  const auto count = bytes_(held_.data() + before, read_at_once);
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

// From behind the opening quote, or where the bytes ended, to behind the closing quote and any blanks.
csv_tokenizer::scan_end csv_tokenizer::scan_quoted() {
  const auto* const text = held_.data();
  for (auto& at = scan_at_; at < held_.size(); ++at) {
    const char c = text[at];
    if (c != quote && c != '\n' && c != '\r') continue;
    if (c != quote) {
      if (line_end_undecided(at)) return scan_end::more;
      if (c == '\n' || at + 1 == held_.size() || text[at + 1] != '\n') ++lines_;
      continue;
    }
    if (at + 1 == held_.size() && !ended_) return scan_end::more;
    if (at + 1 < held_.size() && text[at + 1] == quote) {
      field_.doubled_quotes = true;
      ++at;
      continue;
    }
    field_.last = at;
    auto behind = at + 1;
    while (behind < held_.size() && text[behind] == ' ') ++behind;
    if (behind == held_.size() && !ended_) return scan_end::more;
    at = behind;
    if (at == held_.size() || text[at] == dialect_.delimiter || text[at] == '\n' || text[at] == '\r')
      return scan_end::record;
    trouble_ = at;
    defect_ = csv_defect::text_after_quote;
    return scan_end::defect;
  }
  if (!ended_) return scan_end::more;
  defect_ = csv_defect::unclosed_quote;
  return scan_end::defect;
}

void csv_tokenizer::begin_scan() {
  spans_.clear();
  lines_ = 0;
  scan_at_ = start_;
  in_field_ = false;
}

// Goes on where the bytes ended, so that a long row is looked at once and not again with every piece that comes.
csv_tokenizer::scan_end csv_tokenizer::scan() {
  while (true) {
    if (!in_field_) {
      if (scan_at_ == held_.size() && !ended_) return scan_end::more;
      in_field_ = true;
      trouble_ = scan_at_;
      quoted_ = scan_at_ < held_.size() && held_[scan_at_] == quote;
      if (quoted_) ++scan_at_;
      field_ = {scan_at_, scan_at_, false};
    }
    if (quoted_) {
      if (const auto end = scan_quoted(); end != scan_end::record) return end;
    } else {
      const auto* const text = held_.data();
      const auto size = held_.size();
      const char delimiter = dialect_.delimiter;
      auto at = scan_at_;
      while (at < size && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') ++at;
      field_.last = scan_at_ = at;
    }
    ended_at_ = scan_at_;
    if (scan_at_ < held_.size() ? line_end_undecided(scan_at_) : !ended_) {
      if (quoted_) scan_at_ = field_.last; // the closing quote is looked at again
      return scan_end::more;
    }
    spans_.push_back(field_);
    in_field_ = false;
    after_ = scan_at_;
    if (scan_at_ == held_.size()) return scan_end::record;
    if (end_of_line(scan_at_, after_)) {
      ++lines_;
      return scan_end::record;
    }
    ++scan_at_; // the delimiter
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
    // An endless line is passed over at the speed of memory: two searches, no look at every byte.
    const auto lf = std::min(held_.find('\n', start_), held_.size());
    const auto* from = held_.data() + start_;
    const auto* cr = start_ < lf ? static_cast<const char*>(std::memchr(from, '\r', lf - start_)) : nullptr;
    const auto at = cr != nullptr ? static_cast<std::size_t>(cr - held_.data()) : lf;
    if (at < held_.size() && line_end_undecided(at)) {
      start_ = at;
    } else if (at < held_.size()) {
      (void)end_of_line(at, start_);
      ++line_;
      return;
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

void csv_tokenizer::skip_empty_lines() {
  for (; start_ < held_.size() && held_[start_] == '\n'; ++start_) ++line_;
}

bool csv_tokenizer::next(csv_record& out) {
  while (true) {
    skip_empty_lines();
    if (start_ >= held_.size() && !fill()) return false;
    begin_scan();
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
