// SPDX-License-Identifier: Apache-2.0
#include "rules/condition.hpp"

#include "rules/field_values.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace forewarn::rules {
namespace {

template <class Visitor> void each_branch(const condition& tree, const Visitor& visit) {
  struct walker {
    const Visitor& visit;
    void operator()(const all_parts& all) const {
      for (const auto& part : all.parts) std::visit(*this, part.what);
    }
    void operator()(const any_part& any) const {
      for (const auto& part : any.parts) std::visit(*this, part.what);
    }
    void operator()(const negated& denied) const {
      for (const auto& part : denied.inner) std::visit(*this, part.what);
    }
    void operator()(const test& leaf) const { visit(leaf); }
  };
  std::visit(walker{visit}, tree.what);
}

class evaluation {
public:
  explicit evaluation(const fact& seen, std::optional<only_member> only = {}) : values_{seen, only} {}

  [[nodiscard]] bool holds(const condition& wanted) const { return std::visit(*this, wanted.what); }

  bool operator()(const all_parts& all) const {
    return std::all_of(all.parts.begin(), all.parts.end(), [this](const auto& part) { return holds(part); });
  }
  bool operator()(const any_part& any) const {
    return std::any_of(any.parts.begin(), any.parts.end(), [this](const auto& part) { return holds(part); });
  }
  bool operator()(const negated& denied) const { return !holds(denied.inner.front()); }
  bool operator()(const test& leaf) const {
    return std::visit([&](const auto& wanted) { return passes(leaf.what, wanted); }, leaf.is);
  }

private:
  [[nodiscard]] bool passes(const field_name& what, const one_of_texts& wanted) const {
    return values_.any_text(what, [&](std::string_view text) {
      return std::find(wanted.values.begin(), wanted.values.end(), text) != wanted.values.end();
    });
  }
  [[nodiscard]] bool passes(const field_name& what, const one_of_substances& wanted) const {
    return std::any_of(wanted.values.begin(), wanted.values.end(),
                       [&](const substance_value& value) { return values_.some_member_in(what.field, value.covers); });
  }
  [[nodiscard]] bool passes(const field_name& what, const all_of_substances& wanted) const {
    const auto met = [&](const substance_value& value) { return values_.some_member_in(what.field, value.covers); };
    // A single member contributes to "all of" when it is one of those asked for.
    if (values_.one_member_of(what.field)) return std::any_of(wanted.values.begin(), wanted.values.end(), met);
    return std::all_of(wanted.values.begin(), wanted.values.end(), met);
  }
  [[nodiscard]] bool passes(const field_name& what, const one_of_areas& wanted) const {
    return std::any_of(wanted.values.begin(), wanted.values.end(),
                       [&](const area_value& value) { return values_.lies_in(what.field, value.covers); });
  }
  [[nodiscard]] bool passes(const field_name& what, const truth& wanted) const {
    const auto& value = what.field == field::fatal ? values_.seen().source->fatal : values_.seen().source->naloxone;
    return value && *value == wanted.value;
  }
  [[nodiscard]] bool passes(const field_name& what, const number_range& wanted) const {
    // A band passes when all of it does: what lies across a limit is not known to be on either side.
    const auto range = values_.number(what);
    if (!range) return false;
    const auto [low, high] = *range;
    if (wanted.least && (wanted.above_least ? low <= *wanted.least : low < *wanted.least)) return false;
    return !wanted.most || (wanted.below_most ? high < *wanted.most : high <= *wanted.most);
  }
  [[nodiscard]] bool passes(const field_name& /*hour*/, const one_of_hours& wanted) const {
    const auto hour = values_.seen().hour;
    return std::any_of(wanted.ranges.begin(), wanted.ranges.end(), [hour](const hour_range& range) {
      if (range.from <= range.to) return hour >= range.from && hour < range.to;
      return hour >= range.from || hour < range.to;
    });
  }
  [[nodiscard]] bool passes(const field_name& what, const exists& wanted) const {
    return values_.present(what) == wanted.wanted;
  }
  [[nodiscard]] bool passes(const field_name& what, const matches& wanted) const {
    if (what.field >= field::area && what.field <= field::lad) return values_.lies_in(what.field, wanted.areas);
    return values_.any_text(what, [&](std::string_view text) {
      return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, *wanted.compiled);
    });
  }

  field_values values_;
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

bool holds(const condition& wanted, const fact& seen) {
  return evaluation{seen}.holds(wanted);
}

std::vector<std::size_t> matching_members(const condition& wanted, const fact& seen, field set_field) {
  const auto count = members(seen, set_field).size();
  std::vector<std::size_t> out;
  bool tested = false;
  each_branch(wanted, [&](const test& leaf) { tested = tested || leaf.what.field == set_field; });
  for (std::size_t i = 0; i < count; ++i)
    if (!tested || evaluation{seen, only_member{set_field, i}}.holds(wanted)) out.push_back(i);
  if (!out.empty() || !tested) return out;
  // Two tests met by two members ("heroin" and, elsewhere, "diazepam"): no member meets the whole condition, and
  // those that meet a part of it are the ones it is about.
  std::vector<const test*> tests;
  positive_tests(wanted, set_field, tests);
  for (std::size_t i = 0; i < count; ++i) {
    const evaluation alone{seen, only_member{set_field, i}};
    if (std::any_of(tests.begin(), tests.end(), [&](const test* leaf) { return alone(*leaf); })) out.push_back(i);
  }
  return out;
}

} // namespace forewarn::rules
