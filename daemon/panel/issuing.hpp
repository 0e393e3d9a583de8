// SPDX-License-Identifier: Apache-2.0
// From an assessment to an alert. What is for people who use drugs or the public needs a grading and a named person; a
// red one to them two different people, or one who breaks the glass and a second who looks at it within a day.
#pragma once

#include "daemon/alerting/outgoing.hpp"

#include <string>

namespace forewarn::panel {

[[nodiscard]] result<alerting::issue_answer, std::string>
issue(const assessment_ref& ref, const alerting::issue_wish& how, const alerting::decision& by,
      const alerting::setup& with, store& ledger, instant now);

} // namespace forewarn::panel
