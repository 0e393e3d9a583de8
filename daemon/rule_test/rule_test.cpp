// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_test/rule_test.hpp"

#include "daemon/rule_test/observation_yaml.hpp"
#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <fmt/format.h>

namespace forewarn::rule_test {
namespace {

template <class Enum> std::optional<Enum> one_of(yaml::mapping_reader& keys, std::string_view key) {
  const auto text = keys.optional_text(key);
  if (!text) return {};
  if (const auto value = from_text<Enum>(*text)) return value;
  const auto words = all_spellings<Enum>();
  keys.complain(keys.where().find(key)->value.at, "bad-value",
                fmt::format("{}: '{}' is none of {}{}", key, *text, join_and(words), suggestion(*text, words)));
  return {};
}

std::optional<instant> time_of(yaml::mapping_reader& keys, std::string_view key, const zone& local) {
  const auto text = keys.optional_text(key);
  if (!text) return {};
  const auto at = read_time(*text, local);
  if (!at)
    keys.complain(keys.where().find(key)->value.at, "bad-value",
                  fmt::format("{}: '{}' is not a time such as 2026-03-01T12:00", key, *text));
  return at;
}

series_key series_of(yaml::mapping_reader& keys, const reference_data& reference) {
  series_key out;
  const auto* given = keys.optional("series");
  if (given == nullptr) return out;
  if (!given->is_mapping()) {
    keys.complain(given->at, "wrong-type", "series: wants field and value, such as {ward: Armley}");
    return out;
  }
  for (const auto& one : given->entries) out.emplace_back(one.key, resolved(one.key, one.value.text, reference));
  return out;
}

bool of_messages(const yaml::node& row) {
  return row.find("to") != nullptr || row.find("says") != nullptr || row.find("by") != nullptr;
}

std::vector<std::string> texts_of(yaml::mapping_reader& keys, std::string_view key) {
  std::vector<std::string> out;
  for (const auto* one : keys.optional_list(key)) out.push_back(one->text);
  return out;
}

void read_message(yaml::mapping_reader& keys, const reference_data& reference, test_case& to) {
  expected_message out;
  out.at = keys.where().at;
  const auto service = keys.required_text("to");
  out.by = keys.optional_text("by").value_or("");
  out.when = time_of(keys, "at", reference.local_zone);
  out.says = texts_of(keys, "says");
  out.says_not = texts_of(keys, "says_not");
  keys.finish();
  if (!service) return;
  out.to = service_id{*service};
  to.messages.push_back(std::move(out));
}

void read_expectation(const yaml::node& row, const std::string& path, const reference_data& reference, test_case& to,
                      problems& found) {
  yaml::mapping_reader keys{row, path, fmt::format("test '{}': ", to.name), found};
  if (of_messages(row)) {
    read_message(keys, reference, to);
    return;
  }
  expectation out;
  out.at = row.at;
  const auto rule = keys.required_text("rule");
  out.series = series_of(keys, reference);
  out.opens = time_of(keys, "opens", reference.local_zone);
  out.opens_at_level = one_of<level>(keys, "level");
  out.becomes = one_of<level>(keys, "becomes");
  out.when = time_of(keys, "at", reference.local_zone);
  out.closes = time_of(keys, "closes", reference.local_zone);
  out.because = one_of<close_reason>(keys, "because");
  out.retrospective = keys.optional_bool("retrospective").value_or(false);
  if (out.becomes.has_value() != out.when.has_value())
    keys.complain(row.at, "missing-key", "'becomes' needs 'at', and 'at' needs 'becomes'");
  keys.finish();
  if (!rule) return;
  out.rule = rule_id{*rule};
  to.expect.push_back(std::move(out));
}

// A rule that opens no signal, or {to: SERVICE} that hears nothing.
void read_unexpected(const yaml::node& row, const std::string& path, test_case& to, problems& found) {
  if (!row.is_mapping()) {
    to.expect_none.push_back({row.at, rule_id{row.text}});
    return;
  }
  yaml::mapping_reader keys{row, path, fmt::format("test '{}': ", to.name), found};
  const auto service = keys.required_text("to");
  const auto by = keys.optional_text("by").value_or("");
  keys.finish();
  if (service) to.no_messages.push_back({row.at, service_id{*service}, by});
}

test_case read_case(const yaml::node& row, const std::string& path, const reference_data& reference, problems& found) {
  yaml::mapping_reader keys{row, path, "test: ", found};
  test_case out;
  out.at = row.at;
  out.name = keys.required_text("name").value_or("?");
  keys.set_subject(fmt::format("test '{}': ", out.name));
  const auto list_at = [&](const yaml::node* list, const char* what) {
    if (list == nullptr || list->is_sequence()) return list;
    keys.complain(list->at, "wrong-type", fmt::format("{} wants a list, found {}", what, yaml::describe(*list)));
    return static_cast<const yaml::node*>(nullptr);
  };
  if (const auto* rows = list_at(keys.required("observations"), "observations"); rows != nullptr)
    for (const auto& one : rows->items) read_observation(one, path, out.name, reference, out.observations, found);
  if (const auto* rows = list_at(keys.optional("expect"), "expect"); rows != nullptr)
    for (const auto& one : rows->items) read_expectation(one, path, reference, out, found);
  if (const auto* rows = keys.optional("expect_none"); rows != nullptr) {
    if (rows->is_sequence())
      for (const auto& one : rows->items) read_unexpected(one, path, out, found);
    else
      read_unexpected(*rows, path, out, found);
  }
  if (out.expect.empty() && out.messages.empty() && out.expect_none.empty() && out.no_messages.empty())
    keys.complain(row.at, "missing-key", "says neither 'expect' nor 'expect_none', so it could never fail");
  keys.finish();
  return out;
}

} // namespace

test_file read_tests(const source_text& file, const reference_data& reference, problems& found) {
  test_file out;
  out.path = file.path;
  const auto tree = yaml::parse(file);
  if (!tree) {
    found.insert(found.end(), tree.error().begin(), tree.error().end());
    return out;
  }
  if (!tree->is_mapping()) {
    found.push_back({file.path, tree->at, severity::error, "wrong-type", "a test file has `rules:` and `tests:`"});
    return out;
  }
  yaml::mapping_reader keys{*tree, file.path, "", found};
  (void)keys.optional("version");
  if (keys.required("rules") != nullptr)
    for (const auto* one : keys.optional_list("rules")) out.rules.push_back(one->text);
  out.services = texts_of(keys, "services");
  if (const auto* tests = keys.required("tests"); tests != nullptr)
    for (const auto& one : tests->items) {
      if (one.is_mapping())
        out.tests.push_back(read_case(one, file.path, reference, found));
      else
        keys.complain(one.at, "wrong-type", "a test has a name, observations, and what is expected");
    }
  keys.finish();
  return out;
}

} // namespace forewarn::rule_test
