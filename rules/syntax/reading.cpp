// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/reading.hpp"

#include <algorithm>
#include <charconv>

namespace forewarn::rules {

std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string out;
  std::size_t characters = 0;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues && ++characters > most) return out + "...";
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= largest::id && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::optional<duration> read_duration(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                      bool zero_allowed, duration longest) {
  const auto* value = keys.optional(key);
  if (value == nullptr) return {};
  if (!value->is_scalar()) {
    from.complain(value->at, "wrong-type",
                  fmt::format("'{}' must be a duration such as 24h, found {}", key, yaml::describe(*value)));
    return {};
  }
  const auto length = parse_duration(value->text);
  if (!length) {
    from.complain(value->at, "bad-duration",
                  fmt::format("'{}' is not a duration; write a whole number and s, m, h, d or w, such as 24h",
                              shown(value->text)));
    return {};
  }
  if (*length == duration{0} && !zero_allowed) {
    from.complain(value->at, "bad-duration", fmt::format("'{}' must be longer than nothing", key));
    return {};
  }
  if (*length > longest) {
    from.complain(value->at, "too-large",
                  fmt::format("'{}' is longer than {}, the most that is kept", key, spell_duration(longest)));
    return {};
  }
  return length;
}

std::optional<duration> require_duration(const reading& from, yaml::mapping_reader& keys, std::string_view key) {
  if (keys.required(key) == nullptr) return {};
  return read_duration(from, keys, key);
}

std::optional<double> read_percentage(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                      double most) {
  const auto* value = keys.optional(key);
  if (value == nullptr) return {};
  double percent = 0;
  bool good = value->is_scalar() && value->text.size() > 1 && value->text.back() == '%';
  if (good) {
    const char* const last = value->text.data() + value->text.size() - 1;
    const auto [end, error] = std::from_chars(value->text.data(), last, percent, std::chars_format::fixed);
    good = error == std::errc{} && end == last && percent > 0 && percent / 100 <= most;
  }
  if (good) return percent / 100;
  from.complain(value->at, value->is_scalar() ? "bad-value" : "wrong-type",
                fmt::format("'{}' must be a percentage such as 50%, at most {:g}%", key, most * 100));
  return {};
}

std::optional<std::string> read_text(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                     bool required) {
  auto text = required ? keys.required_text(key) : keys.optional_text(key);
  if (text && utf8_length(*text) > largest::text) {
    from.complain(keys.where().find(key)->value.at, "too-large",
                  fmt::format("'{}' has {} characters; at most {} are kept", key, utf8_length(*text), largest::text));
    return {};
  }
  return text;
}

std::optional<std::size_t> read_word(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                     const std::vector<std::string>& words) {
  const auto* value = keys.optional(key);
  if (value == nullptr) return {};
  if (!value->is_scalar()) {
    from.complain(value->at, "wrong-type",
                  fmt::format("'{}' must be one of {}, found {}", key, join_or(words), yaml::describe(*value)));
    return {};
  }
  const auto it = std::find(words.begin(), words.end(), value->text);
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  from.complain(value->at, "bad-value",
                fmt::format("'{}' is no {}; it is one of {}{}", shown(value->text), key, join_or(words),
                            suggestion(value->text, words)));
  return {};
}

} // namespace forewarn::rules
