// SPDX-License-Identifier: Apache-2.0
// The fields of a `where`: which there are, of what type, with which words.
#include "rules/syntax/values.hpp"

#include <algorithm>

namespace forewarn::rules {

value_type type_of(const field_name& what) {
  switch (what.field) {
  case field::kind: return value_type::kind;
  case field::feed: return value_type::feed;
  case field::site: return value_type::site;
  case field::substances:
  case field::confirmed:
  case field::sold_as: return value_type::substance;
  case field::area:
  case field::ward:
  case field::msoa:
  case field::lsoa:
  case field::lad: return value_type::area;
  case field::fatal:
  case field::naloxone: return value_type::truth;
  case field::naloxone_doses:
  case field::days_since_release:
  case field::weight: return value_type::number;
  case field::age: return value_type::age;
  case field::age_band: return value_type::age_band;
  case field::hour: return value_type::hour;
  case field::calendar: return value_type::calendar;
  case field::attribute: return value_type::free_text;
  default: return value_type::word;
  }
}

std::optional<std::vector<std::string>> closed_words(field what) {
  switch (what) {
  case field::certainty: return all_spellings<certainty>();
  case field::intent: return all_spellings<intent>();
  case field::setting: return all_spellings<setting>();
  case field::outcome: return all_spellings<outcome>();
  case field::naloxone_by: return all_spellings<naloxone_by>();
  case field::sex: return all_spellings<sex>();
  case field::weekday: return std::vector<std::string>{weekday_words.begin(), weekday_words.end()};
  default: return {};
  }
}

std::optional<field_name> read_field(const reading& from, std::string_view text, const location& at) {
  auto name = field_from_text(text);
  if (!name) {
    auto words = all_field_words();
    words.insert(words.end(), {"all", "any", "not"});
    from.complain(at, "unknown-field",
                  text == "attributes" ? std::string{"write the name of the attribute, as in `attributes.NAME`"}
                                       : fmt::format("no field '{}'{}", shown(text), suggestion(text, words)));
    return {};
  }
  const auto& known = from.reference().attributes;
  if (name->field == field::attribute && from.reference().attributes_known &&
      std::find(known.begin(), known.end(), name->attribute) == known.end()) {
    from.complain(at, "unknown-field",
                  fmt::format("no feed's allow-list has an attribute '{}'{}", shown(name->attribute),
                              suggestion(name->attribute, known)));
    return {};
  }
  return name;
}

} // namespace forewarn::rules
