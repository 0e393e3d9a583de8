// SPDX-License-Identifier: Apache-2.0
#include "daemon/reporting/figures.hpp"

#include <algorithm>
#include <set>

namespace forewarn::reporting {
namespace {

constexpr std::size_t most = 100'000;

bool went_out(const alert& one) {
  return one.state != alert_state::held && one.state != alert_state::stopped;
}

// A purged record says nothing any more: the time is then not known, rather than too short.
std::optional<instant> first_arrival(const alert& one, const store_reader& stored) {
  std::optional<instant> out;
  if (!one.signal.empty()) {
    for (const auto& key : stored.evidence(one.signal))
      if (const auto record = stored.latest(key); record && (!out || record->received_at < *out))
        out = record->received_at;
    return out;
  }
  if (!one.assessment) return {};
  const auto& kept = panel::of(stored);
  const auto file = kept.case_of(*one.assessment);
  if (!file || !file->report) return {};
  const auto behind = kept.report_by_ref(*file->report);
  if (behind) out = behind->received_at;
  return out;
}

} // namespace

std::vector<observation> records_of(const sources& from, const std::vector<kind_id>& kinds, const span& in) {
  std::vector<observation> out;
  from.stored.each_standing(kinds, in.from, in.to, [&](observation one) { out.push_back(std::move(one)); });
  std::sort(out.begin(), out.end(), [](const observation& a, const observation& b) {
    return std::tie(a.occurred_at, a.key) < std::tie(b.occurred_at, b.key);
  });
  return out;
}

double incidents(const std::vector<const observation*>& records) {
  std::set<incident_id> distinct;
  double loose = 0;
  for (const auto* one : records)
    if (one->incident)
      distinct.insert(*one->incident);
    else
      loose += one->weight;
  return loose + static_cast<double>(distinct.size());
}

bool signal_story::acted_on() const {
  if (written) return true;
  return work && (work->acknowledged_at || work->state != assessment_state::received);
}

std::vector<signal_story> signals_of(const sources& from, const span& in, bool retrospective) {
  std::vector<signal_story> out;
  for (auto& one : from.stored.signals_opened(in.from, in.to)) {
    const auto* rule = from.with.rule(one.rule);
    if (rule == nullptr || rule->status != rules::rule_status::live || one.retrospective != retrospective) continue;
    signal_story next{std::move(one), {}, {}};
    next.work = from.stored.assessment_of(next.state.id);
    if (auto about = from.stored.alert_of(next.state.id); about && went_out(*about)) next.written = std::move(about);
    out.push_back(std::move(next));
  }
  return out;
}

std::optional<duration> alert_story::took() const {
  if (!came || !first.issued_at || *first.issued_at < *came) return {};
  return *first.issued_at - *came;
}

std::vector<alert_story> alerts_of(const sources& from, const span& in) {
  std::vector<alert_story> out;
  for (auto& newest : from.stored.alerts(false, {.limit = most})) {
    if (!went_out(newest) || newest.status != alert_status::actual) continue;
    // No version goes out before the alert is made, and none after the newest.
    if (newest.created_at >= in.to || newest.issued_at.value_or(in.to) < in.from) continue;
    const auto versions = panel::of(from.stored).alert_versions(newest.ref);
    if (versions.empty() || !versions.front().issued_at || !in.holds(*versions.front().issued_at)) continue;
    alert_story next{versions.front(), std::move(newest), {}};
    next.came = first_arrival(next.first, from.stored);
    out.push_back(std::move(next));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::optional<double> median_hours(const std::vector<alert_story>& these) {
  std::vector<double> hours;
  for (const auto& one : these)
    if (const auto took = one.took())
      hours.push_back(static_cast<double>(std::chrono::round<std::chrono::minutes>(*took).count()) / 60);
  if (hours.empty()) return {};
  std::sort(hours.begin(), hours.end());
  const auto middle = hours.size() / 2;
  return hours.size() % 2 == 1 ? hours[middle] : (hours[middle - 1] + hours[middle]) / 2;
}

std::optional<double> per_cent(double part, double whole) {
  if (whole <= 0) return {};
  return 100 * part / whole;
}

std::vector<panel::lesson> overdue_lessons(const sources& from, instant at) {
  std::vector<panel::lesson> out;
  const auto today = day_of(at, from.with.reference().local_zone);
  for (auto& one : panel::of(from.stored).lessons())
    if (one.added_at <= at && one.due < today && (!one.done_at || *one.done_at > at)) out.push_back(std::move(one));
  return out;
}

} // namespace forewarn::reporting
