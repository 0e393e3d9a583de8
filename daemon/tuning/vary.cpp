// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/vary.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace forewarn::tuning {
namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return out;
}

// At commas that stand in no bracket and no quotes.
std::vector<std::string> at_commas(const std::string& text) {
  std::vector<std::string> out(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      out.emplace_back();
      continue;
    }
    out.back() += c;
  }
  for (auto& one : out) one = std::string{trim(one)};
  return out;
}

// Plain text stays plain, so that a number stays a number; what could be read as something else goes into quotes.
bool may_stand_plain(const yaml::node& scalar) {
  if (scalar.quoted || scalar.text.empty()) return false;
  constexpr std::string_view harmless = "._%+-/:$";
  const auto& text = scalar.text;
  if (text.find(": ") != std::string::npos || text.ends_with(':') || text == "-") return false;
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           harmless.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20U)
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      out += c;
  }
  return out + '"';
}

void write(const yaml::node& one, std::string& out) {
  switch (one.form) {
  case yaml::shape::null: out += "null"; break;
  case yaml::shape::scalar: out += may_stand_plain(one) ? one.text : in_quotes(one.text); break;
  case yaml::shape::sequence: {
    out += '[';
    for (std::size_t i = 0; i < one.items.size(); ++i) {
      if (i > 0) out += ", ";
      write(one.items[i], out);
    }
    out += ']';
    break;
  }
  case yaml::shape::mapping: {
    out += '{';
    for (std::size_t i = 0; i < one.entries.size(); ++i) {
      if (i > 0) out += ", ";
      out += in_quotes(one.entries[i].key) + ": ";
      write(one.entries[i].value, out);
    }
    out += '}';
    break;
  }
  }
}

std::vector<std::string> at_dots(const std::string& path) {
  std::vector<std::string> out(1);
  for (const char c : path) {
    if (c == '.')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

yaml::node mapping_at(const location& at) {
  yaml::node out;
  out.form = yaml::shape::mapping;
  out.at = at;
  return out;
}

// Sets what lies at the keys; what is not there yet is made, and the loader says whether such a key exists. A key may
// hold dots itself (attributes.NAME).
bool set(yaml::node& in, const std::vector<std::string>& keys, std::size_t from, const yaml::node& value) {
  if (from == keys.size()) {
    const auto at = in.at;
    in = value;
    in.at = at;
    return true;
  }
  if (in.is_sequence()) {
    const auto index = whole(keys[from]);
    if (!index || *index < 0 || static_cast<std::size_t>(*index) >= in.items.size()) return false;
    return set(in.items[static_cast<std::size_t>(*index)], keys, from + 1, value);
  }
  if (!in.is_mapping()) in = mapping_at(in.at);
  std::string key;
  for (auto to = from; to < keys.size(); ++to) {
    key += (to == from ? "" : ".") + keys[to];
    for (auto& entry : in.entries)
      if (entry.key == key) return set(entry.value, keys, to + 1, value);
  }
  const bool attribute = keys[from] == "attributes" && from + 1 < keys.size();
  in.entries.push_back({attribute ? keys[from] + "." + keys[from + 1] : keys[from], in.at, {}});
  in.entries.back().value.at = in.at;
  return set(in.entries.back().value, keys, from + (attribute ? 2 : 1), value);
}

bool says(const yaml::node& one, std::string_view key, const std::string& text) {
  const auto* entry = one.find(key);
  return entry != nullptr && entry->value.text == text;
}

// Where a file speaks of the rule: as one of its `rules`, or under `change`, which stands over the rule's own words.
std::vector<yaml::node*> places_in(yaml::node& file, const std::string& id) {
  std::vector<yaml::node*> out;
  if (!file.is_mapping()) return out;
  for (auto& entry : file.entries)
    for (auto& one : entry.value.items)
      if ((entry.key == "rules" && says(one, "id", id)) || (entry.key == "change" && says(one, "rule", id)))
        out.push_back(&one);
  return out;
}

// In a change only what it changes already: what it does not speak of is the rule's.
bool set_everywhere(yaml::node& file, const std::string& id, const std::vector<std::string>& keys,
                    const yaml::node& value) {
  bool good = true;
  for (auto* one : places_in(file, id))
    if (one->find("id") != nullptr || one->find(keys.front()) != nullptr) good = set(*one, keys, 0, value) && good;
  return good;
}

// The first thing wrong with the rule, without its place: the file was never written.
std::string first_error(const problems& found, const std::string& id) {
  const auto subject = fmt::format("rule '{}': ", id);
  const auto is_error = [](const problem& one) { return one.how == severity::error; };
  auto it = std::find_if(found.begin(), found.end(),
                         [&](const problem& one) { return is_error(one) && one.message.starts_with(subject); });
  if (it == found.end()) it = std::find_if(found.begin(), found.end(), is_error);
  if (it == found.end()) return "the loader took it for no rule";
  auto text = it->message;
  if (text.starts_with(subject)) text.erase(0, subject.size());
  return fmt::format("{}: {}", it->code, text);
}

rule_form form_at(const std::string& id, const std::vector<source_text>& files,
                  const std::shared_ptr<const reference_data>& reference) {
  rule_form out;
  auto loaded = rules::load_rules(files, reference);
  auto alone = std::make_shared<rules::rule_set>();
  alone->reference = reference;
  if (loaded.rules)
    for (const auto& one : loaded.rules->rules)
      if (one.id.str() == id) alone->rules.push_back(one);
  if (alone->rules.empty()) {
    out.refused = first_error(loaded.found, id);
    return out;
  }
  auto& made = alone->rules.front();
  if (made.status == rules::rule_status::off) made.status = rules::rule_status::shadow;
  alone->hash = made.hash;
  out.rules = std::move(alone);
  return out;
}

result<yaml::node, std::string> read_value(const std::string& text) {
  auto read = yaml::parse({"--vary", "value: " + text + "\n"});
  if (!read || !read->is_mapping() || read->entries.empty())
    return failure(fmt::format("'{}' cannot be read as YAML; put what holds a colon or a bracket in quotes", text));
  return read->entries.front().value;
}

} // namespace

result<knob, std::string> parse_knob(const std::string& text) {
  const auto sign = text.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size())
    return failure(fmt::format("'{}' is not PATH=VALUES, such as detect.count.at_least=2..8 or "
                               "detect.count.within=12h,24h,72h",
                               text));
  knob out{std::string{trim(text.substr(0, sign))}, {}};
  for (const auto& one : at_commas(text.substr(sign + 1))) {
    const auto dots = one.find("..");
    if (dots == std::string::npos) {
      if (one.empty()) return failure(fmt::format("'{}' has an empty value", text));
      out.values.push_back(one);
      continue;
    }
    const auto from = whole(std::string_view{one}.substr(0, dots)), to = whole(std::string_view{one}.substr(dots + 2));
    if (!from || !to || *from > *to || *to - *from >= static_cast<std::int64_t>(most_forms))
      return failure(fmt::format("'{}' is not a range of whole numbers such as 2..8", one));
    for (auto value = *from; value <= *to; ++value) out.values.push_back(std::to_string(value));
  }
  return out;
}

result<std::vector<rule_form>, std::string> forms_of(const std::string& rule, const std::vector<knob>& knobs,
                                                     const std::vector<source_text>& files,
                                                     const std::shared_ptr<const reference_data>& reference) {
  std::size_t count = 1;
  for (const auto& one : knobs) count *= std::min(one.values.size(), most_forms + 1);
  if (count > most_forms)
    return failure(fmt::format("these are {}{} settings; at most {} are run at once. Vary fewer values, or one knob "
                               "after the other",
                               count > 100'000 ? "more than " : "", std::min<std::size_t>(count, 100'000), most_forms));
  std::vector<std::pair<std::size_t, yaml::node>> trees; // of the files that speak of the rule
  bool stands_somewhere = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto read = yaml::parse(files[i]);
    if (!read) continue;
    const auto places = places_in(*read, rule);
    if (places.empty()) continue;
    stands_somewhere = stands_somewhere || std::any_of(places.begin(), places.end(),
                                                       [](const auto* one) { return one->find("id") != nullptr; });
    trees.emplace_back(i, std::move(*read));
  }
  if (!stands_somewhere) return failure(fmt::format("no file of these holds the rule '{}'", rule));

  std::vector<rule_form> out;
  for (std::size_t number = 0; number < count; ++number) {
    auto changed = trees;
    std::vector<std::string> values(knobs.size());
    std::string refused;
    auto rest = number;
    for (auto i = knobs.size(); i-- > 0;) {
      values[i] = knobs[i].values[rest % knobs[i].values.size()];
      rest /= knobs[i].values.size();
    }
    for (std::size_t i = 0; i < knobs.size() && refused.empty(); ++i) {
      const auto value = read_value(values[i]);
      if (!value) {
        refused = value.error();
        break;
      }
      for (auto& [place, tree] : changed)
        if (!set_everywhere(tree, rule, at_dots(knobs[i].path), *value))
          refused = fmt::format("'{}' leads nowhere: a list has no such place", knobs[i].path);
    }
    auto texts = files;
    for (const auto& [place, tree] : changed) {
      texts[place].text.clear();
      write(tree, texts[place].text);
    }
    auto form = refused.empty() ? form_at(rule, texts, reference) : rule_form{{}, nullptr, refused};
    form.values = std::move(values);
    out.push_back(std::move(form));
  }
  return out;
}

} // namespace forewarn::tuning
