// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/record_question.hpp"

#include "rules/syntax/where.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <iostream>

#include <fmt/format.h>

namespace forewarn::commands {

std::optional<rules::rule> as_rule(const char* verb, const record_question& what, const reference_data& reference) {
  rules::rule out;
  out.id = rule_id{verb};
  out.where = {rules::all_parts{}};
  out.detector = rules::count_detector{std::chrono::hours{1}, {{level::amber, 1}}, {}};
  for (const auto& kind : what.kinds) {
    if (reference.kind(kind_id{kind}) == nullptr) {
      std::cerr << fmt::format("forewarn {}: there is no kind '{}'\n", verb, kind);
      return {};
    }
    out.observe.kinds.emplace_back(kind);
  }
  if (!what.by.empty()) {
    const auto field = rules::field_from_text(what.by);
    if (!field) {
      const auto words = rules::all_field_words();
      std::cerr << fmt::format("forewarn {}: --by: no field '{}'{}\n", verb, what.by, suggestion(what.by, words));
      return {};
    }
    out.for_each.push_back({*field, false, false, true});
  }
  if (what.where.empty()) return out;
  const source_text text{"--where", "{" + what.where + "}"};
  problems found;
  const auto tree = yaml::parse(text);
  if (!tree) {
    std::cerr << render(tree.error(), {text});
    return {};
  }
  const rules::reading from{reference, text.path, found};
  auto wanted = rules::read_where(from, *tree, out.observe);
  std::cerr << render(found, {text});
  if (!wanted) return {};
  out.where = std::move(*wanted);
  return out;
}

} // namespace forewarn::commands
