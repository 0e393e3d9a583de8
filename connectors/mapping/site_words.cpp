// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/site_words.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

namespace forewarn::connectors {

site_words::site_words(const std::vector<site>& sites) {
  for (const auto& one : sites) {
    by_key_.emplace(site_key(one.id.str()), &one);
    by_key_.emplace(site_key(one.name), &one);
    for (const auto& alias : one.aliases) by_key_.emplace(site_key(alias), &one);
    words_.push_back(one.name);
  }
}

const site* site_words::named(std::string_view text) const {
  if (by_key_.empty()) return nullptr;
  const auto it = by_key_.find(site_key(text));
  return it == by_key_.end() ? nullptr : it->second;
}

std::vector<std::string> site_words::all_words() const {
  return words_;
}

bool is_no_fixed_abode(std::string_view text) {
  constexpr std::array<std::string_view, 6> words{"nfa",      "nofixedabode",   "nofixedaddress",
                                                  "homeless", "ofnofixedabode", "roughsleeper"};
  const auto key = site_key(text);
  return key.starts_with("zz99") || std::find(words.begin(), words.end(), key) != words.end();
}

} // namespace forewarn::connectors
