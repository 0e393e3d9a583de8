// SPDX-License-Identifier: Apache-2.0
// A `where`, checked and compiled: a tree of tests over fields. Pure data; `holds` is its meaning.
//
// A field that the observation lacks fails every positive test, and every `not` of it is true.
#pragma once

#include "rules/fact.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace forewarn::rules {

enum class field : std::uint8_t {
  kind,
  feed,
  substances,
  confirmed,
  sold_as,
  certainty,
  intent,
  setting,
  site,
  area,
  ward,
  msoa,
  lsoa,
  lad,
  outcome,
  fatal,
  naloxone,
  naloxone_doses,
  naloxone_by,
  days_since_release,
  age,
  age_band,
  sex,
  weight,
  hour,
  weekday,
  calendar,
  attribute
};

struct field_name {
  rules::field field = rules::field::kind;
  std::string attribute; // for field::attribute: the NAME of attributes.NAME
  friend bool operator==(const field_name&, const field_name&) = default;
};

// "substances", "attributes.ampds".
[[nodiscard]] std::string to_text(const field_name& name);
[[nodiscard]] std::optional<field_name> field_from_text(std::string_view text);
[[nodiscard]] std::vector<std::string> all_field_words(); // without attributes.NAME
[[nodiscard]] bool is_set_field(field what);              // substances, confirmed, sold_as
[[nodiscard]] bool is_area_field(field what);             // area, ward, msoa, lsoa, lad

// One listed value. Hierarchical values are resolved to everything they cover; the word is kept for the English.
struct substance_value {
  substance_id word;
  std::vector<substance_index> covers; // itself and below, sorted
};
struct area_value {
  area_code word;
  std::vector<area_index> covers; // itself and below, sorted
};

// The field has one of these values (set fields: some member has).
struct one_of_texts {
  std::vector<std::string> values; // canonical spellings
};
struct one_of_substances {
  std::vector<substance_value> values;
};
struct one_of_areas {
  std::vector<area_value> values;
};
// Set fields: every listed value is covered by some member.
struct all_of_substances {
  std::vector<substance_value> values;
};
struct truth {
  bool value = true;
};
struct number_range {
  std::optional<double> least, most; // inclusive unless said
  bool above_least = false;          // more_than
  bool below_most = false;           // less_than
};
// [from, to) in whole hours of the configured zone; from > to runs round midnight. One hour: to = from + 1.
struct hour_range {
  int from = 0;
  int to = 24;
};
struct one_of_hours {
  std::vector<hour_range> ranges;
};
struct exists {
  bool wanted = true;
};
struct matches {
  std::string pattern;
  std::shared_ptr<const re2::RE2> compiled; // unanchored
  std::vector<area_index> areas;            // of an area field: those whose code or name matches, sorted
};

using predicate = std::variant<one_of_texts, one_of_substances, one_of_areas, all_of_substances, truth, number_range,
                               one_of_hours, exists, matches>;

struct test {
  field_name what;
  predicate is;
};

struct condition;
struct all_parts {
  std::vector<condition> parts; // none = always true
};
struct any_part {
  std::vector<condition> parts; // never empty
};
struct negated {
  std::vector<condition> inner; // exactly one: a vector so that the tree is a value
};

struct condition {
  std::variant<all_parts, any_part, negated, test> what;
};

[[nodiscard]] bool holds(const condition& wanted, const fact& seen);

// The members of a set field that satisfy the tests the condition makes of that same field: what `for_each` a set
// field, and `first_seen` of it, go through. All members where the condition tests nothing of the field.
[[nodiscard]] std::vector<std::size_t> matching_members(const condition& wanted, const fact& seen, field set_field);

} // namespace forewarn::rules
