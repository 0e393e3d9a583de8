// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/condition.hpp"

#include "connectors/mapping/code_reading.hpp"
#include "connectors/mapping/field_types.hpp"
#include "forewarn/text.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

using cell_test = std::function<bool(std::optional<std::string_view>)>; // text trimmed, never empty

const row_condition never = [](const raw_row&) { return false; };

// Members of a list cell, or the one text.
template <class Test> bool any_member(std::string_view text, const Test& test) {
  while (true) {
    const auto end = text.find(list_mark);
    if (test(trim(text.substr(0, end)))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

struct compiler {
  const condition_context& around;

  void complain(const yaml::node& at, std::string code, std::string message) const {
    around.found.push_back({around.path, at.at, severity::error, std::move(code), around.subject + std::move(message)});
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
        parts.push_back([slot = around.slots(e.key), test = cell(e.value)](const raw_row& row) {
          const auto& held = row.cells[slot];
          const auto text = held ? trim(*held) : std::string_view{};
          return test(text.empty() ? std::nullopt : std::optional{text});
        });
      }
    }
    return all_of(std::move(parts));
  }

  std::vector<std::string> words_of(const yaml::node& written) const {
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
    return words;
  }

  cell_test one_of(const yaml::node& written) const {
    return [held = words_of(written)](std::optional<std::string_view> text) {
      return text && any_member(*text, [&](std::string_view one) {
               return std::find(held.begin(), held.end(), ascii_lower(one)) != held.end();
             });
    };
  }

  cell_test all_of_values(const yaml::node& written) const {
    return [held = words_of(written)](std::optional<std::string_view> text) {
      return text && std::all_of(held.begin(), held.end(), [&](const std::string& wanted) {
               return any_member(*text, [&](std::string_view one) { return ascii_lower(one) == wanted; });
             });
    };
  }

  // Numbers; a text that is none fails.
  template <class Compare> cell_test number(const yaml::node& written, Compare compare) const {
    const auto bound = yaml::as_number(written);
    if (!bound) complain(written, "wrong-type", fmt::format("expected a number, found {}", yaml::describe(written)));
    return [limit = bound.value_or(0), compare](std::optional<std::string_view> text) {
      return text && any_member(*text, [&](std::string_view one) {
               const auto value = parse_number(one);
               return value && compare(*value, limit);
             });
    };
  }

  cell_test coded(yaml::mapping_reader& keys, const yaml::node& name) const {
    std::vector<code_event> events;
    for (const auto* n : keys.optional_list("event")) {
      const auto words = all_spellings<code_event>();
      if (const auto event = forewarn::from_text<code_event>(n->text))
        events.push_back(*event);
      else
        complain(*n, "bad-value",
                 fmt::format("no event '{}'; one of {}{}", n->text, join_or(words), suggestion(n->text, words)));
    }
    if (events.empty()) events = {code_event::poisoning, code_event::intoxication, code_event::naloxone};
    const auto system = around.codes(name);
    if (!system) return [](std::optional<std::string_view>) { return false; };
    return [system, events](std::optional<std::string_view> text) {
      if (!text) return false;
      const auto codes = split_codes(*text, {",", ";", "|", std::string(1, list_mark)});
      return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
        const auto said = system->lookup(code);
        if (said.row == nullptr) return said.standing == code_standing::unknown;
        return std::find(events.begin(), events.end(), said.row->event) != events.end();
      });
    };
  }

  cell_test matching(const yaml::node& written) const {
    auto pattern = std::make_shared<RE2>(written.text, RE2::Quiet);
    if (!written.is_scalar() || !pattern->ok())
      complain(written, "bad-value", fmt::format("not a regular expression: {}", pattern->error()));
    return [pattern](std::optional<std::string_view> text) {
      return text && any_member(*text, [&](std::string_view one) {
               return RE2::PartialMatch({one.data(), one.size()}, *pattern);
             });
    };
  }

  cell_test cell(const yaml::node& written) const {
    if (!written.is_mapping()) return one_of(written);
    yaml::mapping_reader keys{written, around.path, around.subject, around.found};
    std::vector<cell_test> tests;
    if (const auto* n = keys.optional("equals")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("in")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("any_of")) tests.push_back(one_of(*n));
    if (const auto* n = keys.optional("all_of")) tests.push_back(all_of_values(*n));
    if (const auto* n = keys.optional("matches")) tests.push_back(matching(*n));
    if (const auto* n = keys.optional("at_least")) tests.push_back(number(*n, std::greater_equal<>{}));
    if (const auto* n = keys.optional("more_than")) tests.push_back(number(*n, std::greater<>{}));
    if (const auto* n = keys.optional("at_most")) tests.push_back(number(*n, std::less_equal<>{}));
    if (const auto* n = keys.optional("less_than")) tests.push_back(number(*n, std::less<>{}));
    if (const auto* n = keys.optional("codes")) tests.push_back(coded(keys, *n));
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

row_condition compile_condition(const yaml::node& written, const condition_context& around) {
  return compiler{around}.mapping(written);
}

} // namespace forewarn::connectors
