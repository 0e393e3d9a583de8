// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/why_not.hpp"

#include "daemon/tuning/scan_look.hpp"
#include "forewarn/text.hpp"
#include "rules/grouping.hpp"
#include "rules/held_rules.hpp"
#include "rules/read/phrase.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::tuning {
namespace {

constexpr std::size_t most_more = 50; // further records tried

rules::fact fact_of(const observation& one, const reference_data& reference) {
  return rules::make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &one}, reference);
}

void fields_of(const rules::condition& one, std::vector<rules::field_name>& out) {
  if (const auto* all = std::get_if<rules::all_parts>(&one.what)) {
    for (const auto& part : all->parts) fields_of(part, out);
  } else if (const auto* any = std::get_if<rules::any_part>(&one.what)) {
    for (const auto& part : any->parts) fields_of(part, out);
  } else if (const auto* denied = std::get_if<rules::negated>(&one.what)) {
    fields_of(denied->inner.front(), out);
  } else {
    const auto& what = std::get<rules::test>(one.what).what;
    if (std::find(out.begin(), out.end(), what) == out.end()) out.push_back(what);
  }
}

// The parts that all must hold, taken apart.
void parts_of(const rules::condition& one, std::vector<const rules::condition*>& out) {
  const auto* all = std::get_if<rules::all_parts>(&one.what);
  if (all == nullptr)
    out.push_back(&one);
  else
    for (const auto& part : all->parts) parts_of(part, out);
}

class looking {
public:
  looking(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
          const std::vector<observation>& revisions, const series_key& series, instant at)
      : by_{by}, reference_{reference}, revisions_{revisions}, series_{series}, at_{at}, any_{by} {
    any_.where = {rules::all_parts{}};
    found_.window = window_of(by);
    if (const auto* scan = std::get_if<rules::scan_detector>(&by.detector))
      found_.window = static_cast<int>(scan->most_days) * std::chrono::hours{24};
  }

  why_not look(const std::vector<feed_turn>& turns, const rules::purged_teller& purged) {
    if (std::holds_alternative<rules::periodic_detector>(by_.detector)) look_at_period(turns, purged);
    sort_records();
    for (const auto* one : last_forms_) examine(*one);
    std::sort(found_.records.begin(), found_.records.end(),
              [](const auto& a, const auto& b) { return a.occurred_at < b.occurred_at; });
    count();
    replay(turns, purged);
    note(turns);
    return std::move(found_);
  }

private:
  [[nodiscard]] bool in_series(const rules::fact& seen, const rules::rule& by) const {
    const auto all = rules::series_of(by, seen, *reference_);
    return std::any_of(all.begin(), all.end(), [&](const auto& values) {
      const auto key = rules::to_series_key(by, values);
      return std::all_of(series_.begin(), series_.end(),
                         [&](const auto& pair) { return std::find(key.begin(), key.end(), pair) != key.end(); });
    });
  }

  // The last form of each record known then, and those that came only afterwards.
  void sort_records() {
    std::map<observation_key, const observation*> then, first;
    for (const auto& one : revisions_) {
      first.try_emplace(one.key, &one);
      if (one.received_at > at_) continue;
      auto& last = then[one.key];
      if (last == nullptr || one.revision >= last->revision) last = &one;
    }
    for (const auto& [key, one] : first) {
      const auto known = then.find(key);
      last_forms_.push_back(known == then.end() ? one : known->second);
    }
  }

  void examine(const observation& one) {
    if (one.occurred_at > at_ || one.occurred_at <= at_ - found_.window) return;
    const auto seen = fact_of(one, *reference_);
    const bool here = in_series(seen, any_);
    if (!rules::observes(by_, one.key.feed, one.kind)) {
      if (here) ++found_.other_kinds[one.kind.str()];
      return;
    }
    if (!here) {
      if (!one.withdrawn && one.received_at <= at_ && rules::holds(by_.where, seen) &&
          rules::series_of(by_, seen, *reference_).empty())
        ++found_.ungrouped;
      return;
    }
    near_record row{one.key, one.occurred_at, one.received_at, near_fate::counted, {}};
    if (one.received_at > at_) {
      row.fate = near_fate::not_known;
      row.why = "arrived only " + reference_->local_zone.format(one.received_at);
    } else if (one.withdrawn) {
      row.fate = near_fate::withdrawn;
      row.why = "its partner withdrew it";
    } else if (const auto failed = failing(seen); !failed.empty()) {
      row.fate = near_fate::where;
      row.why = failed;
    } else {
      if (by_.max_delay && one.received_at - one.occurred_at > *by_.max_delay) {
        row.fate = near_fate::late;
        row.why = fmt::format("arrived later than max_delay ({}): it counts, and opens nothing",
                              spell_duration(*by_.max_delay));
      } else if (one.incident && !incidents_.insert(one.incident->str()).second) {
        row.why = "of an incident that another record tells of: the two count once";
      }
    }
    found_.records.push_back(std::move(row));
  }

  // "not about an opioid (substances: cocaine)"; empty where the whole `where` holds.
  [[nodiscard]] std::string failing(const rules::fact& seen) const {
    if (rules::holds(by_.where, seen)) return {};
    std::vector<const rules::condition*> parts;
    parts_of(by_.where, parts);
    std::vector<std::string> out;
    for (const auto* part : parts) {
      if (rules::holds(*part, seen)) continue;
      std::vector<rules::field_name> fields;
      fields_of(*part, fields);
      std::vector<std::string> values;
      for (const auto& what : fields) {
        const auto has = rules::values_of(what, any_, seen, *reference_);
        values.push_back(fmt::format("{}: {}", rules::to_text(what), has.empty() ? "not recorded" : join(has, ", ")));
      }
      const auto wanted = rules::phrases_of(*part, {}, *reference_);
      out.push_back(fmt::format("is not \"{}\" ({})", join_and(wanted), join(values, "; ")));
    }
    return join_and(out);
  }

  // What the series holds, in order of arrival, as far as known then.
  [[nodiscard]] std::vector<const observation*> arrivals() const {
    std::vector<const observation*> out, known;
    std::set<observation_key> member;
    for (const auto& one : revisions_)
      if (one.received_at <= at_ && in_series(fact_of(one, *reference_), any_)) member.insert(one.key);
    for (const auto& one : revisions_)
      if (one.received_at <= at_ && member.count(one.key) > 0) out.push_back(&one);
    std::stable_sort(out.begin(), out.end(),
                     [](const auto* a, const auto* b) { return a->received_at < b->received_at; });
    for (const auto& one : revisions_)
      if (one.received_at <= at_) known.push_back(&one);
    begin_with(first_observed(by_, known), out);
    return out;
  }

  void count() {
    std::vector<const observation*> standing, inside;
    for (const auto* one : last_forms_) {
      if (one->withdrawn || one->received_at > at_ || one->occurred_at > at_) continue;
      if (one->occurred_at <= at_ - 2 * found_.window || !rules::observes(by_, one->key.feed, one->kind)) continue;
      const auto seen = fact_of(*one, *reference_);
      if (!rules::holds(by_.where, seen) || !in_series(seen, by_)) continue;
      standing.push_back(one);
      if (one->occurred_at > at_ - found_.window) inside.push_back(one);
    }
    std::sort(standing.begin(), standing.end(),
              [](const auto* a, const auto* b) { return a->occurred_at < b->occurred_at; });
    found_.count = counted(by_, inside);
    found_.best = best_window(by_, standing, at_ - found_.window, at_);
  }

  // The period is the window, and its count is the engine's own.
  void look_at_period(const std::vector<feed_turn>& turns, const rules::purged_teller& purged) {
    for (auto& one : periods_now(by_, reference_, revisions_, turns, purged, at_))
      if (is_ours(one.state.series)) found_.period = std::move(one);
    if (!found_.period) return;
    const auto& state = found_.period->state;
    found_.window = at_ - state.window.from + duration{1};
    if (state.warming_up())
      found_.notes.push_back(fmt::format("Warming up: this series has {} of the {} of history behind it that the rule "
                                         "needs; it can signal from {} on.",
                                         state.history, periods_words(state.needed, by_),
                                         reference_->local_zone.format(state.ready).substr(0, 10)));
  }

  [[nodiscard]] bool is_ours(const series_key& of) const {
    return std::all_of(series_.begin(), series_.end(),
                       [&](const auto& pair) { return std::find(of.begin(), of.end(), pair) != of.end(); });
  }

  void replay(const std::vector<feed_turn>& turns, const rules::purged_teller& purged) {
    const auto records = arrivals();
    const auto rule = alone(by_, reference_);
    std::vector<observation> past;
    for (const auto* one : records) past.push_back(*one);
    rules::backtest_options until;
    until.purged = purged;
    until.to = at_;
    until.turns = turns;
    const auto report = rules::run_backtest(rule, past, until);
    for (const auto& one : report.signals) {
      const auto& state = one.state;
      if (!is_ours(state.series)) continue;
      if (!state.closed_at && !state.retrospective)
        found_.open = state;
      else
        found_.earlier.insert(found_.earlier.begin(), state);
      rests_here_ = rests_here_ || (state.close_reason == close_reason::below_threshold && holds_near(one.evidence));
    }
    if (found_.period)
      found_.missing = step_of(*found_.period);
    else if (!found_.open && !std::holds_alternative<rules::scan_detector>(by_.detector))
      found_.missing = next_step(rule, series_, records, at_, most_more);
  }

  [[nodiscard]] static std::optional<step_up> step_of(const period_now& period) {
    const auto ahead = period.ahead();
    if (ahead.empty()) return {};
    const auto more = static_cast<std::size_t>(std::ceil(ahead.front().from - period.state.count));
    return step_up{more, ahead.front().level, ahead.front().from, period.open.has_value()};
  }

  // A record that would count here was told of already, by a signal that is over.
  [[nodiscard]] bool holds_near(const std::vector<observation_key>& evidence) const {
    return std::any_of(found_.records.begin(), found_.records.end(), [&](const near_record& one) {
      return std::find(evidence.begin(), evidence.end(), one.key) != evidence.end();
    });
  }

  void note(const std::vector<feed_turn>& turns) {
    auto& out = found_.notes;
    if (by_.status == rules::rule_status::off) out.emplace_back("The rule is off: nothing is evaluated.");
    if (by_.status == rules::rule_status::shadow)
      out.emplace_back("The rule is in shadow: its signals are recorded, and nobody is told.");
    rules::overdue_feeds overdue;
    for (const auto& turn : turns)
      if (turn.at <= at_) (void)overdue.take(turn);
    if (overdue.touch(by_))
      out.emplace_back("A feed that the rule observes was overdue then: what it would have counted may not have "
                       "arrived, and open signals are held.");
    if (!std::any_of(revisions_.begin(), revisions_.end(), [&](const observation& one) {
          return one.received_at <= at_ && rules::observes(by_, one.key.feed, one.kind);
        }))
      out.emplace_back("Until then no record of the kinds and feeds that the rule observes had arrived at all.");
    else if (std::holds_alternative<rules::scan_detector>(by_.detector))
      note_cluster(turns);
    else
      warming();
    if (!found_.open && rests_here_)
      out.emplace_back(
          "A signal of this series rested on some of these records and closed: they are spent, and open no "
          "second one.");
    if (!found_.open && !found_.earlier.empty() && found_.earlier.front().close_reason == close_reason::person)
      out.emplace_back("A person closed the last signal: a new one opens when the count exceeds what it was then.");
  }

  // A scan looks when a day ends: what it saw then.
  void note_cluster(const std::vector<feed_turn>& turns) {
    const scan_look look{by_, reference_};
    const auto day = look.day_before(at_);
    for (const auto& one : look.at_end_of(day, revisions_, turns)) {
      if (one.series != series_) continue;
      const auto needed = look.how().min_history;
      if (one.history < needed)
        found_.notes.push_back(fmt::format("Warming up: when {} ended the series had {} days behind it, and the rule "
                                           "needs {}.",
                                           look.day_text(day), one.history, needed));
      else if (one.best)
        found_.notes.push_back(fmt::format("When {} ended, its best cluster was {}{}.", look.day_text(day),
                                           look.words(*one.best), look.lacking_words(*one.best)));
      else
        found_.notes.push_back(fmt::format("When {} ended, no areas together held {:g} or more in the last {} days "
                                           "that stood out at all.",
                                           look.day_text(day), look.how().min_count, look.how().most_days));
    }
    found_.notes.push_back("It looks when a day ends, and not when a record comes: the next time at the end of " +
                           look.day_text(look.day_of(at_)) + ".");
  }

  // Detectors that need a past before they speak say how much by these names.
  void warming() {
    const auto needed = std::visit(
        [](const auto& made) {
          duration out{};
          if constexpr (requires { duration{made.baseline}; }) out += duration{made.baseline} + duration{made.within};
          if constexpr (requires { duration{made.min_history}; }) out += duration{made.min_history};
          return out;
        },
        by_.detector);
    if (needed == duration{} || found_.period) return;
    std::optional<instant> first;
    for (const auto& one : revisions_)
      if (one.received_at <= at_ && rules::observes(by_, one.key.feed, one.kind) &&
          (!first || one.occurred_at < *first))
        first = one.occurred_at;
    if (first && at_ - *first < needed)
      found_.notes.push_back(fmt::format("Warming up: the rule needs {} of history, and the first record is of {}.",
                                         spell_duration(needed), reference_->local_zone.format(*first)));
  }

  const rules::rule& by_;
  std::shared_ptr<const reference_data> reference_;
  const std::vector<observation>& revisions_;
  const series_key& series_;
  instant at_;
  rules::rule any_; // the same rule without its `where`
  std::vector<const observation*> last_forms_;
  std::set<std::string> incidents_;
  bool rests_here_ = false;
  why_not found_;
};

} // namespace

std::string_view to_words(near_fate how) {
  switch (how) {
  case near_fate::counted: return "counted";
  case near_fate::late: return "late";
  case near_fate::where: return "where";
  case near_fate::withdrawn: return "withdrawn";
  case near_fate::not_known: return "not known yet";
  }
  return "counted";
}

result<why_not, std::string> look_into(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
                                       const std::vector<observation>& revisions, const std::vector<feed_turn>& turns,
                                       const series_key& series, instant at, const rules::purged_teller& purged) {
  std::vector<std::string> groups;
  for (const auto& one : by.for_each) groups.push_back(rules::to_text(one.by));
  for (const auto& [field, value] : series)
    if (std::find(groups.begin(), groups.end(), field) == groups.end())
      return failure(groups.empty()
                         ? fmt::format("rule '{}' has one series for everything: leave --series out", by.id.str())
                         : fmt::format("rule '{}' groups by {}, not by {}", by.id.str(), join_and(groups), field));
  // In the rule's order, as the engine has them.
  series_key ordered;
  for (const auto& field : groups)
    for (const auto& pair : series)
      if (pair.first == field) ordered.push_back(pair);
  if (ordered.size() < groups.size())
    return failure(fmt::format("rule '{}' groups by {}: say which, --series {}=...", by.id.str(), join_and(groups),
                               groups.at(ordered.size())));
  return looking{by, reference, revisions, ordered, at}.look(turns, purged);
}

} // namespace forewarn::tuning
