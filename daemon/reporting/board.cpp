// SPDX-License-Identifier: Apache-2.0
// The month for a board: each indicator, beside its target, the month before and a year of months.
#include "daemon/panel/clocks.hpp"
#include "daemon/reporting/reports.hpp"
#include "daemon/wording/disclosure.hpp"
#include "rules/activity.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

constexpr std::size_t months_shown = 13;

figure number(double value) {
  return {value, fmt::format("{:.4g}", value)};
}

figure rounded(std::optional<double> value, const char* when_none) {
  if (!value) return {{}, when_none};
  return {value, fmt::format("{:.1f}", *value)};
}

std::vector<const observation*> those_that_fit(const rules::rule& by, const std::vector<const observation*>& records,
                                               const reference_data& reference) {
  std::vector<const observation*> out;
  for (auto& [series, all] : rules::activity_of(by, records, reference).series)
    out.insert(out.end(), all.begin(), all.end());
  return out;
}

// A share of what is hidden, or that is itself too small, would say what was hidden.
figure of(const of_records& asked, const std::vector<observation>& records, audience readers, const sources& from) {
  std::vector<const observation*> these;
  for (const auto& one : records) these.push_back(&one);
  const auto by = wording::profile_of(readers, *from.with.words);
  const auto& reference = from.with.reference();
  const auto all = those_that_fit(asked.all, these, reference);
  const auto whole = wording::disclose(incidents(all), by);
  if (!asked.part) {
    if (whole.hidden) return {{}, wording::spell(incidents(all), by)};
    return {whole.value, wording::spell(incidents(all), by)};
  }
  if (all.empty()) return {{}, "no record"};
  const auto within = incidents(those_that_fit(*asked.part, all, reference));
  const auto part = wording::disclose(within, by);
  const auto rest = wording::disclose(incidents(all) - within, by);
  if (whole.hidden || part.hidden || rest.hidden) return {{}, "too few to say"};
  return rounded(per_cent(part.value, whole.value), "no record");
}

// By the clock as it is set now: what it was set to then is not kept.
figure decided_in_time(const span& month, const sources& from) {
  double received = 0, in_time = 0;
  for (const auto& one : from.stored.assessments(false, {.limit = 100'000})) {
    if (!month.holds(one.received_at)) continue;
    const auto file = panel::of(from.stored).case_of(one.ref);
    if (file && file->status != alert_status::actual) continue;
    const auto due = panel::assessment_due(one.received_at, file && file->risk_to_life, from.with);
    if (!one.decided_at && due > from.now) continue; // its time is not over
    ++received;
    if (one.decided_at && *one.decided_at <= due) ++in_time;
  }
  return rounded(per_cent(in_time, received), "none was due");
}

figure replied_in_time(const span& month, const sources& from) {
  double asked = 0, in_time = 0;
  for (const auto& one : panel::of(from.stored).reports(false, {.limit = 100'000})) {
    if (!month.holds(one.received_at) || one.contact.empty() || one.status != alert_status::actual) continue;
    const auto due = panel::reply_due(one.received_at, from.with);
    if (!one.replied_at && due > from.now) continue;
    ++asked;
    if (one.replied_at && *one.replied_at <= due) ++in_time;
  }
  return rounded(per_cent(in_time, asked), "none was due");
}

figure actions_answered(const std::vector<alert_story>& alerts, const sources& from) {
  const auto& kept = panel::of(from.stored);
  double asked = 0, answered = 0;
  for (const auto& one : alerts) {
    std::set<service_id> services;
    for (const auto& to : kept.receivers(one.newest.ref)) services.insert(to.service);
    const auto& actions = one.newest.content.actions;
    asked += static_cast<double>(services.size() * actions.size());
    std::set<std::pair<service_id, std::string>> said;
    for (const auto& answer : kept.action_answers(one.newest.ref))
      if (services.contains(answer.service) &&
          std::find(actions.begin(), actions.end(), answer.action) != actions.end())
        said.insert({answer.service, answer.action});
    answered += static_cast<double>(said.size());
  }
  return rounded(per_cent(answered, asked), "nothing was asked");
}

figure of(process_figure which, const span& month, const sources& from) {
  const auto count = [](const auto& all, const auto& fit) {
    return static_cast<double>(std::count_if(all.begin(), all.end(), fit));
  };
  const auto share = [&](const auto& all, const auto& fit, const char* none) {
    return rounded(per_cent(count(all, fit), static_cast<double>(all.size())), none);
  };
  switch (which) {
  case process_figure::signals_opened: return number(static_cast<double>(signals_of(from, month).size()));
  case process_figure::alerts_issued: return number(static_cast<double>(alerts_of(from, month).size()));
  case process_figure::formal_alerts:
    return number(count(alerts_of(from, month),
                        [](const alert_story& one) { return one.first.outcome == alert_outcome::formal_alert; }));
  case process_figure::hours_to_alert: return rounded(median_hours(alerts_of(from, month)), "no alert");
  case process_figure::acted_on:
    return share(
        signals_of(from, month), [](const signal_story& one) { return one.acted_on(); }, "no signal");
  case process_figure::led_to_alert:
    return share(
        signals_of(from, month), [](const signal_story& one) { return one.written.has_value(); }, "no signal");
  case process_figure::decided_in_time: return decided_in_time(month, from);
  case process_figure::replied_in_time: return replied_in_time(month, from);
  case process_figure::evaluated:
    return share(
        alerts_of(from, month),
        [&](const alert_story& one) { return !panel::of(from.stored).evaluations(one.newest.ref).empty(); },
        "no alert");
  case process_figure::actions_answered: return actions_answered(alerts_of(from, month), from);
  case process_figure::lessons_overdue:
    return number(static_cast<double>(overdue_lessons(from, std::min(month.to, from.now)).size()));
  }
  return {};
}

figure entered(const indicator& one, const span& month, const sources& from) {
  figure out{{}, "not entered"};
  for (const auto& row : panel::of(from.stored).entered_figures())
    if (row.indicator == one.id && row.month == month.key) {
      out.value = std::strtod(row.value.c_str(), nullptr); // read as a number when it was entered
      out.shown = row.value;
    }
  return out;
}

std::string standing(const indicator& one, const figure& now) {
  if (!one.target) return "no target";
  if (!now.value) return "not known";
  const bool met = one.direction == better::lower ? *now.value <= *one.target : *now.value >= *one.target;
  return met ? "met" : "NOT MET";
}

std::string movement(const indicator& one, const figure& was, const figure& is) {
  if (!was.value || !is.value) return "-";
  if (*was.value == *is.value) return "the same";
  const bool up = *is.value > *was.value;
  return fmt::format("{}, {}", up ? "up" : "down", up == (one.direction == better::higher) ? "better" : "worse");
}

std::string with_unit(const figure& one, const std::string& unit) {
  if (!one.value || unit.empty()) return one.shown;
  return unit == "%" ? one.shown + "%" : one.shown + ' ' + unit;
}

std::string source_of(const indicator& one) {
  if (std::holds_alternative<by_hand>(one.from)) return "entered by hand";
  return std::holds_alternative<of_process>(one.from) ? "the panel's own work" : "the records";
}

// Of each indicator by month. A month's records are read once for all that count them, and let go.
std::vector<std::vector<figure>> figures_of(const indicator_book& indicators, const std::vector<span>& months,
                                            audience readers, const sources& from) {
  std::vector<std::vector<figure>> out(indicators.all.size());
  for (const auto& month : months) {
    std::map<std::vector<kind_id>, std::vector<observation>> read;
    for (std::size_t i = 0; i < indicators.all.size(); ++i) {
      const auto& one = indicators.all[i];
      if (const auto* asked = std::get_if<of_records>(&one.from)) {
        const auto& kinds = asked->all.observe.kinds;
        if (!read.contains(kinds)) read.emplace(kinds, records_of(from, kinds, month));
        out[i].push_back(of(*asked, read.at(kinds), readers, from));
      } else if (const auto* process = std::get_if<of_process>(&one.from)) {
        out[i].push_back(of(process->which, month, from));
      } else {
        out[i].push_back(entered(one, month, from));
      }
    }
  }
  return out;
}

} // namespace

document board_report(const span& month, const indicator_book& indicators, audience readers, const sources& from) {
  document out;
  out.kind = "board";
  out.title = "Board report";
  out.covers = month.words;
  if (!indicators.note.empty()) out.notes.push_back(indicators.note);
  const auto by = wording::profile_of(readers, *from.with.words);
  if (by != wording::disclosure::exact)
    out.notes.push_back(
        fmt::format("Counts of records are said by the profile '{}' for {}.", to_text(by), to_text(readers)));
  if (month.to > from.now) out.notes.emplace_back("The month is not over: its figures will change.");
  const auto months = months_up_to(month, months_shown, from.with.reference().local_zone);

  section all{"indicators", "Indicators", {}, table{}, {}};
  auto& shown = *all.shown;
  shown.columns = {{"Indicator"},          {"This month", true}, {"Target", true}, {"Against it"},
                   {"Month before", true}, {"Since then"},       {"From"}};
  shown.when_empty = "indicators.yaml names none.";
  section past{"months", "Month by month", {}, table{}, {}};
  past.shown->columns = {{"Indicator"}};
  for (const auto& one : months) past.shown->columns.push_back({one.key, true});

  std::size_t met = 0, missed = 0;
  const auto figures = figures_of(indicators, months, readers, from);
  for (std::size_t at = 0; at < figures.size(); ++at) {
    const auto& one = indicators.all[at];
    const auto& values = figures[at];
    const auto& now = values.back();
    const auto& was = values[values.size() - 2];
    const auto against = standing(one, now);
    met += against == "met" ? 1 : 0;
    missed += against == "NOT MET" ? 1 : 0;
    shown.rows.push_back(
        {one.title, with_unit(now, one.unit),
         one.target ? fmt::format("{} {:.4g}", one.direction == better::lower ? "at most" : "at least", *one.target)
                    : "-",
         against, with_unit(was, one.unit), movement(one, was, now), source_of(one)});
    std::vector<std::string> row{one.title};
    bars picture{one.unit.empty() ? one.title + "." : fmt::format("{}, {}.", one.title, one.unit), {}, one.target};
    for (std::size_t i = 0; i < values.size(); ++i) {
      row.push_back(values[i].shown);
      picture.values.emplace_back(months[i].key, values[i].value.value_or(0));
    }
    past.shown->rows.push_back(std::move(row));
    past.drawn.push_back(std::move(picture));
  }
  all.says.push_back(fmt::format("{} of {} indicators with a target that is known met it.", met, met + missed));
  for (const auto& one : indicators.all)
    if (!one.why.empty()) all.says.push_back(fmt::format("{}: {}", one.title, one.why));
  past.says.emplace_back("In the pictures a month that is not known, or not to be said, has no bar.");
  out.sections = {std::move(all), std::move(past)};

  section hand{"by-hand", "Figures entered by hand", {}, table{}, {}};
  hand.shown->columns = {{"Indicator"}, {"Value", true}, {"Who"}, {"When"}, {"Note"}};
  for (const auto& row : panel::of(from.stored).entered_figures())
    if (const auto* about = indicators.find(row.indicator); about != nullptr && row.month == month.key)
      hand.shown->rows.push_back(
          {about->title, row.value, row.who, from.with.reference().local_zone.format(row.at), row.note});
  out.sections.push_back(std::move(hand));
  out.made = fmt::format("Indicators: edition {}, {}.", indicators.edition.empty() ? "-" : indicators.edition,
                         indicators.hash);
  return out;
}

} // namespace forewarn::reporting
