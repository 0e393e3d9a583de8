// SPDX-License-Identifier: Apache-2.0
// What people enter for the reports: lessons with an owner and a day, and figures that no query can answer. Each names
// a person and is a line of the audit; each answers what was wrong with the request and then changes nothing.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/reporting/indicators.hpp"

#include <string>

namespace forewarn::reporting {

struct lesson_wish {
  std::string text;
  std::string owner;
  std::string due;   // "2026-12-01", local
  std::string about; // reference of an alert; may be empty
};
[[nodiscard]] result<panel::lesson, std::string> add_lesson(const lesson_wish& what, const std::string& who,
                                                            const alerting::setup& with, store& ledger, instant now);
// `by.reason`: what was done.
[[nodiscard]] result<panel::lesson, std::string>
finish_lesson(const panel::lesson_ref& ref, const alerting::decision& by, store& ledger, instant now);

struct figure_wish {
  std::string indicator;
  std::string month; // "2026-10", not one that lies ahead
  std::string value; // a number; the last one entered for a month counts, all are kept
  std::string note;
};
[[nodiscard]] result<panel::entered_figure, std::string> enter_figure(const figure_wish& what, const std::string& who,
                                                                      const indicator_book& book,
                                                                      const alerting::setup& with, store& ledger,
                                                                      instant now);

} // namespace forewarn::reporting
