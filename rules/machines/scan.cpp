// SPDX-License-Identifier: Apache-2.0
// The space-time scan: the one detector that looks without a record. When a calendar day ends, each series with a case
// in the last days is scanned by what has arrived until then; what is found is a window of the life of signals, and its
// name is the end of that day.
//
// A record that changes or goes after it was part of a finding has the day of that finding scanned again, when the next
// day ends. Days on which a feed was overdue are left out, and put off the end of a signal.
#include "rules/machines/scan.hpp"

#include "rules/machines/measuring.hpp"
#include "rules/machines/scan_findings.hpp"
#include "rules/periodic/period_counts.hpp"
#include "rules/scan/cluster.hpp"
#include "rules/scan/new_feeds.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace forewarn::rules {
namespace {

class scan_machine final : public machine {
public:
  explicit scan_machine(const surroundings& where)
      : names_{where.names}, rule_{where.by}, by_{std::get<scan_detector>(where.by.detector)},
        reference_{where.reference}, known_for_{where.reference}, by_cell_{by_area(where.by, by_.areas)},
        judge_{std::make_unique<cluster_judge>(where.by, *where.reference)},
        calendar_{period_length::day, where.reference->local_zone}, measuring_{by_.measure},
        book_{{by_cell_, where.index, where.reference, where.names, where.deadlines}},
        life_{where.by, where.index, where.names, where.deadlines}, index_{where.index}, deadlines_{&where.deadlines} {}

  void take(const arrival& what, events& /*out*/) override {
    renew();
    const auto old = book_.replace(what);
    const auto form = book_.form_of(what);
    add_cells(true);
    if (old)
      for (const auto which : old->series) {
        auto& one = cells_[which];
        (void)one.all.erase(old->at, what.who, calendar_);
        each_[one.of].found.shake(calendar_.of(old->at), one.place);
        wake(one.of, what.now);
      }
    if (!form) return;
    const auto fresh = measuring_.measured(what.who, *what.form->source);
    for (const auto which : form->series) {
      cells_[which].all.insert(fresh, calendar_);
      wake(cells_[which].of, what.now);
    }
  }

  void look_due(const deadline& due, std::span<const feed_beginning> beginnings, events& out) override {
    renew();
    const auto which = static_cast<series_index>(due.which);
    auto& one = each_[which];
    one.next.reset();
    fresh_ = beginnings;
    const auto day = calendar_.of(due.at) - 1;
    look_at(which, day, due.at, out);
    fresh_ = {};
    if (is_recent(one, day + 1) || one.found.any_shaken() || life_.has_open(which)) wake(which, due.at);
  }

  void fell_silent(instant at, bool silent) override {
    const auto here = calendar_.of(at);
    if (silent && !is_silent())
      missing_.emplace_back(here, still);
    else if (!silent && is_silent())
      missing_.back().second = here;
  }

  void move_to(rule_index index, const observation_names& names, agenda& deadlines) override {
    index_ = index;
    deadlines_ = &deadlines;
    life_.move_to(index, names, deadlines);
    for (series_index which = 0; which < each_.size(); ++which)
      if (each_[which].next) deadlines.insert(look_of(which));
  }

  void forget(const forgetting& gone) override {
    book_.forget(gone, names_);
    forgot_to_ = calendar_.of(gone.before);
    for (auto& one : cells_) one.all.forget(gone, calendar_);
    for (auto& one : each_) one.found.forget(forgot_to_);
    std::erase_if(missing_, [&](const auto& span) { return span.second < forgot_to_; });
    life_.forget(gone);
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return book_.holds(who); }
  [[nodiscard]] rule_counters counters() const override {
    auto out = book_.counters(life_);
    out.series = each_.size();
    return out;
  }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override {
    fields(from, *this);
    for (auto& one : cells_) one.all.recount(calendar_, forgot_to_);
  }

private:
  static constexpr period still = std::numeric_limits<period>::max();

  // What a series holds of one place.
  struct cell {
    series_index of = 0;
    std::uint32_t place = area_layout::nowhere;
    period_counts all{};
  };
  struct series {
    std::vector<std::size_t> cells{};
    scan_findings found{};
    bool was_found = false;        // when it was looked at last
    std::optional<instant> next{}; // when it is looked at next

    template <class Archive, class Self> static void fields(Archive& to, Self& me) {
      to(me.found, me.was_found, me.next);
    }
  };

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.book_, me.life_, me.missing_, me.forgot_to_);
    if constexpr (Archive::reads) me.add_cells(false);
    for (auto& one : me.cells_) to(one.all);
    for (auto& one : me.each_) to(one);
  }

  // After a reload the numbers of areas and drugs may be others; their codes, and so the places, are the same.
  void renew() {
    if (known_for_ == reference_) return;
    known_for_ = reference_;
    by_cell_ = by_area(rule_, by_.areas);
    judge_ = std::make_unique<cluster_judge>(rule_, *reference_);
  }

  // The book has a number for each series and area; subjects and series share theirs.
  void add_cells(bool with_subjects) {
    while (cells_.size() < book_.size()) {
      auto values = book_.values(static_cast<series_index>(cells_.size()));
      cell fresh;
      if (const auto area = reference_->areas.find(area_code{values.back()}))
        fresh.place = judge_->layout().position_of[*area];
      values.pop_back();
      const auto [it, is_new] = by_values_.try_emplace(values, static_cast<series_index>(each_.size()));
      fresh.of = it->second;
      if (is_new) each_.emplace_back();
      if (is_new && with_subjects) (void)life_.add_subject(to_series_key(rule_, values));
      each_[fresh.of].cells.push_back(cells_.size());
      cells_.push_back(std::move(fresh));
    }
  }

  [[nodiscard]] deadline look_of(series_index which) const {
    return {*each_[which].next, index_, &life_.series_of(which), which, false};
  }

  // It is looked at when the day that holds `now` ends.
  void wake(series_index which, instant now) {
    auto& one = each_[which];
    if (one.next) return;
    one.next = calendar_.end(calendar_.of(now));
    deadlines_->insert(look_of(which));
  }

  [[nodiscard]] bool is_silent() const { return !missing_.empty() && missing_.back().second == still; }

  // Whether it has a case in the days that a cluster up to `day` may consist of.
  [[nodiscard]] bool is_recent(const series& one, period day) const {
    return std::any_of(one.cells.begin(), one.cells.end(), [&](std::size_t which) {
      return cells_[which].all.last().value_or(std::numeric_limits<period>::min()) >= last_days(day);
    });
  }
  [[nodiscard]] period last_days(period day) const { return first_of_last(by_.most_days, day, missing_); }

  void look_at(series_index which, period day, instant now, events& out) {
    auto& one = each_[which];
    if (!life_.has_open(which)) one.found.begin_anew();
    reconsideration seen{now, false, {}, {}};
    seen.unsteady = true;
    seen.overlaps = true;
    seen.clears_at = clears_at(day);
    for (const auto on : one.found.shaken()) look_again(which, on, seen);
    if (is_missing(missing_, day)) {
      if (!is_silent()) life_.put_off(which, calendar_.end(day + 1));
    } else {
      look_at_last(which, day, seen);
    }
    if (seen.windows.empty()) return;
    std::sort(seen.windows.begin(), seen.windows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    life_.reconsider(
        which, seen,
        [&](const window_id& id, const time_window&, instant, std::vector<observation_index>& who) {
          members(which, calendar_.of(id.end - duration{1}), who);
        },
        out);
  }

  void look_at_last(series_index which, period day, reconsideration& seen) {
    auto& one = each_[which];
    const auto found = is_recent(one, day) ? judged(which, day) : std::nullopt;
    const bool holds = found && found->level;
    if (holds) {
      const bool elsewhere = one.found.is_elsewhere(*found);
      one.found.add(*found);
      auto window = window_of(*found);
      window.why = occasion::arrived;
      window.opener = newest_in(which, day);
      window.from_below = !one.was_found || elsewhere;
      seen.windows.push_back(window);
    }
    one.was_found = holds;
  }

  // What was found on that day rests on something else now.
  void look_again(series_index which, period day, reconsideration& seen) {
    auto& one = each_[which];
    const auto first = first_of(one).value_or(day);
    one.found.settle(day);
    if (day - static_cast<period>(by_.baseline_days) < forgot_to_ && first < forgot_to_) return;
    const auto found = judged(which, day);
    seen.corrected = true;
    if (found && found->level) {
      one.found.add(*found);
      seen.windows.push_back(window_of(*found));
    } else {
      one.found.remove(day);
      seen.windows.push_back({{calendar_.end(day), 0}, {calendar_.begin(day), calendar_.end(day)}, {}});
    }
    seen.windows.back().why = occasion::checked;
  }

  [[nodiscard]] looked_at window_of(const cluster& found) const {
    looked_at out{{calendar_.end(found.last), 0}, {calendar_.begin(found.first), calendar_.end(found.last)}, {}};
    out.found = verdict{*found.level, found.observed, rounded(found.expected), found.llr};
    return out;
  }

  // Whole days of `clear_after` are calendar days, so that the scan of the last of them has its say, also where that
  // day had 25 hours.
  [[nodiscard]] instant clears_at(period day) const {
    constexpr duration whole = std::chrono::hours{24};
    return calendar_.begin(day + 1 + static_cast<period>(rule_.clear_after / whole)) + rule_.clear_after % whole;
  }

  [[nodiscard]] std::optional<period> first_of(const series& one) const {
    std::optional<period> out;
    for (const auto which : one.cells)
      if (const auto first = cells_[which].all.first()) out = std::min(out.value_or(*first), *first);
    return out;
  }

  [[nodiscard]] std::optional<cluster> judged(series_index which, period day) const {
    const auto& one = each_[which];
    const auto first = first_of(one);
    if (!first) return {};
    const auto recent = last_days(day);
    std::vector<placed_count> counts;
    for (const auto cell : one.cells) {
      const auto& held = cells_[cell];
      if (held.place == area_layout::nowhere) continue;
      for (const auto& on : held.all.all()) {
        if (on.which <= day - static_cast<period>(by_.baseline_days) || on.which > day) continue;
        const auto count = on.which >= recent ? count_without_new(held, on) : on.count;
        if (const auto cases = to_value(count); cases >= 1)
          counts.push_back({held.place, on.which, static_cast<std::uint32_t>(cases)});
      }
    }
    return judge_->best(day, *first, counts, missing_);
  }

  [[nodiscard]] amount count_without_new(const cell& held, const counted_period& on) const {
    const new_feeds fresh{fresh_, calendar_};
    if (!fresh.any_new(on.which)) return on.count;
    tally counted;
    for (const auto& each : held.all.in(on.which, calendar_))
      if (!fresh.is_new(names_.key_of(each.who()).feed, on.which)) counted.add(each.adds());
    return counted.total();
  }

  // The records of what was found on that day, in order of arrival.
  void members(series_index which, period day, std::vector<observation_index>& out) const {
    const auto* what = each_[which].found.on(day);
    if (what == nullptr) return;
    const new_feeds fresh{fresh_, calendar_};
    const auto before = static_cast<std::ptrdiff_t>(out.size());
    for (const auto cell : each_[which].cells) {
      const auto& held = cells_[cell];
      if (!what->holds(held.place)) continue;
      for (auto on = what->first; on <= what->last; ++on) {
        if (is_missing(missing_, on)) continue;
        for (const auto& each : held.all.in(on, calendar_))
          if (!fresh.is_new(names_.key_of(each.who()).feed, on)) out.push_back(each.who());
      }
    }
    std::sort(out.begin() + before, out.end());
  }

  // Whose id names the signal: the last that happened.
  [[nodiscard]] observation_index newest_in(series_index which, period day) const {
    std::vector<observation_index> all;
    members(which, day, all);
    return *std::max_element(all.begin(), all.end(), [&](observation_index a, observation_index b) {
      return std::pair{names_.time_of(a), a} < std::pair{names_.time_of(b), b};
    });
  }

  const observation_names& names_;
  const rule& rule_;
  const scan_detector& by_;
  const shared_reference& reference_;
  shared_reference known_for_;
  rule by_cell_;
  std::unique_ptr<cluster_judge> judge_;
  periods calendar_;
  measuring measuring_;
  series_book book_; // by series and area
  life life_;
  rule_index index_;
  agenda* deadlines_;
  std::deque<cell> cells_;  // by the book's numbers
  std::deque<series> each_; // by subject
  std::map<series_values, series_index> by_values_;
  missing_days missing_; // the last may be going on
  period forgot_to_ = std::numeric_limits<period>::min();
  std::span<const feed_beginning> fresh_; // while it looks
};

} // namespace

std::unique_ptr<machine> make_scan(const surroundings& where) {
  return std::make_unique<scan_machine>(where);
}

} // namespace forewarn::rules
