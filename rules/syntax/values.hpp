// SPDX-License-Identifier: Apache-2.0
// The words that a rule may write for a field's value, looked up in the reference data: "Armley", "nitazene",
// "prison", "22-04". Each unknown word is complained of where it stands.
#pragma once

#include "rules/condition.hpp"
#include "rules/syntax/reading.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace forewarn::rules {

enum class value_type : std::uint8_t {
  kind,
  feed,
  site,
  calendar,
  word,
  free_text,
  substance,
  area,
  truth,
  number,
  age,
  age_band,
  hour
};
[[nodiscard]] value_type type_of(const field_name& what);

// The spellings of a field with a closed set of words (`setting`, `weekday`, ...); nothing for others.
[[nodiscard]] std::optional<std::vector<std::string>> closed_words(field what);

// A field's name; complains `unknown-field` with the nearest, and of fields that are not available yet.
[[nodiscard]] std::optional<field_name> read_field(const reading& from, std::string_view text, const location& at);

[[nodiscard]] std::optional<kind_id> read_kind(const reading& from, const yaml::node& value);
// An unknown feed is an error where feeds are loaded, else a warning: a backtest needs no feed to be configured.
[[nodiscard]] std::optional<feed_id> read_feed(const reading& from, const yaml::node& value);

// The values listed, as one condition on the field: it has one of them. Nothing after a complaint.
[[nodiscard]] std::optional<condition> read_values(const reading& from, const field_name& what,
                                                   std::span<const yaml::node* const> values);

// A limit on a numeric field, for `at_least` and its kin; for `age` it must lie on the edge of a band.
enum class limit : std::uint8_t {
  at_least,
  more_than,
  at_most,
  less_than
};
[[nodiscard]] std::optional<condition> read_limit(const reading& from, const field_name& what, limit which,
                                                  const yaml::node& value);

// `matches: PATTERN`.
[[nodiscard]] std::optional<condition> read_pattern(const reading& from, const field_name& what,
                                                    const yaml::node& value);

} // namespace forewarn::rules
