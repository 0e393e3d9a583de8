// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/substance_words.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

namespace forewarn::connectors {
namespace {

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

substance_words::substance_words(const vocabulary& words) : words_{words}, reader_{words} {}

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
  if (!index) index = spelled_otherwise(text);
  if (index) {
    (words_.row(*index).is_result ? out.results : out.found).push_back(words_.row(*index).id);
    return;
  }
  if (const auto* several = ambiguous(text)) {
    out.unlisted.push_back(several->word);
    if (several->both) out.found.push_back(words_.row(*several->both).id);
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

// "U47700", "4-Fluorofentanyl": a name in another spelling.
std::optional<substance_index> substance_words::spelled_otherwise(std::string_view text) const {
  const auto name = reader_.whole_name(text);
  if (!name || (name->kind != name_kind::substance && name->kind != name_kind::guarded)) return {};
  return name->index;
}

const ambiguous_word* substance_words::ambiguous(std::string_view text) const {
  const auto name = reader_.whole_name(text);
  return name && name->kind == name_kind::ambiguous ? &words_.ambiguous()[name->index] : nullptr;
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
  auto read = reader_.read(text);
  bool surely = false;
  bool perhaps = false;
  for (const auto& one : read.findings) {
    if (one.said == standing::denied) continue;
    (one.said == standing::doubted ? perhaps : surely) = true;
    if (one.what) out.found.push_back(words_.row(*one.what).id);
  }
  out.doubted = out.doubted || (perhaps && !surely);
  for (const auto result : read.results) out.results.push_back(words_.row(result).id);
  for (auto& word : read.to_review) out.unlisted.push_back(std::move(word));
}

} // namespace forewarn::connectors
