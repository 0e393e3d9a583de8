// SPDX-License-Identifier: Apache-2.0
// The `map` of a feed, field by field: which reader takes it, and the fields that need no reader of their own.
#include "connectors/mapping/feed_compiler.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {

// `intent` and `naloxone` may come from codes, as substances may.
void feed_compiler::map_coded(const yaml::entry& written, value_source from, code_plan codes) {
  plan_->steps.push_back(
      [from = std::move(from), codes = std::move(codes), is_intent = written.key == "intent"](mapping_pass& pass) {
        const auto text = read_text(from, pass);
        if (!text || pass.refused) return;
        for (const auto* row : read_codes(codes, from, *text, pass)) {
          if (is_intent && row->intent) pass.out.intent = row->intent;
          if (!is_intent && row->event == code_event::naloxone) pass.out.naloxone = true;
        }
      });
}

void feed_compiler::map_simple(const yaml::entry& written, const yaml::node& source) {
  const auto type = simple_field(written.key);
  if (!type) return;
  if (!source.is_mapping()) return add_step(*type, source_of(source, nullptr, &*type));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  auto from = source_of(source, &keys, &*type);
  auto codes = written.key == "intent" || written.key == "naloxone" ? codes_of(keys) : code_plan{};
  keys.finish();
  if (codes) return map_coded(written, std::move(from), std::move(codes));
  add_step(*type, std::move(from));
}

void feed_compiler::add_step(const field_type& type, value_source source) {
  plan_->steps.push_back([set = type.set, from = std::move(source)](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (text && !pass.refused) set(from, *text, pass);
  });
}

void feed_compiler::map_field(const yaml::entry& written) {
  const auto shape = shape_of_field(written.key);
  if (!shape) {
    found_.push_back({path_, written.key_at, severity::error, "unknown-field",
                      fmt::format("{}no field '{}' in an observation{}", subject_, written.key,
                                  suggestion(written.key, all_field_names()))});
    return;
  }
  mapped_.push_back(written.key);
  field_ = written.key;
  const auto one = [&](const yaml::node& source) {
    switch (*shape) {
    case field_shape::time: return map_time(written, source);
    case field_shape::area: return map_area(written, source);
    case field_shape::age: return map_age(written, source);
    case field_shape::substances: return map_substances(written, source);
    case field_shape::person: return map_person(written, source);
    case field_shape::site: return map_site(written, source);
    default: return map_simple(written, source);
    }
  };
  if (!written.value.is_sequence()) return one(written.value);
  // Several sources: substances are collected from all, any other field is taken from the first that has it. Steps
  // run backwards, so that the first has the last word.
  const bool first_wins = *shape != field_shape::substances && *shape != field_shape::time;
  const auto& items = written.value.items;
  for (std::size_t i = 0; i < items.size(); ++i) one(first_wins ? items[items.size() - 1 - i] : items[i]);
}

void feed_compiler::add_constant(const yaml::entry& written) {
  const auto shape = shape_of_field(written.key);
  if (!shape || *shape == field_shape::time || *shape == field_shape::person || *shape == field_shape::age) {
    found_.push_back({path_, written.key_at, severity::error, "unknown-field",
                      fmt::format("{}'{}' cannot be the same for every record{}", subject_, written.key,
                                  suggestion(written.key, all_field_names()))});
    return;
  }
  if (std::find(mapped_.begin(), mapped_.end(), written.key) != mapped_.end())
    complain(written.value, "bad-value",
             fmt::format("'{}' is mapped from a column as well; use `default` there", written.key));
  value_source from;
  from.shown = written.key;
  std::string text = written.value.text;
  for (const auto& item : written.value.items) text += (text.empty() ? "" : std::string(1, list_mark)) + item.text;
  from.otherwise = text;
  if (*shape == field_shape::substances) return add_constant_substances(written, std::move(from));
  const auto type = *shape == field_shape::area ? std::optional{area_field(written.key, *shared_.reference, false, {})}
                    : *shape == field_shape::site ? std::optional{site_type()}
                                                  : simple_field(written.key);
  if (const auto wrong = type->check(text))
    complain(written.value,
             *shape == field_shape::area   ? "unknown-area"
             : *shape == field_shape::site ? "unknown-site"
                                           : "bad-value",
             *wrong);
  if (*shape == field_shape::site) return add_site_step(std::move(from), place_role::incident);
  add_step(*type, std::move(from));
}

} // namespace forewarn::connectors
