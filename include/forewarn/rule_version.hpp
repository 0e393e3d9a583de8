// SPDX-License-Identifier: Apache-2.0
// A rule as it was put in force: written down at each start and reload where it differs from what was in force before.
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <optional>
#include <string>

namespace forewarn {

struct rule_version {
  rule_id rule;
  instant at;           // put in force
  std::string hash;     // of its meaning: "sha256:..."; empty: the rule is gone
  std::string status;   // live, shadow, off; "gone" where no file holds it any more
  std::string sentence; // in plain English
  std::string title, owner;
  std::string path;                // the file
  std::string saved_by;            // the file's owner on this machine: whoever saved it last, as far as it is known
  std::optional<instant> saved_at; // when the file was saved
  friend bool operator==(const rule_version&, const rule_version&) = default;
};

} // namespace forewarn
