// SPDX-License-Identifier: Apache-2.0
// The scan rule as slow as its words: at the end of every day everything that is known is counted anew and the pure
// function is asked, all random worlds of it. The life of signals is told again for what a day's end can find.
#pragma once

#include "rules/detectors/scan.hpp"
#include "rules/grouping.hpp"
#include "rules/held_rules.hpp"
#include "rules/scan/area_layout.hpp"
#include "tests/rules/engine_world.hpp"

#include <map>
#include <set>

namespace forewarn::rules::naive_scan {

using day_number = std::int32_t;

struct finding {
  day_number first = 0, last = 0;
  std::set<std::string> wards;
  level how = level::amber;
  double value = 0, bound = 0, llr = 0;
  bool shaken = false;
  bool firm = true; // of a signal: it holds it up
};

inline bool above(const finding& a, const finding& b) {
  return a.how != b.how ? a.how > b.how : a.llr > b.llr;
}

struct told {
  series_key series;
  instant opened_at, deadline, stopped_at;
  std::optional<instant> closed_at;
  std::optional<close_reason> reason;
  finding shown;
  bool late = false, contradicted = false;
  std::vector<level_change> changes;
  std::map<day_number, finding> days;
  std::set<std::string> evidence;
};

class engine {
public:
  engine(const rule& by, const reference_data& reference)
      : by_{by}, how_{std::get<scan_detector>(by.detector)}, reference_{reference} {}

  void observe(const observation& seen) {
    advance(seen.received_at);
    auto& known = all_[seen.key.id.str()];
    const bool had = known.revision > 0 || known.taken;
    if (had && (seen.revision < known.form.revision || same_content(seen, known.form))) {
      known.form.revision = std::max(known.form.revision, seen.revision);
      return;
    }
    if (had)
      for (const auto& series : series_of_form(known.form)) shake(series, known.form);
    known.form = seen;
    known.taken = true;
    known.revision = seen.revision;
    for (const auto& series : series_of_form(seen)) subjects_[series];
    if (next_ == instant{}) next_ = end_of(day_of(seen.received_at));
  }

  void hear(const feed_turn& turn) {
    advance(turn.at);
    const auto before = overdue_;
    if (!overdue_.take(turn)) return;
    const bool was = before.touch(by_), is = overdue_.touch(by_);
    if (turn.to == feed_state::retired && was && observes(by_, turn.feed, *before.kind_of(turn.feed)))
      for (auto& one : signals_)
        if (!one.closed_at) close(one, close_reason::feed_lost, turn.at);
    if (was == is) return;
    held_ = is;
    for (auto& one : signals_) {
      if (one.closed_at) continue;
      if (!is) one.deadline += turn.at - one.stopped_at;
      one.stopped_at = turn.at;
    }
    if (is)
      silent_.emplace_back(day_of(turn.at), std::numeric_limits<day_number>::max());
    else
      silent_.back().second = day_of(turn.at);
  }

  // Days end and signals close, in order of time; at one time a series is looked at before its signal closes.
  void advance(instant to) {
    for (;;) {
      told* due = nullptr;
      for (auto& one : signals_)
        if (!one.closed_at && !held_ && (due == nullptr || one.deadline < due->deadline)) due = &one;
      const bool day_ends = next_ != instant{} && next_ <= to;
      if (due != nullptr && due->deadline <= to && (!day_ends || due->deadline < next_)) {
        close(*due, close_reason::below_threshold, due->deadline);
      } else if (day_ends) {
        now_ = next_;
        for (auto& [series, about] : subjects_) look(series, about);
        next_ = end_of(day_of(now_));
      } else {
        return;
      }
    }
  }

  [[nodiscard]] const std::vector<told>& signals() const { return signals_; }
  [[nodiscard]] bool is_held() const { return held_; }

private:
  struct record {
    observation form;
    std::int64_t revision = 0;
    bool taken = false;
  };
  struct subject {
    std::map<day_number, finding> found;
  };

  [[nodiscard]] day_number day_of(instant at) const {
    return static_cast<day_number>(
        std::chrono::floor<std::chrono::days>(reference_.local_zone.to_civil(at)).time_since_epoch().count());
  }
  [[nodiscard]] instant begin_of(day_number day) const {
    return reference_.local_zone.to_instant(civil_time{std::chrono::days{day}}).at;
  }
  [[nodiscard]] instant end_of(day_number day) const { return begin_of(day + 1); }
  [[nodiscard]] bool missing(day_number day) const {
    return std::any_of(silent_.begin(), silent_.end(),
                       [&](const auto& span) { return day >= span.first && day <= span.second; });
  }

  [[nodiscard]] std::vector<series_values> series_of_form(const observation& one) const {
    if (one.withdrawn || !one.ward || !observes(by_, one.key.feed, one.kind)) return {};
    const auto seen = make_fact(std::make_shared<observation>(one), reference_);
    if (!holds(by_.where, seen)) return {};
    return series_of(by_, seen, reference_);
  }

  void shake(const series_values& series, const observation& was) {
    for (auto& [day, one] : subjects_[series].found)
      if (day_of(was.occurred_at) >= one.first && day_of(was.occurred_at) <= day && one.wards.contains(was.ward->str()))
        one.shaken = true;
  }

  [[nodiscard]] std::vector<const observation*> records_of(const series_values& series) const {
    std::vector<const observation*> out;
    for (const auto& [id, one] : all_) {
      const auto in = series_of_form(one.form);
      if (std::find(in.begin(), in.end(), series) != in.end()) out.push_back(&one.form);
    }
    return out;
  }

  [[nodiscard]] std::optional<finding> scan(const series_values& series, day_number day) const {
    const auto records = records_of(series);
    auto first = day;
    for (const auto* one : records) // what counts for nothing begins no series
      if (one->incident || one->weight > 0) first = std::min(first, day_of(one->occurred_at));
    if (missing(day) || day - first < static_cast<day_number>(how_.min_history)) return {};
    std::vector<day_number> days;
    for (auto one = std::max(first, day - static_cast<day_number>(how_.baseline_days) + 1); one <= day; ++one)
      if (!missing(one)) days.push_back(one);
    std::vector<detectors::scan_place> places;
    std::vector<std::string> wards;
    for (const auto& row : reference_.areas.rows()) {
      wards.push_back(row.code.str());
      places.push_back({*row.longitude, *row.latitude, static_cast<double>(*row.population)});
    }
    in_kilometres(places);
    detectors::scan_counts counts{places.size(), days.size(), {}};
    for (const auto& ward : wards)
      for (const auto on : days) {
        std::set<std::string> incidents;
        double weights = 0;
        for (const auto* one : records) {
          if (one->ward->str() != ward || day_of(one->occurred_at) != on) continue;
          if (one->incident)
            incidents.insert(one->incident->str());
          else
            weights += one->weight;
        }
        counts.cases.push_back(static_cast<std::uint32_t>(weights + static_cast<double>(incidents.size())));
      }
    detectors::scan_options by;
    by.model = how_.poisson ? detectors::scan_model::poisson : detectors::scan_model::permutation;
    by.most_days = how_.most_days;
    by.most_share = how_.most_share;
    by.least_cases = static_cast<std::size_t>(how_.min_count);
    by.replicates = how_.replicates;
    by.enough = 0; // every world: the rule stops when it knows enough
    by.seed = how_.seed;
    const detectors::space_time_scan over{places, by};
    const auto all = over.scan(counts);
    const auto& best = all.by_centre[all.best];
    if (best.days == 0) return {};
    const auto rare = over.chance_of(all, best.llr).recurrence_days;
    finding out;
    if (rare < how_.recurrence.front().at_least) return {};
    for (const auto& one : how_.recurrence)
      if (rare >= one.at_least) out.how = one.level;
    out.last = day;
    out.first = days[days.size() - best.days];
    for (std::size_t i = 0; i < best.places; ++i) out.wards.insert(wards[all.zones[best.centre][i]]);
    out.value = best.observed;
    out.bound = best.expected;
    out.llr = best.llr;
    return out;
  }

  [[nodiscard]] std::set<std::string> members(const series_values& series, const finding& of) const {
    std::set<std::string> out;
    for (const auto* one : records_of(series)) {
      const auto on = day_of(one->occurred_at);
      if (on >= of.first && on <= of.last && !missing(on) && of.wards.contains(one->ward->str()))
        out.insert(one->key.id.str());
    }
    return out;
  }

  [[nodiscard]] told* standing_of(const series_key& series) {
    for (auto& one : signals_)
      if (one.series == series && !one.closed_at) return &one;
    return nullptr;
  }

  void look(const series_values& series, subject& about) {
    const auto day = day_of(now_) - 1;
    const auto key = to_series_key(by_, series);
    std::map<day_number, std::optional<finding>> again;
    for (auto& [on, one] : about.found)
      if (one.shaken) again[on] = scan(series, on);
    for (const auto& [on, what] : again) {
      if (what)
        about.found[on] = *what;
      else
        about.found.erase(on);
    }
    std::optional<finding> fresh;
    auto* open = standing_of(key);
    if (missing(day)) {
      if (open != nullptr && !held_) open->deadline = std::max(open->deadline, end_of(day + 1));
    } else {
      fresh = scan(series, day);
      if (fresh) about.found[day] = *fresh;
    }
    if (!again.empty())
      for (auto& one : signals_)
        if (one.series == key && one.closed_at && one.reason != close_reason::data_corrected) {
          correct(one, again);
          if (!holds_up(one)) one.contradicted = true;
        }
    if (open != nullptr)
      carry_on(*open, series, about, again, fresh);
    else if (fresh)
      begin(key, series, *fresh);
  }

  static bool holds_up(const told& one) {
    return std::any_of(one.days.begin(), one.days.end(), [](const auto& each) { return each.second.firm; });
  }
  static void correct(told& one, const std::map<day_number, std::optional<finding>>& again) {
    for (const auto& [on, what] : again) {
      if (!one.days.contains(on)) continue;
      if (what)
        one.days[on] = *what;
      else
        one.days.erase(on);
    }
  }
  static finding best(const told& one) {
    const finding* out = nullptr;
    for (const auto& [day, what] : one.days)
      if (out == nullptr || above(what, *out)) out = &what;
    return *out;
  }
  [[nodiscard]] instant clears_at(day_number day) const {
    const auto whole = by_.clear_after / std::chrono::hours{24};
    return begin_of(day + 1 + static_cast<day_number>(whole)) + by_.clear_after % std::chrono::hours{24};
  }
  void take(told& one, const series_values& series, const finding& fresh) {
    one.days[fresh.last] = fresh;
    const auto more = members(series, fresh);
    one.evidence.insert(more.begin(), more.end());
    if (!one.closed_at) one.deadline = std::max(one.deadline, clears_at(fresh.last));
  }
  static void close(told& one, close_reason why, instant at) {
    one.closed_at = at;
    one.reason = why;
  }

  void carry_on(told& one, const series_values& series, const subject& about,
                const std::map<day_number, std::optional<finding>>& again, const std::optional<finding>& fresh) {
    const auto before = one.shown;
    if (!again.empty()) correct(one, again);
    if (fresh) take(one, series, *fresh);
    if (!holds_up(one)) return close(one, close_reason::data_corrected, now_);
    if (!again.empty()) {
      one.evidence.clear();
      for (const auto& [on, what] : one.days)
        if (about.found.contains(on)) one.evidence.merge(members(series, about.found.at(on)));
    }
    if (!again.empty() || fresh) one.shown = best(one);
    if (one.shown.how != before.how) one.changes.push_back({now_, one.shown.how, one.shown.value});
  }

  [[nodiscard]] bool spends(const told& one, const series_key& key, const std::string& id) const {
    return one.series == key && one.closed_at && one.reason == close_reason::below_threshold &&
           one.evidence.contains(id);
  }

  void begin(const series_key& key, const series_values& series, const finding& fresh) {
    told* over = nullptr;
    bool news = false;
    for (const auto& id : members(series, fresh)) {
      bool spent = false;
      for (auto& one : signals_)
        if (spends(one, key, id)) {
          spent = true;
          if (over == nullptr || &one > over) over = &one;
        }
      news = news || !spent;
    }
    if (over != nullptr && !news) return join(*over, series, fresh);
    told one;
    one.series = key;
    one.opened_at = now_;
    one.deadline = instant::min();
    take(one, series, fresh);
    one.shown = fresh;
    signals_.push_back(std::move(one));
  }

  void join(told& one, const series_values& series, const finding& fresh) {
    const auto before = one.shown;
    take(one, series, fresh);
    if (above(best(one), before)) one.shown = best(one);
    if (one.shown.how <= before.how) return;
    one.closed_at.reset();
    one.reason.reset();
    one.late = true;
    one.contradicted = false;
    one.changes.push_back({now_, one.shown.how, one.shown.value});
    one.deadline = clears_at(fresh.last);
  }

  const rule& by_;
  const scan_detector& how_;
  const reference_data& reference_;
  std::map<std::string, record> all_;
  std::map<series_values, subject> subjects_;
  std::vector<told> signals_;
  std::vector<std::pair<day_number, day_number>> silent_;
  overdue_feeds overdue_;
  bool held_ = false;
  instant now_, next_;
};

} // namespace forewarn::rules::naive_scan
