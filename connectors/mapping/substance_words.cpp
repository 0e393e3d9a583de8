// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/substance_words.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

namespace forewarn::connectors {
namespace {

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct token {
  std::string word;        // folded
  bool new_clause = false; // a full stop, semicolon or line end stood before it
  bool after_comma = false;
};

std::vector<token> tokens_of(std::string_view text) {
  // Fold turns line ends into blanks, but a line end separates what is said: keep it as a full stop.
  std::string marked{text};
  std::replace(marked.begin(), marked.end(), '\n', ';');
  const auto folded = fold(marked);
  std::vector<token> out;
  token next;
  for (std::size_t i = 0; i < folded.size();) {
    if (!is_word_character(folded[i])) {
      const bool ends_sentence = folded[i] == '.' && (i + 1 == folded.size() || folded[i + 1] == ' ');
      next.new_clause = next.new_clause || ends_sentence || folded[i] == ';' || folded[i] == '!' || folded[i] == '?';
      next.after_comma = next.after_comma || folded[i] == ',';
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < folded.size() && is_word_character(folded[end])) ++end;
    next.word = folded.substr(i, end - i);
    out.push_back(std::move(next));
    next = token{};
    i = end;
  }
  return out;
}

template <std::size_t Size> bool one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 11> deniers{"no",  "not",      "denies", "denied",  "denying", "without",
                                                   "nil", "negative", "never",  "neither", "nor"};
constexpr std::array<std::string_view, 15> denied_verbs{"detected",  "declared", "found",     "suspected", "present",
                                                        "taken",     "used",     "involved",  "seen",      "identified",
                                                        "confirmed", "reported", "indicated", "mentioned", "consumed"};
constexpr std::array<std::string_view, 5> turns{"but", "however", "although", "though", "except"};
constexpr std::array<std::string_view, 3> joins{"or", "and", "nor"};
constexpr std::size_t reach = 3; // words between a denial and what it denies

struct hit {
  std::size_t first = 0, last = 0; // tokens, half open
  std::optional<substance_index> substance;
};

bool starts_clause(const token& t) {
  return t.new_clause || one_of(t.word, turns);
}

bool denied_before(const std::vector<token>& words, const hit& one, std::optional<std::size_t> last_denied_end) {
  // "no heroin, fentanyl or cocaine": the denial carries over a list without a gap.
  if (last_denied_end && !starts_clause(words[one.first])) {
    std::size_t gap = *last_denied_end;
    while (gap < one.first && one_of(words[gap].word, joins)) ++gap;
    if (gap == one.first &&
        std::none_of(words.begin() + static_cast<std::ptrdiff_t>(*last_denied_end),
                     words.begin() + static_cast<std::ptrdiff_t>(one.first), starts_clause) &&
        words[one.first].word != "and")
      return true;
  }
  for (std::size_t back = 0; back <= reach && back < one.first + 1; ++back) {
    const auto at = one.first - back;
    if (back > 0 && one_of(words[at].word, deniers)) return true;
    if (starts_clause(words[at]) || words[at].after_comma || at == 0) return false;
  }
  return false;
}

bool denied_after(const std::vector<token>& words, const hit& one) {
  for (std::size_t at = one.last; at < words.size() && at < one.last + reach + 1; ++at) {
    if (starts_clause(words[at]) || words[at].after_comma) return false;
    const auto& w = words[at].word;
    const auto* next = at + 1 < words.size() && !starts_clause(words[at + 1]) ? &words[at + 1].word : nullptr;
    if (w == "negative" || w == "excluded" || w == "denied" || w == "undetected") return true;
    if (w == "ruled" && next != nullptr && *next == "out") return true;
    if ((w == "not" || w == "never") && next != nullptr && one_of(*next, denied_verbs)) return true;
  }
  return false;
}

// A comma is part of a chemical name between two locants: "4,5-dimethoxy", "N,N-dimethyl", "3,4,5 -trimethoxy".
bool joins_locants(std::string_view text, std::size_t comma) {
  if (text[comma] != ',' || comma == 0 || comma + 1 >= text.size()) return false;
  const char before = text[comma - 1];
  const char after = text[comma + 1];
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto locant = [&](char c) { return digit(c) || c == 'N' || c == 'O' || c == '\''; };
  return locant(before) && locant(after) && (digit(before) || digit(after) || before == after || before == '\'');
}

std::size_t separator_at(std::string_view text, std::size_t at, const std::vector<std::string>& separators) {
  for (const auto& s : separators)
    if (text.substr(at).starts_with(s)) return s.size();
  return 0;
}

struct piece {
  std::size_t first = 0, last = 0;
};

std::vector<piece> split(std::string_view text, const std::vector<std::string>& separators) {
  std::vector<piece> out;
  std::size_t first = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = joins_locants(text, at) ? 0 : separator_at(text, at, separators);
    if (length == 0) {
      ++at;
      continue;
    }
    out.push_back({first, at});
    at += length;
    first = at;
  }
  out.push_back({first, text.size()});
  return out;
}

std::string_view without_remark(std::string_view name) {
  // "Cocaine (trace)": the remark in brackets is not part of the name.
  const auto open = name.find(" (");
  if (open == std::string_view::npos || open == 0 || name.back() != ')') return name;
  return trim(name.substr(0, open));
}

} // namespace

substance_words::substance_words(const vocabulary& words) : words_{words} {
  for (const auto& [name, index] : words.names()) {
    const auto tokens = tokens_of(name);
    std::string joined;
    for (const auto& t : tokens) joined += (joined.empty() ? "" : " ") + t.word;
    // In running text "e", "k" and "h" are letters far more often than drugs.
    if (joined.size() < 3) continue;
    longest_ = std::max(longest_, tokens.size());
    by_tokens_.emplace(std::move(joined), index);
  }
}

std::string substance_words::id_of_unlisted(std::string_view name) {
  std::string out;
  for (const char c : fold(name)) {
    const bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (keep)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  constexpr std::size_t longest = 80;
  if (out.size() > longest) {
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0U) == 0x80U) --cut;
    out.resize(cut);
  }
  return out;
}

void substance_words::read_name(std::string_view text, unlisted_name how, substance_findings& out) const {
  text = trim(text);
  auto index = words_.named(text);
  if (!index) index = words_.named(without_remark(text));
  if (index) {
    if (!words_.row(*index).is_result) out.found.push_back(words_.row(*index).id);
    return;
  }
  const auto safe = without_full_postcodes(text);
  if (id_of_unlisted(safe).empty()) return;
  out.unlisted.push_back(shortened(safe, 80));
  if (how == unlisted_name::own_value) {
    out.found.emplace_back(id_of_unlisted(safe));
  } else if (const auto by_stem = words_.class_by_stem(fold(safe))) {
    out.found.push_back(words_.row(*by_stem).id);
  }
}

void substance_words::read_list(std::string_view text, const std::vector<std::string>& separators, unlisted_name how,
                                const std::vector<std::string>& absent, substance_findings& out) const {
  constexpr std::size_t most_joined = 8;
  const auto pieces = split(text, separators);
  for (std::size_t i = 0; i < pieces.size();) {
    std::size_t last = i;
    for (std::size_t j = std::min(pieces.size(), i + most_joined) - 1; j > i; --j) {
      if (!words_.named(trim(text.substr(pieces[i].first, pieces[j].last - pieces[i].first)))) continue;
      last = j;
      break;
    }
    const auto name = trim(text.substr(pieces[i].first, pieces[last].last - pieces[i].first));
    i = last + 1;
    if (name.empty() || std::find(absent.begin(), absent.end(), ascii_lower(name)) != absent.end()) continue;
    read_name(name, how, out);
  }
}

void substance_words::read_text(std::string_view text, substance_findings& out) const {
  const auto words = tokens_of(text);
  std::optional<std::size_t> last_denied_end;
  for (std::size_t i = 0; i < words.size();) {
    hit one{i, i, {}};
    std::string joined;
    for (std::size_t j = i; j < words.size() && j < i + longest_; ++j) {
      if (j > i && words[j].new_clause) break;
      joined += (j == i ? "" : " ") + words[j].word;
      if (const auto it = by_tokens_.find(joined); it != by_tokens_.end()) one = {i, j + 1, it->second};
    }
    if (!one.substance) {
      one = {i, i + 1, words_.class_by_stem(words[i].word)};
      if (one.substance) out.unlisted.push_back(shortened(words[i].word, 80));
    }
    if (!one.substance) {
      ++i;
      continue;
    }
    const bool denied = denied_before(words, one, last_denied_end) || denied_after(words, one);
    if (denied)
      last_denied_end = one.last;
    else if (!words_.row(*one.substance).is_result)
      out.found.push_back(words_.row(*one.substance).id);
    i = one.last;
  }
}

} // namespace forewarn::connectors
