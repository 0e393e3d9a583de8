// SPDX-License-Identifier: Apache-2.0
// The reports: a month for the board, a week for those on call, call-outs by place and repeat caller, drug tests of a
// quarter. Pure functions from what is stored to a page. Readers who may not know exact counts get none: no site, no
// pseudonym, no chart, and every count by the profile of their audience.
#pragma once

#include "daemon/reporting/document.hpp"
#include "daemon/reporting/figures.hpp"
#include "daemon/reporting/indicators.hpp"

#include <array>
#include <string>

namespace forewarn::reporting {

enum class report_kind : std::uint8_t {
  board,
  week,
  callouts,
  bulletin
};

struct wish {
  report_kind kind = report_kind::week;
  std::string when;                               // month, quarter or ISO week; empty: the last whole one
  std::string first_day, last_day;                // instead of it, for call-outs
  std::optional<forewarn::audience> readers = {}; // absent: who usually reads it
  std::optional<kind_id> of = {};                 // call-outs: another kind of record
};

// The error says what was wrong with the wish.
[[nodiscard]] result<document, std::string> make(const wish& what, const indicator_book& indicators,
                                                 const sources& from);

// Who reads it where nobody says: the board is no named professional.
[[nodiscard]] audience usual_readers(report_kind kind);

[[nodiscard]] document board_report(const span& month, const indicator_book& indicators, audience readers,
                                    const sources& from);
[[nodiscard]] document week_report(const span& week, const sources& from);
[[nodiscard]] document callout_report(const span& in, const kind_id& kind, audience readers, const sources& from);
[[nodiscard]] document test_bulletin(const span& quarter, audience readers, const sources& from);

// A table of pseudonyms is in it: who reads it is written down.
[[nodiscard]] bool shows_persons(const document& one);

// The week in some sentences, for the weekly digest.
[[nodiscard]] std::vector<std::string> week_in_short(const span& week, const sources& from);

// One indicator in one month, as it is shown and as it is drawn.
struct figure {
  std::optional<double> value; // as it may be shown: rounded where the profile rounds
  std::string shown;           // "42", "fewer than 8", "not entered"
};

} // namespace forewarn::reporting

namespace forewarn {
template <> struct spelling_of<reporting::report_kind> {
  static constexpr std::array words = std::to_array<std::string_view>({"board", "week", "callouts", "bulletin"});
};
} // namespace forewarn
