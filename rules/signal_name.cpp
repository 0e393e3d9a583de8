// SPDX-License-Identifier: Apache-2.0
#include "rules/signal_name.hpp"

#include "rules/digest.hpp"

namespace forewarn::rules {

signal_id name_signal(const signal& opened, const observation_key& opener, std::size_t ordinal) {
  digest sum;
  sum.add(opened.rule.str());
  for (const auto& [field, value] : opened.series) {
    sum.add(field);
    sum.add(value);
  }
  sum.add(opened.opened_at.time_since_epoch().count());
  sum.add(opener.feed.str());
  sum.add(opener.id.str());
  sum.add(opened.retrospective);
  sum.add(static_cast<std::int64_t>(ordinal));
  // Crockford's alphabet: no letter that reads as a digit over the telephone.
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  auto bits = sum.value();
  std::string text = "S-";
  for (int i = 0; i < 12; ++i, bits >>= 5U) text += alphabet[bits & 31U];
  return signal_id{text};
}

} // namespace forewarn::rules
