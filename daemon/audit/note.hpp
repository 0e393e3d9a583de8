// SPDX-License-Identifier: Apache-2.0
// Writes a line of the audit in the transaction of what it records: either both are on disk or neither.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/store.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace forewarn::audit {

// Where nobody decided: a rule's automatic release, a clock.
inline constexpr const char* nobody = "Forewarn";

struct deed {
  std::string who;
  std::string what; // "assessment.dismissed"
  std::vector<std::string> subjects;
  std::string why = {};
  boost::json::object detail = {};
};

void note(store& ledger, instant now, const deed& done);

} // namespace forewarn::audit
