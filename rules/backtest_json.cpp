// SPDX-License-Identifier: Apache-2.0
// A backtest as a program reads it: the contract's JSON.
#include "rules/backtest.hpp"

#include <boost/json.hpp>

#include <cmath>

namespace forewarn::rules {
namespace {

namespace json = boost::json;

// 5, not 5.0: a count is a whole number to whoever reads it.
json::value number(double value) {
  if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
  return value;
}

json::value time(const std::optional<instant>& at) {
  if (!at) return nullptr;
  return json::string{format_rfc3339(*at)};
}

json::object series_object(const series_key& series) {
  json::object out;
  for (const auto& [field, value] : series) out[field] = value;
  return out;
}

json::object signal_object(const reported_signal& one) {
  const auto& state = one.state;
  json::object window;
  window["from"] = time(state.window.from);
  window["to"] = time(state.window.to);
  json::array observations;
  for (const auto& key : one.evidence) observations.emplace_back(key.str());
  json::array changes;
  for (const auto& change : state.changes) {
    json::object row;
    row["at"] = time(change.at);
    row["level"] = to_text(change.level);
    row["value"] = number(change.value);
    changes.push_back(std::move(row));
  }
  json::object out;
  out["rule"] = state.rule.str();
  out["series"] = series_object(state.series);
  out["level"] = to_text(state.level);
  out["opened_at"] = time(state.opened_at);
  out["closed_at"] = time(state.closed_at);
  out["close_reason"] = nullptr;
  if (state.close_reason) out["close_reason"] = to_text(*state.close_reason);
  out["window"] = std::move(window);
  out["value"] = number(state.value);
  out["bound"] = number(state.bound);
  out["retrospective"] = state.retrospective;
  out["late"] = state.late;
  if (state.held) out["held"] = true;
  out["observations"] = std::move(observations);
  out["changes"] = std::move(changes);
  return out;
}

json::object rule_object(const rule_report& one) {
  json::object out;
  out["rule"] = one.counts.rule.str();
  out["hash"] = one.hash;
  out["observations"] = one.counts.observations;
  out["ungrouped"] = one.counts.ungrouped;
  out["series"] = one.counts.series;
  out["signals"] = one.counts.signals;
  out["signals_per_year"] = number(std::round(one.signals_per_year * 10) / 10);
  return out;
}

json::array compared(const std::vector<compared_signal>& list) {
  json::array out;
  for (const auto& one : list) {
    json::object row;
    row["rule"] = one.rule.str();
    row["series"] = series_object(one.series);
    row["level"] = to_text(one.level);
    row["opened_at"] = time(one.opened_at);
    if (one.opened_before) row["opened_before"] = time(one.opened_before);
    out.push_back(std::move(row));
  }
  return out;
}

} // namespace

std::string to_json(const backtest_report& report, const backtest_diff& diff) {
  json::array signals;
  for (const auto& one : report.signals) signals.push_back(signal_object(one));
  json::array rules;
  for (const auto& one : report.rules) rules.push_back(rule_object(one));
  json::object differences;
  differences["added"] = compared(diff.added);
  differences["removed"] = compared(diff.removed);
  differences["earlier"] = compared(diff.earlier);
  differences["later"] = compared(diff.later);
  json::array sentences;
  for (const auto& one : diff.rules)
    sentences.push_back({{"rule", one.rule.str()},
                         {"before", one.before.empty() ? json::value{} : json::value(one.before)},
                         {"after", one.after.empty() ? json::value{} : json::value(one.after)}});
  if (!sentences.empty()) differences["rules"] = std::move(sentences);
  json::object out;
  out["signals"] = std::move(signals);
  out["rules"] = std::move(rules);
  out["lateness"] = report.lateness_known ? "known" : "unknown";
  out["diff"] = std::move(differences);
  return json::serialize(out);
}

} // namespace forewarn::rules
