// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/feed_tables.hpp"

#include "connectors/mapping/feed_plan.hpp"
#include "daemon/arrival/contract.hpp"
#include "daemon/commands/table.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

std::string_view format_of(const connectors::feed& one) {
  switch (one.plan->read.format) {
  case connectors::file_format::csv: return "csv";
  case connectors::file_format::json: return "json";
  case connectors::file_format::ndjson: return "ndjson";
  }
  return "";
}

std::string arrives_by(const connectors::feed& one) {
  std::vector<std::string> ways;
  if (one.folder) ways.push_back(fmt::format("folder {}/{}", one.folder->path, one.folder->pattern));
  if (one.push) ways.emplace_back("push");
  return ways.empty() ? "by hand" : join(ways, ", ");
}

std::vector<std::string> columns_of(const connectors::feed& one) {
  std::vector<std::string> out;
  for (const auto& column : one.plan->columns) out.push_back(column.name);
  return out;
}

json::object as_object(const connectors::feed& one) {
  json::object out{{"id", one.id.str()},
                   {"partner", one.partner},
                   {"kind", one.kind.str()},
                   {"purpose", one.purpose},
                   {"lawful_basis", one.lawful_basis},
                   {"retention", one.retention ? format_duration(*one.retention) : ""},
                   {"format", format_of(one)},
                   {"arrives_by", arrives_by(one)},
                   {"expect", one.expect ? arrival::spell(*one.expect) : ""},
                   {"file", one.path}};
  json::array columns;
  for (const auto& c : columns_of(one)) columns.emplace_back(c);
  out["columns"] = std::move(columns);
  json::array attributes;
  for (const auto& a : one.attribute_names) attributes.emplace_back(a);
  out["attributes"] = std::move(attributes);
  return out;
}

using counted = std::pair<std::string_view, std::int64_t>;
std::array<counted, 8> counts_of(const feed_trial& t) {
  return {{{"rows", t.rows},
           {"accepted", t.accepted},
           {"revised", t.revised},
           {"withdrawn", t.withdrawn},
           {"duplicate", t.duplicate},
           {"stale", t.stale},
           {"unselected", t.unselected},
           {"quarantined", t.quarantined}}};
}

using tally = std::map<std::pair<std::string, std::string>, std::int64_t>;
std::vector<std::pair<std::pair<std::string, std::string>, std::int64_t>> most_first(const tally& counts) {
  std::vector<std::pair<std::pair<std::string, std::string>, std::int64_t>> out{counts.begin(), counts.end()};
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

std::string in_column(const std::string& column) {
  return column.empty() ? "" : fmt::format("{}: ", column);
}

void add_refused(std::string& out, const feed_trial& t) {
  if (t.quarantined == 0) return;
  out += "\nRefused, by column and reason:\n";
  for (const auto& [what, count] : most_first(t.refusals))
    out += fmt::format("  {:>8}  {}{}\n", count, in_column(what.first), what.second);
  out += fmt::format("\nThe first {} refused:\n", t.refused.size());
  for (const auto& r : t.refused)
    out += fmt::format("  line {}: {}{} [{}]\n", r.line, in_column(r.why.column), r.why.reason, r.why.code);
}

void add_unknown(std::string& out, const feed_trial& t) {
  if (t.unknown.empty()) return;
  constexpr std::size_t most = 20;
  out += "\nNot understood (the rows are taken all the same; add the words to `values` or to vocabulary/):\n";
  const auto words = most_first(t.unknown);
  for (std::size_t i = 0; i < std::min(most, words.size()); ++i)
    out += fmt::format("  {:>8}  {}'{}'\n", words[i].second, in_column(words[i].first.first), words[i].first.second);
  if (words.size() > most) out += fmt::format("            and {} more; -o json has all\n", words.size() - most);
}

} // namespace

feed_standings standings(const store_reader& from) {
  feed_standings out;
  for (auto& one : from.totals()) out[one.feed].totals = one;
  for (auto& one : from.feed_watches()) out[one.feed].watch = one;
  return out;
}

std::string feeds_as_table(const std::vector<connectors::feed>& feeds, const feed_standings& known, const zone& local) {
  const auto shown = [&](const std::optional<instant>& at) { return at ? local.format(*at) : std::string{"-"}; };
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : feeds) {
    const auto it = known.find(one.id);
    const auto state = it == known.end() ? feed_standing{} : it->second;
    const auto& rows = state.totals;
    const auto due = one.expect && state.watch ? std::optional{state.watch->due_at} : std::nullopt;
    cells.push_back({one.id.str(), one.kind.str(), shown(rows.last_arrival),
                     one.expect ? shown(due) : std::string{"any time"},
                     state.watch ? shown(state.watch->overdue_since) : std::string{"-"}, fmt::to_string(rows.rows),
                     fmt::to_string(rows.accepted), fmt::to_string(rows.quarantined), arrives_by(one), one.partner});
  }
  return as_table({"FEED", "KIND", "LAST ARRIVAL", "NEXT DUE", "OVERDUE SINCE", "ROWS", "ACCEPTED", "REFUSED",
                   "ARRIVES BY", "PARTNER"},
                  cells);
}

std::string feeds_as_json(const std::vector<connectors::feed>& feeds, const feed_standings& known) {
  const auto time = [](const std::optional<instant>& at) {
    return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
  };
  json::array out;
  for (const auto& one : feeds) {
    auto shown = as_object(one);
    const auto it = known.find(one.id);
    const auto state = it == known.end() ? feed_standing{} : it->second;
    const auto& rows = state.totals;
    shown["last_arrival"] = time(rows.last_arrival);
    shown["next_due"] = time(state.watch ? std::optional{state.watch->due_at} : std::nullopt);
    shown["overdue_since"] = time(state.watch ? state.watch->overdue_since : std::nullopt);
    shown["rows"] = json::object{{"rows", rows.rows},
                                 {"accepted", rows.accepted},
                                 {"revised", rows.revised},
                                 {"withdrawn", rows.withdrawn},
                                 {"duplicate", rows.duplicate},
                                 {"stale", rows.stale},
                                 {"unselected", rows.unselected},
                                 {"quarantined", rows.quarantined}};
    out.push_back(std::move(shown));
  }
  return json::serialize(out) + '\n';
}

std::string feed_as_text(const connectors::feed& one) {
  return fmt::format("{}  ({})\n  partner       {}\n  kind          {}\n  purpose       {}\n  lawful basis  {}\n"
                     "  kept for      {}\n  arrives by    {}\n  expected      {}\n  format        {}\n  columns read  "
                     "{}\n  attributes    {}\n",
                     one.id.str(), one.path, one.partner, one.kind.str(), one.purpose, one.lawful_basis,
                     one.retention ? spell_duration(*one.retention) : "?", arrives_by(one),
                     one.expect ? arrival::spell(*one.expect) : "at any time", format_of(one),
                     join(columns_of(one), ", "),
                     one.attribute_names.empty() ? "none" : join(one.attribute_names, ", "));
}

std::string feed_as_json(const connectors::feed& one) {
  return json::serialize(as_object(one)) + '\n';
}

std::string trial_as_text(const feed_trial& t, const feed_id& feed, std::string_view file) {
  std::string out = fmt::format("{} through feed '{}', a dry run: nothing was taken\n\n", file, feed.str());
  for (const auto& [name, count] : counts_of(t)) {
    const bool part = name == "revised" || name == "withdrawn"; // of the accepted
    if (!part || count > 0) out += fmt::format("  {:>8}  {}{}\n", count, part ? "of these " : "", name);
  }
  if (t.odd_civil_times > 0)
    out += fmt::format("\n{} times fall in the hour that a change of clocks repeats or skips; the earlier instant was "
                       "taken. Ask the partner for times with an offset.\n",
                       t.odd_civil_times);
  if (t.broken)
    out += fmt::format("\nThe file cannot be read beyond line {}: {} [{}]\n", t.broken_line, t.broken->reason,
                       t.broken->code);
  add_refused(out, t);
  add_unknown(out, t);
  if (!t.first.empty()) out += fmt::format("\nThe first {} observations:\n", t.first.size());
  for (const auto& row : t.first) out += fmt::format("  line {}: {}\n", row.line, to_json(row.what));
  return out;
}

std::string trial_as_json(const feed_trial& t) {
  json::object out;
  for (const auto& [name, count] : counts_of(t)) out[name] = count;
  out["odd_civil_times"] = t.odd_civil_times;
  if (t.broken)
    out["broken"] = {{"line", t.broken_line}, {"code", t.broken->code}, {"reason", t.broken->reason}};
  else
    out["broken"] = nullptr;
  json::array refused;
  for (const auto& r : t.refused)
    refused.push_back({{"line", r.line},
                       {"column", r.why.column},
                       {"code", r.why.code},
                       {"reason", r.why.reason},
                       {"value", r.why.shown}});
  out["refused"] = std::move(refused);
  json::array unknown;
  for (const auto& [what, count] : most_first(t.unknown))
    unknown.push_back({{"column", what.first}, {"word", what.second}, {"count", count}});
  out["unknown"] = std::move(unknown);
  json::array first;
  for (const auto& row : t.first) first.push_back(json::parse(to_json(row.what)));
  out["observations"] = std::move(first);
  return json::serialize(out) + '\n';
}

} // namespace forewarn::commands
