// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/gsm7.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

namespace forewarn::wording {
namespace {

// Beyond ASCII letters, digits and the ASCII marks below.
constexpr std::string_view basic_beyond_ascii = "£¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
constexpr std::string_view basic_marks = "@$ !\"#%&'()*+,-./:;<=>?_";
constexpr std::string_view counted_twice = "^{}\\[~]|€";

struct near {
  std::string_view from, to;
};
constexpr std::array nearest = std::to_array<near>({
    {"‘", "'"},   {"’", "'"},    {"‚", "'"},      {"“", "\""},     {"”", "\""},     {"„", "\""},    {"–", "-"},
    {"—", "-"},   {"‑", "-"},    {"‐", "-"},      {"−", "-"},      {"…", "..."},    {"•", "-"},     {"×", "x"},
    {"·", "."},   {"`", "'"},    {"\u00A0", " "}, {"\u202F", " "}, {"\u2009", " "}, {"≥", ">="},    {"≤", "<="},
    {"½", "1/2"}, {"°", " deg"}, {"µ", "u"},      {"μ", "u"},      {"α", "alpha-"}, {"β", "beta-"}, {"á", "a"},
    {"â", "a"},   {"ã", "a"},    {"À", "A"},      {"Á", "A"},      {"Â", "A"},      {"Ã", "A"},     {"ç", "c"},
    {"ê", "e"},   {"ë", "e"},    {"È", "E"},      {"Ê", "E"},      {"Ë", "E"},      {"í", "i"},     {"î", "i"},
    {"ï", "i"},   {"ı", "i"},    {"Ì", "I"},      {"Í", "I"},      {"Î", "I"},      {"Ï", "I"},     {"ó", "o"},
    {"ô", "o"},   {"õ", "o"},    {"Ò", "O"},      {"Ó", "O"},      {"Ô", "O"},      {"Õ", "O"},     {"ú", "u"},
    {"û", "u"},   {"Ù", "U"},    {"Ú", "U"},      {"Û", "U"},      {"ý", "y"},      {"ÿ", "y"},     {"Ý", "Y"},
});

std::size_t width(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool holds(std::string_view set, std::string_view one) {
  for (std::size_t at = 0; at < set.size(); at += width(set[at]))
    if (set.substr(at, width(set[at])) == one) return true;
  return false;
}

bool in_alphabet(std::string_view one) {
  if (one.size() == 1 && is_alphanumeric(one.front())) return true;
  return holds(basic_marks, one) || holds(basic_beyond_ascii, one) || holds(counted_twice, one);
}

template <class Take> void each_character(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = std::min(width(text[at]), text.size() - at);
    take(text.substr(at, size));
    at += size;
  }
}

std::size_t cost(std::string_view one) {
  return holds(counted_twice, one) ? 2 : 1;
}

} // namespace

std::string to_gsm7(std::string_view text) {
  std::string out;
  each_character(text, [&](std::string_view one) {
    if (in_alphabet(one)) {
      out += one;
      return;
    }
    if (one.size() == 1 && static_cast<unsigned char>(one.front()) < 0x20) {
      out += ' ';
      return;
    }
    const auto close = std::find_if(nearest.begin(), nearest.end(), [&](const near& row) { return row.from == one; });
    out += close == nearest.end() ? std::string_view{"?"} : close->to;
  });
  return std::string{trim(out)};
}

std::size_t septets(std::string_view text) {
  std::size_t sum = 0;
  each_character(text, [&](std::string_view one) { sum += cost(one); });
  return sum;
}

std::size_t segments(std::string_view text) {
  if (text.empty()) return 0;
  if (septets(text) <= septets_alone) return 1;
  std::size_t parts = 1, used = 0;
  each_character(text, [&](std::string_view one) {
    const auto more = cost(one);
    if (used + more > septets_in_part) {
      ++parts;
      used = 0;
    }
    used += more;
  });
  return parts;
}

} // namespace forewarn::wording
