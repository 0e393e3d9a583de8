// SPDX-License-Identifier: Apache-2.0
#include "rules/read/names.hpp"

#include "rules/read/noun.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

struct spoken {
  std::string_view word;
  std::string_view phrase;
};

template <std::size_t Size>
std::string speak(const std::array<spoken, Size>& table, const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const auto& value : values) {
    const auto it = std::find_if(table.begin(), table.end(), [&](const spoken& s) { return s.word == value; });
    out.emplace_back(it == table.end() ? std::string_view{value} : it->phrase);
  }
  return join_or(out);
}

// Where no vocabulary/settings.yaml says it otherwise.
constexpr std::array<spoken, 13> settings{{{"street", "on the street"},
                                           {"home", "at home"},
                                           {"hostel", "in a hostel"},
                                           {"supported_housing", "in supported housing"},
                                           {"prison", "in prison"},
                                           {"custody", "in custody"},
                                           {"hospital", "in hospital"},
                                           {"drug_service", "at a drug service"},
                                           {"licensed_premises", "on licensed premises"},
                                           {"event", "at an event"},
                                           {"school", "at a school"},
                                           {"workplace", "at a workplace"},
                                           {"other", "in another kind of setting"}}};

std::string speak_settings(const std::vector<std::string>& values, const reference_data& reference) {
  std::vector<std::string> out;
  for (const auto& value : values) {
    const auto it = std::find_if(reference.settings.begin(), reference.settings.end(),
                                 [&](const setting_row& row) { return to_text(row.id) == value; });
    out.push_back(it == reference.settings.end() ? speak(settings, {value}) : it->phrase);
  }
  return join_or(out);
}

constexpr std::array<spoken, 7> outcomes{{{"died", "died"},
                                          {"conveyed", "was taken to hospital"},
                                          {"admitted", "was admitted"},
                                          {"treated_on_scene", "was treated on scene"},
                                          {"discharged", "was discharged"},
                                          {"refused", "refused care"},
                                          {"other", "had another outcome"}}};
constexpr std::array<spoken, 6> givers{{{"ambulance", "the ambulance service"},
                                        {"police", "the police"},
                                        {"public", "the public"},
                                        {"service", "a service"},
                                        {"self", "the person themselves"},
                                        {"other", "someone else"}}};
constexpr std::array<spoken, 4> intents{{{"accidental", "accidental"},
                                         {"self_harm", "self-harm"},
                                         {"assault", "assault"},
                                         {"undetermined", "of undetermined intent"}}};
constexpr std::array<spoken, 3> sexes{{{"F", "female"}, {"M", "male"}, {"X", "of another sex"}}};
constexpr std::array<spoken, 7> days{{{"mon", "Monday"},
                                      {"tue", "Tuesday"},
                                      {"wed", "Wednesday"},
                                      {"thu", "Thursday"},
                                      {"fri", "Friday"},
                                      {"sat", "Saturday"},
                                      {"sun", "Sunday"}}};
constexpr std::array<spoken, 0> as_written{};

} // namespace

counted_noun value_noun(const field_name& what) {
  switch (what.field) {
  case field::substances: return {"substance", "substances"};
  case field::confirmed: return {"confirmed substance", "confirmed substances"};
  case field::sold_as: return {"substance it was sold as", "substances it was sold as"};
  case field::certainty: return {"certainty", "certainties"};
  case field::site: return {"site", "sites"};
  case field::msoa: return {"MSOA", "MSOAs"};
  case field::lsoa: return {"LSOA", "LSOAs"};
  case field::lad: return {"district", "districts"};
  case field::fatal: return {"answer to whether it was fatal", "answers to whether it was fatal"};
  case field::naloxone: return {"answer to whether naloxone was given", "answers to whether naloxone was given"};
  case field::naloxone_doses: return {"number of naloxone doses", "numbers of naloxone doses"};
  case field::naloxone_by: return {"giver of naloxone", "givers of naloxone"};
  case field::days_since_release: return {"time since release", "times since release"};
  case field::age_band: return {"age band", "age bands"};
  case field::sex: return {"sex", "sexes"};
  case field::hour: return {"hour of the day", "hours of the day"};
  case field::weekday: return {"day of the week", "days of the week"};
  case field::attribute:
    return {fmt::format("value of '{}'", what.attribute), fmt::format("values of '{}'", what.attribute)};
  default: {
    auto word = to_text(what);
    return {word, word + "s"};
  }
  }
}

std::string absent_words(const field_name& what) {
  switch (what.field) {
  case field::kind:
  case field::feed:
  case field::hour:
  case field::weekday:
  case field::calendar:
  case field::weight: return {};
  case field::fatal: return "with nothing recorded on whether it was fatal";
  case field::naloxone: return "with nothing recorded on naloxone";
  case field::age_band: return "with no age recorded";
  default: return fmt::format("with no {} recorded", value_noun(what).one);
  }
}

std::string lower_first(std::string_view text) {
  std::string out{text};
  if (out.size() > 1 && is_upper(out[0]) && is_lower(out[1])) out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

std::string upper_first(std::string_view text) {
  std::string out{text};
  if (!out.empty() && is_lower(out[0])) out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string article_of(std::string_view noun) {
  if (noun.empty()) return "a";
  // Abbreviations are spoken letter by letter: "an MDMA-like stimulant", "an LSOA".
  const bool spelled = noun.size() > 1 && is_upper(noun[0]) && (is_upper(noun[1]) || !is_lower(noun[1]));
  constexpr std::string_view spoken_vowels = "AEFHILMNORSX8";
  constexpr std::string_view vowels = "aeioAEIO8";
  const auto& list = spelled ? spoken_vowels : vowels;
  const bool you = noun.starts_with("un") && !noun.starts_with("uni");
  return list.find(noun[0]) != std::string_view::npos || you ? "an" : "a";
}

std::string substance_words(const substance_id& id, const reference_data& reference) {
  const auto& words = reference.substances;
  const auto index = words.find(id);
  if (!index) return id.str();
  const auto& row = words.row(*index);
  auto name = lower_first(row.name);
  if (row.is_result) return fmt::format("the result '{}'", row.name);
  if (!row.is_class || row.id.str() == "alcohol") return name;
  if (row.id.str() == "other") return "another kind of substance";
  return article_of(name) + ' ' + name;
}

std::string closed_phrase(field what, const std::vector<std::string>& values, const reference_data& reference) {
  switch (what) {
  case field::setting: return speak_settings(values, reference);
  case field::outcome: return "where the person " + speak(outcomes, values);
  case field::naloxone_by: return "in which naloxone was given by " + speak(givers, values);
  case field::intent: return "recorded as " + speak(intents, values);
  case field::certainty: return "recorded as " + speak(as_written, values);
  case field::sex: return "of someone recorded as " + speak(sexes, values);
  case field::weekday: return "on " + speak(days, values);
  default: return join_or(values);
  }
}

} // namespace forewarn::rules
