// SPDX-License-Identifier: Apache-2.0
// What the panel works with: reports, the case behind an assessment, gradings, requests for corroboration, clocks, and
// what services answered to an alert. Plain values; what may be done with them is in the files beside this one.
//
// A report's source, contact, text, gradings and handling code are for the panel. Nothing here is ever put into a
// message to a service.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/closed_sets.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::panel {

using report_ref = identifier<struct report_tag>; // "R-2026-0001", quoted by people

enum class report_kind : std::uint8_t {
  intelligence, // what a partner or a person knows
  alert,        // an alert from elsewhere: national, a neighbour's
};
enum class report_state : std::uint8_t {
  received,
  accepted, // met an admission criterion; counts as an observation of kind `report`
  declined,
};
// Police and partner intelligence, 3x5x2. What the codes mean is in grading/: forces word it differently.
enum class source_grade : std::uint8_t {
  one,
  two,
  three
};
enum class information_grade : std::uint8_t {
  a,
  b,
  c,
  d,
  e
};
enum class handling : std::uint8_t {
  permitted,       // P: lawful sharing permitted
  with_conditions, // C: only under its conditions; never leaves the panel
};
// The four admission criteria of a local drug information system; at least one is needed.
enum class admission : std::uint8_t {
  harm,       // acute medical, social or emotional harm, or uncommon side effects
  potency,    // a spike in purity or strength
  misleading, // branded misleadingly as to its ingredients, or contaminated
  trend,      // an emerging trend of mixing or taking that is particularly hazardous
};
enum class origin : std::uint8_t {
  local,
  natpsa,
  ohid,
  neighbour,
  other
};

struct later_word {
  instant at;
  std::string by;
  std::string text;
};

struct report {
  report_ref ref;
  std::int64_t version = 1; // for optimistic concurrency: the ETag
  alert_status status = alert_status::actual;
  report_kind kind = report_kind::intelligence;
  report_state state = report_state::received;
  std::string title; // one line
  std::string text;
  std::string source;       // who knows it; the panel's alone
  std::string organisation; // that reports it
  std::string contact;      // where the reporter hears back; empty: asked for no reply
  source_grade source_is = source_grade::two;
  information_grade information_is = information_grade::d;
  handling may_be_shared = handling::with_conditions;
  std::string conditions;
  std::vector<admission> criteria;
  origin from = origin::local;
  std::string outside_ref; // "NatPSA/2023/007/OHID"
  std::optional<instant> outside_issued_at;
  std::vector<substance_id> substances;
  std::vector<area_code> areas;
  std::optional<site_id> site;
  std::optional<instant> occurred_at; // absent: when it was received
  forewarn::level level = forewarn::level::amber;
  bool risk_to_life = false;
  instant received_at;
  std::string entered_by;
  std::optional<instant> replied_at;
  std::string replied_by;
  std::string reply;
  std::vector<later_word> later; // what the reporter added under the same reference
  std::vector<std::string> like; // references it resembled when it came
  std::optional<assessment_ref> assessment;
};

// The steps of a local drug information system, as they were taken.
enum class case_step : std::uint8_t {
  received,
  validating, // stakeholders were asked
  validated,
  graded,
  decided
};

// What a first person said of an alert that needs a second.
struct first_word {
  std::string who;
  std::string reason;
  instant at;
  alert_outcome outcome = alert_outcome::formal_alert;
  forewarn::level level = forewarn::level::red;
  forewarn::audience audience = forewarn::audience::people_who_use_drugs;
  std::string advice;
  std::string content; // the parts they worded, as JSON: the second person says yes to these words
};

// What the panel knows beyond the assessment itself; an assessment without one is at `received`.
struct case_file {
  assessment_ref assessment;
  std::optional<report_ref> report;
  alert_status status = alert_status::actual;
  case_step step = case_step::received;
  bool risk_to_life = false;
  std::vector<admission> criteria;
  std::optional<instant> validated_at;
  std::string validated_by;
  std::string finding; // what validation came to, in words
  std::optional<first_word> first;
};

enum class said : std::uint8_t {
  nothing_yet,
  corroborates,
  contradicts,
  knows_nothing
};

// One stakeholder asked about one assessment.
struct corroboration {
  assessment_ref assessment;
  service_id of;
  std::string question;
  std::string asked_by;
  instant asked_at;
  said answer = said::nothing_yet;
  std::string answered_by;
  std::optional<instant> answered_at;
  std::string note;
};

enum class panel_outcome : std::uint8_t {
  no_further_action,
  information_only,
  formal_alert
}; // ordered

struct grading {
  assessment_ref assessment;
  instant at;
  std::string who;
  std::string reason;
  std::string matrix;                         // id
  std::string matrix_hash;                    // of its content then
  std::map<std::string, std::string> answers; // axis to answer
  std::int64_t score = 0;
  panel_outcome computed = panel_outcome::no_further_action;
  forewarn::level computed_level = forewarn::level::info;
  std::string because; // which line of the matrix decided
  panel_outcome outcome = panel_outcome::no_further_action;
  forewarn::level level = forewarn::level::info;
  std::string override_reason; // empty: as computed
};

// What nags until somebody acts.
enum class clock_kind : std::uint8_t {
  assess,        // the panel's answer is due
  reply,         // the reporter's reply is due
  review,        // an alert's review date
  second_review, // after an alert that one person released alone
  expiry,        // an alert's time is over
};
struct clock_row {
  clock_kind kind = clock_kind::assess;
  std::string about; // reference
  instant started_at;
  instant due_at;
  instant next_at; // when it speaks next
  std::int64_t spoken = 0;

  [[nodiscard]] std::string key() const;
};

enum class action_answer_word : std::uint8_t {
  done,
  not_applicable,
  cannot
};
struct action_answer {
  alert_ref alert;
  std::int64_t version = 1;
  service_id service;
  std::string action; // its words: a later version may have another list
  action_answer_word answer = action_answer_word::done;
  std::string who;
  std::string note;
  instant at;
};

// After an alert: what it reached and what came of it.
struct evaluation {
  alert_ref alert;
  instant at;
  std::string who;
  std::string reach, feedback, indicator, unintended, lesson;
};

using lesson_ref = identifier<struct lesson_tag>; // "L-2026-0003", quoted by people

// What was learnt, who sees to it, and by when.
struct lesson {
  lesson_ref ref;
  std::string text;
  std::string owner;
  std::string due;   // local day, "2026-12-01"
  std::string about; // what it was learnt from: the reference of an alert, or empty
  instant added_at;
  std::string added_by;
  std::optional<instant> done_at;
  std::string done_by;
  std::string came_of_it; // what was done, in words
};

// A figure of an indicator that no query can answer, for one month.
struct entered_figure {
  std::string indicator; // id
  std::string month;     // "2026-10"
  std::string value;     // a number, as it was written
  std::string note;
  std::string book_hash; // of the indicators then: which target it was held against
  instant at;
  std::string who;
};

// One service and channel that an alert was sent to.
struct receiver {
  service_id service;
  std::string channel;
  channel_kind kind = channel_kind::webhook;
  delivery_state state = delivery_state::due; // of the newest message about it
};

} // namespace forewarn::panel

namespace forewarn {
#define FOREWARN_SPELL_PANEL(type, ...)                                                                                \
  template <> struct spelling_of<panel::type> {                                                                        \
    static constexpr std::array words = std::to_array<std::string_view>({__VA_ARGS__});                                \
  }
FOREWARN_SPELL_PANEL(report_kind, "intelligence", "alert");
FOREWARN_SPELL_PANEL(report_state, "received", "accepted", "declined");
FOREWARN_SPELL_PANEL(source_grade, "1", "2", "3");
FOREWARN_SPELL_PANEL(information_grade, "A", "B", "C", "D", "E");
FOREWARN_SPELL_PANEL(handling, "P", "C");
FOREWARN_SPELL_PANEL(admission, "harm", "potency", "misleading", "trend");
FOREWARN_SPELL_PANEL(origin, "local", "natpsa", "ohid", "neighbour", "other");
FOREWARN_SPELL_PANEL(case_step, "received", "validating", "validated", "graded", "decided");
FOREWARN_SPELL_PANEL(said, "nothing_yet", "corroborates", "contradicts", "knows_nothing");
FOREWARN_SPELL_PANEL(panel_outcome, "no_further_action", "information_only", "formal_alert");
FOREWARN_SPELL_PANEL(clock_kind, "assess", "reply", "review", "second_review", "expiry");
FOREWARN_SPELL_PANEL(action_answer_word, "done", "not_applicable", "cannot");
#undef FOREWARN_SPELL_PANEL
} // namespace forewarn

namespace forewarn::panel {

inline std::string clock_row::key() const {
  return std::string{to_text(kind)} + '|' + about;
}

} // namespace forewarn::panel
