// SPDX-License-Identifier: Apache-2.0
// How a place's panel works: its grading matrices, its clocks, the words of its intelligence codes. Read from grading/;
// what is shipped there is illustrative and says so. A matrix that leaves a question open is refused as a whole.
#pragma once

#include "daemon/panel/nouns.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::panel {

struct axis_answer {
  std::string id;
  std::string text;
  std::int64_t score = 0;
  std::optional<panel_outcome> at_most; // whatever the score: hearsay alone makes no formal alert
};

struct axis {
  std::string id;
  std::string title;
  std::string question;
  std::vector<axis_answer> answers;

  [[nodiscard]] const axis_answer* find(const std::string& id) const;
};

struct cut_off {
  std::int64_t at_least = 0;
  panel_outcome outcome = panel_outcome::no_further_action;
  forewarn::level level = forewarn::level::info;
};

struct matrix {
  std::string id;
  std::string title;
  std::string note; // shown with every grading: "illustrative; ..."
  bool illustrative = false;
  std::vector<axis> axes;
  std::vector<cut_off> cut_offs; // highest first
  std::string hash;              // of the file's text: which form of the matrix was used

  [[nodiscard]] const axis* find(const std::string& id) const;
};

struct clock_lengths {
  duration assess = std::chrono::hours{24};      // working days
  duration risk_to_life = std::chrono::hours{4}; // round the clock
  duration reply = std::chrono::hours{48};       // working days
  duration second_review = std::chrono::hours{24};
  duration again = std::chrono::hours{4};         // how often what is overdue speaks
  duration again_at_risk = std::chrono::hours{1}; // at risk to life
  bool for_signals = false;                       // assessments of signals too; the shipped file says so
  std::string holidays = "bank-holiday";          // calendar
  std::vector<service_id> escalate_to;            // from the second time on; none: operators
};

// Where alerts from elsewhere are looked for: a feed (Atom, or CAP itself) that is asked for by HTTPS, or a mail folder
// that they are mailed into.
struct elsewhere_source {
  std::string name;
  origin from = origin::other;
  std::string url; // one of the two
  std::string ca_file;
  duration every = std::chrono::minutes{15};
  std::string maildir;
  std::vector<std::string> senders; // of mails; from anyone else they are left alone
};

struct policy {
  std::vector<matrix> matrices;
  clock_lengths clocks;
  std::vector<elsewhere_source> elsewhere;
  std::map<std::string, std::string> intelligence_words; // "source.1", "information.A", "handling.P"
  std::optional<duration> report_retention;              // of reports' words, from when they came; none: kept
  bool professionals_alone_out_of_hours = false;         // hear what the panel has not graded

  [[nodiscard]] const matrix* find(const std::string& id) const;
};

struct loaded_policy {
  policy how;
  problems found;
};
// `files`: grading/*.yaml. Any of them may hold `matrices`, `clocks`, `elsewhere` and `intelligence`.
[[nodiscard]] loaded_policy load_policy(const std::vector<source_text>& files, const reference_data& reference);

// What a matrix says to a set of answers (axis to answer). The error names every axis without an answer and every
// answer that is none of its axis.
struct verdict {
  std::int64_t score = 0;
  panel_outcome outcome = panel_outcome::no_further_action;
  forewarn::level level = forewarn::level::info;
  std::string because;
};
[[nodiscard]] result<verdict, std::string> grade(const matrix& by, const std::map<std::string, std::string>& answers);

} // namespace forewarn::panel
