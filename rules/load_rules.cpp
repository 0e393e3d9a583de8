// SPDX-License-Identifier: Apache-2.0
// From files to a rule set: reads each file, then what concerns all of them together. Every problem comes back.
#include "rules/plan.hpp"

#include "rules/compile/canonical.hpp"
#include "rules/read/sentence.hpp"
#include "rules/syntax/all_files.hpp"
#include "rules/syntax/rule_reader.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace forewarn::rules {
namespace {

struct candidate {
  read_rule_result read;
  bool good = false; // no error of its own
};

void check_version(const reading& from, yaml::mapping_reader& keys) {
  const auto* version = keys.optional("version");
  if (version == nullptr) {
    from.complain(keys.where().at, "missing-key", "'version: 1' is missing at the top of the file", severity::warning);
    return;
  }
  if (yaml::as_integer(*version) == 1) return;
  from.complain(version->at, version->is_scalar() ? "bad-value" : "wrong-type",
                fmt::format("version {} of the rule language is not known; this program reads version 1",
                            version->is_scalar() ? "'" + shown(version->text) + "'" : std::string{"here"}));
}

// A file with its keys; the list of its rules, where it has one.
struct rule_file {
  yaml::node document;
  std::string path;
  const yaml::node* rules = nullptr;
};

// What every file says for all: names and changes. Its rules are read when all files have been asked.
void look_through(rule_file& file, const reference_data& reference, fragments& named, changes& changed,
                  problems& found) {
  if (file.document.is_null()) return; // a file of comments only
  const reading from{reference, file.path, found};
  auto keys = from.keys(file.document);
  if (!file.document.is_mapping()) return;
  check_version(from, keys);
  const auto* let = keys.optional("let");
  const auto* change = keys.optional("change");
  const auto* rules = let == nullptr && change == nullptr ? keys.required("rules") : keys.optional("rules");
  keys.finish();
  if (let != nullptr) named.take(from, *let);
  if (change != nullptr) changed.take(from, *change);
  if (rules == nullptr || rules->is_null()) return;
  if (rules->is_sequence())
    file.rules = rules;
  else
    from.complain(rules->at, "wrong-type", fmt::format("'rules' is a list of rules, found {}", yaml::describe(*rules)));
}

// Not in texts: a title may begin with "$".
bool may_name_fragments(std::string_view key) {
  return key == "where" || key == "for_each" || key == "observe" || key == "feeds" || key == "detect";
}

void read_rules(const rule_file& file, const reference_data& reference, const fragments& named, changes& changed,
                std::vector<candidate>& out, problems& found) {
  if (file.rules == nullptr) return;
  const reading from{reference, file.path, found};
  std::size_t number = 0;
  for (auto one : file.rules->items) {
    if (out.size() == largest::rules) {
      from.complain(one.at, "too-large", fmt::format("more than {} rules in all", largest::rules));
      return;
    }
    const auto before = found.size();
    changed.apply_to(one);
    for (auto& entry : one.entries)
      if (may_name_fragments(entry.key)) named.expand(from, entry.value);
    candidate made{read_rule(one, ++number, file.path, reference, found), false};
    made.good = made.read.has_id && std::none_of(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(),
                                                 [](const problem& p) { return p.how == severity::error; });
    out.push_back(std::move(made));
  }
}

void complain_of(const candidate& one, const location& at, std::string code, std::string message, problems& found) {
  found.push_back({one.read.made.path, at, severity::error, std::move(code),
                   fmt::format("rule '{}': {}", one.read.made.id.str(), message)});
}

// The first of a name stays; who reads the later one is told where the first is.
void check_ids(std::vector<candidate>& all, const all_files& whole, problems& found) {
  std::map<rule_id, const candidate*> first;
  for (auto& one : all) {
    if (!one.read.has_id) continue;
    const auto [it, fresh] = first.emplace(one.read.made.id, &one);
    if (fresh) continue;
    const auto [path, at] = whole.place_of(it->second->read.id_at);
    complain_of(one, one.read.id_at, "duplicate-id",
                fmt::format("this id is already taken at {}:{}:{}", path, at.line, at.column), found);
    one.good = false;
  }
}

std::vector<std::string> ids_of(const std::vector<candidate>& all) {
  std::vector<std::string> ids;
  for (const auto& one : all)
    if (one.read.has_id) ids.push_back(one.read.made.id.str());
  return ids;
}

void check_mentions(std::vector<candidate>& all, problems& found) {
  const auto ids = ids_of(all);
  for (auto& one : all) {
    for (const auto& mention : one.read.mentions) {
      const bool itself = mention.id == one.read.made.id;
      if (!itself && std::find(ids.begin(), ids.end(), mention.id.str()) != ids.end()) continue;
      complain_of(one, mention.at, itself ? "bad-value" : "unknown-rule",
                  itself ? std::string{"a rule cannot inhibit itself"}
                         : fmt::format("no rule '{}'{}", shown(mention.id.str()), suggestion(mention.id.str(), ids)),
                  found);
      one.good = false;
    }
  }
}

std::string hash_of_all(const std::vector<rule>& rules) {
  std::string text;
  for (const auto& one : rules) text += fmt::format("{} {} {}\n", one.id.str(), one.hash, static_cast<int>(one.status));
  return hash_of(text);
}

} // namespace

loaded_rules load_rules(const std::vector<source_text>& files, std::shared_ptr<const reference_data> reference) {
  loaded_rules out;
  all_files whole;
  fragments named;
  changes changed;
  problems staged; // with lines as they are numbered through all files
  std::vector<rule_file> read;
  for (const auto& file : files)
    if (auto document = whole.take(file, out.found)) read.push_back({std::move(*document), file.path});
  for (auto& file : read) look_through(file, *reference, named, changed, staged);
  std::vector<candidate> all;
  for (const auto& file : read) read_rules(file, *reference, named, changed, all, staged);
  changed.complain_of_unused({*reference, {}, staged}, ids_of(all));
  check_ids(all, whole, staged);
  check_mentions(all, staged);
  for (auto& one : staged) whole.give_back(one);
  out.found.insert(out.found.end(), staged.begin(), staged.end());

  auto set = std::make_shared<rule_set>();
  for (auto& one : all) {
    if (!one.good) continue;
    auto& made = one.read.made;
    made.at = whole.place_of(made.at).second;
    made.hash = hash_of(canonical_text(made, *reference));
    made.sentence = sentence_of(made, *reference);
    set->rules.push_back(std::move(made));
  }
  std::sort(set->rules.begin(), set->rules.end(), [](const rule& a, const rule& b) { return a.id < b.id; });
  set->hash = hash_of_all(set->rules);
  set->reference = std::move(reference);
  std::stable_sort(out.found.begin(), out.found.end(), [](const problem& a, const problem& b) {
    return std::tie(a.path, a.at.line, a.at.column) < std::tie(b.path, b.at.line, b.at.column);
  });
  out.rules = std::move(set);
  return out;
}

} // namespace forewarn::rules
