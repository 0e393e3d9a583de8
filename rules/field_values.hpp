// SPDX-License-Identifier: Apache-2.0
// What an observation says of a field: the values that the tests of a condition compare. It passes no judgement.
#pragma once

#include "rules/condition.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::rules {

// One member of a set field stands for the whole set; nothing: the observation as it is.
struct only_member {
  field of;
  std::size_t index;
};

class field_values {
public:
  explicit field_values(const fact& seen, std::optional<only_member> only = {}) : seen_{seen}, only_{only} {}

  [[nodiscard]] const fact& seen() const { return seen_; }
  [[nodiscard]] bool one_member_of(field set) const { return only_ && only_->of == set; }

  // Some member of the set field is one of these, which are sorted.
  [[nodiscard]] bool some_member_in(field set, const std::vector<substance_index>& covers) const;
  // The place of that level, or of `area` any place the observation lies in, is one of these, which are sorted.
  [[nodiscard]] bool lies_in(field where, const std::vector<area_index>& covers) const;
  // [low, high] of a number: the two differ where only a band is known. Nothing where the field is absent.
  [[nodiscard]] std::optional<std::pair<double, double>> number(const field_name& what) const;
  [[nodiscard]] bool present(const field_name& what) const;

  // Whether `accept` takes the text of the field, or of a set field that of some member.
  template <class Accept> bool any_text(const field_name& what, const Accept& accept) const {
    const auto& from = *seen_.source;
    const auto word = [&](const auto& value) { return value && accept(to_text(*value)); };
    switch (what.field) {
    case field::kind: return accept(from.kind.str());
    case field::feed: return accept(from.key.feed.str());
    case field::certainty: return word(from.certainty);
    case field::intent: return word(from.intent);
    case field::setting: return word(from.setting);
    case field::outcome: return word(from.outcome);
    case field::naloxone_by: return word(from.naloxone_by);
    case field::sex: return word(from.sex);
    case field::site: return from.site && accept(from.site->str());
    case field::age_band: return from.age_band && accept(*from.age_band);
    case field::weekday: return accept(weekday_words.at(seen_.weekday));
    case field::calendar: return std::any_of(seen_.calendars.begin(), seen_.calendars.end(), accept);
    case field::substances:
    case field::confirmed:
    case field::sold_as: {
      const auto& ids = member_ids(what.field);
      if (only_ && only_->of == what.field) return accept(ids[only_->index].str());
      return std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return accept(id.str()); });
    }
    case field::attribute: {
      const auto it = from.attributes.find(what.attribute);
      return it != from.attributes.end() && accept(it->second);
    }
    default: return false;
    }
  }

private:
  [[nodiscard]] const std::vector<substance_id>& member_ids(field set) const;
  [[nodiscard]] std::optional<area_index> level_of(field where) const;

  const fact& seen_;
  std::optional<only_member> only_;
};

// The members of a set field, as the vocabulary knows them.
[[nodiscard]] const std::vector<std::optional<substance_index>>& members(const fact& seen, field set);

} // namespace forewarn::rules
