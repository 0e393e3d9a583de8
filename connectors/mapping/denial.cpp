// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/denial.hpp"

#include "connectors/mapping/word_set.hpp"

#include <algorithm>
#include <optional>

namespace forewarn::connectors {
namespace {

// A denial that reaches over a whole list, and one that wants an "or" to do so.
const word_set& strong_denials() {
  static const word_set words{"denies denied denying deny negative neg without neither absence nil none"};
  return words;
}
const word_set& denials() {
  static const word_set words{
      "no not never nor non unlikely isnt wasnt arent werent hasnt hadnt havent didnt doesnt dont "
      "denies denied denying deny negative neg without neither absence nil none"};
  return words;
}
// "instead of", "rather than", "free of": the second word stands next to the name.
bool denies_in_two(std::string_view first, std::string_view second) {
  return (first == "instead" && second == "of") || (first == "rather" && second == "than") ||
         (first == "free" && (second == "of" || second == "from")) || (first == "ruled" && second == "out") ||
         (first == "excluded" && second == "was");
}

const word_set& turns() {
  static const word_set words{"but however although though except only"};
  return words;
}
const word_set& joins_denied() {
  static const word_set words{"or and nor"};
  return words;
}

// What a denial or a doubt may reach across on its way to the name behind it.
const word_set& bridges_before() {
  static const word_set words{
      "any other of signs sign evidence trace traces history hx use uses using used usage taking "
      "taken took take having had has "
      "have been being be ever the a an to for by with from illicit illegal recreational "
      "recent known suspected reported "
      "apparent obvious drug drugs substance substances medication medicines street that he "
      "she they pt patient is was were "
      "are it this there smoking smoked injecting injected snorting drinking drunk consumed "
      "consuming ingesting ingested "
      "swallowing presence found detected positive showing screen test tests tested tox strip "
      "urine today tonight last night "
      "recently on in at additional further active smell indication suggestion involvement "
      "intoxication overdose od abuse "
      "misuse prescribed prescription much more also laced cut contaminated mixed as"};
  return words;
}
// What may stand between a name and the denial or doubt behind it.
const word_set& bridges_after() {
  static const word_set words{"use used using usage overdose overdoses od ods toxicity intoxication poisoning abuse "
                              "misuse ingestion was is were are "
                              "has have had been be test tests tested testing screen strip strips result results came "
                              "back in urine blood sample on "
                              "by the patient pt he she they level levels also all both either drug drugs this time at "
                              "yet presence involvement "
                              "being it as to"};
  return words;
}

// "not ... detected": what a "not" behind a name denies.
const word_set& denied_verbs() {
  static const word_set words{"detected declared found suspected present taken used involved seen identified reported "
                              "indicated mentioned consumed injected smoked snorted ingested given believed thought"};
  return words;
}
const word_set& negations() {
  static const word_set words{"not never isnt wasnt arent werent hasnt havent"};
  return words;
}
const word_set& denials_after() {
  static const word_set words{"negative neg denied denies excluded undetected absent nil none unlikely"};
  return words;
}
const word_set& affirmations() {
  static const word_set words{"found present positive detected confirmed taken used involved seen identified"};
  return words;
}
const word_set& doubts() {
  static const word_set words{
      "possible possibly poss probable probably prob suspected suspect suspects suspecting suspicion maybe might may "
      "could "
      "query queried likely apparently allegedly alleged alleges reportedly ostensibly presumed presumably believed "
      "believes "
      "thought thinks unsure uncertain unclear whether if potential potentially assumed perhaps cannot cant unable"};
  return words;
}
const word_set& doubts_after() {
  static const word_set words{
      "suspected possible possibly poss probable query unconfirmed likely thought believed maybe"};
  return words;
}

constexpr std::size_t reach_before = 8;
constexpr std::size_t reach_after = 6;
constexpr std::size_t reach_over_list = 40;

class scope_reader {
public:
  scope_reader(std::span<const text_token> tokens, std::span<const named_span> names)
      : tokens_{tokens}, names_{names}, name_at_(tokens.size()) {
    for (std::size_t k = 0; k < names.size(); ++k)
      for (auto i = names[k].first; i < names[k].last; ++i) name_at_[i] = k;
  }

  std::vector<standing> read() {
    for (std::size_t k = 0; k < names_.size(); ++k) out_.push_back(before(k));
    // A denial behind a name reaches back over "heroin and cocaine were not found": settle from the end.
    for (auto k = names_.size(); k-- > 0;)
      if (out_[k] != standing::denied) {
        const auto said = after(k);
        if (said == standing::denied || out_[k] == standing::affirmed) out_[k] = said;
      }
    return std::move(out_);
  }

private:
  [[nodiscard]] std::string_view word(std::size_t i) const {
    return i < tokens_.size() ? std::string_view{tokens_[i].word} : std::string_view{};
  }
  [[nodiscard]] bool breaks(std::size_t i) const { return tokens_[i].before.ends_clause || turns().holds(word(i)); }

  [[nodiscard]] bool affirmed_behind(std::size_t k) const {
    const auto at = names_[k].last;
    for (auto i = at;
         i < std::min(tokens_.size(), at + 3) && !tokens_[i].before.ends_clause && !tokens_[i].before.comma; ++i) {
      if (negations().holds(word(i))) return false;
      if (affirmations().holds(word(i))) return true;
    }
    return false;
  }

  // From the name before `k` in one list: "heroin, cocaine or fentanyl".
  [[nodiscard]] std::optional<standing> inherited(std::size_t k) const {
    if (k == 0) return {};
    const auto from = names_[k - 1].last;
    const auto to = names_[k].first;
    bool joined = false;
    for (auto i = from; i <= to; ++i) {
      const auto& gap = tokens_[i].before;
      if (breaks(i) || gap.bracket || gap.colon) return {};
      joined = joined || gap.comma || gap.slash || (i < to && joins_denied().holds(word(i)));
      if (i < to && !joins_denied().holds(word(i))) return {};
    }
    if (!joined) return {};
    const auto one = out_[k - 1];
    if (one == standing::affirmed) return {};
    const bool or_between = to > from && word(from) != "and";
    const bool one_of_them = or_between || tokens_[to].before.slash;
    if (one == standing::doubted) return one_of_them ? std::optional{one} : std::nullopt;
    if (one_of_them || or_follows(k)) return one;
    // "no heroin and cocaine found" found cocaine; "denies heroin and cocaine" denies both.
    if (strongly_denied(k - 1) && !affirmed_behind(k)) return one;
    return {};
  }

  // "denies heroin, cocaine" denies all of it.
  [[nodiscard]] bool strongly_denied(std::size_t k) const {
    const auto most = names_[k].first - std::min(names_[k].first, reach_over_list);
    for (auto i = names_[k].first; i-- > most;) {
      if (tokens_[i + 1].before.ends_clause) return false;
      if (denials().holds(word(i)) && !name_at_[i]) return strong_denials().holds(word(i));
    }
    return false;
  }
  // "no heroin, cocaine or fentanyl"
  [[nodiscard]] bool or_follows(std::size_t k) const {
    const auto most = std::min(tokens_.size(), names_[k].last + reach_over_list);
    for (auto i = names_[k].last; i < most && !breaks(i); ++i) {
      if (word(i) == "or" || word(i) == "nor") return true;
      if (!name_at_[i]) return false;
    }
    return false;
  }

  [[nodiscard]] standing before(std::size_t k) const {
    const auto first = names_[k].first;
    if (tokens_[first].before.unsure) return standing::doubted;
    if (const auto same = inherited(k)) return *same;
    bool doubted = false;
    for (std::size_t back = 1; back <= reach_before && back <= first; ++back) {
      const auto i = first - back;
      const auto& gap = tokens_[i + 1].before;
      const auto w = word(i);
      const bool strong = strong_denials().holds(w);
      if (gap.ends_clause || gap.comma || gap.bracket || (gap.colon && !strong)) break;
      if (name_at_[i] || turns().holds(w)) break;
      const auto previous = i > 0 && !tokens_[i].before.ends_clause ? word(i - 1) : std::string_view{};
      if (denies_in_two(previous, w)) {
        const bool undone = w == "out" && i > 1 && (negations().holds(word(i - 2)) || word(i - 2) == "be");
        return undone ? standing::doubted : standing::denied;
      }
      if (w == "out" && (previous == "rule" || previous == "ruling")) return standing::doubted;
      if (denials().holds(w)) {
        const auto next = word(i + 1);
        if (w == "not" && (next == "sure" || next == "certain" || next == "clear" || next == "confirmed"))
          return standing::doubted;
        if (w == "not" && (next == "just" || next == "merely" || next == "only")) break;
        if (w == "no" && next == "longer" && back > 1) return standing::denied;
        return standing::denied;
      }
      if (doubts().holds(w) || tokens_[i].before.unsure) doubted = true;
      if (!bridges_before().holds(w) && !doubts().holds(w) && w != "sure" && w != "longer") break;
    }
    return doubted ? standing::doubted : standing::affirmed;
  }

  [[nodiscard]] standing after(std::size_t k) const {
    if (tokens_[names_[k].last - 1].asked) return standing::doubted;
    std::size_t far = 0;
    for (auto i = names_[k].last; i < tokens_.size() && far < reach_after; ++i, ++far) {
      const auto& gap = tokens_[i].before;
      const auto w = word(i);
      const bool at_once = i == names_[k].last;
      if (breaks(i)) break;
      if (name_at_[i]) { // "heroin and cocaine not found": what is said of the next is said of this one
        const bool joined = gap.slash || (i > 0 && joins_denied().holds(word(i - 1)) && !name_at_[i - 1]);
        return joined && out_[*name_at_[i]] == standing::denied && said_behind(*name_at_[i]) ? standing::denied
                                                                                             : standing::affirmed;
      }
      const bool says_no = denials_after().holds(w);
      // "heroin, negative." and "heroin (not detected)", but "heroin, negative BM" and "heroin, not conveyed"
      const bool remark = at_once && (w == "not" || ((says_no || doubts_after().holds(w)) && ends_remark(i + 1)));
      if ((gap.comma || gap.bracket) && !remark) break;
      if (says_no) {
        // "heroin, no fentanyl", "heroin without fentanyl", "heroin negative for ...": the denial looks ahead.
        return word(i + 1) == "for" || next_is_name(i) ? standing::affirmed : standing::denied;
      }
      if (w == "no" && gap.colon && (i + 1 == tokens_.size() || breaks(i + 1) || tokens_[i + 1].before.comma))
        return standing::denied;
      if (w == "free" && at_once && (gap.hyphen || i + 1 == tokens_.size() || breaks(i + 1))) return standing::denied;
      if (w == "ruled" && word(i + 1) == "out") return standing::denied;
      if (negations().holds(w)) return behind_negation(i + 1);
      if (doubts_after().holds(w)) return standing::doubted;
      if (!bridges_after().holds(w) && !joins_denied().holds(w)) break;
    }
    return standing::affirmed;
  }

  [[nodiscard]] bool ends_remark(std::size_t i) const {
    return i >= tokens_.size() || breaks(i) || tokens_[i].before.comma || tokens_[i].before.bracket;
  }
  [[nodiscard]] bool said_behind(std::size_t k) const { return after(k) == standing::denied; }
  [[nodiscard]] bool next_is_name(std::size_t i) const {
    return i + 1 < tokens_.size() && name_at_[i + 1].has_value() && !tokens_[i + 1].before.comma &&
           !tokens_[i + 1].before.ends_clause;
  }

  [[nodiscard]] standing behind_negation(std::size_t from) const {
    for (auto i = from; i < std::min(tokens_.size(), from + 3) && !breaks(i); ++i) {
      if (denied_verbs().holds(word(i))) return standing::denied;
      if (word(i) == "confirmed" || word(i) == "excluded" || word(i) == "ruled") return standing::doubted;
      if (name_at_[i]) break;
    }
    return standing::affirmed;
  }

  std::span<const text_token> tokens_;
  std::span<const named_span> names_;
  std::vector<std::optional<std::size_t>> name_at_; // which name a token belongs to
  std::vector<standing> out_;
};

} // namespace

std::vector<standing> standings(std::span<const text_token> tokens, std::span<const named_span> names) {
  return scope_reader{tokens, names}.read();
}

} // namespace forewarn::connectors
