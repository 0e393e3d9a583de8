// SPDX-License-Identifier: Apache-2.0
// The panel's steps on an assessment before it decides: validated (stakeholders asked, their answers kept), graded by a
// matrix, with an override that gives its reason. No step is skipped in silence: what was left out is in the audit.
//
// Each answers what was wrong with the request and then changes nothing.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"
#include "forewarn/observation.hpp"

#include <functional>
#include <string>
#include <vector>

namespace forewarn::panel {

// Takes the observation that an accepted report makes, in the same transaction.
using observer = std::function<void(const observation&)>;

// What the assessment's file holds; one that was never worked on has an empty file.
[[nodiscard]] case_file file_of(const assessment_ref& ref, const store_reader& ledger);

[[nodiscard]] result<std::vector<corroboration>, std::string>
ask(const assessment_ref& ref, const std::vector<service_id>& of, const std::string& question,
    const alerting::decision& by, const alerting::setup& with, store& ledger, instant now);
[[nodiscard]] result<corroboration, std::string> answer(const assessment_ref& ref, const service_id& of, said what,
                                                        const std::string& note, const std::string& who,
                                                        const alerting::setup& with, store& ledger, instant now);
// A report needs at least one admission criterion, its own or these; it is accepted then.
[[nodiscard]] result<case_file, std::string> validate(const assessment_ref& ref, const std::vector<admission>& criteria,
                                                      const alerting::decision& by, const observer& take,
                                                      const alerting::setup& with, store& ledger, instant now);

struct grade_wish {
  std::string matrix; // empty: the only one there is
  std::map<std::string, std::string> answers;
  std::optional<panel_outcome> outcome; // absent: as computed
  std::optional<forewarn::level> level;
  std::string override_reason; // needed where either differs from what was computed
};
[[nodiscard]] result<grading, std::string> grade_case(const assessment_ref& ref, const grade_wish& how,
                                                      const alerting::decision& by, const alerting::setup& with,
                                                      store& ledger, instant now);

// The assessment was decided: its clock stops, its file is closed, its report was accepted or declined.
void close_case(const assessment& work, store& ledger);

} // namespace forewarn::panel
