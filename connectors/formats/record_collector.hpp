// SPDX-License-Identifier: Apache-2.0
// What the JSON parser tells, turned into records: finds where they stand in the document and keeps the members that
// were asked for. Holds one record's worth of text and a path, never a tree.
#pragma once

#include "connectors/formats/json.hpp"

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

struct collected_record {
  std::vector<std::optional<std::string>> cells;
  std::optional<rejected> defect;
  std::string raw; // the record once more as JSON; empty where it would be too long to keep
};

// "/a/b~1c" -> a, b/c; a text without a leading slash is one member's name.
[[nodiscard]] std::vector<std::string> pointer_tokens(std::string_view pointer);

class record_collector {
public:
  record_collector(const std::string& records, bool keyed, const std::vector<wanted_column>& wanted);

  std::deque<collected_record> ready;
  [[nodiscard]] bool found_records() const noexcept { return found_; }
  void reset(); // before the next document; `ready` stays

  // The handler's side, as boost::json::basic_parser calls it.
  using text = boost::json::string_view;
  using error = boost::json::error_code;
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  static bool on_document_begin(error&) { return true; }
  static bool on_document_end(error&) { return true; }
  bool on_object_begin(error&) { return open(false); }
  bool on_object_end(std::size_t, error&) { return close(); }
  bool on_array_begin(error&) { return open(true); }
  bool on_array_end(std::size_t, error&) { return close(); }
  bool on_key_part(text part, std::size_t, error&) { return add(part); }
  bool on_key(text part, std::size_t, error&);
  bool on_string_part(text part, std::size_t, error&) { return add(part); }
  bool on_string(text part, std::size_t, error&) { return add(part) && scalar(true); }
  bool on_number_part(text part, error&) { return add(part); }
  bool on_int64(std::int64_t, text part, error&) { return add(part) && scalar(); }
  bool on_uint64(std::uint64_t, text part, error&) { return add(part) && scalar(); }
  bool on_double(double, text part, error&) { return add(part) && scalar(); }
  bool on_bool(bool value, error&) { return add(value ? "true" : "false") && scalar(); }
  bool on_null(error&);
  static bool on_comment_part(text, error&) { return true; }
  static bool on_comment(text, error&) { return true; }

private:
  enum class role : std::uint8_t {
    outer,
    records,
    wrapper,
    record,
    inner
  };
  struct frame {
    role part = role::outer;
    bool is_array = false;
    std::size_t index = 0;
    std::string key;
  };

  bool open(bool is_array);
  bool close();
  bool add(text part);
  bool scalar(bool as_string = false);
  void write_raw(std::string_view text);
  void write_raw_value(std::string_view text, bool as_string);
  void value_done();
  [[nodiscard]] role role_here(bool is_array);
  [[nodiscard]] bool at_records() const;
  void begin_record();
  void not_a_record();
  void keep();
  [[nodiscard]] bool path_is(const std::vector<std::string>& tokens, std::size_t frames) const;

  std::vector<std::string> where_; // tokens of the records' pointer
  bool keyed_;
  std::vector<std::vector<std::string>> wanted_; // tokens by slot; empty for "$key"
  std::size_t slots_;
  std::vector<frame> frames_;
  std::size_t record_frame_ = 0; // index into frames_, while `in_record_`
  bool in_record_ = false;
  bool found_ = false;
  bool too_long_ = false;
  std::string text_;
  collected_record record_;
};

} // namespace forewarn::connectors
