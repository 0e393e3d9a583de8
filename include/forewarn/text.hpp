// SPDX-License-Identifier: Apache-2.0
// Small text tools that every module needs: case folding for look-ups, lengths in characters, "did you mean".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

// Characters (code points) in UTF-8 text; a stray byte counts as one.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string ascii_lower(std::string_view text);

// The form in which names are looked up: lower case, Greek letters spelled out, every kind of hyphen, quote and
// white space made one space, none at the ends. "N‑Desethyl  Isotonitazene" -> "n desethyl isotonitazene".
[[nodiscard]] std::string fold(std::string_view text);

// The candidate nearest to what was typed, where one is near enough to be a typo of it.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view typed, std::span<const std::string> candidates);

// "; did you mean 'x'?" or nothing: the tail of an error message.
[[nodiscard]] std::string suggestion(std::string_view typed, std::span<const std::string> candidates);

// "a, b and c".
[[nodiscard]] std::string join_and(std::span<const std::string> words);
[[nodiscard]] std::string join(std::span<const std::string> words, std::string_view separator);
// "a, b or c".
[[nodiscard]] std::string join_or(std::span<const std::string> words);

} // namespace forewarn
