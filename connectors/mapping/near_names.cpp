// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/near_names.hpp"

#include "connectors/mapping/text_tokens.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

namespace forewarn::connectors {
namespace {

constexpr std::size_t shortest_mended = 7;
constexpr std::size_t longest_mended = 24;

std::string without(const std::string& word, std::size_t letter) {
  return word.substr(0, letter) + word.substr(letter + 1);
}

// At most one edit apart, a swap of neighbours counting as one.
bool one_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  const auto rest_a = a.substr(same);
  const auto rest_b = b.substr(same);
  if (a.size() < b.size()) return rest_a == rest_b.substr(1);
  if (rest_a.empty() || rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() > 1 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
}

} // namespace

near_names::near_names(const vocabulary& words) {
  for (std::size_t i = 0; i < words.rows().size(); ++i) {
    const auto& row = words.rows()[i];
    if (row.is_class || row.is_result || row.cutting_agent) continue;
    auto name = fold(row.name);
    if (name.size() < shortest_mended || name.size() > longest_mended || !only_letters(name)) continue;
    const auto number = names_.size();
    by_shortened_.emplace(name, number);
    for (std::size_t at = 0; at < name.size(); ++at) by_shortened_.emplace(without(name, at), number);
    names_.push_back({std::move(name), static_cast<substance_index>(i)});
  }
}

std::optional<substance_index> near_names::nearest(const std::string& folded_word) const {
  // "morphing", "aspiring": English words end so, misspelt drugs hardly ever.
  if (folded_word.size() + 1 < shortest_mended || folded_word.size() > longest_mended + 1 ||
      folded_word.ends_with("ing"))
    return {};
  std::optional<substance_index> best;
  const auto look_up = [&](const std::string& key) {
    const auto [from, to] = by_shortened_.equal_range(key);
    for (auto it = from; it != to; ++it) {
      const auto& row = names_[it->second];
      // A slip in the first letter is rare, and English words that differ there are not ("asteroid", "poppers").
      if (row.name.front() != folded_word.front() || !one_apart(row.name, folded_word)) continue;
      if (best && *best != row.index) return false;
      best = row.index;
    }
    return true;
  };
  if (!look_up(folded_word)) return {};
  for (std::size_t at = 0; at < folded_word.size(); ++at)
    if (!look_up(without(folded_word, at))) return {};
  return best;
}

} // namespace forewarn::connectors
