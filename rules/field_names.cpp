// SPDX-License-Identifier: Apache-2.0
// What the fields of a condition are called in a rule file.
#include "rules/condition.hpp"

#include <algorithm>
#include <array>

namespace forewarn::rules {
namespace {

constexpr auto field_words = std::to_array<std::string_view>({"kind",        "feed",
                                                              "substances",  "confirmed",
                                                              "sold_as",     "certainty",
                                                              "intent",      "setting",
                                                              "site",        "area",
                                                              "ward",        "msoa",
                                                              "lsoa",        "lad",
                                                              "outcome",     "fatal",
                                                              "naloxone",    "naloxone_doses",
                                                              "naloxone_by", "days_since_release",
                                                              "age",         "age_band",
                                                              "sex",         "weight",
                                                              "hour",        "weekday",
                                                              "calendar"});
static_assert(field_words.size() == static_cast<std::size_t>(field::attribute));

constexpr std::string_view attribute_prefix = "attributes.";

} // namespace

std::string to_text(const field_name& name) {
  if (name.field == field::attribute) return std::string{attribute_prefix} + name.attribute;
  return std::string{field_words.at(static_cast<std::size_t>(name.field))};
}

std::optional<field_name> field_from_text(std::string_view text) {
  if (text.starts_with(attribute_prefix)) {
    text.remove_prefix(attribute_prefix.size());
    if (text.empty()) return {};
    return field_name{field::attribute, std::string{text}};
  }
  const auto it = std::find(field_words.begin(), field_words.end(), text);
  if (it == field_words.end()) return {};
  return field_name{static_cast<field>(it - field_words.begin()), {}};
}

std::vector<std::string> all_field_words() {
  return {field_words.begin(), field_words.end()};
}

bool is_set_field(field what) {
  return what == field::substances || what == field::confirmed || what == field::sold_as;
}

bool is_area_field(field what) {
  return what >= field::area && what <= field::lad;
}

} // namespace forewarn::rules
