// SPDX-License-Identifier: Apache-2.0
// A week for those on call: what was found, what was told, how long it took, what nobody acts on, and whether the feeds
// kept their word. The same figures make the page and the sentences of the weekly digest.
#include "daemon/reporting/reports.hpp"
#include "forewarn/text.hpp"
#include "rules/backtest.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

// A rule that nobody acts on: so many signals in so many weeks, and none led to an alert.
constexpr auto looked_back = std::chrono::weeks{12};
constexpr std::size_t least_signals = 3;
constexpr std::size_t most_named = 5;

struct by_rule {
  std::size_t signals = 0, acted_on = 0, alerts = 0;
  std::map<level, std::size_t> levels;
};

struct week_figures {
  std::vector<signal_story> signals, late;
  std::vector<alert_story> alerts;
  std::map<rule_id, by_rule> rules, ignored; // ignored: over the weeks looked back on
  std::vector<panel::lesson> overdue;
  std::map<feed_id, std::size_t> silences;
  std::size_t waiting = 0; // assessments without a decision now
};

std::map<rule_id, by_rule> counted_by_rule(const std::vector<signal_story>& all) {
  std::map<rule_id, by_rule> out;
  for (const auto& one : all) {
    auto& into = out[one.state.rule];
    ++into.signals;
    ++into.levels[one.state.level];
    into.acted_on += one.acted_on() ? 1 : 0;
    into.alerts += one.written ? 1 : 0;
  }
  return out;
}

week_figures figures_of(const span& week, const sources& from) {
  week_figures out;
  out.signals = signals_of(from, week);
  out.late = signals_of(from, week, true);
  out.alerts = alerts_of(from, week);
  out.rules = counted_by_rule(out.signals);
  auto before = week;
  before.from = week.to - looked_back;
  for (auto& [rule, counts] : counted_by_rule(signals_of(from, before)))
    if (counts.signals >= least_signals && counts.alerts == 0) out.ignored.emplace(rule, counts);
  out.overdue = overdue_lessons(from, std::min(week.to, from.now));
  for (const auto& one : from.stored.feed_turns(week.from - duration{1}))
    if (one.to == feed_state::overdue && week.holds(one.at)) ++out.silences[one.feed];
  out.waiting = from.stored.assessments(true, {.limit = 100'000}).size();
  return out;
}

std::string title_of(const rule_id& id, const sources& from) {
  const auto* rule = from.with.rule(id);
  return rule == nullptr ? id.str() : fmt::format("{} ({})", rule->title, id.str());
}

std::string plural(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string share(std::size_t part, std::size_t whole) {
  const auto value = per_cent(static_cast<double>(part), static_cast<double>(whole));
  return value ? fmt::format("{:.0f}%", *value) : "-";
}

std::string levels_of(const std::map<level, std::size_t>& counts) {
  std::vector<std::string> out;
  for (const auto how : {level::red, level::amber, level::info})
    if (const auto it = counts.find(how); it != counts.end())
      out.push_back(fmt::format("{} {}", it->second, to_text(how)));
  return join_and(out);
}

std::string spelled(std::optional<duration> took) {
  if (!took) return "not known";
  const auto minutes = std::chrono::round<std::chrono::minutes>(*took).count();
  if (minutes < 120) return fmt::format("{} min", minutes);
  if (minutes < 48L * 60) return fmt::format("{:.1f} h", static_cast<double>(minutes) / 60);
  return fmt::format("{:.1f} days", static_cast<double>(minutes) / (24 * 60));
}

std::string signals_sentence(const week_figures& of) {
  if (of.signals.empty()) return "No signal of a live rule opened.";
  std::map<level, std::size_t> levels;
  std::size_t acted_on = 0, alerts = 0;
  for (const auto& one : of.signals) {
    ++levels[one.state.level];
    acted_on += one.acted_on() ? 1 : 0;
    alerts += one.written ? 1 : 0;
  }
  return fmt::format("{} opened ({}). Somebody acted on {} ({}); {} led to an alert.",
                     plural(of.signals.size(), "signal", "signals"), levels_of(levels), acted_on,
                     share(acted_on, of.signals.size()), alerts);
}

std::string alerts_sentence(const week_figures& of) {
  if (of.alerts.empty()) return "No alert was issued.";
  std::vector<std::string> named;
  for (const auto& one : of.alerts) {
    if (named.size() == most_named) {
      named.push_back(fmt::format("{} more", of.alerts.size() - most_named));
      break;
    }
    named.push_back(
        fmt::format("{} ({}, after {})", one.first.ref.str(), to_text(one.newest.level), spelled(one.took())));
  }
  auto out = fmt::format("{} issued: {}.", plural(of.alerts.size(), "alert was", "alerts were"), join_and(named));
  if (const auto hours = median_hours(of.alerts))
    out += fmt::format(" From the first record to the alert it took {:.1f} hours, by the median.", *hours);
  return out;
}

section signals_part(const week_figures& of, const sources& from) {
  section out{"rules", "Signals by rule", {signals_sentence(of)}, table{}, {}};
  out.shown->columns = {{"Rule"},           {"Signals", true},     {"Levels"},
                        {"Acted on", true}, {"Acted on, %", true}, {"Alerts", true}};
  for (const auto& [rule, counts] : of.rules)
    out.shown->rows.push_back({title_of(rule, from), std::to_string(counts.signals), levels_of(counts.levels),
                               std::to_string(counts.acted_on), share(counts.acted_on, counts.signals),
                               std::to_string(counts.alerts)});
  out.says.emplace_back("Acted on: somebody acknowledged or decided it, or an alert went out about it.");
  if (of.waiting > 0)
    out.says.push_back(
        fmt::format("{} for a decision now.", plural(of.waiting, "assessment waits", "assessments wait")));
  return out;
}

section alerts_part(const week_figures& of, const sources& from) {
  section out{"alerts", "Alerts", {alerts_sentence(of)}, table{}, {}};
  out.shown->columns = {{"Alert"},  {"What and where"},         {"Level"}, {"Outcome"},
                        {"Issued"}, {"After the first record"}, {"Now"}};
  for (const auto& one : of.alerts)
    out.shown->rows.push_back({one.first.ref.str(), one.newest.content.headline, std::string{to_text(one.newest.level)},
                               std::string{to_text(one.first.outcome)},
                               from.with.reference().local_zone.format(*one.first.issued_at), spelled(one.took()),
                               fmt::format("{}, version {}", to_text(one.newest.state), one.newest.version)});
  return out;
}

section ignored_part(const week_figures& of, const sources& from) {
  section out{"ignored", "Rules that nobody acts on", {}, table{}, {}};
  out.says.push_back(fmt::format("{} or more signals in the twelve weeks up to then, and none led to an alert: raise "
                                 "the bound, narrow it, or put it into shadow.",
                                 least_signals));
  out.shown->columns = {{"Rule"}, {"Signals", true}, {"Acted on", true}};
  for (const auto& [rule, counts] : of.ignored)
    out.shown->rows.push_back({title_of(rule, from), std::to_string(counts.signals), std::to_string(counts.acted_on)});
  return out;
}

section late_part(const week_figures& of, const sources& from) {
  section out{"retrospective", "Found late", {}, table{}, {}};
  out.says.emplace_back("What would have opened, had the records come in time. Nobody was called.");
  out.shown->columns = {{"Rule"}, {"Where"}, {"Level"}, {"When it was"}, {"Found"}};
  const auto& reference = from.with.reference();
  for (const auto& one : of.late)
    out.shown->rows.push_back({title_of(one.state.rule, from), rules::series_text(one.state.series, reference),
                               std::string{to_text(one.state.level)}, reference.local_zone.format(one.state.window.to),
                               reference.local_zone.format(one.state.opened_at)});
  return out;
}

section feeds_part(const week_figures& of, const sources& from) {
  section out{"feeds", "Feeds", {}, table{}, {}};
  out.shown->columns = {{"Feed"}, {"Last arrival"}, {"Now"}, {"Silences in the week", true}, {"Refused so far", true}};
  std::map<feed_id, feed_watch> watches;
  for (auto& one : from.stored.feed_watches()) watches.insert_or_assign(one.feed, std::move(one));
  const auto& local = from.with.reference().local_zone;
  for (const auto& one : from.stored.totals()) {
    const auto watch = watches.find(one.feed);
    const bool overdue = watch != watches.end() && watch->second.overdue_since;
    const auto silent = of.silences.find(one.feed);
    out.shown->rows.push_back({one.feed.str(), one.last_arrival ? local.format(*one.last_arrival) : "never",
                               overdue ? "OVERDUE since " + local.format(*watch->second.overdue_since)
                                       : std::string{watch == watches.end() ? "no contract" : "in time"},
                               std::to_string(silent == of.silences.end() ? 0 : silent->second),
                               std::to_string(one.quarantined)});
  }
  return out;
}

section lessons_part(const week_figures& of) {
  section out{"lessons", "Lessons overdue", {}, table{}, {}};
  out.shown->columns = {{"Lesson"}, {"What"}, {"Owner"}, {"Due"}};
  for (const auto& one : of.overdue) out.shown->rows.push_back({one.ref.str(), one.text, one.owner, one.due});
  return out;
}

} // namespace

document week_report(const span& week, const sources& from) {
  const auto of = figures_of(week, from);
  document out;
  out.kind = "week";
  out.title = "Weekly report";
  out.covers = week.words;
  out.notes.emplace_back("For on-call and the panel. Silence is no all-clear.");
  if (week.to > from.now) out.notes.emplace_back("The week is not over: its figures will change.");
  out.sections = {signals_part(of, from), alerts_part(of, from), ignored_part(of, from),
                  late_part(of, from),    feeds_part(of, from),  lessons_part(of)};
  return out;
}

std::vector<std::string> week_in_short(const span& week, const sources& from) {
  const auto of = figures_of(week, from);
  std::vector<std::string> out{fmt::format("In {}: {} {}", week.words, signals_sentence(of), alerts_sentence(of))};
  const auto named = [](std::vector<std::string> all) {
    if (all.size() > most_named) {
      const auto more = all.size() - most_named;
      all.resize(most_named);
      all.push_back(fmt::format("{} more", more));
    }
    return join_and(all);
  };
  std::vector<std::string> words;
  for (const auto& [rule, counts] : of.ignored)
    words.push_back(fmt::format("{} ({} signals)", rule.str(), counts.signals));
  if (!words.empty()) out.push_back(fmt::format("Nobody acts on {}: no alert in twelve weeks.", named(words)));
  words.clear();
  for (const auto& [feed, times] : of.silences)
    words.push_back(fmt::format("{} ({})", feed.str(), plural(times, "time", "times")));
  for (const auto& one : from.stored.feed_watches())
    if (one.overdue_since && !of.silences.contains(one.feed)) words.push_back(one.feed.str() + " (still)");
  if (!words.empty()) out.push_back(fmt::format("Feeds that fell silent: {}.", named(words)));
  if (!of.late.empty())
    out.push_back(fmt::format("{} found late, by records that came after their time.",
                              plural(of.late.size(), "signal was", "signals were")));
  words.clear();
  for (const auto& one : of.overdue) words.push_back(fmt::format("{} ({}, due {})", one.ref.str(), one.owner, one.due));
  if (!words.empty()) out.push_back(fmt::format("Lessons overdue: {}.", named(words)));
  out.push_back(fmt::format("The whole week, with tables: forewarn figures week --week {}", week.key));
  return out;
}

} // namespace forewarn::reporting
