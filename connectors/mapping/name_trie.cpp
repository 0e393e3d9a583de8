// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/name_trie.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace forewarn::connectors {
namespace {

constexpr std::size_t longest_name = 64;   // letters; a longer one is matched whole-cell only
constexpr std::uint32_t shortest_name = 3; // in running text "e", "k" and "h" are letters far more often than drugs
constexpr std::uint32_t loose_from = 7;    // from this length on a blank may stand anywhere within a name

// Ways of writing the beginning of a chemical name: position words, their letters, and the locants they stand for.
struct opening {
  std::string_view written;
  std::array<std::string_view, 2> also;
};
constexpr std::array openings{
    opening{"para-", {"p-", "4-"}},  opening{"p-", {"para-", "4-"}},   opening{"meta-", {"m-", "3-"}},
    opening{"ortho-", {"o-", "2-"}}, opening{"alpha-", {"a-", ""}},    opening{"beta-", {"b-", ""}},
    opening{"gamma-", {"y-", ""}},   opening{"delta-9-", {"d9-", ""}}, opening{"n,n-", {"nn-", ""}},
};
// What a locant in front of means "para", "meta" or "ortho" before.
constexpr std::array<std::string_view, 6> groups{"fluoro", "chloro", "bromo", "iodo", "methoxy", "methyl"};

bool begins_with_group(std::string_view name) {
  return std::any_of(groups.begin(), groups.end(), [&](std::string_view g) { return name.starts_with(g); });
}

// "neither heroin nor cocaine" holds no norcocaine.
bool is_small_word(std::string_view word) {
  constexpr std::array<std::string_view, 12> small{"nor", "no", "or", "and", "on", "in",
                                                   "to",  "a",  "an", "the", "is", "as"};
  return std::find(small.begin(), small.end(), word) != small.end();
}

bool separates(const word_gap& gap) {
  return gap.slash || gap.bracket || gap.colon || gap.ends_clause || gap.comma || gap.unsure;
}

} // namespace

name_trie::name_trie(const vocabulary& words) {
  // Guards first: the same spelling is added once, and the first to come keeps it.
  for (std::size_t i = 0; i < words.rows().size(); ++i)
    for (const auto& g : words.rows()[i].guarded) add_variants(g, {name_kind::guarded, static_cast<std::uint16_t>(i)});
  for (std::size_t i = 0; i < words.ambiguous().size(); ++i)
    add_variants(words.ambiguous()[i].word, {name_kind::ambiguous, static_cast<std::uint16_t>(i)});
  for (const auto& phrase : words.not_drugs()) add_variants(phrase, {name_kind::no_drug, 0});
  const auto every_name = [&](auto take) {
    for (std::size_t i = 0; i < words.rows().size(); ++i) {
      const auto& row = words.rows()[i];
      const name_entry entry{name_kind::substance, static_cast<std::uint16_t>(i)};
      take(row.id.str(), entry);
      take(row.name, entry);
      for (const auto& s : row.synonyms) take(s, entry);
    }
  };
  // What a file writes goes before what we make of it.
  every_name([this](std::string_view name, name_entry entry) { add(name, entry); });
  every_name([this](std::string_view name, name_entry entry) { add_variants(name, entry); });
}

void name_trie::add_variants(std::string_view name, name_entry entry) {
  add(name, entry);
  const auto lower = ascii_lower(name);
  for (const auto& o : openings) {
    if (!lower.starts_with(o.written)) continue;
    const auto rest = lower.substr(o.written.size());
    for (const auto also : o.also) {
      const bool locant = !also.empty() && also.front() >= '2' && also.front() <= '4';
      if (!also.empty() && (!locant || begins_with_group(rest))) add(std::string{also} + rest, entry);
    }
  }
  if (lower.starts_with("4-") && begins_with_group(lower.substr(2)))
    for (const std::string_view also : {"para-", "p-"}) add(std::string{also} + lower.substr(2), entry);
}

void name_trie::add(std::string_view name, name_entry entry) {
  const auto tokens = tokens_of(name);
  name_row row{entry, 0, 0};
  std::string squashed;
  for (const auto& t : tokens) {
    if (!squashed.empty() && squashed.size() < longest_name && !t.before.inside)
      row.breaks |= std::uint64_t{1} << squashed.size();
    squashed += t.word;
  }
  if (squashed.size() < shortest_name || squashed.size() > longest_name) return;
  row.length = static_cast<std::uint32_t>(squashed.size());
  std::uint32_t at = 0;
  for (const char letter : squashed) at = make_child(at, letter);
  if (nodes_[at].name != 0) {
    names_[nodes_[at].name - 1].breaks |= row.breaks;
    return;
  }
  names_.push_back(row);
  nodes_[at].name = static_cast<std::uint32_t>(names_.size());
}

std::uint32_t name_trie::child(std::uint32_t of, char letter) const {
  auto at = nodes_[of].first_child;
  while (at != 0 && nodes_[at].letter != letter) at = nodes_[at].next_sibling;
  return at;
}

std::uint32_t name_trie::make_child(std::uint32_t of, char letter) {
  if (const auto at = child(of, letter); at != 0) return at;
  node fresh;
  fresh.letter = letter;
  fresh.next_sibling = nodes_[of].first_child;
  nodes_.push_back(fresh);
  return nodes_[of].first_child = static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::optional<name_match> name_trie::longest(std::span<const text_token> tokens, std::size_t at) const {
  std::optional<name_match> best;
  std::uint32_t here = 0;
  std::size_t letters = 0;
  std::uint64_t blanks = 0;  // bit i: white space stood before letter i of what was walked
  std::uint64_t locants = 0; // the same for a comma between locants
  for (auto next = at; next < tokens.size(); ++next) {
    const auto& token = tokens[next];
    if (next > at) {
      if (separates(token.before) || letters >= longest_name) break;
      if (token.before.blank) blanks |= std::uint64_t{1} << letters;
      if (token.before.locants) locants |= std::uint64_t{1} << letters;
    }
    const auto fits = [&](std::uint32_t node) {
      if (node == 0 || nodes_[node].name == 0) return false;
      const auto& row = names_[nodes_[node].name - 1];
      const bool loose = row.length >= loose_from && !is_small_word(tokens[at].word);
      return (locants & ~row.breaks) == 0 && (loose || (blanks & ~row.breaks) == 0);
    };
    std::size_t walked = 0;
    bool fell = false;
    for (; walked < token.word.size(); ++walked) {
      const auto down = child(here, token.word[walked]);
      if (down == 0) {
        fell = true;
        break;
      }
      here = down;
      ++letters;
    }
    if (!fell && fits(here)) best = name_match{names_[nodes_[here].name - 1].entry, next - at + 1};
    if (!fell) continue;
    // "benzos", "diazepams": a plural of what was walked.
    constexpr std::uint32_t shortest_plural = 4;
    const bool plural = walked + 1 == token.word.size() && token.word.back() == 's';
    if (plural && fits(here) && names_[nodes_[here].name - 1].length >= shortest_plural)
      best = name_match{names_[nodes_[here].name - 1].entry, next - at + 1};
    break;
  }
  return best;
}

} // namespace forewarn::connectors
