// SPDX-License-Identifier: Apache-2.0
#include "forewarn/vocabulary.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml_rows.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace forewarn {
namespace {

// The class ids that rules group by; fixed by the rule language.
constexpr std::array<std::string_view, 20> grouping_classes{
    "opioid",    "synthetic-opioid", "nitazene",        "fentanyl-analogue", "benzodiazepine", "street-benzodiazepine",
    "z-drug",    "gabapentinoid",    "alpha-2-agonist", "depressant",        "alcohol",        "stimulant",
    "cathinone", "dissociative",     "psychedelic",     "cannabinoid",       "scra",           "inhalant",
    "steroid",   "cutting-agent"};

constexpr std::size_t deepest = 12;

struct placed_row {
  substance row;
  std::string path;
  location at;
};

std::optional<naloxone_response> read_naloxone(yaml::mapping_reader& keys) {
  const auto text = keys.optional_text("naloxone");
  if (!text) return naloxone_response::unknown;
  if (*text == "reverses") return naloxone_response::reverses;
  if (*text == "partly") return naloxone_response::partly;
  if (*text == "no") return naloxone_response::no;
  if (*text == "unknown") return naloxone_response::unknown;
  keys.complain(keys.where().find("naloxone")->value.at, "bad-value",
                fmt::format("'{}' is not a naloxone response; one of reverses, partly, no, unknown", *text));
  return {};
}

enum class section : std::uint8_t {
  classes,
  substances,
  results
};

std::optional<substance> read_row(const yaml::node& node, section in, const std::string& path, problems& found) {
  yaml::mapping_reader keys{node, path, "substance: ", found};
  substance row;
  const auto id = keys.required_text("id");
  if (id) keys.set_subject(fmt::format("substance '{}': ", *id));
  const auto name = keys.optional_text("name");
  row.is_class = in == section::classes;
  row.is_result = in == section::results;
  for (const auto* s : keys.optional_list("synonyms")) row.synonyms.push_back(s->text);
  if (in != section::results) {
    const auto parent = in == section::classes ? keys.optional_text("parent") : keys.required_text("class");
    if (parent) row.parent = substance_id{*parent};
    row.cutting_agent = keys.optional_bool("cutting_agent").value_or(false);
    row.prescribed_medicine = keys.optional_bool("prescribed_medicine").value_or(false);
    row.antidote = keys.optional_bool("antidote").value_or(false);
    for (const auto* s : keys.optional_list("guarded")) row.guarded.push_back(s->text);
    const auto response = read_naloxone(keys);
    if (!response) return {};
    row.naloxone = *response;
  }
  if (in == section::classes) {
    for (const auto* s : keys.optional_list("stems")) row.stems.push_back(s->text);
    for (const auto* s : keys.optional_list("beginnings")) row.beginnings.push_back(s->text);
  }
  keys.finish();
  if (!id) return {};
  row.id = substance_id{*id};
  row.name = name.value_or(*id);
  return row;
}

struct placed_ambiguity {
  ambiguous_word row;
  std::string path;
  location at;
};

std::optional<ambiguous_word> read_ambiguity(const yaml::node& node, const std::string& path, problems& found) {
  yaml::mapping_reader keys{node, path, "ambiguous word: ", found};
  ambiguous_word out;
  const auto word = keys.required_text("word");
  if (word) keys.set_subject(fmt::format("ambiguous word '{}': ", *word));
  for (const auto* s : keys.optional_list("may_be")) out.may_be.emplace_back(s->text);
  if (out.may_be.empty()) keys.complain(node.at, "missing-key", "'may_be' lists the substances that it may be");
  keys.finish();
  if (!word || out.may_be.empty()) return {};
  out.word = *word;
  return out;
}

void check_ambiguities(const std::vector<placed_ambiguity>& words, const vocabulary& known, problems& found) {
  for (const auto& p : words) {
    const auto complain = [&](std::string code, std::string message) {
      found.push_back({p.path, p.at, severity::error, std::move(code),
                       fmt::format("ambiguous word '{}': {}", p.row.word, message)});
    };
    if (const auto index = known.named(p.row.word))
      complain("duplicate-id", fmt::format("it already is a name of '{}'", known.row(*index).id.str()));
    for (const auto& id : p.row.may_be)
      if (!known.find(id))
        complain("unknown-substance",
                 fmt::format("no substance '{}'{}", id.str(), suggestion(id.str(), known.all_words())));
  }
}

void check_rows(const std::vector<placed_row>& placed, problems& found) {
  std::unordered_map<substance_id, const placed_row*> by_id;
  for (const auto& p : placed)
    if (const auto [it, fresh] = by_id.emplace(p.row.id, &p); !fresh)
      found.push_back({p.path, p.at, severity::error, "duplicate-id",
                       fmt::format("substance '{}' was already given at {}:{}", p.row.id.str(), it->second->path,
                                   it->second->at.line)});
  std::unordered_map<std::string, const placed_row*> by_name;
  const auto claim = [&](const placed_row& p, const std::string& word) {
    const auto [it, fresh] = by_name.emplace(fold(word), &p);
    if (!fresh && it->second->row.id != p.row.id)
      found.push_back({p.path, p.at, severity::error, "duplicate-id",
                       fmt::format("substance '{}': the name '{}' already belongs to '{}'", p.row.id.str(), word,
                                   it->second->row.id.str())});
  };
  for (const auto& p : placed) {
    claim(p, p.row.id.str());
    claim(p, p.row.name);
    for (const auto& s : p.row.synonyms) claim(p, s);
    for (const auto& s : p.row.guarded) claim(p, s);
    if (p.row.parent && !by_id.contains(*p.row.parent))
      found.push_back({p.path, p.at, severity::error, "unknown-substance",
                       fmt::format("substance '{}': its class '{}' is in no vocabulary file", p.row.id.str(),
                                   p.row.parent->str())});
    std::size_t steps = 0;
    for (const auto* up = &p; up->row.parent && by_id.contains(*up->row.parent); up = by_id.at(*up->row.parent))
      if (++steps > deepest) {
        found.push_back({p.path, p.at, severity::error, "bad-value",
                         fmt::format("substance '{}': its classes lead round in a circle", p.row.id.str())});
        break;
      }
  }
  if (placed.size() > std::numeric_limits<substance_index>::max())
    found.push_back({placed.back().path, placed.back().at, severity::error, "too-large",
                     fmt::format("more than {} substances", std::numeric_limits<substance_index>::max())});
}

} // namespace

vocabulary::vocabulary(std::vector<substance> rows, std::vector<ambiguous_word> ambiguous,
                       std::vector<std::string> not_drugs)
    : rows_{std::move(rows)}, ambiguous_{std::move(ambiguous)}, not_drugs_{std::move(not_drugs)} {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto index = static_cast<substance_index>(i);
    by_id_.emplace(rows_[i].id, index);
    by_name_.emplace(fold(rows_[i].id.str()), index);
    by_name_.emplace(fold(rows_[i].name), index);
    for (const auto& s : rows_[i].synonyms) by_name_.emplace(fold(s), index);
    for (const auto& s : rows_[i].guarded) by_name_.emplace(fold(s), index);
    for (const auto& s : rows_[i].stems) stems_.emplace_back(fold(s), index);
    for (const auto& s : rows_[i].beginnings) beginnings_.emplace(fold(s), index);
  }
  std::sort(stems_.begin(), stems_.end(), [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.first < b.first;
  });
  ancestors_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto parent = rows_[i].parent;
    while (parent && ancestors_[i].size() <= deepest) {
      const auto up = find(*parent);
      if (!up) break;
      ancestors_[i].push_back(*up);
      parent = rows_[*up].parent;
    }
  }
  for (auto& word : ambiguous_) word.both = class_of_all(word.may_be);
}

std::optional<substance_index> vocabulary::class_of_all(const std::vector<substance_id>& ids) const {
  const auto first = ids.empty() ? std::nullopt : find(ids.front());
  if (!first) return {};
  const auto holds_all = [&](substance_index outer) {
    return std::all_of(ids.begin(), ids.end(), [&](const substance_id& id) {
      const auto inner = find(id);
      return inner && is_or_within(*inner, outer);
    });
  };
  if (holds_all(*first)) return first;
  for (const auto up : ancestors_[*first])
    if (holds_all(up) && rows_[up].id.str() != "other") return up;
  return {};
}

std::optional<substance_index> vocabulary::find(const substance_id& id) const {
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return {};
  return it->second;
}

std::optional<substance_index> vocabulary::named(std::string_view text) const {
  const auto it = by_name_.find(fold(text));
  if (it == by_name_.end()) return {};
  return it->second;
}

std::optional<substance_index> vocabulary::class_by_stem(std::string_view folded_word) const {
  for (const auto& [stem, index] : stems_)
    if (folded_word.size() > stem.size() && folded_word.ends_with(stem)) return index;
  return {};
}

std::optional<substance_index> vocabulary::class_by_beginning(std::string_view folded_word) const {
  const auto it = beginnings_.find(std::string{folded_word});
  if (it == beginnings_.end()) return {};
  return it->second;
}

bool vocabulary::is_or_within(substance_index inner, substance_index outer) const {
  if (inner == outer) return true;
  const auto& up = ancestors_.at(inner);
  return std::find(up.begin(), up.end(), outer) != up.end();
}

std::vector<substance_index> vocabulary::within(substance_index outer) const {
  std::vector<substance_index> out;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (is_or_within(static_cast<substance_index>(i), outer)) out.push_back(static_cast<substance_index>(i));
  return out;
}

std::optional<substance_index> vocabulary::class_of(substance_index index) const {
  if (rows_.at(index).is_result) return {};
  const auto groups = [this](substance_index i) {
    const auto& id = rows_[i].id.str();
    return id == "other" || std::find(grouping_classes.begin(), grouping_classes.end(), id) != grouping_classes.end();
  };
  if (groups(index)) return index;
  for (const auto up : ancestors_[index])
    if (groups(up)) return up;
  return find(substance_id{"other"});
}

naloxone_response vocabulary::naloxone(substance_index index) const {
  if (rows_.at(index).naloxone != naloxone_response::unknown) return rows_[index].naloxone;
  for (const auto up : ancestors_[index])
    if (rows_[up].naloxone != naloxone_response::unknown) return rows_[up].naloxone;
  return naloxone_response::unknown;
}

std::string vocabulary::name_of(const substance_id& id) const {
  const auto index = find(id);
  return index ? rows_[*index].name : id.str();
}

std::vector<std::string> vocabulary::all_words() const {
  std::vector<std::string> out;
  for (const auto& r : rows_) out.push_back(r.id.str());
  return out;
}

vocabulary parse_vocabulary(const std::vector<source_text>& files, problems& found) {
  std::vector<placed_row> placed;
  std::vector<placed_ambiguity> ambiguous;
  std::vector<std::string> not_drugs;
  for (const auto& file : files) {
    const auto document = yaml::parse(file);
    if (!document) {
      found.insert(found.end(), document.error().begin(), document.error().end());
      continue;
    }
    yaml::mapping_reader keys{*document, file.path, "", found};
    (void)keys.optional("version");
    const auto take = [&](std::string_view key, section in) {
      const auto* rows = keys.optional(key);
      if (rows == nullptr) return;
      for (const auto& row : rows->items)
        if (auto one = read_row(row, in, file.path, found)) placed.push_back({std::move(*one), file.path, row.at});
    };
    take("classes", section::classes);
    take("substances", section::substances);
    take("results", section::results);
    if (const auto* words = keys.optional("ambiguous"))
      for (const auto& word : words->items)
        if (auto one = read_ambiguity(word, file.path, found))
          ambiguous.push_back({std::move(*one), file.path, word.at});
    for (const auto* phrase : keys.optional_list("not_drugs")) not_drugs.push_back(phrase->text);
    keys.finish();
  }
  check_rows(placed, found);
  std::vector<substance> rows;
  for (auto& p : placed) rows.push_back(std::move(p.row));
  std::vector<ambiguous_word> words;
  for (const auto& p : ambiguous) words.push_back(p.row);
  vocabulary out{std::move(rows), std::move(words), std::move(not_drugs)};
  check_ambiguities(ambiguous, out, found);
  return out;
}

std::vector<setting_row> parse_settings(const std::vector<source_text>& files, problems& found) {
  std::vector<setting_row> out;
  yaml::each_row(files, "settings", found, [&](const yaml::node& row, const std::string& path) {
    yaml::mapping_reader fields{row, path, "setting: ", found};
    const auto id = fields.required_text("id");
    const auto title = fields.required_text("title");
    const auto phrase = fields.required_text("phrase");
    fields.finish();
    if (!id || !title || !phrase) return;
    const auto which = from_text<setting>(*id);
    const bool twice = which && std::any_of(out.begin(), out.end(), [&](const auto& r) { return r.id == *which; });
    if (!which)
      fields.complain(
          row.at, "bad-value",
          fmt::format("'{}' is not a setting; the settings are {}", *id, join_and(all_spellings<setting>())));
    else if (twice)
      fields.complain(row.at, "duplicate-id", fmt::format("setting '{}' stands twice", *id));
    else
      out.push_back({*which, *title, *phrase});
  });
  return out;
}

std::vector<kind_row> parse_kinds(const std::vector<source_text>& files, problems& found) {
  std::vector<kind_row> out;
  yaml::each_row(files, "kinds", found, [&](const yaml::node& row, const std::string& path) {
    yaml::mapping_reader fields{row, path, "kind: ", found};
    const auto id = fields.required_text("id");
    const auto title = fields.required_text("title");
    const auto one = fields.required_text("one");
    const auto many = fields.required_text("many");
    fields.finish();
    if (id && title && one && many) out.push_back({kind_id{*id}, *title, *one, *many});
  });
  return out;
}

} // namespace forewarn
