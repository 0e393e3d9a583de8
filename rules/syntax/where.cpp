// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/where.hpp"

#include "rules/syntax/values.hpp"
#include "rules/syntax/where_parts.hpp"

#include <algorithm>
#include <array>

namespace forewarn::rules {
namespace {

constexpr std::array<std::string_view, 8> operators{"not",       "at_least", "more_than", "at_most",
                                                    "less_than", "exists",   "matches",   "any_of"};

// `{at_least: 18, at_most: 25}` is one range.
void merge_ranges(condition& one) {
  auto* all = std::get_if<all_parts>(&one.what);
  if (all == nullptr) return;
  number_range merged;
  for (const auto& part : all->parts) {
    const auto* leaf = std::get_if<test>(&part.what);
    const auto* range = leaf == nullptr ? nullptr : std::get_if<number_range>(&leaf->is);
    if (range == nullptr || (range->least && merged.least) || (range->most && merged.most)) return;
    if (range->least) {
      merged.least = range->least;
      merged.above_least = range->above_least;
    }
    if (range->most) {
      merged.most = range->most;
      merged.below_most = range->below_most;
    }
  }
  if (all->parts.empty()) return;
  const auto what = std::get<test>(all->parts.front().what).what;
  one.what = test{what, merged};
}

class where_reader {
public:
  explicit where_reader(const reading& from) : from_{from} {}

  where_part conjunction_of(const yaml::node& where, const observed& among) {
    if (!where.is_mapping()) {
      complain(where.at, "wrong-type",
               fmt::format("expected fields with their values, such as {{substances: opioid}}, found {}",
                           yaml::describe(where)));
      return {{}, where.at, {}};
    }
    std::vector<where_part> parts;
    for (const auto& entry : where.entries) {
      if (entry.key == "all")
        parts.push_back(all_of(entry));
      else if (entry.key == "any")
        parts.push_back(any_of(entry));
      else if (entry.key == "not")
        parts.push_back(none_of(from_, conjunction_of(entry.value, {}), entry.key_at));
      else if (const auto name = read_field(from_, entry.key, entry.key_at))
        parts.push_back(value_of(*name, entry.value, entry.key_at));
      else
        parts.push_back({{}, entry.key_at, {}});
    }
    return join(from_, std::move(parts), where.at, among);
  }

private:
  void complain(const location& at, std::string code, std::string message, severity how = severity::error) const {
    from_.complain(at, std::move(code), std::move(message), how);
  }

  where_part all_of(const yaml::entry& entry) {
    std::vector<where_part> parts;
    if (const auto* items = listed(entry))
      for (const auto& item : *items) parts.push_back(conjunction_of(item, {}));
    else
      return {{}, entry.key_at, {}};
    return join(from_, std::move(parts), entry.key_at);
  }

  where_part any_of(const yaml::entry& entry) {
    const auto* items = listed(entry);
    if (items == nullptr) return {{}, entry.key_at, {}};
    std::vector<where_part> parts;
    for (const auto& item : *items) parts.push_back(conjunction_of(item, {}));
    return either(from_, std::move(parts), entry.key_at);
  }

  const std::vector<yaml::node>* listed(const yaml::entry& entry) {
    if (!entry.value.is_sequence()) {
      complain(
          entry.value.at, "wrong-type",
          fmt::format("'{}' takes a list of conditions, such as [{{setting: prison}}, {{naloxone: true}}], found {}",
                      entry.key, yaml::describe(entry.value)));
      return nullptr;
    }
    if (entry.value.items.empty()) {
      complain(entry.value.at, "impossible-condition", fmt::format("'{}' has no conditions in its list", entry.key));
      return nullptr;
    }
    if (entry.value.items.size() > largest::list) {
      complain(entry.value.at, "too-large", fmt::format("more than {} conditions in one list", largest::list));
      return nullptr;
    }
    return &entry.value.items;
  }

  // What one field must be: a scalar, a list (any of), or operators (all of them).
  where_part value_of(const field_name& name, const yaml::node& value, const location& key_at) {
    if (value.is_mapping()) {
      if (value.entries.empty()) {
        complain(value.at, "wrong-type", fmt::format("'{}' says nothing; write a value or an operator", to_text(name)));
        return {{}, key_at, {}};
      }
      std::vector<where_part> parts;
      for (const auto& entry : value.entries) parts.push_back(operator_of(name, entry));
      auto out = join(from_, std::move(parts), key_at);
      if (out.what) merge_ranges(*out.what);
      return out;
    }
    const auto at = value.is_scalar() ? value.at : key_at;
    return {one_of_values(name, value), at, {}};
  }

  std::optional<condition> one_of_values(const field_name& name, const yaml::node& value) {
    std::vector<const yaml::node*> values;
    if (!value.is_sequence()) values.push_back(&value);
    for (const auto& item : value.items) values.push_back(&item);
    if (values.empty()) {
      complain(value.at, "impossible-condition", fmt::format("an empty list: no '{}' is in it", to_text(name)));
      return {};
    }
    if (values.size() > largest::list) {
      complain(value.at, "too-large", fmt::format("more than {} values in one list", largest::list));
      return {};
    }
    return read_values(from_, name, values);
  }

  where_part operator_of(const field_name& name, const yaml::entry& entry) {
    const auto at = entry.value.is_scalar() ? entry.value.at : entry.key_at;
    if (entry.key == "not") return none_of(from_, value_of(name, entry.value, entry.key_at), entry.key_at);
    if (entry.key == "any_of" || entry.key == "all_of") {
      if (!entry.value.is_sequence()) {
        complain(entry.value.at, "wrong-type",
                 fmt::format("'{}' takes a list, found {}", entry.key, yaml::describe(entry.value)));
        return {{}, at, {}};
      }
      if (entry.key == "any_of") return {one_of_values(name, entry.value), at, {}};
      return every_value(name, entry);
    }
    if (entry.key == "exists") return {existence(name, entry.value), at, {}};
    if (entry.key == "matches") return {pattern(name, entry), at, {}};
    if (entry.key == "at_least") return {bound(name, limit::at_least, entry), at, {}};
    if (entry.key == "more_than") return {bound(name, limit::more_than, entry), at, {}};
    if (entry.key == "at_most") return {bound(name, limit::at_most, entry), at, {}};
    if (entry.key == "less_than") return {bound(name, limit::less_than, entry), at, {}};
    std::vector<std::string> words{operators.begin(), operators.end()};
    words.emplace_back("all_of");
    complain(entry.key_at, "unknown-key",
             fmt::format("no operator '{}'; it is one of {}{}", shown(entry.key), join_or(words),
                         suggestion(entry.key, words)));
    return {{}, entry.key_at, {}};
  }

  where_part every_value(const field_name& name, const yaml::entry& entry) {
    auto read = one_of_values(name, entry.value);
    const auto at = entry.key_at;
    if (!read) return {{}, at, {}};
    if (is_set_field(name.field)) {
      auto& leaf = std::get<test>(read->what);
      return {condition{test{name, all_of_substances{std::move(std::get<one_of_substances>(leaf.is).values)}}}, at, {}};
    }
    // A field with one value has all of these only where they agree; the check of the conjunction tells.
    std::vector<where_part> parts;
    for (const auto& item : entry.value.items) {
      const auto* one = &item;
      parts.push_back({read_values(from_, name, std::span{&one, 1}), item.at, {}});
    }
    return join(from_, std::move(parts), at);
  }

  std::optional<condition> existence(const field_name& name, const yaml::node& value) {
    if (const auto wanted = yaml::as_bool(value)) return condition{test{name, exists{*wanted}}};
    complain(value.at, "wrong-type", "'exists' must be true or false");
    return {};
  }

  std::optional<condition> pattern(const field_name& name, const yaml::entry& entry) {
    const auto type = type_of(name);
    if (type == value_type::truth || type == value_type::number || type == value_type::age || type == value_type::hour)
      return no_such_operator(name, entry, "it has no text to match");
    return read_pattern(from_, name, entry.value);
  }

  std::optional<condition> bound(const field_name& name, limit which, const yaml::entry& entry) {
    const auto type = type_of(name);
    if (type != value_type::number && type != value_type::age && type != value_type::hour &&
        type != value_type::free_text)
      return no_such_operator(
          name, entry, type == value_type::age_band ? "it is a band; limits are for `age`" : "it is not a number");
    return read_limit(from_, name, which, entry.value);
  }

  std::optional<condition> no_such_operator(const field_name& name, const yaml::entry& entry, std::string_view why) {
    complain(entry.key_at, "wrong-type",
             fmt::format("'{}' cannot be asked of '{}': {}", entry.key, to_text(name), why));
    return {};
  }

  const reading& from_;
};

} // namespace

std::optional<condition> read_where(const reading& from, const yaml::node& where, const observed& among) {
  auto read = where_reader{from}.conjunction_of(where, among);
  if (read.cannot) from.complain(read.cannot->at, "impossible-condition", read.cannot->why);
  return std::move(read.what);
}

} // namespace forewarn::rules
