// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/code_reading.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

struct own_codes {
  const std::string& path;
  const std::string& subject;
  const vocabulary& known;
  problems& found;

  void complain(const location& at, std::string code, std::string message) const {
    found.push_back({path, at, severity::error, std::move(code), subject + std::move(message)});
  }

  void add_substance(const yaml::node& written, code_row& into) const {
    if (!written.is_scalar())
      return complain(written.at, "wrong-type", fmt::format("expected a substance, found {}", yaml::describe(written)));
    if (const auto index = known.named(written.text))
      into.substances.push_back(known.row(*index).id);
    else
      complain(written.at, "unknown-substance",
               fmt::format("no substance '{}'{}", written.text, suggestion(written.text, known.all_words())));
  }

  template <class Enum> std::optional<Enum> word(yaml::mapping_reader& keys, std::string_view key) const {
    const auto text = keys.optional_text(key);
    if (!text) return {};
    const auto value = forewarn::from_text<Enum>(*text);
    const auto words = all_spellings<Enum>();
    if (!value)
      keys.complain(keys.where().find(key)->value.at, "bad-value",
                    fmt::format("no {} '{}'; one of {}{}", key, *text, join_or(words), suggestion(*text, words)));
    return value;
  }

  code_row row(const yaml::entry& written) const {
    code_row out;
    out.code = written.key;
    if (!written.value.is_mapping()) {
      if (written.value.is_sequence())
        for (const auto& item : written.value.items) add_substance(item, out);
      else
        add_substance(written.value, out);
      return out;
    }
    yaml::mapping_reader keys{written.value, path, subject, found};
    out.title = keys.optional_text("title").value_or("");
    out.event = word<code_event>(keys, "event").value_or(code_event::poisoning);
    out.intent = word<intent>(keys, "intent");
    for (const auto* item : keys.optional_list("substances")) add_substance(*item, out);
    keys.finish();
    return out;
  }

  std::shared_ptr<const code_system> system(const yaml::entry& written) const {
    yaml::mapping_reader keys{written.value, path, subject, found};
    code_system::reading how;
    if (const auto match = keys.optional_text("match")) {
      how.by_prefix = *match == "prefix";
      if (!how.by_prefix && *match != "exact")
        keys.complain(written.value.find("match")->value.at, "bad-value",
                      fmt::format("'{}' is not a way to match codes; use exact or prefix", *match));
    }
    if (const auto* ignored = keys.optional("ignore"); ignored != nullptr && ignored->is_scalar())
      how.ignored = ignored->text;
    std::vector<code_row> rows;
    if (const auto* codes = keys.required("codes")) {
      if (!codes->is_mapping() || codes->entries.empty())
        keys.complain(codes->at, "wrong-type", "'codes' is a mapping of the partner's codes to what they mean");
      for (const auto& e : codes->entries) rows.push_back(row(e));
    }
    keys.finish();
    return std::make_shared<const code_system>(written.key, written.key, std::move(how), std::move(rows));
  }
};

} // namespace

std::vector<std::string> split_codes(std::string_view text, const std::vector<std::string>& separators) {
  std::vector<std::string> out;
  const auto take = [&](std::string_view part) {
    if (const auto code = trim(part); !code.empty()) out.emplace_back(code);
  };
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto mark = std::find_if(separators.begin(), separators.end(),
                                   [&](const std::string& s) { return text.substr(at, s.size()) == s; });
    if (mark == separators.end()) {
      ++at;
      continue;
    }
    take(text.substr(start, at - start));
    at += mark->size();
    start = at;
  }
  take(text.substr(start));
  return out;
}

std::vector<const code_row*> read_codes(const code_plan& plan, const value_source& from, std::string_view text,
                                        mapping_pass& pass) {
  std::vector<const code_row*> out;
  for (const auto& code : split_codes(text, plan.separators)) {
    const auto said = plan.system->lookup(code);
    if (said.row != nullptr)
      out.push_back(said.row);
    else if (said.standing == code_standing::unknown)
      pass.not_understood(from, "unknown-code",
                          fmt::format("'{}' is no code of {}", redacted(code), plan.system->title()), code);
  }
  return out;
}

std::vector<std::shared_ptr<const code_system>> compile_own_codes(const yaml::node& written, const std::string& path,
                                                                  const std::string& subject,
                                                                  const vocabulary& substances, problems& found) {
  const own_codes compiler{path, subject, substances, found};
  std::vector<std::shared_ptr<const code_system>> out;
  if (!written.is_mapping())
    compiler.complain(written.at, "wrong-type", "'codes' is a mapping of names to code systems of this feed's own");
  for (const auto& e : written.entries) out.push_back(compiler.system(e));
  return out;
}

} // namespace forewarn::connectors
