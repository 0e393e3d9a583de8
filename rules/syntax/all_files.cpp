// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/all_files.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

constexpr int deepest = 8; // fragments within fragments

void move_down(yaml::node& in, int lines) {
  in.at.line += lines;
  for (auto& item : in.items) move_down(item, lines);
  for (auto& entry : in.entries) {
    entry.key_at.line += lines;
    move_down(entry.value, lines);
  }
}

yaml::entry* entry_of(yaml::node& in, std::string_view key) {
  const auto it = std::find_if(in.entries.begin(), in.entries.end(), [&](const auto& one) { return one.key == key; });
  return it == in.entries.end() ? nullptr : &*it;
}

std::optional<std::string> name_in(const yaml::node& one) {
  if (!one.is_scalar() || one.quoted || !one.text.starts_with('$')) return {};
  return one.text.substr(1);
}

void merge(yaml::node& into, const yaml::node& over) {
  if (!into.is_mapping() || !over.is_mapping()) {
    into = over;
    return;
  }
  for (const auto& entry : over.entries) {
    auto* there = entry_of(into, entry.key);
    if (there == nullptr) {
      into.entries.push_back(entry);
      continue;
    }
    const auto& fresh = entry.value;
    const bool other_detector = entry.key == "detect" && fresh.is_mapping() && there->value.is_mapping() &&
                                !fresh.entries.empty() && entry_of(there->value, fresh.entries.front().key) == nullptr;
    if (other_detector)
      there->value = fresh;
    else
      merge(there->value, fresh);
  }
}

} // namespace

std::optional<yaml::node> all_files::take(const source_text& file, problems& found) {
  auto document = yaml::parse(file);
  if (!document) {
    found.insert(found.end(), document.error().begin(), document.error().end());
    return {};
  }
  move_down(*document, next_line_ - 1);
  files_.push_back({next_line_, file.path});
  next_line_ += static_cast<int>(std::count(file.text.begin(), file.text.end(), '\n')) + 1;
  return std::move(*document);
}

std::pair<std::string, location> all_files::place_of(const location& at) const {
  auto after = std::upper_bound(files_.begin(), files_.end(), at.line,
                                [](int line, const begun& one) { return line < one.first_line; });
  if (after == files_.begin()) return {{}, at};
  --after;
  auto own = at;
  own.line -= after->first_line - 1;
  return {after->path, own};
}

void all_files::give_back(problem& one) const {
  std::tie(one.path, one.at) = place_of(one.at);
}

void fragments::take(const reading& from, const yaml::node& let) {
  if (!let.is_mapping()) {
    from.complain(
        let.at, "wrong-type",
        fmt::format("'let' gives names to conditions and lists, such as {{inner-wards: [Armley, Harehills]}}; "
                    "found {}",
                    yaml::describe(let)));
    return;
  }
  for (const auto& entry : let.entries) {
    if (!is_identifier(entry.key))
      from.complain(entry.key_at, "bad-value",
                    fmt::format("'{}' is no name; use small letters, digits and hyphens only", shown(entry.key)));
    else if (!named_.emplace(entry.key, entry.value).second)
      from.complain(entry.key_at, "duplicate-id", fmt::format("'let' names '{}' twice", entry.key));
  }
}

void fragments::expand(const reading& from, yaml::node& in) const {
  expand(from, in, 0);
}

void fragments::expand(const reading& from, yaml::node& in, int depth) const {
  if (const auto name = name_in(in)) {
    const auto it = named_.find(*name);
    if (it == named_.end() || depth == deepest) {
      std::vector<std::string> names;
      for (const auto& [known, value] : named_) names.push_back(known);
      from.complain(in.at, "unknown-name",
                    depth == deepest ? fmt::format("'${}' is named by itself", shown(*name))
                                     : fmt::format("no 'let' names '{}'{}", shown(*name), suggestion(*name, names)));
      in = yaml::node{
          .form = yaml::shape::sequence, .at = in.at, .text = {}, .quoted = false, .items = {}, .entries = {}};
      return;
    }
    in = it->second;
    return expand(from, in, depth + 1);
  }
  std::vector<yaml::node> items;
  for (auto& item : in.items) {
    const bool is_name = name_in(item).has_value();
    expand(from, item, depth);
    if (is_name && item.is_sequence())
      items.insert(items.end(), item.items.begin(), item.items.end());
    else
      items.push_back(std::move(item));
  }
  in.items = std::move(items);
  for (auto& entry : in.entries) expand(from, entry.value, depth);
}

void changes::take(const reading& from, const yaml::node& change) {
  if (!change.is_sequence()) {
    from.complain(change.at, "wrong-type",
                  fmt::format("'change' is a list of rules with what is different here, such as [{{rule: ID, status: "
                              "off}}]; found {}",
                              yaml::describe(change)));
    return;
  }
  for (const auto& item : change.items) {
    auto keys = from.keys(item);
    const auto rule = keys.required_text("rule");
    if (!rule) continue;
    one made{*rule, item.find("rule")->value.at, item, false};
    std::erase_if(made.keys.entries, [](const yaml::entry& entry) { return entry.key == "rule"; });
    if (const auto* id = item.find("id"))
      from.complain(id->key_at, "bad-value", "a change keeps the rule's id; write a rule of your own instead");
    else
      all_.push_back(std::move(made));
  }
}

void changes::apply_to(yaml::node& rule) {
  const auto* id = rule.is_mapping() ? rule.find("id") : nullptr;
  if (id == nullptr) return;
  for (auto& one : all_) {
    if (one.rule != id->value.text) continue;
    one.used = true;
    merge(rule, one.keys);
    id = rule.find("id");
  }
}

void changes::complain_of_unused(const reading& from, const std::vector<std::string>& ids) const {
  for (const auto& one : all_)
    if (!one.used)
      from.complain(one.at, "unknown-rule",
                    fmt::format("no rule '{}' to change{}", shown(one.rule), suggestion(one.rule, ids)));
}

} // namespace forewarn::rules
