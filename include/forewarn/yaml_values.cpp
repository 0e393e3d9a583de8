// SPDX-License-Identifier: Apache-2.0
// What a node of YAML says, read as the type that somebody wants. Nothing is guessed: what is not exactly that is
// nothing.
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace forewarn::yaml {

const entry* node::find(std::string_view key) const noexcept {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.key == key; });
  return it == entries.end() ? nullptr : &*it;
}

std::optional<bool> as_bool(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  const auto word = ascii_lower(scalar.text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return {};
}

std::optional<std::int64_t> as_integer(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  const auto& t = scalar.text;
  const std::size_t first = t.starts_with('-') ? 1 : 0;
  if (t.size() > first + 1 && t[first] == '0') return {}; // 010 is eight to some readers and ten to others
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (error != std::errc{} || end != t.data() + t.size()) return {};
  return value;
}

std::optional<double> as_number(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  double value = 0;
  const auto& t = scalar.text;
  const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (error != std::errc{} || end != t.data() + t.size() || !std::isfinite(value)) return {};
  return value;
}

std::string_view describe(const node& found) {
  switch (found.form) {
  case shape::null: return "nothing";
  case shape::scalar: return as_number(found) ? "a number" : "text";
  case shape::sequence: return "a list";
  case shape::mapping: return "a mapping";
  }
  return "nothing";
}

} // namespace forewarn::yaml
