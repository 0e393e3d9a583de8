// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/history.hpp"

#include "daemon/tuning/nearness.hpp"
#include "rules/activity.hpp"
#include "rules/held_rules.hpp"
#include "rules/periodic/shown.hpp"
#include "rules/scan/area_layout.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

using std::chrono::days;

constexpr auto looked_back = days{28};
constexpr auto longest_marked = days{27};
constexpr std::size_t least_spans = 4;
// Reading one takes some microseconds; a person waits for the answer.
constexpr std::size_t most_records = 20'000;
constexpr std::size_t most_for_notice = 3'000;
constexpr auto shortest_span = std::chrono::hours{1};

std::set<feed_id> feeds_of(const signal_facts& facts, const store_reader& ledger) {
  std::set<feed_id> out;
  for (const auto& one : facts.evidence) out.insert(one.key.feed);
  for (const auto& one : ledger.feed_watches())
    if (rules::observes(*facts.rule, one.feed, one.kind)) out.insert(one.feed);
  return out;
}

std::optional<std::vector<observation>> records_of(const std::set<feed_id>& feeds, const store_reader& ledger,
                                                   instant from, instant to, std::size_t most) {
  std::vector<observation> out;
  for (const auto& feed : feeds)
    for (const auto& id : ledger.standing_records(feed, from, to)) {
      if (out.size() == most) return {};
      if (auto one = ledger.latest({feed, id}); one && !one->withdrawn) out.push_back(std::move(*one));
    }
  return out;
}

// From when on an absence of records means that there were none: all of the span where the feeds gave records in the
// four weeks before it, else from their first record.
instant known_from(const std::vector<observation>& records, const std::set<feed_id>& feeds, const store_reader& ledger,
                   instant from) {
  for (const auto& feed : feeds)
    if (!ledger.standing_records(feed, from - looked_back, from).empty()) return from;
  const auto earlier = [](const observation& a, const observation& b) { return a.occurred_at < b.occurred_at; };
  return std::min_element(records.begin(), records.end(), earlier)->occurred_at;
}

// Of a cluster: what lies in the areas in which its records lie.
std::vector<const observation*> cluster_records(const signal_facts& facts, const rules::scan_detector& how,
                                                const std::vector<observation>& all, const reference_data& reference) {
  const auto window = rules::holding(*facts.rule, facts.state.window);
  std::set<observation_key> in_cluster;
  for (const auto& one : facts.evidence)
    if (one.occurred_at > window.from && one.occurred_at <= window.to) in_cluster.insert(one.key);
  std::vector<const observation*> out;
  const auto by_place = rules::by_area(*facts.rule, how.areas);
  for (const auto& [series, records] : rules::activity_of(by_place, rules::standing(all), reference).series) {
    const bool ours =
        std::equal(series.begin(), series.end() - 1, facts.state.series.begin(), facts.state.series.end());
    if (ours && std::any_of(records.begin(), records.end(),
                            [&](const observation* one) { return in_cluster.contains(one->key); }))
      out.insert(out.end(), records.begin(), records.end());
  }
  return out;
}

// The signal's own series; of a first find, whose series also names what was found, all that the rule took.
std::vector<const observation*> series_records(const signal_facts& facts, const std::vector<observation>& all,
                                               const reference_data& reference) {
  if (const auto* scan = std::get_if<rules::scan_detector>(&facts.rule->detector))
    return cluster_records(facts, *scan, all, reference);
  const auto activity = rules::activity_of(*facts.rule, rules::standing(all), reference);
  const auto own = activity.series.find(facts.state.series);
  if (own != activity.series.end()) return own->second;
  std::vector<const observation*> out;
  if (activity.series.size() == 1) out = activity.series.begin()->second;
  return out;
}

std::string day_text(std::chrono::local_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::vector<counted_day> by_day(const signal_facts& facts, const std::vector<const observation*>& records,
                                const zone& local) {
  const auto day_of = [&](instant at) { return std::chrono::floor<days>(local.to_civil(at)); };
  const auto window = rules::holding(*facts.rule, facts.state.window);
  const auto last = day_of(window.to);
  auto marked_from = last;
  for (const auto& one : facts.evidence)
    if (one.occurred_at > window.from) marked_from = std::min(marked_from, day_of(one.occurred_at));
  marked_from = std::max(marked_from, last - longest_marked);
  std::vector<counted_day> out;
  for (auto day = marked_from - looked_back; day <= last; day += days{1}) {
    std::vector<const observation*> of_day;
    for (const auto* one : records)
      if (day_of(one->occurred_at) == day) of_day.push_back(one);
    out.push_back({day_text(day), tuning::counted(*facts.rule, of_day), day >= marked_from});
  }
  return out;
}

std::optional<std::string> usual_of(const signal_facts& facts, const std::vector<const observation*>& records,
                                    instant known_from) {
  const auto window = rules::holding(*facts.rule, facts.state.window);
  const auto span = window.to - window.from;
  if (span < shortest_span) return {};
  std::vector<double> counts;
  for (auto to = window.from; to - span >= std::max(known_from, window.from - looked_back); to -= span) {
    std::vector<const observation*> within;
    for (const auto* one : records)
      if (one->occurred_at > to - span && one->occurred_at <= to) within.push_back(one);
    counts.push_back(tuning::counted(*facts.rule, within));
  }
  if (counts.size() < least_spans) return {};
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  const auto range = *least == *most ? fmt::format("{:g}", *most) : fmt::format("{:g} to {:g}", *least, *most);
  return fmt::format("{} usual ({} spans of {} before)", range, counts.size(), spell_duration(span));
}

} // namespace

namespace {

// The series' records over the four weeks before the signal and its own days, and from when on they are known.
struct past {
  std::vector<observation> all;
  std::vector<const observation*> series;
  instant known_from;
};

bool read_past(past& out, const signal_facts& facts, const setup& with, const store_reader& ledger, std::size_t most) {
  const auto& window = facts.state.window;
  // A window longer than what is looked back on has no spans to compare with.
  const auto from = std::max(window.from, window.to - longest_marked) - looked_back - days{1};
  const auto feeds = feeds_of(facts, ledger);
  auto all = records_of(feeds, ledger, from, window.to + duration{1}, most);
  if (!all || all->empty()) return false;
  out.all = std::move(*all);
  out.known_from = known_from(out.all, feeds, ledger, from);
  out.series = series_records(facts, out.all, with.reference());
  return !out.series.empty();
}

} // namespace

void add_history(signal_facts& facts, const setup& with, const store_reader& ledger) {
  past before;
  if (facts.rule == nullptr || facts.evidence.empty() || !read_past(before, facts, with, ledger, most_records)) return;
  facts.daily = by_day(facts, before.series, with.reference().local_zone);
  facts.usual = usual_of(facts, before.series, before.known_from);
}

void add_usual(signal_facts& facts, const setup& with, const store_reader& ledger) {
  past before;
  if (facts.rule == nullptr || facts.evidence.empty() || facts.evidence.size() > most_for_notice) return;
  if (facts.state.window.to - facts.state.window.from < shortest_span) return;
  if (read_past(before, facts, with, ledger, most_for_notice))
    facts.usual = usual_of(facts, before.series, before.known_from);
}

} // namespace forewarn::alerting
