// SPDX-License-Identifier: Apache-2.0
// `person`: one identifier, or several things that together tell people apart. Only a keyed pseudonym goes on from
// here.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "connectors/mapping/time_plan.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

struct person_plan {
  std::vector<value_source> parts; // all of them must be given: half a name would make one person of two
  std::optional<time_plan> birth;  // written in one form, however it came
  std::string scope;
};

std::optional<std::vector<std::string>> read_parts(const person_plan& plan, mapping_pass& pass) {
  std::vector<std::string> out;
  for (const auto& part : plan.parts) {
    const auto text = read_text(part, pass);
    if (!text || pass.refused || trim(*text).empty()) return {};
    out.push_back(*text);
  }
  if (!plan.birth) return out;
  const auto text = read_text(plan.birth->source, pass);
  if (!text || pass.refused) return {};
  const auto read = plan.birth->read(*text);
  if (!read) {
    pass.not_understood(plan.birth->source, "bad-time", "the birth date is not of the form " + plan.birth->wanted(),
                        "");
    return {};
  }
  const auto day = day_of(*read);
  out.push_back(fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                            static_cast<unsigned>(day.day())));
  return out;
}

} // namespace

void feed_compiler::map_person(const yaml::entry&, const yaml::node& source) {
  person_plan plan;
  plan.scope = feed_.partner;
  if (source.is_mapping()) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    auto whole = source_of(source, &keys, nullptr);
    // Joined by the feed's own wish, several columns are one identifier; else each is a part of its own.
    if (whole.columns.size() > 1 && source.find("join") == nullptr && !whole.extract) {
      for (const auto slot : whole.columns) {
        auto& part = plan.parts.emplace_back(whole);
        part.columns = {slot};
        part.shown = plan_->columns[slot].name;
      }
    } else {
      plan.parts.push_back(std::move(whole));
    }
    if (const auto column = keys.optional_text("birth_date")) {
      time_plan birth;
      birth.source.columns = {slot_of(*column)};
      birth.source.shown = *column;
      birth.source.absent = absent_;
      birth.formats = read_formats(&keys);
      noted().columns.push_back(*column);
      plan.birth = std::move(birth);
    }
    plan.scope = keys.optional_text("numbers").value_or(plan.scope);
    keys.finish();
  } else {
    plan.parts.push_back(source_of(source, nullptr, nullptr));
  }
  plan_->steps.push_back([plan, key = shared_.pseudonym_key](mapping_pass& pass) {
    if (const auto parts = read_parts(plan, pass))
      pass.out.person = person_id{pseudonym(key, "p:", plan.scope, *parts)};
  });
}

} // namespace forewarn::connectors
