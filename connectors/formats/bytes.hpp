// SPDX-License-Identifier: Apache-2.0
// What lies between a file and its text: compression and encoding. Each takes a byte source and is one.
#pragma once

#include "connectors/feed.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace forewarn::connectors {

// Bytes that cannot be what they claim to be. A byte source has no other way of saying so; the row stream turns it
// into `broken()`, and nobody else sees it.
class unreadable_bytes : public std::runtime_error {
public:
  unreadable_bytes(std::string code, const std::string& what) : std::runtime_error{what}, code_{std::move(code)} {}
  [[nodiscard]] const std::string& code() const noexcept { return code_; }

private:
  std::string code_;
};

// Inflates where the first two bytes are gzip's, members in a row included; passes everything else through.
[[nodiscard]] byte_source gunzip_where_needed(byte_source bytes);

enum class text_encoding : std::uint8_t {
  utf8,
  utf16, // its mark, or else the first NUL, tells the order of the bytes; little end first where neither does
  windows_1252,
  latin_1
};

// UTF-8 without a byte order mark. A mark in the bytes (UTF-8, UTF-16 in both orders) outranks `encoding`.
[[nodiscard]] byte_source as_utf8(byte_source bytes, text_encoding encoding);

} // namespace forewarn::connectors
