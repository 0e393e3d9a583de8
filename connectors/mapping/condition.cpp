// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/condition.hpp"

#include "forewarn/text.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

using cell_test = std::function<bool(std::optional<std::string_view>)>; // text trimmed, never empty

const row_condition never = [](const raw_row&) { return false; };

struct compiler {
  const std::string& path;
  const std::string& subject;
  const slot_finder& slots;
  problems& found;

  void complain(const yaml::node& at, std::string code, std::string message) const {
    found.push_back({path, at.at, severity::error, std::move(code), subject + std::move(message)});
  }

  row_condition all_of(std::vector<row_condition> parts) const {
    return [held = std::move(parts)](const raw_row& row) {
      return std::all_of(held.begin(), held.end(), [&](const row_condition& c) { return c(row); });
    };
  }

  row_condition group(const yaml::node& list, bool any) const {
    std::vector<row_condition> parts;
    if (!list.is_sequence() || list.items.empty())
      complain(list, "wrong-type", "`all` and `any` take a list of conditions");
    for (const auto& item : list.items) parts.push_back(mapping(item));
    if (!any) return all_of(std::move(parts));
    return [held = std::move(parts)](const raw_row& row) {
      return std::any_of(held.begin(), held.end(), [&](const row_condition& c) { return c(row); });
    };
  }

  row_condition mapping(const yaml::node& written) const {
    if (!written.is_mapping() || written.entries.empty()) {
      complain(written, "wrong-type",
               fmt::format("a condition is a mapping of columns to values, found {}", yaml::describe(written)));
      return never;
    }
    std::vector<row_condition> parts;
    for (const auto& e : written.entries) {
      if (e.key == "all" || e.key == "any") {
        parts.push_back(group(e.value, e.key == "any"));
      } else if (e.key == "not" && e.value.is_mapping()) {
        parts.push_back([held = mapping(e.value)](const raw_row& row) { return !held(row); });
      } else {
        parts.push_back([slot = slots(e.key), test = cell(e.value)](const raw_row& row) {
          const auto& held = row.cells[slot];
          const auto text = held ? trim(*held) : std::string_view{};
          return test(text.empty() ? std::nullopt : std::optional{text});
        });
      }
    }
    return all_of(std::move(parts));
  }

  cell_test one_of(const yaml::node& written) const {
    std::vector<std::string> words;
    const auto take = [&](const yaml::node& n) {
      if (n.is_scalar())
        words.push_back(ascii_lower(trim(n.text)));
      else
        complain(n, "wrong-type", fmt::format("expected a value, found {}", yaml::describe(n)));
    };
    if (written.is_sequence())
      std::for_each(written.items.begin(), written.items.end(), take);
    else
      take(written);
    return [held = std::move(words)](std::optional<std::string_view> text) {
      return text && std::find(held.begin(), held.end(), ascii_lower(*text)) != held.end();
    };
  }

  cell_test matching(const yaml::node& written) const {
    auto pattern = std::make_shared<RE2>(written.text, RE2::Quiet);
    if (!written.is_scalar() || !pattern->ok())
      complain(written, "bad-value", fmt::format("not a regular expression: {}", pattern->error()));
    return [pattern](std::optional<std::string_view> text) {
      return text && RE2::PartialMatch({text->data(), text->size()}, *pattern);
    };
  }

  cell_test cell(const yaml::node& written) const {
    if (!written.is_mapping()) return one_of(written);
    yaml::mapping_reader keys{written, path, subject, found};
    std::vector<cell_test> tests;
    if (const auto* n = keys.optional("equals")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("in")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("any_of")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("matches")) tests.push_back(matching(*n));
    if (const auto* n = keys.optional("not"))
      tests.push_back([held = cell(*n)](std::optional<std::string_view> text) { return !held(text); });
    if (const auto wanted = keys.optional_bool("exists"))
      tests.push_back([want = *wanted](std::optional<std::string_view> text) { return text.has_value() == want; });
    keys.finish();
    if (written.entries.empty()) complain(written, "wrong-type", "the condition on this column is empty");
    return [held = std::move(tests)](std::optional<std::string_view> text) {
      return std::all_of(held.begin(), held.end(), [&](const cell_test& t) { return t(text); });
    };
  }
};

} // namespace

row_condition compile_condition(const yaml::node& written, const std::string& path, const std::string& subject,
                                const slot_finder& slots, problems& found) {
  return compiler{path, subject, slots, found}.mapping(written);
}

} // namespace forewarn::connectors
