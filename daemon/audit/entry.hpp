// SPDX-License-Identifier: Apache-2.0
// One line of the audit: who did what to which things, when and why. Each line carries the hash of the one before it,
// so that a line that was changed, taken out or put in later shows. What is written down here is never changed.
//
// The chain proves order and content, not truth; that its end was not cut off shows only against a head kept elsewhere.
#pragma once

#include "forewarn/instant.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::audit {

struct entry {
  std::int64_t seq = 0; // 1, 2, 3 ... without a gap
  instant at;
  std::string who;                   // a person, or "Forewarn" where nobody decided
  std::string what;                  // "alert.issued": stable, for programs
  std::vector<std::string> subjects; // references and ids it concerns, the chief one first
  std::string why;                   // in the person's words; may be empty
  std::string detail;                // JSON of what else matters; may be empty. Never a partner's text or an identifier
  std::string previous;              // hash of the line before; empty in the first
  std::string hash;

  friend bool operator==(const entry&, const entry&) = default;
};

// Where the chain ends.
struct head {
  std::int64_t seq = 0; // 0: nothing was written yet
  std::string hash;

  friend bool operator==(const head&, const head&) = default;
};

// What is hashed: the line before it, a line break, and the entry as one JSON array
// [seq, at, who, what, [subjects], why, detail].
[[nodiscard]] std::string hashed_text(const entry& one);
// "sha256:" and hex of that.
[[nodiscard]] std::string hash_of(const entry& one);

// The entry as the next one after `last`.
[[nodiscard]] entry chained(entry one, const head& last);

// Looks at the lines one after the other, from the first.
class verifier {
public:
  // False at the first line that does not follow from those before it; `broken` then says which and why.
  [[nodiscard]] bool take(const entry& one);
  // Whether the chain ends where it was said to end.
  [[nodiscard]] bool ends_at(const head& said);

  [[nodiscard]] const head& last() const { return last_; }
  [[nodiscard]] const std::string& broken() const { return broken_; }

private:
  head last_;
  std::string broken_;
};

} // namespace forewarn::audit
