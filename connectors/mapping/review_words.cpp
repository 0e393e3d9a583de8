// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/review_words.hpp"

#include "connectors/mapping/word_set.hpp"

#include <algorithm>
#include <array>

namespace forewarn::connectors {
namespace {

constexpr std::size_t shortest_reviewed = 4;
constexpr std::size_t longest_reviewed = 24;

// Endings that drugs have and hardly any other word or surname.
constexpr std::array<std::string_view, 38> endings{
    "azolam",   "azepam",  "tizolam",  "nitazene",   "fentanyl",  "fentanil",  "orphine",  "codone",
    "morphone", "adol",    "etamine",  "amfetamine", "phetamine", "methadol",  "caine",    "idone",
    "azine",    "azepine", "apine",    "triptyline", "oxetine",   "pramine",   "barbital", "gabalin",
    "bamate",   "etidine", "tomidine", "ylone",      "edrone",    "cathinone", "pinaca",   "binaca",
    "butinaca", "nabinol", "oxamine",  "qualone",    "zopiclone", "peridol"};

const word_set& everyday() {
  static const word_set words{
      "about after again alcohol alert allergic allergies also ambulance amount arrest arrival asleep attended awake "
      "away bags "
      "because been before being breathing brought call called capsule capsules cardiac chest class collapse collapsed "
      "colour "
      "complications condition conscious contact crew crystals daily dead death dose doses drinking drowsy drug drugs "
      "during "
      "effect effects empty fell female fire first floor found friend friends from given have having heart hospital "
      "house "
      "illicit ingested inhalation injected injection injury intentional into intoxicated intoxication large last left "
      "life "
      "line lines liquid male medication medications medicine medicines minutes mixed month more mother multiple night "
      "not "
      "nothing only other over overdose oxygen pain painkiller painkillers party past patient people person pill pills "
      "police "
      "possible powder prescribed prescription pulse pupils quantity reported respiratory response room scene school "
      "seizure "
      "several shakes since sister small smoked smoking snorted some someone something states stated still strange "
      "street "
      "strong substance substances suspected swallowed syringe tablet tablets taken taking test than that their them "
      "then "
      "there these they this throat times tonight took toxicity transport trouble unconscious under unknown "
      "unresponsive "
      "unsure unwell used user using very violent vodka vomiting walking water week were what when which while white "
      "whole with "
      "without woman work year years young your brother father partner wife husband child baby boyfriend girlfriend "
      "everything anything himself herself themselves whatever various pinpoint needle needles acute combined chronic "
      "disease associated including due sodium hydrochloride sulphate sulfate maleate phosphate tartrate citrate acid "
      "vape "
      "brown blue green yellow pink black orange purple grey gold silver clear"};
  return words;
}

// A word behind one of these is what was taken.
const word_set& cues() {
  static const word_set words{"took taking taken ingested injected injecting snorted snorting smoked smoking swallowed "
                              "overdosed overdose od dropped sniffed vaped"};
  return words;
}
const word_set& between() {
  static const word_set words{"on of some a an the his her their with too much many more few two three"};
  return words;
}

bool looks_like_a_drug(std::string_view word) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view e) { return word.size() > e.size() && word.ends_with(e); });
}

bool stands_like_a_drug(std::span<const text_token> tokens, std::size_t at) {
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    const auto& gap = tokens[at - back + 1].before;
    if (gap.ends_clause || gap.comma || gap.bracket) return false;
    if (cues().holds(tokens[at - back].word)) return true;
    if (!between().holds(tokens[at - back].word) && !has_digit(tokens[at - back].word)) return false;
  }
  return false;
}

} // namespace

std::vector<std::string> review_words(std::span<const text_token> tokens, const std::vector<bool>& known) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& word = tokens[i].word;
    if (known[i] || word.size() < shortest_reviewed || word.size() > longest_reviewed || !only_letters(word)) continue;
    if (everyday().holds(word) || cues().holds(word)) continue;
    if (!looks_like_a_drug(word) && !stands_like_a_drug(tokens, i)) continue;
    if (std::find(out.begin(), out.end(), word) == out.end()) out.push_back(word);
  }
  return out;
}

} // namespace forewarn::connectors
