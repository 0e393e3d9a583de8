// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/views.hpp"

#include "daemon/alerting/alert_json.hpp"

#include <boost/json.hpp>

#include <cmath>

namespace forewarn::http {
namespace {

namespace json = boost::json;

json::value time(const std::optional<instant>& at) {
  return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
}

// 5, not 5.0: a count is read by people.
json::value number(double value) {
  if (std::trunc(value) == value && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

template <class Id> json::value id_or_null(const std::optional<Id>& id) {
  return id ? json::value(id->str()) : json::value(nullptr);
}

} // namespace

json::object view(const signal& one, const std::vector<observation_key>& evidence,
                  const std::vector<waiting_notice>& waited) {
  json::object series;
  for (const auto& [field, value] : one.series) series[field] = value;
  json::array changes;
  for (const auto& c : one.changes)
    changes.push_back({{"at", format_rfc3339(c.at)}, {"level", to_text(c.level)}, {"value", number(c.value)}});
  json::array observations;
  for (const auto& key : evidence) observations.emplace_back(key.str());
  json::object out{{"id", one.id.str()},
                   {"rule", one.rule.str()},
                   {"rule_hash", one.rule_hash},
                   {"series", std::move(series)},
                   {"level", to_text(one.level)},
                   {"opened_at", format_rfc3339(one.opened_at)},
                   {"closed_at", time(one.closed_at)},
                   {"close_reason", one.close_reason ? json::value(to_text(*one.close_reason)) : json::value(nullptr)}};
  out["window"] = json::object{{"from", format_rfc3339(one.window.from)}, {"to", format_rfc3339(one.window.to)}};
  out["value"] = number(one.value);
  out["bound"] = number(one.bound);
  out["retrospective"] = one.retrospective;
  out["late"] = one.late;
  out["contradicted"] = one.contradicted;
  out["held"] = one.held;
  out["observations"] = std::move(observations);
  out["changes"] = std::move(changes);
  json::array notices;
  for (const auto& notice : waited)
    notices.push_back({{"what", to_text(notice.what)},
                       {"why", to_text(notice.why)},
                       {"by", notice.by},
                       {"since", format_rfc3339(notice.since)},
                       {"until", time(notice.until)},
                       {"ended_at", time(notice.ended_at)},
                       {"how", notice.how}});
  out["waited"] = std::move(notices);
  return out;
}

json::object view(const mute& one) {
  json::object series;
  for (const auto& [field, value] : one.series) series[field] = value;
  return {{"reference", one.ref},
          {"what", one.what},
          {"rule", id_or_null(one.rule)},
          {"site", id_or_null(one.site)},
          {"series", std::move(series)},
          {"since", format_rfc3339(one.since)},
          {"until", format_rfc3339(one.until)},
          {"who", one.by},
          {"reason", one.why},
          {"ended_at", time(one.ended_at)},
          {"ended_by", one.ended_by}};
}

json::object view(const assessment& one) {
  return {{"reference", one.ref.str()},
          {"version", one.version},
          {"signal", one.signal.str()},
          {"rule", one.rule.str()},
          {"level", to_text(one.level)},
          {"headline", one.headline},
          {"state", to_text(one.state)},
          {"received_at", format_rfc3339(one.received_at)},
          {"acknowledged_at", time(one.acknowledged_at)},
          {"acknowledged_by", one.acknowledged_by},
          {"decided_at", time(one.decided_at)},
          {"decided_by", one.decided_by},
          {"reason", one.reason},
          {"alert", id_or_null(one.alert)}};
}

json::object view(const alert& one) {
  return alerting::as_json(one);
}

json::object view(const due_delivery& one) {
  return {{"id", one.row.id.str()},
          {"type", one.message.type},
          {"about", one.message.about},
          {"subject", one.message.subject},
          {"service", one.row.service.str()},
          {"channel", one.row.channel},
          {"kind", to_text(one.row.kind)},
          {"state", to_text(one.row.state)},
          {"created_at", format_rfc3339(one.row.created_at)},
          {"due_at", format_rfc3339(one.row.due_at)},
          {"attempts", one.row.attempts},
          {"first_attempt_at", time(one.row.first_attempt_at)},
          {"settled_at", time(one.row.settled_at)},
          {"last_result", one.row.last_result}};
}

json::object view(const connectors::feed& one, const feed_totals& totals, const std::optional<feed_watch>& watch) {
  json::array by;
  if (one.folder) by.emplace_back("folder");
  if (one.push) by.emplace_back("push");
  return {{"id", one.id.str()},
          {"partner", one.partner},
          {"kind", one.kind.str()},
          {"purpose", one.purpose},
          {"lawful_basis", one.lawful_basis},
          {"fetch", std::move(by)},
          {"last_arrival", time(totals.last_arrival)},
          {"next_due", watch ? time(watch->due_at) : json::value(nullptr)},
          {"overdue_since", watch ? time(watch->overdue_since) : json::value(nullptr)},
          {"rows", totals.rows},
          {"accepted", totals.accepted},
          {"revised", totals.revised},
          {"withdrawn", totals.withdrawn},
          {"duplicate", totals.duplicate},
          {"stale", totals.stale},
          {"unselected", totals.unselected},
          {"quarantined", totals.quarantined}};
}

json::object view(const rules::rule& one) {
  static constexpr std::array statuses = {"live", "shadow", "off"};
  return {{"id", one.id.str()},
          {"title", one.title},
          {"status", statuses.at(static_cast<std::size_t>(one.status))},
          {"owner", one.owner},
          {"sentence", one.sentence},
          {"release", to_text(one.alert.release)},
          {"audience", to_text(one.alert.audience)},
          {"hash", one.hash}};
}

json::object view(const batch_outcome& one) {
  json::array rejected;
  for (const auto& r : one.reasons)
    rejected.push_back({{"line", r.line}, {"column", r.column}, {"code", r.code}, {"reason", r.reason}});
  const auto shown = static_cast<std::int64_t>(one.reasons.size());
  return {{"rows", one.rows},
          {"accepted", one.accepted},
          {"revised", one.revised},
          {"withdrawn", one.withdrawn},
          {"duplicate", one.duplicate},
          {"stale", one.stale},
          {"unselected", one.unselected},
          {"quarantined", one.quarantined},
          {"odd_times", one.odd_times},
          {"rejected", std::move(rejected)},
          {"rejected_not_shown", one.quarantined - shown}};
}

} // namespace forewarn::http
