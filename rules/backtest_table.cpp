// SPDX-License-Identifier: Apache-2.0
// A backtest as people read it, in 100 columns: the rules, then each signal, in the service's own time.
#include "rules/backtest.hpp"

#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

std::string clipped(std::string text, std::size_t width) {
  if (utf8_length(text) <= width) return text;
  while (utf8_length(text) >= width) {
    do text.pop_back();
    while (!text.empty() && !is_valid_utf8(text));
  }
  return text + "…";
}

std::string padded(std::string text, std::size_t width) {
  text = clipped(std::move(text), width);
  return text + std::string(width - utf8_length(text), ' ');
}

std::string ending(const signal& one, const reference_data& reference) {
  if (one.retrospective) return "retrospective";
  if (!one.closed_at) return "still open";
  return reference.local_zone.format(*one.closed_at).substr(0, 16);
}

std::string rules_part(const backtest_report& report) {
  auto out = fmt::format("{}  {:>12}  {:>9}  {:>6}  {:>7}  {:>8}\n", padded("RULE", 42), "OBSERVATIONS", "UNGROUPED",
                         "SERIES", "SIGNALS", "A YEAR");
  for (const auto& one : report.rules)
    out += fmt::format("{}  {:>12}  {:>9}  {:>6}  {:>7}  {:>8.1f}\n", padded(one.counts.rule.str(), 42),
                       one.counts.observations, one.counts.ungrouped, one.counts.series, one.counts.signals,
                       one.signals_per_year);
  return out;
}

std::string signals_part(const backtest_report& report, const reference_data& reference) {
  if (report.signals.empty()) return "No signal would have opened.\n";
  auto out = fmt::format("{}  {}  {}  {:<5}  {:>5}  {}\n", padded("OPENED", 16), padded("RULE", 25),
                         padded("SERIES", 22), "LEVEL", "VALUE", "CLOSED");
  for (const auto& one : report.signals) {
    const auto& state = one.state;
    out += fmt::format("{}  {}  {}  {:<5}  {:>5}  {}{}\n", reference.local_zone.format(state.opened_at).substr(0, 16),
                       padded(state.rule.str(), 25), padded(series_text(state.series, reference), 22),
                       to_text(state.level), fmt::format("{:.6g}", state.value), ending(state, reference),
                       state.late ? " (late)" : "");
    for (const auto& change : state.changes)
      out += fmt::format("  {}  became {} with {:.6g}\n", reference.local_zone.format(change.at).substr(0, 16),
                         to_text(change.level), change.value);
  }
  return out;
}

std::string list_part(std::string_view title, const std::vector<compared_signal>& list,
                      const reference_data& reference) {
  std::string out;
  for (const auto& one : list) {
    out += fmt::format("{:<8}  {}  {}  {}", title, reference.local_zone.format(one.opened_at).substr(0, 16),
                       padded(one.rule.str(), 25), clipped(series_text(one.series, reference), 24));
    if (one.opened_before)
      out += fmt::format("  was {}", reference.local_zone.format(*one.opened_before).substr(0, 16));
    out += '\n';
  }
  return out;
}

std::string diff_part(const backtest_diff& diff, const reference_data& reference) {
  const auto out = list_part("added", diff.added, reference) + list_part("removed", diff.removed, reference) +
                   list_part("earlier", diff.earlier, reference) + list_part("later", diff.later, reference);
  return "\nAgainst the old rules:\n" + (out.empty() ? "no signal differs.\n" : out);
}

std::string sentences_part(const backtest_diff& diff) {
  std::string out;
  for (const auto& one : diff.rules)
    out += fmt::format("{}\n  before: {}\n  now:    {}\n", one.rule.str(),
                       one.before.empty() ? "there was no such rule" : one.before,
                       one.after.empty() ? "there is no such rule" : one.after);
  return out.empty() ? out : "\n" + out;
}

} // namespace

std::string series_text(const series_key& series, const reference_data& reference) {
  std::string out;
  for (const auto& [field, value] : series) {
    if (!out.empty()) out += ", ";
    if (field == "ward" || field == "lad" || field == "msoa" || field == "lsoa" || field == "area")
      out += reference.areas.name_of(area_code{value});
    else if (field == "substances" || field == "confirmed" || field == "sold_as")
      out += reference.substances.name_of(substance_id{value});
    else
      out += fmt::format("{} {}", field, value);
  }
  return out.empty() ? "everywhere" : out;
}

std::string to_table(const backtest_report& report, const reference_data& reference,
                     const std::optional<backtest_diff>& diff) {
  auto out = rules_part(report) + '\n' + signals_part(report, reference);
  if (report.first && report.last)
    out += fmt::format("\nReplayed from {} to {}; times are {}.\n", reference.local_zone.format(*report.first),
                       reference.local_zone.format(*report.last), reference.local_zone.name());
  if (!report.lateness_known)
    out += "No record says when it was received, so each counts as known the moment it happened:\n"
           "the times above are best cases; live, signals open later.\n";
  if (report.future > 0)
    out += fmt::format("{} record{} lay more than 10 minutes ahead of {} own arrival and {} left out.\n", report.future,
                       report.future == 1 ? "" : "s", report.future == 1 ? "its" : "their",
                       report.future == 1 ? "was" : "were");
  return diff ? out + sentences_part(*diff) + diff_part(*diff, reference) : out;
}

} // namespace forewarn::rules
