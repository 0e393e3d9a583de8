// SPDX-License-Identifier: Apache-2.0
// Reads templates/ and its approved blocks. Refuses a set that would leave a message without a required part: what is
// missing is found when the file is saved, not when the alert has to go out.
#include "daemon/alerting/template_text.hpp"
#include "daemon/alerting/words.hpp"
#include "daemon/wording/disclosure.hpp"
#include "daemon/wording/linter.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

const std::vector<std::string> needed_blocks{
    "harm-reduction",   "overdose-signs", "naloxone.reverses", "naloxone.partly", "naloxone.no", "naloxone.mixed",
    "naloxone.unknown", "report-more",    "not-an-all-clear",  "association",     "sms-advice",  "issuer"};
// A book may do without: `association` is said instead.
constexpr std::string_view of_a_report = "association-report";
const std::vector<std::string> needed_lists{"local-services"};
const std::vector<std::string> needed_templates{
    "alert.subject.mustache", "alert.txt.mustache",   "alert.html.mustache",     "notice.subject.mustache",
    "notice.txt.mustache",    "notice.html.mustache", "digest.subject.mustache", "digest.txt.mustache",
    "digest.html.mustache",   "alert.sms.mustache",   "poster.html.mustache"};

std::string file_name(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// One line of words: folded YAML scalars end in a line break that no message wants.
std::optional<std::string> approved_text(const yaml::entry& item, yaml::mapping_reader& keys) {
  const std::string text{trim(item.value.text)};
  if (!item.value.is_scalar() || text.empty()) {
    keys.complain(item.value.at, "wrong-type",
                  fmt::format("'{}' must be text, found {}", item.key, yaml::describe(item.value)));
    return {};
  }
  return text;
}

std::vector<std::string> approved_list(const yaml::node& list, std::string_view what, yaml::mapping_reader& keys) {
  std::vector<std::string> out;
  if (!list.is_sequence()) {
    keys.complain(list.at, "wrong-type", fmt::format("'{}' must be a list, found {}", what, yaml::describe(list)));
    return out;
  }
  for (const auto& item : list.items) {
    const std::string text{trim(item.text)};
    if (item.is_scalar() && !text.empty())
      out.push_back(text);
    else
      keys.complain(item.at, "wrong-type", fmt::format("'{}' must hold text, found {}", what, yaml::describe(item)));
  }
  return out;
}

void read_blocks(const yaml::node& blocks, yaml::mapping_reader& keys, word_book& book) {
  for (const auto& item : blocks.entries) {
    const bool known = std::find(needed_blocks.begin(), needed_blocks.end(), item.key) != needed_blocks.end();
    if (!known && item.key != of_a_report) {
      keys.complain(item.key_at, "unknown-key",
                    fmt::format("no block '{}' is ever used{}", item.key, suggestion(item.key, needed_blocks)));
      continue;
    }
    const auto text = approved_text(item, keys);
    if (text && !book.blocks.emplace(item.key, *text).second)
      keys.complain(item.key_at, "duplicate-id", fmt::format("block '{}' is given a second time", item.key));
  }
}

void read_lists(const yaml::node& lists, yaml::mapping_reader& keys, word_book& book) {
  for (const auto& item : lists.entries) {
    if (std::find(needed_lists.begin(), needed_lists.end(), item.key) == needed_lists.end()) {
      keys.complain(item.key_at, "unknown-key",
                    fmt::format("no list '{}' is ever used{}", item.key, suggestion(item.key, needed_lists)));
      continue;
    }
    if (!book.lists.emplace(item.key, approved_list(item.value, item.key, keys)).second)
      keys.complain(item.key_at, "duplicate-id", fmt::format("list '{}' is given a second time", item.key));
  }
}

void read_validity(const yaml::node& validity, const std::string& path, word_book& book, problems& found) {
  yaml::mapping_reader keys{validity, path, "validity: ", found};
  for (const auto* key : {"review_after", "expires_after"}) {
    const auto text = keys.optional_text(key);
    if (!text) continue;
    if (parse_duration(*text))
      book.blocks[key] = *text;
    else
      keys.complain(validity.find(key)->value.at, "bad-duration",
                    fmt::format("'{}' is not a duration; write a whole number and s, m, h, d or w, such as 7d", *text));
  }
  keys.finish();
}

// How closely counts are said, by audience; on-call, the panel and professionals read exact ones.
void read_disclosure(const yaml::node& profiles, const std::string& path, word_book& book, problems& found) {
  yaml::mapping_reader keys{profiles, path, "disclosure: ", found};
  const auto words = all_spellings<wording::disclosure>();
  for (const auto* key : {"services", "people_who_use_drugs", "public"}) {
    const auto text = keys.optional_text(key);
    if (!text) continue;
    const auto known = from_text<wording::disclosure>(*text);
    if (known && (*known != wording::disclosure::exact || std::string_view{key} == "services"))
      book.blocks[std::string{"disclosure."} + key] = *text;
    else if (known)
      keys.complain(profiles.find(key)->value.at, "bad-value",
                    "exact counts are not for these readers; write under-5, hes or opensafely");
    else
      keys.complain(
          profiles.find(key)->value.at, "bad-value",
          fmt::format("no disclosure profile '{}'; one of {}{}", *text, join_or(words), suggestion(*text, words)));
  }
  keys.finish();
}

// What one type of service should do stands behind what all should, under that type's name: everyone reads the whole
// list, and sees what the others were asked.
void add_by_type(const yaml::node& by_type, std::vector<std::string>& into, yaml::mapping_reader& keys) {
  if (!by_type.is_mapping())
    return keys.complain(by_type.at, "wrong-type", "'actions_for' must give each type of service its list of actions");
  for (const auto& type : by_type.entries)
    for (auto& one : approved_list(type.value, "actions_for", keys))
      into.push_back(fmt::format("{}: {}", type.key, std::move(one)));
}

void read_advice(const yaml::node& advice, const std::string& path, word_book& book, problems& found) {
  for (const auto& row : advice.items) {
    yaml::mapping_reader keys{row, path, "advice: ", found};
    const auto id = keys.required_text("id");
    if (id) keys.set_subject(fmt::format("advice '{}': ", *id));
    const auto risk = keys.required_text("risk");
    const auto* actions = keys.required("actions");
    const auto* by_type = keys.optional("actions_for");
    keys.finish();
    if (!id || !risk || actions == nullptr) continue;
    if (!book.blocks.emplace("advice." + *id + ".risk", trim(*risk)).second)
      keys.complain(row.at, "duplicate-id", fmt::format("advice '{}' is given a second time", *id));
    auto list = approved_list(*actions, "actions", keys);
    if (list.empty() && actions->is_sequence())
      keys.complain(actions->at, "missing-key", "staff must be told what to do: list at least one action");
    if (by_type != nullptr) add_by_type(*by_type, list, keys);
    book.lists["advice." + *id + ".actions"] = std::move(list);
  }
}

void read_words(const source_text& file, loaded_words& out) {
  const auto document = yaml::parse(file);
  if (!document) {
    out.found.insert(out.found.end(), document.error().begin(), document.error().end());
    return;
  }
  if (document->is_null()) return;
  yaml::mapping_reader keys{*document, file.path, "", out.found};
  (void)keys.optional_integer("version", 1, 1);
  if (const auto* blocks = keys.optional("blocks"); blocks != nullptr) read_blocks(*blocks, keys, out.book);
  if (const auto* lists = keys.optional("lists"); lists != nullptr) read_lists(*lists, keys, out.book);
  if (const auto* validity = keys.optional("validity"); validity != nullptr)
    read_validity(*validity, file.path, out.book, out.found);
  if (const auto* profiles = keys.optional("disclosure"); profiles != nullptr)
    read_disclosure(*profiles, file.path, out.book, out.found);
  if (const auto* advice = keys.optional("advice"); advice != nullptr)
    read_advice(*advice, file.path, out.book, out.found);
  keys.finish();
}

void require_everything(const std::string& path, loaded_words& out) {
  const auto complain = [&](std::string message) {
    out.found.push_back({path, {}, severity::error, "missing-key", std::move(message)});
  };
  for (const auto& name : needed_templates)
    if (!out.book.templates.contains(name)) complain(fmt::format("templates/{} is missing", name));
  for (const auto& name : needed_blocks)
    if (!out.book.blocks.contains(name))
      complain(fmt::format("no approved words for '{}': add it under 'blocks:' in templates/blocks", name));
  for (const auto& name : needed_lists)
    if (!out.book.lists.contains(name))
      complain(fmt::format("no approved list '{}': add it under 'lists:' in templates/blocks", name));
  if (!out.book.blocks.contains("advice.general.risk"))
    complain("no advice 'general': rules that name no advice use it; add it under 'advice:' in templates/blocks");
}

} // namespace

loaded_words load_words(const std::vector<source_text>& files) {
  loaded_words out;
  for (const auto& file : files) {
    const auto unfit = wording::lint_file(file);
    out.found.insert(out.found.end(), unfit.begin(), unfit.end());
    if (!file.path.ends_with(".mustache")) {
      read_words(file, out);
      continue;
    }
    const auto wrong = check_template(file);
    out.found.insert(out.found.end(), wrong.begin(), wrong.end());
    out.book.templates[file_name(file.path)] = file.text;
  }
  require_everything(files.empty() ? std::string{"templates"} : files.front().path, out);
  return out;
}

} // namespace forewarn::alerting
