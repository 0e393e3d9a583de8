// SPDX-License-Identifier: Apache-2.0
#include "rules/condition.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <re2/re2.h>

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
constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

template <class Visitor> void each_branch(const condition& tree, const Visitor& visit) {
  struct walker {
    const Visitor& visit;
    void operator()(const all_parts& all) const {
      for (const auto& part : all.parts) std::visit(*this, part.what);
    }
    void operator()(const any_part& any) const {
      for (const auto& part : any.parts) std::visit(*this, part.what);
    }
    void operator()(const negated& not_) const {
      for (const auto& part : not_.inner) std::visit(*this, part.what);
    }
    void operator()(const test& leaf) const { visit(leaf); }
  };
  std::visit(walker{visit}, tree.what);
}

// One member of a set field stands for the whole set; nothing: the observation as it is.
struct only_member {
  field of;
  std::size_t index;
};

class evaluation {
public:
  explicit evaluation(const fact& seen, std::optional<only_member> only = {}) : seen_{seen}, only_{only} {}

  [[nodiscard]] bool holds(const condition& wanted) const { return std::visit(*this, wanted.what); }

  bool operator()(const all_parts& all) const {
    return std::all_of(all.parts.begin(), all.parts.end(), [this](const auto& part) { return holds(part); });
  }
  bool operator()(const any_part& any) const {
    return std::any_of(any.parts.begin(), any.parts.end(), [this](const auto& part) { return holds(part); });
  }
  bool operator()(const negated& not_) const { return !holds(not_.inner.front()); }
  bool operator()(const test& leaf) const {
    return std::visit([&](const auto& wanted) { return passes(leaf.what, wanted); }, leaf.is);
  }

private:
  [[nodiscard]] bool passes(const field_name& what, const one_of_texts& wanted) const {
    return any_text(what, [&](std::string_view text) {
      return std::find(wanted.values.begin(), wanted.values.end(), text) != wanted.values.end();
    });
  }
  [[nodiscard]] bool passes(const field_name& what, const one_of_substances& wanted) const {
    return std::any_of(wanted.values.begin(), wanted.values.end(),
                       [&](const substance_value& value) { return some_member_in(what.field, value); });
  }
  [[nodiscard]] bool passes(const field_name& what, const all_of_substances& wanted) const {
    const auto met = [&](const substance_value& value) { return some_member_in(what.field, value); };
    // A single member contributes to "all of" when it is one of those asked for.
    if (only_ && only_->of == what.field) return std::any_of(wanted.values.begin(), wanted.values.end(), met);
    return std::all_of(wanted.values.begin(), wanted.values.end(), met);
  }
  [[nodiscard]] bool passes(const field_name& what, const one_of_areas& wanted) const {
    return std::any_of(wanted.values.begin(), wanted.values.end(),
                       [&](const area_value& value) { return lies_in(what.field, value.covers); });
  }
  [[nodiscard]] bool passes(const field_name& what, const truth& wanted) const {
    const auto& value = what.field == field::fatal ? seen_.source->fatal : seen_.source->naloxone;
    return value && *value == wanted.value;
  }
  [[nodiscard]] bool passes(const field_name& what, const number_range& wanted) const {
    // A band passes when all of it does: what lies across a limit is not known to be on either side.
    const auto range = number(what);
    if (!range) return false;
    const auto [low, high] = *range;
    if (wanted.least && (wanted.above_least ? low <= *wanted.least : low < *wanted.least)) return false;
    return !wanted.most || (wanted.below_most ? high < *wanted.most : high <= *wanted.most);
  }
  [[nodiscard]] bool passes(const field_name& /*hour*/, const one_of_hours& wanted) const {
    return std::any_of(wanted.ranges.begin(), wanted.ranges.end(), [this](const hour_range& range) {
      if (range.from <= range.to) return seen_.hour >= range.from && seen_.hour < range.to;
      return seen_.hour >= range.from || seen_.hour < range.to;
    });
  }
  [[nodiscard]] bool passes(const field_name& what, const exists& wanted) const {
    return present(what) == wanted.wanted;
  }
  [[nodiscard]] bool passes(const field_name& what, const matches& wanted) const {
    if (what.field >= field::area && what.field <= field::lad) return lies_in(what.field, wanted.areas);
    return any_text(what, [&](std::string_view text) {
      return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, *wanted.compiled);
    });
  }

  [[nodiscard]] const std::vector<std::optional<substance_index>>& members(field set) const {
    return set == field::substances ? seen_.substances : set == field::confirmed ? seen_.confirmed : seen_.sold_as;
  }
  [[nodiscard]] const std::vector<substance_id>& member_ids(field set) const {
    const auto& from = *seen_.source;
    return set == field::substances ? from.substances : set == field::confirmed ? from.confirmed : from.sold_as;
  }
  [[nodiscard]] bool some_member_in(field set, const substance_value& value) const {
    const auto covered = [&](const std::optional<substance_index>& member) {
      return member && std::binary_search(value.covers.begin(), value.covers.end(), *member);
    };
    const auto& all = members(set);
    if (only_ && only_->of == set) return covered(all[only_->index]);
    return std::any_of(all.begin(), all.end(), covered);
  }
  [[nodiscard]] bool lies_in(field where, const std::vector<area_index>& covers) const {
    const auto covered = [&](area_index place) { return std::binary_search(covers.begin(), covers.end(), place); };
    if (where == field::area) return std::any_of(seen_.areas.begin(), seen_.areas.end(), covered);
    const auto place = level_of(where);
    return place && covered(*place);
  }
  [[nodiscard]] std::optional<area_index> level_of(field where) const {
    switch (where) {
    case field::ward: return seen_.ward;
    case field::msoa: return seen_.msoa;
    case field::lsoa: return seen_.lsoa;
    default: return seen_.lad;
    }
  }

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
    case field::weekday: return accept(weekdays.at(seen_.weekday));
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

  [[nodiscard]] std::optional<std::pair<double, double>> number(const field_name& what) const {
    const auto& from = *seen_.source;
    const auto exactly = [](const std::optional<double>& value) -> std::optional<std::pair<double, double>> {
      if (!value) return {};
      return std::pair{*value, *value};
    };
    switch (what.field) {
    case field::age:
    case field::age_band:
      if (!seen_.age_years) return {};
      return std::pair{static_cast<double>(seen_.age_years->first), static_cast<double>(seen_.age_years->second)};
    case field::weight: return exactly(from.weight);
    case field::naloxone_doses: return exactly(from.naloxone_doses);
    case field::days_since_release: return exactly(from.days_since_release);
    case field::attribute: {
      const auto it = from.attributes.find(what.attribute);
      if (it == from.attributes.end()) return {};
      const auto text = trim(it->second);
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
      return std::pair{value, value};
    }
    default: return {};
    }
  }

  [[nodiscard]] bool present(const field_name& what) const {
    const auto& from = *seen_.source;
    switch (what.field) {
    case field::substances:
    case field::confirmed:
    case field::sold_as: return !member_ids(what.field).empty();
    case field::area: return !seen_.areas.empty() || from.area || from.ward || from.msoa || from.lsoa || from.lad;
    case field::ward: return seen_.ward || from.ward;
    case field::msoa: return seen_.msoa || from.msoa;
    case field::lsoa: return seen_.lsoa || from.lsoa;
    case field::lad: return seen_.lad || from.lad;
    case field::fatal: return from.fatal.has_value();
    case field::naloxone: return from.naloxone.has_value();
    case field::naloxone_doses: return from.naloxone_doses.has_value();
    case field::days_since_release: return from.days_since_release.has_value();
    case field::age: return from.age || from.age_band;
    case field::weight:
    case field::hour: return true;
    default: return any_text(what, [](std::string_view) { return true; });
    }
  }

  const fact& seen_;
  std::optional<only_member> only_;
};

// What is said positively of one field: the tests that are under no `not`.
void positive_tests(const condition& tree, field of, std::vector<const test*>& out) {
  if (const auto* leaf = std::get_if<test>(&tree.what)) {
    if (leaf->what.field == of) out.push_back(leaf);
  } else if (const auto* all = std::get_if<all_parts>(&tree.what)) {
    for (const auto& part : all->parts) positive_tests(part, of, out);
  } else if (const auto* any = std::get_if<any_part>(&tree.what)) {
    for (const auto& part : any->parts) positive_tests(part, of, out);
  }
}

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

bool holds(const condition& wanted, const fact& seen) {
  return evaluation{seen}.holds(wanted);
}

std::vector<std::size_t> matching_members(const condition& wanted, const fact& seen, field set_field) {
  const auto& members = set_field == field::substances  ? seen.substances
                        : set_field == field::confirmed ? seen.confirmed
                                                        : seen.sold_as;
  std::vector<std::size_t> out;
  bool tested = false;
  each_branch(wanted, [&](const test& leaf) { tested = tested || leaf.what.field == set_field; });
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!tested || evaluation{seen, only_member{set_field, i}}.holds(wanted)) out.push_back(i);
  if (!out.empty() || !tested) return out;
  // Two tests met by two members ("heroin" and, elsewhere, "diazepam"): no member meets the whole condition, and
  // those that meet a part of it are the ones it is about.
  std::vector<const test*> tests;
  positive_tests(wanted, set_field, tests);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const evaluation alone{seen, only_member{set_field, i}};
    if (std::any_of(tests.begin(), tests.end(), [&](const test* leaf) { return alone(*leaf); })) out.push_back(i);
  }
  return out;
}

} // namespace forewarn::rules
