// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/text_tokens.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

namespace forewarn::connectors {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(length, text.size() - at);
}

enum class sort_of : std::uint8_t {
  letter,
  nothing, // an apostrophe within a word, a zero-width blank
  blank,
  mark
};

struct character {
  sort_of sort = sort_of::mark;
  std::string_view seen;
  std::string folded; // of a letter
};

character foreign_character(std::string_view seen) {
  // Fold knows which foreign characters are separators; between two letters it shows what it makes of one.
  const auto probe = fold("x" + std::string{seen} + "x");
  const auto made = std::string_view{probe}.substr(1, probe.size() - 2);
  if (made == " ")
    return {seen == "\u2010" || seen == "\u2011" || seen == "\u2212" ? sort_of::mark : sort_of::blank, seen, {}};
  if (made.empty()) return {sort_of::nothing, seen, {}};
  return {sort_of::letter, seen, std::string{made}};
}

character character_at(std::string_view text, std::size_t at) {
  const auto seen = text.substr(at, length_at(text, at));
  const char c = seen.front();
  if (static_cast<unsigned char>(c) >= 0x80) return foreign_character(seen);
  if (is_digit(c) || is_lower(c)) return {sort_of::letter, seen, std::string{c}};
  if (is_upper(c)) return {sort_of::letter, seen, std::string(1, static_cast<char>(c - 'A' + 'a'))};
  if (is_blank(c)) return {sort_of::blank, seen, {}};
  const bool within = c == '\'' && at > 0 && at + 1 < text.size() && !is_blank(text[at - 1]) && !is_blank(text[at + 1]);
  return {within ? sort_of::nothing : sort_of::mark, seen, {}};
}

// "10mg|diazepam", "diazepam|10mg", "and|Heroin": a word that is written onto its neighbour.
bool is_unit(std::string_view letters) {
  constexpr std::array<std::string_view, 8> units{"mg", "mgs", "mcg", "ug", "ml", "mls", "g", "iu"};
  return std::find(units.begin(), units.end(), letters) != units.end();
}

// Where within a word (bytes of the original) a word of its own begins.
std::vector<std::size_t> seams(std::string_view word) {
  std::vector<std::size_t> out;
  const auto digits_from = [&](std::size_t at) {
    while (at < word.size() && is_digit(word[at])) ++at;
    return at;
  };
  const auto letters_from = [&](std::size_t at) {
    while (at < word.size() && (is_lower(word[at]) || is_upper(word[at]))) ++at;
    return at;
  };
  if (const auto number = digits_from(0); number > 0) { // a dose first
    const auto after = letters_from(number);
    for (const std::string_view unit : {"mgs", "mcg", "mls", "mg", "ml"})
      if (after - number >= unit.size() + 4 && ascii_lower(word.substr(number)).starts_with(unit)) {
        out.push_back(number + unit.size());
        break;
      }
  } else if (const auto name = letters_from(0); name >= 4 && name < word.size()) { // a dose last
    const auto dose = digits_from(name);
    if (dose > name && (dose == word.size() || is_unit(ascii_lower(word.substr(dose))))) out.push_back(name);
  }
  for (std::size_t at = 3; at + 3 < word.size(); ++at)
    if (is_lower(word[at - 1]) && is_lower(word[at - 2]) && is_lower(word[at - 3]) && is_upper(word[at]) &&
        is_lower(word[at + 1]))
      out.push_back(at);
  std::sort(out.begin(), out.end());
  return out;
}

bool is_between_locants(std::string_view text, std::size_t comma) {
  if (comma == 0 || comma + 1 >= text.size()) return false;
  const char before = text[comma - 1];
  const char after = text[comma + 1];
  const auto locant = [](char c) { return is_digit(c) || c == 'N' || c == 'n' || c == 'O' || c == '\''; };
  return locant(before) && locant(after) && (is_digit(before) || is_digit(after) || before == after || before == '\'');
}

void note_mark(std::string_view text, std::size_t at, word_gap& gap, text_token* last) {
  const char c = text[at];
  const bool behind_word = last != nullptr && last->last == at;
  const bool before_blank = at + 1 >= text.size() || is_blank(text[at + 1]);
  switch (c) {
  case ',': (is_between_locants(text, at) ? gap.locants : gap.comma) = true; return;
  case '/':
  case '+':
  case '&': gap.slash = true; return;
  case '(':
  case ')':
  case '[':
  case ']': gap.bracket = true; return;
  case ':':
  case '=': gap.colon = true; return;
  case ';':
  case '!': gap.ends_clause = true; return;
  case '.': gap.ends_clause = gap.ends_clause || before_blank; return;
  case '?':
    if (behind_word && before_blank) {
      last->asked = true;
      gap.ends_clause = true;
    } else {
      gap.unsure = true;
    }
    return;
  case '-': (behind_word && !before_blank ? gap.hyphen : gap.colon) = true; return;
  default: break;
  }
  if (static_cast<unsigned char>(c) >= 0x80)
    gap.hyphen = true; // a hyphen of another alphabet
  else
    gap.blank = true; // quotes, asterisks, ...
}

void add_word(std::string_view text, std::size_t first, std::size_t last, const word_gap& gap,
              std::vector<text_token>& out) {
  auto from = first;
  auto before = gap;
  auto cuts = seams(text.substr(first, last - first));
  cuts.push_back(last - first);
  for (const auto cut : cuts) {
    text_token one;
    one.first = from;
    one.last = first + cut;
    one.before = before;
    for (auto at = from; at < one.last;) {
      auto c = character_at(text, at);
      if (c.sort == sort_of::letter) one.word += c.folded;
      at += c.seen.size();
    }
    out.push_back(std::move(one));
    from = first + cut;
    before = {};
    before.inside = true;
  }
}

} // namespace

std::vector<text_token> tokens_of(std::string_view text) {
  std::vector<text_token> out;
  word_gap gap;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = character_at(text, at);
    if (c.sort == sort_of::letter) {
      auto end = at;
      while (end < text.size()) {
        const auto next = character_at(text, end);
        if (next.sort != sort_of::letter && next.sort != sort_of::nothing) break;
        end += next.seen.size();
      }
      add_word(text, at, end, gap, out);
      gap = {};
      at = end;
      continue;
    }
    if (c.sort == sort_of::blank) {
      gap.blank = true;
      gap.ends_clause = gap.ends_clause || text[at] == '\n';
    } else if (c.sort == sort_of::mark) {
      note_mark(text, at, gap, out.empty() ? nullptr : &out.back());
    }
    at += c.seen.size();
  }
  return out;
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), is_digit);
}

bool only_letters(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_lower);
}

} // namespace forewarn::connectors
