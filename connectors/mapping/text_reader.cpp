// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/text_reader.hpp"

#include "connectors/mapping/review_words.hpp"
#include "connectors/mapping/word_set.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace forewarn::connectors {
namespace {

constexpr std::size_t short_text = 4; // words; a cell this short is a name, not a sentence

// Words that speak of drugs: beside one of them a guarded name ("molly") is the drug.
const word_set& drug_talk() {
  static const word_set words{"took take taken taking takes smoked smoking snorted snorting snort injected injecting "
                              "ingested swallowed bombed dropped "
                              "sniffed vaped overdose overdosed od ods intoxication toxicity high using used use "
                              "dealer deal wrap wraps gram grams "
                              "baggie pill pills tablet tablets tab tabs powder crystal crystals rocks bag bags line "
                              "lines dose doses mg drug drugs "
                              "sold strong dodgy pure street"};
  return words;
}
const word_set& joins() {
  static const word_set words{"and or with plus"};
  return words;
}

// "valeryl fentanyl", "N-ethyl ...", "4F-...": what is written before a name makes another substance of it.
bool makes_a_relative(const text_token& before, const word_gap& gap) {
  if (gap.inside || gap.comma || gap.slash || gap.bracket || gap.colon || gap.ends_clause || gap.unsure) return false;
  constexpr std::array<std::string_view, 9> ends{"yl",   "oxy",   "fluoro", "chloro", "bromo",
                                                 "iodo", "nitro", "amino",  "thio"};
  static const word_set people{"cheryl sheryl beryl daryl darryl meryl vinyl"};
  static const word_set wholes{"nor des iso cis trans para meta ortho alpha beta"};
  const std::string_view word{before.word};
  if (word.size() > 3 && !people.holds(word) &&
      std::any_of(ends.begin(), ends.end(), [&](std::string_view e) { return word.ends_with(e); }))
    return true;
  if (gap.blank) return false;
  static const word_set letters{"n o p m s r d l 2 3 4 5 6 7 8 9"};
  return wholes.holds(word) || letters.holds(word);
}

struct hit {
  named_span at;
  text_finding finding;
  name_kind kind = name_kind::substance;
  bool is_result = false;
  std::string unlisted; // for the keeper
};

// One text on its way through.
class reading_pass {
public:
  reading_pass(const vocabulary& words, const name_trie& names, const near_names& near, std::string_view text)
      : words_{words}, names_{names}, near_{near}, tokens_{tokens_of(text)}, known_(tokens_.size(), false) {}

  text_reading run() {
    for (std::size_t i = 0; i < tokens_.size();) i += meet(i);
    drop_unguarded();
    std::vector<named_span> spans;
    for (const auto& h : hits_) spans.push_back(h.at);
    const auto said = standings(tokens_, spans);
    text_reading out;
    for (std::size_t k = 0; k < hits_.size(); ++k) put(hits_[k], said[k], out);
    for (auto& word : review_words(tokens_, known_)) note(std::move(word), out);
    return out;
  }

private:
  // How many tokens to go on by.
  std::size_t meet(std::size_t at) {
    if (const auto match = names_.longest(tokens_, at)) {
      for (auto i = at; i < at + match->words; ++i) known_[i] = true;
      if (match->entry.kind != name_kind::no_drug) add_name(*match, at);
      return match->words;
    }
    if (const auto words = add_by_beginning(at)) return words;
    add_by_spelling(at);
    return 1;
  }

  // "MDMB-5F-XYZ": all that hyphens join is one unlisted name.
  std::size_t add_by_beginning(std::size_t at) {
    const auto of = words_.class_by_beginning(tokens_[at].word);
    auto end = at + 1;
    while (end < tokens_.size() && tokens_[end].before.hyphen && !tokens_[end].before.blank) ++end;
    if (!of || end == at + 1) return 0;
    auto one = make_hit(at, end);
    one.finding.what = of;
    one.finding.how = found_by::ending;
    for (auto i = at; i < end; ++i) {
      known_[i] = true;
      one.unlisted += (i == at ? "" : "-") + tokens_[i].word;
    }
    hits_.push_back(std::move(one));
    return end - at;
  }

  [[nodiscard]] hit make_hit(std::size_t first, std::size_t last) const {
    hit out;
    out.at = {first, last};
    out.finding.first = tokens_[first].first;
    out.finding.last = tokens_[last - 1].last;
    return out;
  }

  void add_name(const name_match& match, std::size_t at) {
    auto one = make_hit(at, at + match.words);
    one.kind = match.entry.kind;
    if (match.entry.kind == name_kind::ambiguous) {
      const auto& word = words_.ambiguous()[match.entry.index];
      one.finding.how = found_by::ambiguity;
      one.finding.what = word.both;
      if (only_letters(tokens_[at].word) && match.words == 1) one.unlisted = tokens_[at].word;
      hits_.push_back(std::move(one));
      return;
    }
    const auto index = match.entry.index;
    const auto& row = words_.row(index);
    one.finding.what = index;
    one.is_result = row.is_result;
    // A class stays what it is: "novel benzodiazepine" has no relatives to be told from.
    if (!row.is_class && !row.is_result && at > 0 && !in_a_hit(at - 1) &&
        makes_a_relative(tokens_[at - 1], tokens_[at].before)) {
      if (!row.parent || row.cutting_agent) return;
      one.finding.what = words_.find(*row.parent);
      one.finding.how = found_by::derivation;
      one.unlisted = tokens_[at - 1].word + " " + tokens_[at].word;
    }
    hits_.push_back(std::move(one));
  }

  void add_by_spelling(std::size_t at) {
    const auto& word = tokens_[at].word;
    if (word.size() < 5) return;
    const auto by_ending = words_.class_by_stem(word);
    // A nitazene or fentanyl that nobody lists is a find, not a slip of the finger.
    const auto opioid = words_.find(substance_id{"opioid"});
    const bool may_be_new = by_ending && opioid && words_.is_or_within(*by_ending, *opioid);
    const auto near = may_be_new || !only_letters(word) ? std::nullopt : near_.nearest(word);
    if (!near && !by_ending) return;
    known_[at] = true;
    auto one = make_hit(at, at + 1);
    one.finding.what = near ? near : by_ending;
    one.finding.how = near ? found_by::misspelling : found_by::ending;
    one.unlisted = word;
    hits_.push_back(std::move(one));
  }

  [[nodiscard]] bool in_a_hit(std::size_t token) const {
    return !hits_.empty() && hits_.back().at.first <= token && token < hits_.back().at.last;
  }

  // "Molly collapsed" names a person, "took molly" a drug; "unknown male" is no laboratory's result.
  void drop_unguarded() {
    std::vector<hit> kept;
    for (std::size_t k = 0; k < hits_.size(); ++k) {
      const auto& one = hits_[k];
      const bool single_result = one.is_result && one.at.last - one.at.first < std::min<std::size_t>(2, tokens_.size());
      const bool unguarded = one.kind == name_kind::guarded && !guarded_by_talk(k);
      if (!single_result && !unguarded) kept.push_back(one);
    }
    hits_ = std::move(kept);
  }

  [[nodiscard]] bool guarded_by_talk(std::size_t k) const {
    const auto [first, last] = hits_[k].at;
    if (last < tokens_.size() && !tokens_[last].before.comma && !tokens_[last].before.ends_clause &&
        has_digit(tokens_[last].word) && !tokens_[last].before.inside)
      return dose_follows(last); // "DOB 1980", but "speed 2g"
    if (tokens_.size() <= short_text || tokens_[first].before.unsure || tokens_[last - 1].asked) return true;
    for (std::size_t back = 1; back <= 3 && back <= first; ++back) {
      if (tokens_[first - back + 1].before.ends_clause) break;
      if (drug_talk().holds(tokens_[first - back].word)) return true;
    }
    for (auto i = last; i < std::min(tokens_.size(), last + 2); ++i) {
      if (tokens_[i].before.ends_clause || tokens_[i].before.comma) break;
      if (drug_talk().holds(tokens_[i].word)) return true;
    }
    return beside_a_drug(k);
  }

  [[nodiscard]] bool dose_follows(std::size_t at) const {
    static const word_set units{"g mg mcg ug ml gram grams tablet tablets pills wraps bags lines"};
    const auto& word = tokens_[at].word;
    const auto letters = word.find_first_not_of("0123456789");
    if (letters != std::string::npos) return units.holds(std::string_view{word}.substr(letters));
    return at + 1 < tokens_.size() && units.holds(tokens_[at + 1].word);
  }

  // "ket and molly", "cocaine/speed", "MDMA, PCP".
  [[nodiscard]] bool beside_a_drug(std::size_t k) const {
    const auto beside = [&](std::size_t left, std::size_t right) {
      if (hits_[left].is_result || hits_[right].is_result) return false;
      const auto from = hits_[left].at.last;
      const auto to = hits_[right].at.first;
      bool joined = false;
      for (auto i = from; i <= to; ++i) {
        const auto& gap = tokens_[i].before;
        if (gap.ends_clause || gap.bracket) return false;
        joined = joined || gap.comma || gap.slash;
        if (i < to && !joins().holds(tokens_[i].word)) return false;
        joined = joined || i < to;
      }
      return joined;
    };
    const auto sure = [&](std::size_t other) { return hits_[other].kind == name_kind::substance; };
    return (k > 0 && sure(k - 1) && beside(k - 1, k)) || (k + 1 < hits_.size() && sure(k + 1) && beside(k, k + 1));
  }

  void put(hit& one, standing said, text_reading& out) const {
    if (one.is_result) {
      if (said != standing::denied) out.results.push_back(*one.finding.what);
      return;
    }
    if (said != standing::denied && !one.unlisted.empty()) note(std::move(one.unlisted), out);
    if (one.finding.what && words_.row(*one.finding.what).antidote) return; // it was given, not taken
    one.finding.said = said;
    out.findings.push_back(one.finding);
  }

  static void note(std::string word, text_reading& out) {
    if (!has_digit(word) && std::find(out.to_review.begin(), out.to_review.end(), word) == out.to_review.end())
      out.to_review.push_back(std::move(word));
  }

  const vocabulary& words_;
  const name_trie& names_;
  const near_names& near_;
  std::vector<text_token> tokens_;
  std::vector<bool> known_;
  std::vector<hit> hits_;
};

} // namespace

text_reader::text_reader(const vocabulary& words) : words_{words}, names_{words}, near_{words} {}

text_reading text_reader::read(std::string_view text) const {
  return reading_pass{words_, names_, near_, text}.run();
}

std::optional<name_entry> text_reader::whole_name(std::string_view text) const {
  const auto tokens = tokens_of(text);
  if (tokens.empty()) return {};
  const auto match = names_.longest(tokens, 0);
  if (!match || match->words != tokens.size()) return {};
  return match->entry;
}

} // namespace forewarn::connectors
