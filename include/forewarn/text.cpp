// SPDX-License-Identifier: Apache-2.0
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace forewarn {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

struct spelled {
  std::string_view seen;
  std::string_view folded;
};
// Greek letters of chemical names; hyphens, quotes and spaces that word processors and laboratories put in.
constexpr std::array<spelled, 31> spellings{{
    {"α", "alpha"}, {"Α", "alpha"},  {"β", "beta"},   {"Β", "beta"},   {"γ", "gamma"}, {"Γ", "gamma"}, {"δ", "delta"},
    {"Δ", "delta"}, {"ω", "omega"},  {"Ω", "omega"},  {"µ", "u"},      {"μ", "u"},     {"‐", " "},     {"‑", " "},
    {"‒", " "},     {"–", " "},      {"—", " "},      {"−", " "},      {"‘", ""},      {"’", ""},      {"“", ""},
    {"”", ""},      {"\u00A0", " "}, {"\u2009", " "}, {"\u202F", " "}, {"\u200B", ""}, {"\uFEFF", ""}, {"é", "e"},
    {"É", "e"},     {"ö", "o"},      {"ü", "u"},
}};

std::size_t distance(std::string_view a, std::string_view b) {
  // Damerau-Levenshtein (optimal string alignment): a swap of two letters is one slip of the finger.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string join_with(std::span<const std::string> words, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? last : std::string_view{", "};
    out += words[i];
  }
  return out;
}

} // namespace

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80                   ? 0
                             : lead >= 0xC2 && lead < 0xE0 ? 1
                             : lead >= 0xE0 && lead < 0xF0 ? 2
                             : lead >= 0xF0 && lead < 0xF5 ? 3
                                                           : 9;
    if (more == 9 || i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if (!is_continuation(text[i + k])) return false;
    const auto second = more > 0 ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return false;
    i += more + 1;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string ascii_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto space = [&out] {
    if (!out.empty() && out.back() != ' ') out += ' ';
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x80) {
      if (c >= 'A' && c <= 'Z')
        out += static_cast<char>(c - 'A' + 'a');
      else if (c == ' ' || c == '-' || c == '_' || (c >= '\t' && c <= '\r'))
        space();
      else if (c != '\'' && c != '"')
        out += c;
      ++i;
      continue;
    }
    const auto known = std::find_if(spellings.begin(), spellings.end(),
                                    [&](const spelled& s) { return text.substr(i).starts_with(s.seen); });
    if (known == spellings.end()) {
      out += c;
      ++i;
      continue;
    }
    if (known->folded == " ")
      space();
    else
      out += known->folded;
    i += known->seen.size();
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<std::string> did_you_mean(std::string_view typed, std::span<const std::string> candidates) {
  if (typed.empty() || typed.size() > 64) return {};
  const auto wanted = ascii_lower(typed);
  const std::size_t furthest = std::clamp<std::size_t>(typed.size() / 3, 1, 3);
  std::size_t nearest = furthest + 1;
  const std::string* best = nullptr;
  for (const auto& candidate : candidates) {
    if (candidate.size() > typed.size() + furthest || typed.size() > candidate.size() + furthest) continue;
    const auto away = distance(wanted, ascii_lower(candidate));
    if (away < nearest) {
      nearest = away;
      best = &candidate;
    }
  }
  if (best == nullptr) return {};
  return *best;
}

std::string suggestion(std::string_view typed, std::span<const std::string> candidates) {
  const auto near = did_you_mean(typed, candidates);
  return near ? "; did you mean '" + *near + "'?" : std::string{};
}

std::string join(std::span<const std::string> words, std::string_view separator) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

std::string join_and(std::span<const std::string> words) {
  return join_with(words, " and ");
}
std::string join_or(std::span<const std::string> words) {
  return join_with(words, " or ");
}

} // namespace forewarn
