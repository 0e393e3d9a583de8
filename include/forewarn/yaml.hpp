// SPDX-License-Identifier: Apache-2.0
// YAML with positions: every node knows its line and column, so that every complaint can point at the character.
// The only place that knows the YAML library. What it refuses: duplicate keys, aliases that explode, tags, nesting
// past any sane depth, several documents in one file.
#pragma once

#include "forewarn/problem.hpp"
#include "forewarn/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::yaml {

enum class shape : std::uint8_t {
  null,
  scalar,
  sequence,
  mapping
};

struct entry;

// An immutable tree. A scalar stays text: whoever reads it says what type it wants, so `no` and `1e3` are never
// silently something else.
struct node {
  shape form = shape::null;
  location at;
  std::string text;           // scalars
  bool quoted = false;        // scalars: "12" is text where 12 is a number
  std::vector<node> items;    // sequences
  std::vector<entry> entries; // mappings, in file order, keys unique

  [[nodiscard]] bool is_null() const noexcept { return form == shape::null; }
  [[nodiscard]] bool is_scalar() const noexcept { return form == shape::scalar; }
  [[nodiscard]] bool is_sequence() const noexcept { return form == shape::sequence; }
  [[nodiscard]] bool is_mapping() const noexcept { return form == shape::mapping; }
  [[nodiscard]] const entry* find(std::string_view key) const noexcept; // mappings; null where there is none
};

struct entry {
  std::string key;
  location key_at;
  node value;
};

// Typed readings of a scalar; nothing where the text is not exactly that.
[[nodiscard]] std::optional<bool> as_bool(const node& scalar);            // true false yes no on off, unquoted
[[nodiscard]] std::optional<std::int64_t> as_integer(const node& scalar); // decimal digits, no leading zero
[[nodiscard]] std::optional<double> as_number(const node& scalar);        // decimal, exponent allowed, finite

// "a list", "a mapping", "text", "nothing": for messages that say what was found.
[[nodiscard]] std::string_view describe(const node& found);

struct limits {
  std::size_t bytes = 4U << 20U; // of one file
  std::size_t nodes = 500'000;   // after aliases are expanded
  int depth = 64;
};

// The document, or what is wrong with it: yaml-syntax, duplicate-key, too-large. Several duplicate keys give
// several problems. An empty file is a null node.
[[nodiscard]] result<node, problems> parse(const source_text& file, const limits& allowed = {});

// Reads one mapping key by key: remembers which keys were asked for, so that the rest can be called unknown.
// Every complaint goes to `found`, prefixed with `subject` ("rule 'x': ").
class mapping_reader {
public:
  mapping_reader(const node& mapping, std::string path, std::string subject, problems& found);

  [[nodiscard]] const node* optional(std::string_view key);
  // Complains `missing-key` at the mapping where there is none.
  [[nodiscard]] const node* required(std::string_view key);
  // Text that is not empty; complains `wrong-type` otherwise.
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
  [[nodiscard]] std::optional<std::string> required_text(std::string_view key);
  [[nodiscard]] std::optional<bool> optional_bool(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t least,
                                                             std::int64_t most);
  [[nodiscard]] std::optional<double> optional_number(std::string_view key);
  // A scalar or a list of scalars, as a list. Empty where the key is absent.
  [[nodiscard]] std::vector<const node*> optional_list(std::string_view key);

  // `unknown-key` with a suggestion for every key nobody asked for. Call once, last.
  void finish();

  void complain(const location& at, std::string code, std::string message);
  [[nodiscard]] const node& where() const noexcept { return mapping_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
  void set_subject(std::string subject) { subject_ = std::move(subject); }

private:
  const node& mapping_;
  std::string path_;
  std::string subject_;
  problems& found_;
  std::vector<std::string> asked_;
};

} // namespace forewarn::yaml
