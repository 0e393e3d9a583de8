// SPDX-License-Identifier: Apache-2.0
#include "forewarn/code_systems.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace forewarn {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

// The form in which codes are compared.
std::string plain(std::string_view code, const code_system::reading& how) {
  std::string out;
  const auto text = trim(code);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (how.ignored.find(c) != std::string_view::npos) continue;
    const bool leads = c == '0' && (i == 0 || !is_digit(text[i - 1])) && i + 1 < text.size() && is_digit(text[i + 1]);
    if (how.whole_numbers && leads) continue;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

bool has_shape(std::string_view code, std::string_view shape) {
  std::size_t at = 0;
  for (const char wanted : shape) {
    if (wanted == '*')
      return std::all_of(code.begin() + static_cast<std::ptrdiff_t>(at), code.end(),
                         [](char c) { return is_digit(c) || is_letter(c); });
    if (at == code.size() || (wanted == '9' ? !is_digit(code[at]) : !is_letter(code[at]))) return false;
    ++at;
  }
  return at == code.size();
}

bool is_shape(std::string_view shape) {
  const auto stars = std::count(shape.begin(), shape.end(), '*');
  return !shape.empty() && stars <= 1 && (stars == 0 || shape.back() == '*') &&
         std::all_of(shape.begin(), shape.end(), [](char c) { return c == 'A' || c == '9' || c == '*'; });
}

// A system as its files fill it, one after the other.
struct system_draft {
  std::string title;
  code_system::reading how;
  std::vector<code_row> rows;
  std::map<std::string, std::pair<std::string, location>> first; // plain code -> where it stands
  bool described = false;
};

void describe(const yaml::node& node, const std::string& path, system_draft& into, problems& found) {
  yaml::mapping_reader keys{node, path, "system: ", found};
  (void)keys.required_text("id");
  into.title = keys.required_text("title").value_or("");
  if (const auto match = keys.optional_text("match")) {
    into.how.by_prefix = *match == "prefix";
    if (!into.how.by_prefix && *match != "exact")
      keys.complain(node.find("match")->value.at, "bad-value",
                    fmt::format("'{}' is not a way to match codes; use exact or prefix", *match));
  }
  if (const auto ignored = keys.optional_text("ignore")) into.how.ignored = *ignored;
  if (const auto numbers = keys.optional_text("numbers")) {
    into.how.whole_numbers = *numbers == "whole";
    if (!into.how.whole_numbers)
      keys.complain(node.find("numbers")->value.at, "bad-value",
                    fmt::format("'{}' is not a way to read numbers; use whole, or leave the key out", *numbers));
  }
  for (const auto* shape : keys.optional_list("shapes")) {
    if (!is_shape(shape->text))
      keys.complain(
          shape->at, "bad-value",
          fmt::format("'{}' is no shape: A is a letter, 9 a digit, a * at the end any more of both", shape->text));
    into.how.shapes.push_back(shape->text);
  }
  keys.finish();
  into.described = true;
}

template <class Enum>
std::optional<Enum> optional_word(yaml::mapping_reader& keys, std::string_view key, std::string_view what) {
  const auto text = keys.optional_text(key);
  if (!text) return {};
  const auto value = from_text<Enum>(*text);
  if (!value)
    keys.complain(keys.where().find(key)->value.at, "bad-value",
                  fmt::format("'{}' is not {}; one of {}", *text, what, join_or(all_spellings<Enum>())));
  return value;
}

void take_row(const yaml::node& node, const std::string& path, const vocabulary& known, system_draft& into,
              problems& found) {
  yaml::mapping_reader keys{node, path, "code: ", found};
  code_row row;
  const auto code = keys.required_text("code");
  if (code) keys.set_subject(fmt::format("code '{}': ", *code));
  row.title = keys.required_text("title").value_or("");
  row.event = optional_word<code_event>(keys, "event", "an event").value_or(code_event::poisoning);
  row.intent = optional_word<intent>(keys, "intent", "an intent");
  for (const auto* item : keys.optional_list("substances")) {
    const auto index = known.named(item->text);
    if (index)
      row.substances.push_back(known.row(*index).id);
    else
      keys.complain(item->at, "unknown-substance",
                    fmt::format("no substance '{}'{}", item->text, suggestion(item->text, known.all_words())));
  }
  keys.finish();
  if (!code) return;
  row.code = *code;
  const auto form = plain(*code, into.how);
  if (form.empty()) return keys.complain(node.at, "bad-value", "nothing is left of it without the ignored characters");
  const auto [before, fresh] = into.first.try_emplace(form, path, node.at);
  if (!fresh)
    return keys.complain(
        node.at, "duplicate-id",
        fmt::format("it was already given at {}:{}", before->second.first, before->second.second.line));
  into.rows.push_back(std::move(row));
}

} // namespace

code_system::code_system(std::string id, std::string title, reading how, std::vector<code_row> rows)
    : id_{std::move(id)}, title_{std::move(title)}, how_{std::move(how)}, rows_{std::move(rows)} {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto form = plain(rows_[i].code, how_);
    longest_ = std::max(longest_, form.size());
    by_code_.emplace(std::move(form), i);
  }
}

code_answer code_system::lookup(std::string_view code) const {
  const auto form = plain(code, how_);
  const auto least = how_.by_prefix ? std::size_t{1} : form.size();
  for (auto length = std::min(form.size(), longest_); length >= least && length > 0; --length) {
    const bool cuts_number = length < form.size() && is_digit(form[length - 1]) && is_digit(form[length]);
    if (how_.whole_numbers && cuts_number) continue;
    if (const auto it = by_code_.find(form.substr(0, length)); it != by_code_.end())
      return {code_standing::listed, &rows_[it->second]};
  }
  const bool shaped =
      std::any_of(how_.shapes.begin(), how_.shapes.end(), [&](const std::string& s) { return has_shape(form, s); });
  return {shaped ? code_standing::elsewhere : code_standing::unknown, nullptr};
}

const code_system* code_systems::find(std::string_view id) const {
  const auto it = std::find_if(all_.begin(), all_.end(), [&](const code_system& s) { return s.id() == id; });
  return it == all_.end() ? nullptr : &*it;
}

std::vector<std::string> code_systems::ids() const {
  std::vector<std::string> out;
  for (const auto& system : all_) out.push_back(system.id());
  return out;
}

code_systems parse_code_systems(const std::vector<source_text>& files, const vocabulary& substances, problems& found) {
  struct open_file {
    const source_text* file;
    yaml::node document;
    std::string system;
  };
  std::map<std::string, system_draft> drafts;
  std::vector<open_file> open;
  // Descriptions first: a row is read by its system's rules, whichever file comes first.
  for (const auto& file : files) {
    auto document = yaml::parse(file);
    if (!document) {
      found.insert(found.end(), document.error().begin(), document.error().end());
      continue;
    }
    yaml::mapping_reader keys{*document, file.path, "", found};
    (void)keys.optional("version");
    const auto* system = keys.required("system");
    (void)keys.optional("codes");
    keys.finish();
    if (system == nullptr) continue;
    const auto* id = system->is_mapping() ? system->find("id") : nullptr;
    const auto name = system->is_mapping() ? (id != nullptr ? id->value.text : std::string{}) : system->text;
    auto& draft = drafts[name];
    if (system->is_mapping()) {
      if (draft.described)
        keys.complain(system->at, "duplicate-id",
                      fmt::format("system '{}' is already described in another file", name));
      describe(*system, file.path, draft, found);
    }
    open.push_back({&file, std::move(*document), name});
  }
  for (const auto& one : open) {
    auto& draft = drafts[one.system];
    if (!draft.described) {
      found.push_back({one.file->path, one.document.find("system")->value.at, severity::error, "missing-key",
                       fmt::format("no file describes the code system '{}'; write `system: {{id: {}, title: ...}}`",
                                   one.system, one.system)});
      continue;
    }
    if (const auto* rows = one.document.find("codes"))
      for (const auto& row : rows->value.items) take_row(row, one.file->path, substances, draft, found);
  }
  std::vector<code_system> out;
  for (auto& [id, draft] : drafts)
    if (draft.described) out.emplace_back(id, draft.title, draft.how, std::move(draft.rows));
  return code_systems{std::move(out)};
}

} // namespace forewarn
