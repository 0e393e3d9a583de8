// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/record_collector.hpp"

#include "connectors/formats/limits.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {
constexpr std::string_view key_column = "$key";
constexpr std::size_t longest_raw = std::size_t{256} * 1024; // bytes of a record that is kept as it came

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}
} // namespace

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  if (pointer.empty()) return {};
  if (pointer.front() != '/') return {std::string{pointer}};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out.emplace_back();
    } else if (pointer[i] == '~' && i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      out.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      out.back() += pointer[i];
    }
  }
  return out;
}

record_collector::record_collector(const std::string& records, bool keyed, const std::vector<wanted_column>& wanted)
    : where_{pointer_tokens(records)}, keyed_{keyed}, slots_{wanted.size()} {
  for (const auto& column : wanted)
    wanted_.push_back(column.name == key_column ? std::vector<std::string>{} : pointer_tokens(column.name));
}

void record_collector::reset() {
  frames_.clear();
  text_.clear();
  in_record_ = found_ = too_long_ = false;
}

bool record_collector::path_is(const std::vector<std::string>& tokens, std::size_t frames) const {
  const auto first = frames_.size() - frames;
  if (tokens.size() != frames) return false;
  for (std::size_t i = 0; i < frames; ++i) {
    const auto& f = frames_[first + i];
    if (f.is_array ? tokens[i] != std::to_string(f.index) : tokens[i] != f.key) return false;
  }
  return true;
}

bool record_collector::at_records() const {
  return path_is(where_, frames_.size());
}

void record_collector::begin_record() {
  in_record_ = true;
  record_frame_ = frames_.size();
  record_ = {};
  record_.cells.assign(slots_, std::nullopt);
  if (!frames_.empty() && frames_.back().part == role::wrapper) record_.raw = '{' + json_text(frames_.back().key) + ':';
  if (frames_.empty() || frames_.back().part != role::wrapper) return;
  for (std::size_t slot = 0; slot < slots_; ++slot)
    if (wanted_[slot].empty()) record_.cells[slot] = frames_.back().key;
}

void record_collector::not_a_record() {
  collected_record bad;
  bad.defect = rejected{"", "not-a-record",
                        keyed_ ? "expected an object under a key of its own, {ID: {...}}"
                               : "expected an object with the record's members",
                        ""};
  ready.push_back(std::move(bad));
}

record_collector::role record_collector::role_here(bool is_array) {
  if (in_record_) return role::inner;
  const bool in_list =
      !frames_.empty() && (frames_.back().part == role::records || frames_.back().part == role::wrapper);
  if (in_list) {
    if (is_array) {
      not_a_record();
      return role::inner;
    }
    if (keyed_ && frames_.back().part == role::records) return role::wrapper;
    begin_record();
    return role::record;
  }
  if (!frames_.empty() && frames_.back().part != role::outer) return role::inner;
  if (!at_records()) return role::outer;
  found_ = true;
  if (is_array) return role::records;
  if (keyed_) return role::wrapper;
  begin_record();
  return role::record;
}

bool record_collector::open(bool is_array) {
  frame next;
  next.part = role_here(is_array);
  next.is_array = is_array;
  if (in_record_) write_raw_value(is_array ? "[" : "{", false);
  frames_.push_back(std::move(next));
  return true;
}

bool record_collector::close() {
  const bool ends_record = in_record_ && frames_.size() == record_frame_ + 1;
  if (in_record_) write_raw(frames_.back().is_array ? "]" : "}");
  frames_.pop_back();
  if (ends_record) {
    in_record_ = false;
    if (!frames_.empty() && frames_.back().part == role::wrapper) write_raw("}");
    if (record_.raw.size() > longest_raw) record_.raw.clear();
    ready.push_back(std::move(record_));
  }
  value_done();
  return true;
}

void record_collector::value_done() {
  if (!frames_.empty() && frames_.back().is_array) ++frames_.back().index;
}

bool record_collector::add(text part) {
  if (text_.size() + part.size() > limits::value_bytes)
    too_long_ = true;
  else
    text_.append(part.data(), part.size());
  return true;
}

bool record_collector::on_key(text part, std::size_t, error&) {
  (void)add(part);
  if (in_record_) {
    write_raw_value(text_, true);
    write_raw(":");
  }
  frames_.back().key.swap(text_);
  text_.clear();
  too_long_ = false;
  return true;
}

void record_collector::write_raw(std::string_view text) {
  if (record_.raw.size() <= longest_raw) record_.raw += text;
}

// A member's name, a scalar, or the bracket that opens a value; with the comma that stands before it.
void record_collector::write_raw_value(std::string_view text, bool as_string) {
  auto& raw = record_.raw;
  if (raw.size() > longest_raw) return;
  if (!raw.empty() && raw.back() != '{' && raw.back() != '[' && raw.back() != ':') write_raw(",");
  if (as_string)
    write_raw(json_text(text));
  else
    write_raw(text);
}

bool record_collector::on_null(error&) {
  text_.clear();
  if (in_record_) write_raw_value("null", false);
  if (!in_record_ && !frames_.empty() && (frames_.back().part == role::records || frames_.back().part == role::wrapper))
    not_a_record();
  value_done();
  return true;
}

void record_collector::keep() {
  const auto depth = frames_.size() - record_frame_;
  const bool in_array = frames_.back().is_array;
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    const auto& tokens = wanted_[slot];
    const bool exact = !tokens.empty() && path_is(tokens, depth);
    bool member = false;
    if (!exact && in_array && tokens.size() + 1 == depth && !tokens.empty()) {
      member = true;
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto& f = frames_[record_frame_ + i];
        member = member && (f.is_array ? tokens[i] == std::to_string(f.index) : tokens[i] == f.key);
      }
    }
    if (!exact && !member) continue;
    const bool endless = member && record_.cells[slot] && record_.cells[slot]->size() > limits::value_bytes;
    if (too_long_ || endless) {
      record_.defect = rejected{
          tokens.back(), "too-long",
          fmt::format("the value is longer than {}, the most that one may have: map another member, or ask the "
                      "partner for less",
                      limits::spell(limits::value_bytes)),
          ""};
    } else if (text_.find('\0') != std::string::npos) {
      record_.defect = rejected{tokens.back(), "nul-byte", "the value holds a NUL character", ""};
    } else if (member && record_.cells[slot]) {
      (*record_.cells[slot] += list_mark) += text_;
    } else {
      record_.cells[slot] = text_;
    }
  }
}

bool record_collector::scalar(bool as_string) {
  if (in_record_ && record_.defect && record_.raw.size() > longest_raw) { // lost already, and of any length
    text_.clear();
    too_long_ = false;
    value_done();
    return true;
  }
  if (in_record_) write_raw_value(text_, as_string);
  if (in_record_ && too_long_) record_.raw.assign(longest_raw + 1, ' '); // cut short: of no use
  std::replace(text_.begin(), text_.end(), list_mark, ' ');
  if (in_record_)
    keep();
  else if (!frames_.empty() && (frames_.back().part == role::records || frames_.back().part == role::wrapper))
    not_a_record();
  text_.clear();
  too_long_ = false;
  value_done();
  return true;
}

} // namespace forewarn::connectors
