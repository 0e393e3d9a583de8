// SPDX-License-Identifier: Apache-2.0
// Whose word is needed for what. Nobody signs in yet: a name is what the person says it is, and the audit keeps it.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/text.hpp"

#include <string>

namespace forewarn::panel {

// "A. Manager" and "a manager" are one person; a second word must not come from the first one's mouth.
[[nodiscard]] inline bool same_person(const std::string& a, const std::string& b) {
  const auto plain = [](const std::string& name) {
    std::string out;
    for (const char c : fold(name))
      if (c != ' ' && c != '.' && c != ',') out += c;
    return out;
  };
  return plain(a) == plain(b);
}

// Written for people outside the services: only a named person releases it, after the panel has graded it.
[[nodiscard]] inline bool is_for_the_public(audience to) {
  return to == audience::people_who_use_drugs || to == audience::public_;
}

// A red one to them needs two different people.
[[nodiscard]] inline bool needs_second(const alert& one) {
  return one.status == alert_status::actual && one.level == level::red && is_for_the_public(one.audience);
}

} // namespace forewarn::panel
