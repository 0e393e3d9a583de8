// SPDX-License-Identifier: Apache-2.0
// `substances`, `confirmed` and `sold_as`: from names, lists, free text or codes.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

void sort_unique(std::vector<substance_id>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

enum class substance_form : std::uint8_t {
  name,
  list,
  text
};

struct substance_plan {
  value_source source;
  substance_form form = substance_form::list;
  std::vector<std::string> separators{",", ";"};
  unlisted_name unlisted = unlisted_name::by_stem;
  bool refuse_unlisted = false;
  bool laboratory = false; // what a test found: "no active component" is a finding too
  code_plan codes;
  std::vector<substance_id> observation::*member = &observation::substances;
};

// What a laboratory confirmed was there as well.
void add_found(const substance_plan& plan, const std::vector<substance_id>& found, observation& out) {
  auto& into = out.*plan.member;
  into.insert(into.end(), found.begin(), found.end());
  sort_unique(into);
  if (plan.member != &observation::confirmed) return;
  out.substances.insert(out.substances.end(), found.begin(), found.end());
  sort_unique(out.substances);
}

void take_substances(const substance_plan& plan, const substance_words& words, mapping_pass& pass) {
  const auto text = read_text(plan.source, pass);
  if (!text || pass.refused) return;
  if (plan.codes) {
    for (const auto* row : read_codes(plan.codes, plan.source, *text, pass)) add_found(plan, row->substances, pass.out);
    return;
  }
  substance_findings found;
  switch (plan.form) {
  case substance_form::name: words.read_name(*text, plan.unlisted, found); break;
  case substance_form::list: words.read_list(*text, plan.separators, plan.unlisted, plan.source.absent, found); break;
  case substance_form::text: words.read_text(*text, found); break;
  }
  if (plan.refuse_unlisted && !found.unlisted.empty())
    return pass.refuse(plan.source, "unknown-substance",
                       fmt::format("'{}' is in no vocabulary file", redacted(found.unlisted.front())),
                       found.unlisted.front());
  const bool of_the_event = plan.member == &observation::substances;
  if (of_the_event && found.doubted && !pass.out.certainty) pass.out.certainty = certainty::suspected;
  // Beside a value table a word that neither has is a code nobody knows; elsewhere it is a word for the vocabulary.
  const bool coded = !plan.source.values.empty() && plan.form != substance_form::text;
  const bool lost = plan.unlisted != unlisted_name::own_value;
  for (auto& word : found.unlisted)
    pass.unknown.push_back({plan.source.shown, std::move(word), coded && lost ? "unknown-value" : "unknown-substance"});
  add_found(plan, found.found, pass.out);
  if (!plan.laboratory) return;
  pass.out.substances.insert(pass.out.substances.end(), found.results.begin(), found.results.end());
  sort_unique(pass.out.substances);
}

// `as`, `separators`, `unlisted`, `codes`.
void read_substance_keys(yaml::mapping_reader& keys, substance_plan& plan) {
  const auto complain = [&](std::string_view key, std::string message) {
    keys.complain(keys.where().find(key)->value.at, "bad-value", std::move(message));
  };
  if (const auto how = keys.optional_text("as")) {
    if (*how == "name")
      plan.form = substance_form::name;
    else if (*how == "text")
      plan.form = substance_form::text;
    else if (*how != "list")
      complain("as", fmt::format("'{}' is not a way to read substances; use name, list or text", *how));
    if (plan.codes) complain("as", "codes are looked up, not read as words: drop `as` or `codes`");
  }
  if (const auto what = keys.optional_text("unlisted")) {
    plan.refuse_unlisted = *what == "quarantine";
    if (*what == "keep")
      plan.unlisted = unlisted_name::own_value;
    else if (*what == "class")
      plan.unlisted = unlisted_name::by_stem;
    else if (!plan.refuse_unlisted)
      complain("unlisted", fmt::format("'{}' is not known; use keep, class or quarantine", *what));
  }
}

std::vector<substance_id> observation::*member_named(std::string_view field) {
  return field == "confirmed" ? &observation::confirmed
         : field == "sold_as" ? &observation::sold_as
                              : &observation::substances;
}

field_type substance_type(std::string_view field, const vocabulary& words) {
  field_type type;
  type.name = field;
  type.shape = field_shape::substances;
  type.check = [&words](const std::string& text) -> std::optional<std::string> {
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.size(), text.find(list_mark, at));
      const auto one = text.substr(at, end - at);
      if (!words.named(one)) return fmt::format("no substance '{}'{}", one, suggestion(one, words.all_words()));
      at = end + 1;
    }
    return {};
  };
  return type;
}

} // namespace

void feed_compiler::map_substances(const yaml::entry& written, const yaml::node& source) {
  substance_plan plan;
  plan.member = member_named(written.key);
  // A laboratory's finding is news under its own name, even one that no vocabulary has yet.
  const bool laboratory =
      written.key == "confirmed" || (feed_.kind.str() == "drug_test" && written.key == "substances");
  plan.laboratory = laboratory && feed_.kind.str() == "drug_test";
  plan.unlisted = laboratory ? unlisted_name::own_value : unlisted_name::by_stem;
  const auto type = substance_type(written.key, shared_.reference->substances);
  if (!source.is_mapping()) {
    plan.source = source_of(source, nullptr, &type);
  } else {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    plan.source = source_of(source, &keys, &type);
    plan.codes = codes_of(keys);
    if (!plan.codes)
      if (const auto separators = keys.optional_list("separators"); !separators.empty()) {
        plan.separators.clear();
        for (const auto* n : separators)
          if (!n->text.empty()) plan.separators.push_back(n->text);
      }
    read_substance_keys(keys, plan);
    keys.finish();
  }
  noted().free_text = plan.form == substance_form::text;
  plan.source.words_beside_values = true;
  plan.separators.emplace_back(1, list_mark);
  plan_->steps.push_back([plan, words = shared_.words](mapping_pass& pass) { take_substances(plan, *words, pass); });
}

// The same substances for every record.
void feed_compiler::add_constant_substances(const yaml::entry& written, value_source from) {
  if (!written.value.is_scalar() && !written.value.is_sequence())
    complain(written.value, "wrong-type", "expected a substance or a list of them");
  substance_plan plan;
  plan.separators = {std::string(1, list_mark)};
  plan.member = member_named(written.key);
  substance_findings check;
  shared_.words->read_list(from.otherwise.value_or(""), plan.separators, unlisted_name::by_stem, {}, check);
  for (const auto& word : check.unlisted)
    complain(written.value, "unknown-substance",
             fmt::format("no substance '{}'{}", word, suggestion(word, shared_.reference->substances.all_words())));
  plan.source = std::move(from);
  plan_->steps.push_back([plan, words = shared_.words](mapping_pass& pass) { take_substances(plan, *words, pass); });
}

} // namespace forewarn::connectors
