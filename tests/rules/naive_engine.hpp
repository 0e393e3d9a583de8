// SPDX-License-Identifier: Apache-2.0
// The rule language's sections 5 and 6 for one rule, from first principles: at each record everything is counted anew
// over all that is known. Slow on purpose; shares no counting, keeping or closing with the engine that it judges.
#pragma once

#include "forewarn/feed_turn.hpp"
#include "rules/grouping.hpp"
#include "rules/plan.hpp"
#include "tests/rules/naive_periods.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace forewarn::rules::naive {

struct found_window {
  time_window span;
  forewarn::level level = forewarn::level::amber;
  double value = 0, bound = 0;
  double rank = 0; // the more the better, at one level
};
inline bool above(const found_window& a, const found_window& b) {
  return std::tie(a.level, a.rank) > std::tie(b.level, b.rank);
}

struct piece {
  found_window what;
  bool firm = false;
};

// The end of the window, and for detectors with a window per record, that record.
using window_name = std::pair<instant, std::string>;

struct naive_signal {
  series_key series;
  std::string subject; // what may have one open signal
  instant opened_at;
  std::optional<instant> closed_at;
  std::optional<forewarn::close_reason> reason;
  found_window shown;
  bool retrospective = false, late = false, contradicted = false;
  std::vector<level_change> changes;
  std::set<std::string> evidence;
  std::map<window_name, piece> windows;
  instant deadline = instant::min();

  [[nodiscard]] bool firm() const {
    return std::any_of(windows.begin(), windows.end(), [](const auto& one) { return one.second.firm; });
  }
};

struct known_record {
  observation form;
  std::uint64_t order = 0; // of arrival of this form
  fact seen{};
  bool matched = false;
  std::vector<series_values> series{};
};
using maybe_record = std::optional<known_record>;

// A window looked at, for one subject.
struct look {
  std::optional<found_window> found;
  bool arrived = false, may_open = false, late = false, joins = false;
  std::string opener;
  bool rests = true; // on its opener
  [[nodiscard]] bool finds(bool lately) const { return found && may_open && late == lately; }
};
using looks = std::map<window_name, look>;

class engine {
public:
  engine(const rule& by, const reference_data& reference) : by_{by}, reference_{reference} {}

  void observe(const observation& seen) {
    advance(seen.received_at);
    now_ = seen.received_at;
    const auto it = known_.find(seen.key);
    if (it != known_.end() && seen.revision < it->second.form.revision) return;
    if (it != known_.end() && same_content(seen, it->second.form)) {
      it->second.form.revision = seen.revision;
      return;
    }
    maybe_record old, fresh;
    if (it != known_.end() && matches(it->second.form)) old = it->second;
    if (it == known_.end() && matches(seen)) note_arrival(seen);
    known_record now{seen, ++order_, fact_of(seen), matches(seen)};
    if (now.matched) now.series = series_of_record(seen);
    heard_of_.try_emplace(id_of(seen), heard_of_.size());
    known_[seen.key] = now;
    if (matches(seen)) fresh = now;
    subjects touched;
    if (std::holds_alternative<first_seen_detector>(by_.detector))
      look_news(old, fresh, touched);
    else if (std::holds_alternative<every_record_detector>(by_.detector))
      look_records(old, fresh, touched);
    else if (std::holds_alternative<periodic_detector>(by_.detector))
      look_periods(old, fresh, touched);
    else
      look_windows(old, fresh, touched);
    for (const auto& [name, about] : touched) live(name.first, text_of(name), name.second, about);
  }

  // While a feed is overdue every deadline moves with the clock.
  void advance(instant to) {
    for (auto& one : signals_) {
      if (one.closed_at) continue;
      if (is_held())
        one.deadline += to - reached_;
      else if (one.deadline <= to)
        close(one, close_reason::below_threshold, one.deadline);
    }
    reached_ = to;
  }

  void hear(const feed_turn& turn) {
    advance(turn.at);
    if (turn.kind != by_.observe.kinds.front()) return;
    const bool was_held = is_held();
    if (turn.to == feed_state::overdue) overdue_.insert(turn.feed);
    if (!was_held && is_held()) silences_.emplace_back(turn.at, std::nullopt);
    if (turn.to == feed_state::overdue || overdue_.erase(turn.feed) == 0) return;
    if (was_held && !is_held()) silences_.back().second = turn.at;
    if (turn.to == feed_state::retired && was_held)
      for (auto& one : signals_)
        if (!one.closed_at) close(one, close_reason::feed_lost, turn.at);
  }
  [[nodiscard]] bool is_held() const { return !overdue_.empty(); }

  [[nodiscard]] const std::vector<naive_signal>& signals() const { return signals_; }

private:
  struct subject {
    looks seen;
    bool corrected = false;
  };
  using subject_name = std::pair<series_values, std::string>;
  using subjects = std::map<subject_name, subject>;

  static std::string text_of(const subject_name& name) {
    std::string out;
    for (const auto& value : name.first) out += value + "/";
    return out + "#" + name.second;
  }
  static std::string id_of(const observation& one) { return one.key.id.str(); }
  [[nodiscard]] bool is_late(const observation& one) const {
    return by_.max_delay && now_ - one.occurred_at > *by_.max_delay;
  }
  [[nodiscard]] fact fact_of(const observation& one) const {
    return make_fact(std::make_shared<const observation>(one), reference_);
  }
  [[nodiscard]] bool matches(const observation& one) const {
    return !one.withdrawn && one.kind == by_.observe.kinds.front() && holds(by_.where, fact_of(one));
  }
  [[nodiscard]] std::vector<series_values> series_of_record(const observation& one) const {
    return series_of(by_, fact_of(one), reference_);
  }
  [[nodiscard]] std::vector<const known_record*> in_series(const series_values& series) const {
    std::vector<const known_record*> out;
    for (const auto& [key, one] : known_)
      if (one.matched && std::find(one.series.begin(), one.series.end(), series) != one.series.end())
        out.push_back(&one);
    return out;
  }

  using records = std::vector<const known_record*>;

  [[nodiscard]] static double amount_of(const records& all, const measure& by) {
    std::set<std::string> shared;
    double own = 0;
    for (const auto* one : all) {
      const auto& o = one->form;
      switch (by.what) {
      case measure_kind::incidents:
        o.incident ? (void)shared.insert(o.incident->str()) : (void)(own += o.weight);
        break;
      case measure_kind::people: o.person ? (void)shared.insert(o.person->str()) : (void)(own += 1); break;
      case measure_kind::sites: o.site ? (void)shared.insert(o.site->str()) : (void)(own += 1); break;
      case measure_kind::observations: own += o.weight; break;
      case measure_kind::sum: own += o.naloxone_doses.value_or(0); break;
      }
    }
    return own + static_cast<double>(shared.size());
  }
  // Of the series, in (after, to], as far as `wanted` holds.
  [[nodiscard]] records those(const series_values& series, instant after, instant to,
                              const condition& wanted = {all_parts{}}) const {
    auto out = in_series(series);
    std::erase_if(out, [&](const auto* one) {
      return one->form.occurred_at <= after || one->form.occurred_at > to || !holds(wanted, one->seen);
    });
    return out;
  }

  [[nodiscard]] duration within() const {
    return std::visit(
        [](const auto& how) {
          if constexpr (requires { how.within; })
            return how.within;
          else
            return duration{};
        },
        by_.detector);
  }
  // The highest level whose bound is reached; nothing where none is.
  template <class Reaches>
  [[nodiscard]] static std::optional<threshold> highest(const std::vector<threshold>& levels, const Reaches& reaches) {
    std::optional<threshold> out;
    for (const auto& one : levels)
      if (reaches(one.at_least) && (!out || one.level > out->level)) out = one;
    return out;
  }
  [[nodiscard]] std::optional<found_window> found(const time_window& span, const std::optional<threshold>& reached,
                                                  double value, double bound, double rank) const {
    if (!reached) return {};
    return found_window{span, reached->level, value, bound, rank};
  }
  [[nodiscard]] bool has_history(instant end, duration needed) const {
    auto first = instant::max();
    for (const auto& [key, one] : known_)
      if (!one.form.withdrawn && one.form.kind == by_.observe.kinds.front())
        first = std::min(first, one.form.occurred_at);
    return end - needed >= first;
  }

  [[nodiscard]] std::optional<found_window> judge(const series_values& series, instant end) const {
    return std::visit(
        [&](const auto& how) {
          return judged(how, series, time_window{end - within(), end});
        },
        by_.detector);
  }
  template <class Other>
  [[nodiscard]] std::optional<found_window> judged(const Other&, const series_values&, const time_window&) const {
    return {};
  }
  [[nodiscard]] std::optional<found_window> judged(const count_detector& how, const series_values& series,
                                                   const time_window& span) const {
    const auto value = amount_of(those(series, span.from, span.to), how.measure);
    const auto reached = highest(how.at_least, [&](double bound) { return value >= bound; });
    return found(span, reached, value, reached ? reached->at_least : 0, value);
  }
  [[nodiscard]] std::optional<found_window> judged(const rate_detector& how, const series_values& series,
                                                   const time_window& span) const {
    const auto count = amount_of(those(series, span.from, span.to), how.measure);
    if (series.empty() || series.front() == "unknown" || count < how.min_count) return {};
    const auto here = reference_.areas.find(area_code{series.front()});
    if (!here) return {};
    double people = 0;
    for (area_index i = 0; i < reference_.areas.rows().size(); ++i) {
      const auto near = reference_.areas.neighbours(*here);
      if (i == *here || (by_.for_each.front().with_neighbours && std::find(near.begin(), near.end(), i) != near.end()))
        people += static_cast<double>(*reference_.areas.row(i).population);
    }
    const auto value = count * how.per / people;
    const auto reached = highest(how.at_least, [&](double bound) { return value >= bound; });
    return found(span, reached, value, reached ? reached->at_least : 0, value);
  }
  [[nodiscard]] std::optional<found_window> judged(const share_detector& how, const series_values& series,
                                                   const time_window& span) const {
    const auto all = amount_of(those(series, span.from, span.to), how.measure);
    if (all < how.min_count || all <= 0) return {};
    const auto value = amount_of(those(series, span.from, span.to, how.of), how.measure) / all;
    const auto reached = highest(how.at_least, [&](double bound) { return value >= bound; });
    return found(span, reached, value, reached ? reached->at_least : 0, value);
  }
  [[nodiscard]] std::optional<found_window> judged(const spike_detector& how, const series_values& series,
                                                   const time_window& span) const {
    const auto count = amount_of(those(series, span.from, span.to), how.measure);
    if (count < how.min_count || !has_history(span.to, how.within + how.baseline)) return {};
    const auto windows = how.baseline / how.within;
    double sum = 0;
    for (auto i = windows; i > 0; --i)
      sum += amount_of(those(series, span.from - how.within * i, span.from - how.within * (i - 1)), how.measure);
    const auto mean = sum / static_cast<double>(windows);
    const auto reached = highest(how.times, [&](double times) { return count >= times * mean; });
    return found(span, reached, count, reached ? reached->at_least * mean : 0, mean > 0 ? count / mean : count);
  }
  // P(X < count) summed up term by term; each from the one before.
  [[nodiscard]] static double chance(const unusual_detector& how, double count, double past) {
    const auto windows = static_cast<double>(how.baseline.count()) / static_cast<double>(how.within.count());
    const bool gamma = how.model == chance_model::gamma_poisson;
    const auto size = past + 0.5, mean = past / windows;
    auto term = gamma ? std::pow(windows / (windows + 1), size) : std::exp(-mean);
    double below = 0;
    for (double k = 0; k < std::ceil(count); ++k) {
      below += term;
      term *= gamma ? (size + k) / ((k + 1) * (windows + 1)) : mean / (k + 1);
    }
    return 1 - below;
  }
  [[nodiscard]] std::optional<found_window> judged(const unusual_detector& how, const series_values& series,
                                                   const time_window& span) const {
    const auto count = amount_of(those(series, span.from, span.to), how.measure);
    if (count < how.min_count || !has_history(span.to, how.within + how.baseline)) return {};
    const auto to = span.from - how.guard;
    const auto past = amount_of(those(series, to - how.baseline, to), how.measure);
    const auto reached = highest(how.below, [&](double p) { return chance(how, count, past) < p; });
    if (!reached) return {};
    auto bound = std::ceil(how.min_count);
    while (chance(how, bound, past) >= reached->at_least) ++bound;
    return found(span, reached, count, bound, -chance(how, count, past));
  }
  [[nodiscard]] std::optional<found_window> judged(const together_detector& how, const series_values& series,
                                                   const time_window& span) const {
    double value = 0;
    for (const auto& part : how.parts)
      if (amount_of(those(series, span.from, span.to, part.where), how.measure) >= part.least) ++value;
    const auto reached = highest(how.at_least, [&](double bound) { return value >= bound; });
    return found(span, reached, value, reached ? reached->at_least : 0, value);
  }

  // All chains that end there, by brute force; the one that starts, then goes on, the latest. Of those at one time the
  // first to come.
  void chains(const sequence_detector& how, const series_values& series, const time_window& span, records begun,
              std::optional<records>& best) const {
    const auto later = [](const known_record* a, const known_record* b) {
      return std::pair{a->form.occurred_at, b->order} > std::pair{b->form.occurred_at, a->order};
    };
    if (begun.size() == how.parts.size()) {
      if (begun.back()->form.occurred_at != span.to) return;
      if (!best || std::lexicographical_compare(best->begin(), best->end(), begun.begin(), begun.end(),
                                                [&](const auto* a, const auto* b) { return later(b, a); }))
        best = std::move(begun);
      return;
    }
    const auto after = begun.empty() ? span.from : begun.back()->form.occurred_at;
    for (const auto* one : those(series, after, span.to, how.parts[begun.size()].where)) {
      auto longer = begun;
      longer.push_back(one);
      chains(how, series, span, std::move(longer), best);
    }
  }
  [[nodiscard]] records chain(const series_values& series, instant end) const {
    const auto& how = std::get<sequence_detector>(by_.detector);
    std::optional<records> best;
    chains(how, series, {end - how.within, end}, {}, best);
    return best.value_or(records{});
  }
  [[nodiscard]] std::optional<found_window> judged(const sequence_detector&, const series_values& series,
                                                   const time_window& span) const {
    const auto best = chain(series, span.to);
    if (best.empty()) return {};
    return found_window{{best.front()->form.occurred_at, span.to}, by_.level, 1, 1, 1};
  }

  void look_windows(const maybe_record& old, const maybe_record& fresh, subjects& out) const {
    const auto look_all = [&](const observation& form, bool is_new) {
      for (const auto& series : series_of_record(form)) {
        auto& about = out[{series, ""}];
        std::set<instant> ends;
        for (const auto* one : in_series(series)) ends.insert(one->form.occurred_at);
        if (!is_new) {
          about.corrected = true;
          about.seen[{form.occurred_at, ""}]; // if nothing ends there now, nothing is found there
        }
        for (const auto end : ends)
          if (end >= form.occurred_at && end < form.occurred_at + within())
            about.seen[{end, ""}] = {judge(series, end),      is_new, is_new,
                                     is_new && is_late(form), false,  is_new ? id_of(form) : ""};
      }
    };
    if (old) look_all(old->form, false);
    if (fresh) look_all(fresh->form, true);
  }

  void note_arrival(const observation& seen) {
    if (const auto* how = std::get_if<periodic_detector>(&by_.detector)) {
      const period_world in{*how, reference_, now_, {}, {}, {}};
      if (!at_work_since_) at_work_since_ = in.of(now_);
      arrivals_.push_back({in.of(seen.occurred_at), in.of(now_)});
    }
  }
  // The records of a feed count from the 29th day of it on.
  [[nodiscard]] bool is_new(const observation& one, const period_world& in, int which) const {
    std::map<feed_id, instant> began;
    for (const auto& [key, other] : known_)
      if (!other.form.withdrawn && other.form.kind == by_.observe.kinds.front()) {
        const auto [it, fresh] = began.emplace(key.feed, other.form.occurred_at);
        it->second = std::min(it->second, other.form.occurred_at);
      }
    const auto own = began.at(one.key.feed);
    const bool is_first =
        std::none_of(began.begin(), began.end(), [&](const auto& other) { return other.second < own; });
    auto day = in.day_of(own);
    if (is_first && in.how.since) day = std::min(day, static_cast<int>(*in.how.since));
    return in.first_day(which) < day + 28;
  }
  [[nodiscard]] std::optional<found_window> judge_period(const period_world& in, const series_values& series,
                                                         int which) const {
    const auto all = in_series(series);
    std::map<int, records> by_period;
    for (const auto* one : all) by_period[in.of(one->form.occurred_at)].push_back(one);
    std::optional<int> first;
    for (const auto& [number, those_in] : by_period)
      if (!first && amount_of(those_in, in.how.measure) != 0) first = number;
    if (!first) return {};
    const auto sums = [&](int number) {
      period_sums out;
      const auto it = by_period.find(number);
      if (it == by_period.end()) return out;
      const auto only = [&](bool known, bool of) {
        auto some = it->second;
        std::erase_if(some, [&](const auto* one) {
          return (known && is_new(one->form, in, number)) || (of && !holds(*in.how.of, one->seen));
        });
        return amount_of(some, in.how.measure);
      };
      out = {only(false, false), 0, only(true, false), 0};
      if (in.how.of) {
        out.of = only(false, true);
        out.of_known = only(true, true);
      }
      return out;
    };
    const auto found = naive::judge(in, which, *first, sums);
    if (!found) return {};
    return found_window{{in.begin(which), in.begin(which + 1)}, found->level, found->value, found->bound, found->value};
  }

  void look_periods(const maybe_record& old, const maybe_record& fresh, subjects& out) const {
    const period_world in{
        std::get<periodic_detector>(by_.detector), reference_, now_, silences_, arrivals_, at_work_since_};
    const auto look_all = [&](const observation& form, bool fresh_one) {
      for (const auto& series : series_of_record(form)) {
        auto& about = out[{series, ""}];
        if (!fresh_one) about.corrected = true;
        const auto own = in.of(form.occurred_at);
        auto newest = own;
        for (const auto* one : in_series(series)) newest = std::max(newest, in.of(one->form.occurred_at));
        for (auto which = own; which < own + nature_of(in.how).reach && which <= newest; ++which)
          about.seen[{in.begin(which + 1), ""}] = {
              judge_period(in, series, which), fresh_one,   fresh_one, fresh_one && is_late(form), false,
              fresh_one ? id_of(form) : "",    which == own};
      }
    };
    if (old) look_all(old->form, false);
    if (fresh) look_all(fresh->form, true);
  }

  void look_records(const maybe_record& old, const maybe_record& fresh, subjects& out) const {
    if (old)
      for (const auto& series : series_of_record(old->form)) {
        auto& about = out[{series, id_of(old->form)}];
        about.corrected = true;
        about.seen[{old->form.occurred_at, id_of(old->form)}];
      }
    if (fresh)
      for (const auto& series : series_of_record(fresh->form)) {
        const auto at = fresh->form.occurred_at;
        out[{series, id_of(fresh->form)}].seen[{at, id_of(fresh->form)}] = {
            found_window{{at, at}, by_.level, 1, 1, 1}, true, true, is_late(fresh->form), false, id_of(fresh->form)};
      }
  }

  [[nodiscard]] std::vector<std::string> values_in(const observation& one) const {
    const auto& how = std::get<first_seen_detector>(by_.detector);
    std::vector<std::string> members, pairs;
    const auto seen = fact_of(one);
    for (const auto i : matching_members(by_.where, seen, field::substances))
      if (one.substances[i].str() != "nothing-found") members.push_back(one.substances[i].str());
    if (how.of.size() == 1) return members;
    for (const auto& a : members)
      for (const auto& b : members)
        if (a < b) pairs.push_back(a + "+" + b);
    return pairs;
  }
  [[nodiscard]] bool has(const observation& one, const std::string& value) const {
    const auto all = values_in(one);
    return std::find(all.begin(), all.end(), value) != all.end();
  }
  [[nodiscard]] static bool confirmed(const observation& one, const std::string& value) {
    if (one.confirmed.empty()) return one.certainty == certainty::confirmed;
    std::size_t from = 0;
    for (;;) {
      const auto to = value.find('+', from);
      const substance_id part{value.substr(from, to == std::string::npos ? to : to - from)};
      if (std::find(one.confirmed.begin(), one.confirmed.end(), part) == one.confirmed.end()) return false;
      if (to == std::string::npos) return true;
      from = to + 1;
    }
  }
  [[nodiscard]] std::vector<const known_record*> scope(const series_values& series) const {
    if (!std::get<first_seen_detector>(by_.detector).scope_all) return in_series(series);
    std::vector<const known_record*> out;
    for (const auto& [key, one] : known_)
      if (matches(one.form) && !series_of_record(one.form).empty()) out.push_back(&one);
    return out;
  }
  static auto place(const known_record& one) { return std::tie(one.form.occurred_at, one.order); }

  [[nodiscard]] std::optional<found_window> news(const series_values& series, const std::string& value,
                                                 const known_record& one) const {
    const auto& how = std::get<first_seen_detector>(by_.detector);
    const auto at = one.form.occurred_at;
    auto first = at;
    for (const auto* other : scope(series)) first = std::min(first, other->form.occurred_at);
    if (at - first < how.min_history) return {};
    const auto from = how.not_seen_for ? at - *how.not_seen_for : first;
    for (const auto* other : scope(series)) {
      if (other->form.key == one.form.key || !has(other->form, value) || !(place(*other) < place(one))) continue;
      if (how.not_seen_for && other->form.occurred_at <= from) continue;
      if (!how.any_certainty && confirmed(one.form, value) && !confirmed(other->form, value)) continue;
      return {};
    }
    return found_window{{from, at}, by_.level, 1, 1, 1};
  }

  void look_at_find(const series_values& series, const std::string& value, const known_record& one, bool arrived,
                    subjects& out) const {
    look seen{news(series, value, one), arrived, true, is_late(one.form), false, id_of(one.form)};
    seen.joins = !seen.found;
    out[{series, value}].seen[{one.form.occurred_at, id_of(one.form)}] = seen;
  }

  // The next find after one that came or went, by any certainty and by a confirmed one, is asked again.
  void look_at_next(const series_values& series, const std::string& value, const known_record& one,
                    subjects& out) const {
    for (const bool only_confirmed : {false, true}) {
      const known_record* next = nullptr;
      for (const auto* other : scope(series))
        if (other->form.key != one.form.key && has(other->form, value) && place(*other) > place(one) &&
            (!only_confirmed || confirmed(other->form, value)) && (next == nullptr || place(*other) < place(*next)))
          next = other;
      if (next == nullptr) continue;
      for (const auto& where : series_of_record(next->form))
        if (std::get<first_seen_detector>(by_.detector).scope_all || where == series)
          look_at_find(where, value, *next, false, out);
    }
  }

  void look_news(const maybe_record& old, const maybe_record& fresh, subjects& out) const {
    const auto each = [&](const maybe_record& one, const auto& look) {
      if (!one) return;
      for (const auto& series : series_of_record(one->form))
        for (const auto& value : values_in(one->form)) look(series, value);
    };
    each(old, [&](const auto& s, const auto& v) { out[{s, v}].seen[{old->form.occurred_at, id_of(old->form)}]; });
    each(fresh, [&](const auto& s, const auto& v) { look_at_find(s, v, *fresh, true, out); });
    if (!old) return;
    each(old, [&](const auto& s, const auto& v) { look_at_next(s, v, *old, out); });
    each(fresh, [&](const auto& s, const auto& v) { look_at_next(s, v, *fresh, out); });
    for (auto& [name, about] : out) about.corrected = true;
  }

  [[nodiscard]] std::set<std::string> members(const series_values& series, const window_name& name,
                                              const found_window& what) const {
    if (!name.second.empty()) return {name.second};
    std::set<std::string> out;
    if (std::holds_alternative<sequence_detector>(by_.detector)) {
      for (const auto* one : chain(series, name.first)) out.insert(id_of(one->form));
      return out;
    }
    const bool by_period = std::holds_alternative<periodic_detector>(by_.detector); // midnight is the next day's
    const auto shift = duration{by_period ? 1 : 0};
    for (const auto* one : in_series(series))
      if (one->form.occurred_at > what.span.from - shift && one->form.occurred_at <= what.span.to - shift)
        out.insert(id_of(one->form));
    return out;
  }

  // A sequence rests on its chain, whatever else lies in the window.
  [[nodiscard]] bool all_is_evidence() const { return !std::holds_alternative<sequence_detector>(by_.detector); }

  naive_signal* standing(const std::string& name, bool retrospective) {
    for (auto& one : signals_)
      if (one.subject == name && !one.closed_at && one.retrospective == retrospective) return &one;
    return nullptr;
  }

  void live(const series_values& where, const std::string& name, const std::string& value, const subject& about) {
    const auto finds = [&](bool late) {
      return std::any_of(about.seen.begin(), about.seen.end(), [&](const auto& one) { return one.second.finds(late); });
    };
    for (auto& one : signals_)
      if (about.corrected && one.subject == name && one.closed_at && one.reason != close_reason::data_corrected) {
        correct(one, about.seen);
        if (!one.firm()) one.contradicted = true;
      }
    if (auto* open = standing(name, false))
      carry_on(*open, where, about, true);
    else if (finds(false))
      begin(where, name, value, about, false);
    auto* retrospective = standing(name, true);
    const bool is_open = standing(name, false) != nullptr;
    if (retrospective != nullptr && (about.corrected || (!is_open && finds(true))))
      carry_on(*retrospective, where, about, !is_open);
    else if (!is_open && retrospective == nullptr && finds(true))
      begin(where, name, value, about, true);
  }

  static void correct(naive_signal& held, const looks& seen) {
    for (const auto& [name, one] : seen) {
      const auto it = held.windows.find(name);
      if (it == held.windows.end()) continue;
      if (one.found)
        it->second.what = *one.found;
      else if (one.joins)
        it->second.firm = false;
      else
        held.windows.erase(it);
    }
  }

  void take(naive_signal& held, const series_values& where, const looks& seen, bool late, bool firm) {
    for (const auto& [name, one] : seen) {
      if (!one.finds(late) && !(!firm && one.joins && one.arrived)) continue;
      auto& place = held.windows[name];
      const bool was_firm = place.firm;
      const auto what = one.found.value_or(found_window{{name.first, name.first}});
      if (firm) {
        if (!was_firm || above(what, place.what)) place.what = what;
        place.firm = true;
      } else if (!was_firm) {
        place.what = what;
      }
      if (one.found) place.what.span = what.span; // a chain that starts later
      for (const auto& member : members(where, name, what)) held.evidence.insert(member);
      if (one.arrived && one.rests && all_is_evidence()) held.evidence.insert(one.opener);
      if (!held.closed_at && one.found && (one.arrived || (firm && !was_firm)))
        held.deadline = std::max(held.deadline, std::max(name.first, now_) + by_.clear_after);
    }
  }

  // Highest, then earliest; of two records at one time the one first heard of.
  [[nodiscard]] found_window best(const naive_signal& held) const {
    std::optional<found_window> out;
    std::pair<instant, std::size_t> place;
    for (const auto& [name, one] : held.windows) {
      const std::pair here{name.first, name.second.empty() ? 0 : heard_of_.at(name.second)};
      if (!one.firm || (out && (above(*out, one.what) || (!above(one.what, *out) && place < here)))) continue;
      out = one.what;
      place = here;
    }
    return *out;
  }

  void carry_on(naive_signal& held, const series_values& where, const subject& about, bool take_in) {
    const auto before = held;
    if (about.corrected) correct(held, about.seen);
    if (take_in) take(held, where, about.seen, held.retrospective, true);
    if (!held.firm()) {
      held.evidence = before.evidence;
      close(held, close_reason::data_corrected, now_);
      return;
    }
    if (take_in && !held.retrospective) take(held, where, about.seen, true, false);
    if (about.corrected) {
      held.evidence.clear();
      for (const auto& [name, one] : held.windows)
        for (const auto& member : members(where, name, one.what)) held.evidence.insert(member);
    }
    held.shown = best(held);
    if (held.shown.level != before.shown.level) held.changes.push_back({now_, held.shown.level, held.shown.value});
  }

  void begin(const series_values& where, const std::string& name, const std::string& value, const subject& about,
             bool late) {
    if (auto* closed = spent_on(name, where, about.seen, late)) {
      join(*closed, where, about.seen, late);
      return;
    }
    naive_signal fresh;
    fresh.series = to_series_key(by_, where);
    if (std::holds_alternative<first_seen_detector>(by_.detector)) fresh.series.emplace_back("substances", value);
    fresh.subject = name;
    fresh.opened_at = now_;
    fresh.retrospective = late;
    take(fresh, where, about.seen, late, true);
    if (!late) take(fresh, where, about.seen, true, false);
    fresh.shown = best(fresh);
    signals_.push_back(std::move(fresh));
  }

  void join(naive_signal& held, const series_values& where, const looks& seen, bool late) {
    take(held, where, seen, late, !late);
    if (late) return;
    const auto before = held.shown;
    if (above(best(held), before)) held.shown = best(held);
    if (held.shown.level <= before.level) return;
    held.closed_at.reset();
    held.reason.reset();
    held.late = true;
    held.contradicted = false;
    held.changes.push_back({now_, held.shown.level, held.shown.value});
    held.deadline = instant::min();
    for (const auto& [name, one] : seen)
      if (one.finds(false)) held.deadline = std::max(held.deadline, std::max(name.first, now_) + by_.clear_after);
  }

  naive_signal* spent_on(const std::string& name, const series_values& where, const looks& seen, bool late) {
    std::set<std::string> holds;
    for (const auto& [window, one] : seen)
      if (one.finds(late)) {
        holds.merge(members(where, window, *one.found));
        if (one.rests && all_is_evidence()) holds.insert(one.opener);
      }
    naive_signal* latest = nullptr;
    for (auto& one : signals_)
      if (one.subject == name && one.reason == close_reason::below_threshold && (late || !one.retrospective) &&
          std::any_of(holds.begin(), holds.end(), [&](const auto& id) { return one.evidence.contains(id); }))
        latest = &one;
    return latest;
  }

  static void close(naive_signal& held, close_reason why, instant at) {
    held.closed_at = at;
    held.reason = why;
  }

  const rule& by_;
  const reference_data& reference_;
  instant now_ = instant::min();
  instant reached_{};
  std::set<feed_id> overdue_;
  std::vector<std::pair<instant, std::optional<instant>>> silences_;
  std::vector<lateness> arrivals_;
  std::optional<int> at_work_since_;
  std::uint64_t order_ = 0;
  std::map<observation_key, known_record> known_;
  std::map<std::string, std::size_t> heard_of_; // in the order in which the records first came
  std::vector<naive_signal> signals_;           // in the order in which they opened
};

} // namespace forewarn::rules::naive
