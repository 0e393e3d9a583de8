// SPDX-License-Identifier: Apache-2.0
#include "rules/read/sentence.hpp"

#include "rules/detect/detector_kind.hpp"
#include "rules/read/names.hpp"
#include "rules/read/phrase.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

substance_verb verb_of(const std::vector<kind_id>& kinds) {
  const auto only = [&](std::string_view kind) {
    return !kinds.empty() && std::all_of(kinds.begin(), kinds.end(), [&](const kind_id& k) { return k.str() == kind; });
  };
  if (only("drug_test")) return {"that found", "that did not find"};
  if (only("death")) return {"involving", "not involving"};
  return {};
}

std::string grouped_noun(const grouping& by) {
  if (by.by_class) return "class of " + value_noun(by.by).one;
  if (by.with_neighbours) return "ward with its neighbours";
  return value_noun(by.by).one;
}

// "For each class of substance in each ward (what lacks a ward counts together), "; empty where there is one series.
std::string series_words(const std::vector<grouping>& groups) {
  std::vector<std::string> things, places, lacking;
  for (const auto& by : groups) {
    if (is_area_field(by.by.field))
      places.push_back("in each " + grouped_noun(by));
    else if (by.by.field == field::site)
      places.push_back("at each site");
    else
      things.push_back(grouped_noun(by));
    if (by.unknown_too) lacking.push_back(value_noun(by.by).one);
  }
  std::string out;
  if (!things.empty()) out = "for each " + join_and(things);
  for (const auto& place : places) out += (out.empty() ? "" : " ") + place;
  if (!lacking.empty()) out += fmt::format(" (what has no {} recorded counts together)", join_or(lacking));
  return out.empty() ? out : out + ", ";
}

} // namespace

observed_words words_of(const rule& one, const reference_data& reference) {
  observed_words out;
  std::vector<std::string> singular, plural;
  for (const auto& id : one.observe.kinds) {
    const auto* kind = reference.kind(id);
    singular.push_back(kind == nullptr ? id.str() : kind->one);
    plural.push_back(kind == nullptr ? id.str() : kind->many);
  }
  out.one = singular.empty() ? "record" : join_or(singular);
  out.many = plural.empty() ? "records" : join_or(plural);

  auto phrases = phrases_of(one.where, verb_of(one.observe.kinds), reference);
  if (!one.observe.feeds.empty()) {
    std::vector<std::string> feeds;
    for (const auto& feed : one.observe.feeds) feeds.push_back("'" + feed.str() + "'");
    phrases.insert(phrases.begin(), "from the feed " + join_or(feeds));
  }
  for (std::size_t i = 0; i < phrases.size(); ++i) out.qualified += (i == 0 ? " " : ", ") + phrases[i];
  out.closing_comma = phrases.size() > 1;
  return out;
}

std::string sentence_of(const rule& one, const reference_data& reference) {
  const auto words = words_of(one, reference);
  return upper_first(series_words(one.for_each) + kind_of(one.detector).sentence(one, words, reference)) + '.';
}

std::vector<std::string> further_sentences(const rule& one) {
  std::vector<std::string> out;
  out.push_back(fmt::format("A signal closes when this has not held for {}.", spell_duration(one.clear_after)));
  if (one.max_delay)
    out.push_back(fmt::format("What arrives more than {} after it happened opens no signal and is told in a digest.",
                              spell_duration(*one.max_delay)));
  if (one.status == rule_status::off)
    out.emplace_back("It is off: nothing is evaluated.");
  else if (one.status == rule_status::shadow)
    out.emplace_back("It is in shadow: signals are recorded and nobody is told.");
  else if (one.alert.release == release::panel)
    out.emplace_back("On-call hears at once; services only after a panel decision.");
  else
    out.push_back(fmt::format("After {}, in which on-call can stop it, an information-only alert goes to duty desks.",
                              spell_duration(one.alert.hold)));
  return out;
}

} // namespace forewarn::rules
