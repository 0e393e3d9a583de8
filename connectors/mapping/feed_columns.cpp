// SPDX-License-Identifier: Apache-2.0
// Where a field's text comes from: columns and their slots, words that mean "not given", value tables, code systems.
#include "connectors/mapping/feed_compiler.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {

std::size_t feed_compiler::slot_of(std::string_view column, bool optional) {
  auto& columns = plan_->columns;
  const auto it =
      std::find_if(columns.begin(), columns.end(), [&](const wanted_column& c) { return c.name == column; });
  if (it != columns.end()) {
    it->optional = it->optional && optional;
    return static_cast<std::size_t>(it - columns.begin());
  }
  columns.push_back({std::string{column}, optional});
  return columns.size() - 1;
}

std::vector<std::string> feed_compiler::absent_words(yaml::mapping_reader& keys) {
  auto out = absent_;
  for (const auto* n : keys.optional_list("absent")) out.push_back(ascii_lower(trim(n->text)));
  return out;
}

void feed_compiler::read_columns(yaml::mapping_reader& keys, value_source& out) {
  auto columns = keys.optional_list("column");
  const auto several = keys.optional_list("columns");
  columns.insert(columns.end(), several.begin(), several.end());
  const bool optional = keys.optional_bool("optional").value_or(false);
  if (columns.empty()) keys.complain(keys.where().at, "missing-key", "'column' is required");
  for (const auto* n : columns) {
    out.columns.push_back(slot_of(n->text, optional));
    out.shown += (out.shown.empty() ? "" : " + ") + n->text;
  }
  if (const auto* join = keys.optional("join"); join != nullptr && join->is_scalar()) out.joined_by = join->text;
}

void feed_compiler::read_values(yaml::mapping_reader& keys, value_source& out, const field_type* checked_by) {
  const auto check = [&](const yaml::node& at, const std::string& text) {
    if (checked_by == nullptr || !checked_by->check) return;
    if (const auto wrong = checked_by->check(text))
      complain(at,
               checked_by->shape == field_shape::substances ? "unknown-substance"
               : checked_by->shape == field_shape::area     ? "unknown-area"
                                                            : "bad-value",
               *wrong);
  };
  const auto* table = keys.optional("values");
  if (table != nullptr && !table->is_mapping())
    complain(*table, "wrong-type",
             fmt::format("'values' is a mapping of their words to ours, found {}", yaml::describe(*table)));
  if (table != nullptr)
    for (const auto& e : table->entries) {
      auto& meaning = out.values[ascii_lower(trim(e.key))];
      if (e.value.is_null() || (e.value.is_scalar() && !e.value.quoted && e.value.text == "absent")) continue;
      std::string text = e.value.text;
      for (const auto& item : e.value.items) text += (text.empty() ? "" : std::string(1, list_mark)) + item.text;
      check(e.value, text);
      meaning = text;
    }
  if (const auto* otherwise = keys.optional("default")) {
    check(*otherwise, otherwise->text);
    out.otherwise = otherwise->text;
  }
  if (const auto what = keys.optional_text("unknown")) {
    if (*what == "quarantine")
      out.unknown = unknown_value::quarantine;
    else if (*what != "absent")
      complain(keys.where().find("unknown")->value, "bad-value",
               fmt::format("'{}' is not known; use absent or quarantine", *what));
  }
}

value_source feed_compiler::source_of(const yaml::node& written, yaml::mapping_reader* keys,
                                      const field_type* checked_by) {
  value_source out;
  if (keys == nullptr) {
    out.absent = absent_;
    if (!written.is_scalar() || written.text.empty()) {
      complain(written, "wrong-type",
               fmt::format("expected a column, or a mapping with `column`, found {}", yaml::describe(written)));
      return out;
    }
    out.columns.push_back(slot_of(written.text));
    out.shown = written.text;
    note(out);
    return out;
  }
  read_columns(*keys, out);
  out.absent = absent_words(*keys);
  read_values(*keys, out, checked_by);
  if (const auto pattern = keys->optional_text("extract")) {
    auto compiled = std::make_shared<const RE2>(*pattern, RE2::Quiet);
    if (compiled->ok())
      out.extract = compiled;
    else
      complain(written.find("extract")->value, "bad-value",
               fmt::format("not a regular expression: {}", compiled->error()));
  }
  note(out);
  return out;
}

// What a partner is told of a column: see `feeds spec`.
void feed_compiler::note(const value_source& from) {
  auto& one = plan_->notes.emplace_back();
  one.field = field_;
  for (const auto slot : from.columns) {
    one.columns.push_back(plan_->columns[slot].name);
    one.optional = one.optional || plan_->columns[slot].optional;
  }
  for (const auto& [theirs, ours] : from.values) one.values.push_back(theirs);
  std::sort(one.values.begin(), one.values.end());
  one.refuses_unknown = from.unknown == unknown_value::quarantine;
}

field_note& feed_compiler::noted() {
  if (plan_->notes.empty()) plan_->notes.emplace_back();
  return plan_->notes.back();
}

std::shared_ptr<const code_system> feed_compiler::find_codes(const yaml::node& name) {
  for (const auto& own : own_codes_)
    if (own->id() == name.text) return own;
  if (const auto* found = shared_.reference->codes.find(name.text))
    return {shared_.reference, found}; // lives as long as the reference data
  auto known = shared_.reference->codes.ids();
  for (const auto& own : own_codes_) known.push_back(own->id());
  complain(name, "unknown-code-system",
           fmt::format("no code system '{}' in vocabulary/codes/ or under `codes` of this file{}", name.text,
                       suggestion(name.text, known)));
  return nullptr;
}

code_plan feed_compiler::codes_of(yaml::mapping_reader& keys) {
  const auto name = keys.optional_text("codes");
  if (!name) return {};
  code_plan out{find_codes(keys.where().find("codes")->value), {",", ";", "|", std::string(1, list_mark)}};
  if (const auto separators = keys.optional_list("separators"); !separators.empty()) {
    out.separators = {std::string(1, list_mark)};
    for (const auto* n : separators)
      if (!n->text.empty()) out.separators.push_back(n->text);
  }
  if (out.system) noted().codes = out.system->title();
  return out;
}

} // namespace forewarn::connectors
