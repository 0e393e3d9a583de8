// SPDX-License-Identifier: Apache-2.0
// A rule, checked and compiled: what the engine runs. Immutable. Made by rules/compile, run by rules/engine.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "rules/condition.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace forewarn::rules {

enum class rule_status : std::uint8_t {
  live,
  shadow,
  off
};

// What an observation must be before `where` is asked: one of the kinds (none listed = any), and one of the feeds.
struct observed {
  std::vector<kind_id> kinds;
  std::vector<feed_id> feeds;
};

struct grouping {
  field_name by;
  bool by_class = false;        // substances: {by: class}
  bool with_neighbours = false; // ward: {with_neighbours: true}
  bool unknown_too = false;     // missing: unknown
};

enum class measure_kind : std::uint8_t {
  incidents,
  people,
  sites,
  observations,
  sum
};
struct measure {
  measure_kind what = measure_kind::incidents;
  field_name of; // for sum: naloxone_doses, weight, or a numeric attribute
};

// Thresholds by level, each present at most once, at least one present; lowest level first.
struct threshold {
  forewarn::level level = forewarn::level::amber;
  double at_least = 0;
};

// One of several things that a rule looks for together, or one after the other.
struct rule_part {
  std::string name; // of `sequence`: its place, "1", "2", ...
  observed observe;
  condition where;  // what it observes is part of it
  double least = 1; // its count
};

struct every_record_detector {};
struct count_detector {
  duration within{};
  std::vector<threshold> at_least;
  rules::measure measure;
};
// Thresholds per `per` residents.
struct rate_detector {
  duration within{};
  std::vector<threshold> at_least;
  double per = 100'000;
  double min_count = 3;
  rules::measure measure;
};
// Thresholds as fractions of 1.
struct share_detector {
  duration within{};
  std::vector<threshold> at_least;
  condition of;
  double min_count = 3;
  rules::measure measure;
};
// Thresholds as multiples of the mean of the windows in the baseline.
struct spike_detector {
  duration within{};
  duration baseline{};
  std::vector<threshold> times;
  double min_count = 3;
  rules::measure measure;
};
enum class chance_model : std::uint8_t {
  gamma_poisson,
  poisson
};
struct unusual_detector {
  duration within{};
  duration baseline = std::chrono::hours{24 * 28};
  duration guard{};
  std::vector<threshold> below; // chances: each level asks for a smaller one than the level below it
  double min_count = 3;
  chance_model model = chance_model::gamma_poisson;
  rules::measure measure;
};
struct together_detector {
  duration within{};
  std::vector<threshold> at_least; // parts that reach their count
  std::vector<rule_part> parts;
  rules::measure measure;
};
struct sequence_detector {
  duration within{};
  std::vector<rule_part> parts; // in the order in which they must happen
};
struct first_seen_detector {
  std::vector<field_name> of;           // one field, or the same set field twice: pairs
  std::optional<duration> not_seen_for; // absent = ever
  bool scope_all = false;               // false: this series; true: all series of the rule
  duration min_history{};
  bool any_certainty = false; // certainty: any
};

enum class period_length : std::uint8_t {
  day,
  week // ISO: from Monday on
};
// Days since 1970-01-01 of the configured zone, both included.
struct span_of_days {
  std::int32_t first = 0;
  std::int32_t last = 0;
};
// One count per calendar period, judged by a method of rules/detectors.
struct periodic_detector {
  std::string method;
  std::vector<std::pair<std::string, std::string>> settings; // of the method, as written
  period_length every = period_length::day;
  std::vector<threshold> levels; // `alpha` of each; 0: the method's own
  double min_count = 3;
  std::size_t min_history = 0;       // periods, beyond what the method needs
  std::optional<std::int32_t> since; // the first day; absent: that of the series' first observation
  std::vector<span_of_days> exclude; // out of every baseline
  bool scaled = false;               // `late: scaled`
  std::optional<condition> of;       // beta_binomial: what is counted, of all that is observed
  rules::measure measure;
  std::size_t looks_back = 0; // periods before the one judged that its verdict can rest on
};

// At the end of each day: the circle of areas and the last few days of it that hold most beyond what chance gives.
struct scan_detector {
  field areas = field::ward; // ward, msoa, lsoa or lad
  std::size_t most_days = 7;
  std::size_t baseline_days = 365; // the day judged among them
  bool poisson = false;            // against residents, not against the cases' own places and days
  std::vector<threshold> recurrence{{level::amber, 100}, {level::red, 365}}; // days in which chance shows one as strong
  double min_count = 3;
  double most_share = 0.5;           // of all cases (Poisson: residents) in one circle
  std::optional<double> most_radius; // km
  std::size_t min_history = 28;      // days before the one judged
  std::size_t replicates = 999;
  std::uint64_t seed = 1;
  rules::measure measure;
};

using detector =
    std::variant<every_record_detector, count_detector, rate_detector, share_detector, spike_detector, unusual_detector,
                 together_detector, sequence_detector, first_seen_detector, periodic_detector, scan_detector>;

struct alert_plan {
  forewarn::release release = forewarn::release::panel;
  forewarn::audience audience = forewarn::audience::professionals;
  duration hold = std::chrono::minutes{15};
  std::string advice; // id of an approved block
  std::optional<duration> remind_after;
  std::optional<double> remind_growth; // 0.5 = "50%"
  std::optional<duration> stale_after;

  // Read and checked, not acted on yet.
  struct notice_budget {
    duration per{};
    int at_most = 0;
  };
  std::optional<notice_budget> budget;
  std::vector<rule_id> inhibit; // held while a signal of one of these is open
  // Notices wait from `from` to `to` (may run round midnight) of the named zone, on these days; none listed = every
  // day.
  struct quiet_window {
    std::chrono::minutes from{}, to{};
    std::vector<unsigned> weekdays; // 0 = Monday
    std::string zone_name;
  };
  std::vector<quiet_window> quiet;
};

struct rule {
  rule_id id;
  std::string title;
  rule_status status = rule_status::live;
  std::string owner;
  std::string why;
  std::vector<std::string> references;
  std::vector<std::string> false_positives;
  observed observe;
  condition where;
  std::vector<grouping> for_each;
  rules::detector detector;
  forewarn::level level = forewarn::level::amber; // for detectors with one threshold
  duration clear_after{};
  std::optional<duration> max_delay; // absent: no observation is ever late
  alert_plan alert;

  std::string hash;     // "sha256:..." of the resolved meaning: detector, conditions and what they cover now
  std::string sentence; // in plain English
  std::string path;     // where it stands
  location at;
};

// The parts of a rule whose detector has them; none for others.
[[nodiscard]] std::span<const rule_part> parts_of(const detector& made);

// All rules of a deployment with the reference data they were compiled against. Shared and never changed.
struct rule_set {
  std::shared_ptr<const reference_data> reference;
  std::vector<rule> rules; // by id
  std::string hash;        // of all meanings
  // How long the engine knows a record beyond what a rule looks back: a correction or a straggler that comes later
  // changes the store and no signal. It bounds the engine's memory.
  duration memory = std::chrono::hours{400 * 24};
};

struct loaded_rules {
  std::shared_ptr<const rule_set> rules; // those without errors; null only where nothing could be read at all
  problems found;
};

// Reads, checks and compiles all files together. Every problem of every file comes back.
[[nodiscard]] loaded_rules load_rules(const std::vector<source_text>& files,
                                      std::shared_ptr<const reference_data> reference);

} // namespace forewarn::rules
