// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/nearness.hpp"

#include "rules/detect/detector_kind.hpp"
#include "rules/held_rules.hpp"
#include "rules/machines/measuring.hpp"
#include "rules/tally.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::tuning {
namespace {

// A detector that measures says so by that name.
rules::measure measure_of(const rules::rule& one) {
  return std::visit(
      [](const auto& made) {
        if constexpr (requires { rules::measure{made.measure}; })
          return rules::measure{made.measure};
        else
          return rules::measure{};
      },
      one.detector);
}

// One more like it: another incident, of another person, somewhere the count can see.
observation one_more(const observation& like, const rules::measure& measured, instant at, std::size_t number) {
  auto out = like;
  out.key.id = record_id{fmt::format("{} and {} more", like.key.id.str(), number)};
  out.occurred_at = out.received_at = at;
  out.incident.reset();
  out.person.reset();
  if (measured.what == rules::measure_kind::sites) out.site.reset();
  out.weight = 1;
  out.revision = 1;
  out.withdrawn = false;
  return out;
}

// What the rule counts: only one like that can add to it.
bool is_counted(const rules::rule& by, const observation& one, const reference_data& reference) {
  return !one.withdrawn && rules::observes(by, one.key.feed, one.kind) &&
         rules::holds(by.where,
                      rules::make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &one}, reference));
}

bool is_of(const signal& one, const series_key& series) {
  return one.series.size() >= series.size() && std::equal(series.begin(), series.end(), one.series.begin());
}

} // namespace

std::shared_ptr<const rules::rule_set> alone(const rules::rule& one, std::shared_ptr<const reference_data> reference) {
  auto out = std::make_shared<rules::rule_set>();
  out->reference = std::move(reference);
  out->rules.push_back(one);
  if (out->rules.front().status == rules::rule_status::off) out->rules.front().status = rules::rule_status::shadow;
  return out;
}

duration window_of(const rules::rule& one) {
  return rules::kind_of(one.detector).window(one.detector).value_or(std::chrono::hours{24 * 7});
}

double counted(const rules::rule& one, const std::vector<const observation*>& records) {
  const auto how = measure_of(one);
  const rules::measuring by{how};
  rules::tally sum;
  for (std::size_t i = 0; i < records.size(); ++i)
    sum.add(by.measured(static_cast<rules::observation_index>(i), *records[i]).adds());
  return rules::to_value(sum.total());
}

counted_best best_window(const rules::rule& one, const std::vector<const observation*>& records, instant after,
                         instant to) {
  counted_best out{0, to};
  const auto within = window_of(one);
  for (const auto* last : records) {
    if (last->occurred_at <= after || last->occurred_at > to) continue;
    std::vector<const observation*> inside;
    for (const auto* other : records)
      if (other->occurred_at > last->occurred_at - within && other->occurred_at <= last->occurred_at)
        inside.push_back(other);
    const auto count = counted(one, inside);
    if (count > out.count) out = {count, last->occurred_at};
  }
  return out;
}

const observation* first_observed(const rules::rule& one, const std::vector<const observation*>& all) {
  const observation* first = nullptr;
  for (const auto* each : all)
    if ((first == nullptr || each->occurred_at < first->occurred_at) &&
        rules::observes(one, each->key.feed, each->kind))
      first = each;
  return first;
}

void begin_with(const observation* first, std::vector<const observation*>& records) {
  if (first == nullptr || std::find(records.begin(), records.end(), first) != records.end()) return;
  records.push_back(first);
  std::stable_sort(records.begin(), records.end(),
                   [](const auto* a, const auto* b) { return a->received_at < b->received_at; });
}

std::optional<step_up> next_step(const std::shared_ptr<const rules::rule_set>& rule, const series_key& series,
                                 const std::vector<const observation*>& records, instant now, std::size_t most) {
  const observation* newest = nullptr;
  rules::engine running{rule};
  std::vector<signal_event> events;
  for (const auto* one : records) {
    if (one->received_at > now) break;
    running.observe(*one, events);
    if ((newest == nullptr || one->occurred_at >= newest->occurred_at) &&
        is_counted(rule->rules.front(), *one, *rule->reference))
      newest = one;
  }
  if (newest == nullptr) return {};
  running.advance(now, events);
  const auto measured = measure_of(rule->rules.front());
  for (std::size_t more = 1; more <= most; ++more) {
    events.clear();
    running.observe(one_more(*newest, measured, now + duration{static_cast<std::int64_t>(more)}, more), events);
    for (const auto& event : events) {
      const bool opens = event.what == signal_change::opened || event.what == signal_change::reopened;
      const bool raises = event.what == signal_change::raised || event.what == signal_change::fresh_crossing;
      if ((opens || raises) && is_of(event.now, series)) return step_up{more, event.now.level, event.now.bound, raises};
    }
  }
  return {};
}

} // namespace forewarn::tuning
