// SPDX-License-Identifier: Apache-2.0
// A scan rule in the daemon: the desk is woken when a day ends, and what it keeps is what a backtest of its records
// finds, whether it ran on, was started anew, or was away while days ended.
#include "daemon/alerting/compose.hpp"
#include "daemon/tuning/scan_look.hpp"
#include "desk_fixture.hpp"
#include "support/temp_dir.hpp"

#include "rules/backtest.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const rules::rule_set> scan_rule() {
  auto reference = std::make_shared<reference_data>();
  std::vector<area> wards;
  for (int i = 0; i < 6; ++i) {
    area one;
    one.code = area_code{fmt::format("W{}", i)};
    one.name = fmt::format("Ward {}", i);
    one.level = area_level::ward;
    if (i > 0) one.neighbours = {area_code{fmt::format("W{}", i - 1)}};
    wards.push_back(one);
  }
  reference->areas = area_table{std::move(wards)};
  reference->local_zone = *zone::named("Europe/London");
  auto set = std::make_shared<rules::rule_set>();
  set->reference = reference;
  auto& rule = set->rules.emplace_back();
  rule.id = rule_id{"cluster"};
  rule.status = rules::rule_status::shadow;
  rule.observe.kinds = {kind_id{"ambulance"}};
  rule.where = rules::condition{rules::all_parts{}};
  rule.detector = rules::scan_detector{.min_history = 10};
  rule.clear_after = 24h;
  rule.hash = "sha256:scan";
  return set;
}

observation call(const std::string& id, instant at, int ward) {
  auto out = call_out(id, at);
  out.ward = area_code{fmt::format("W{}", ward)};
  return out;
}

// Two a day, in four of the wards by turns; six more in one ward on the 20th day and the day after, in another on the
// 32nd.
std::vector<observation> of_day(int day) {
  const auto at = noon() + day * 24h - 3h;
  static constexpr int usual[] = {1, 2, 4, 5};
  std::vector<observation> out{call(fmt::format("{}a", day), at, usual[day % 4]),
                               call(fmt::format("{}b", day), at, usual[(day + 2) % 4])};
  if (day == 20 || day == 21 || day == 32)
    for (int i = 0; i < 6; ++i) out.push_back(call(fmt::format("{}-{}", day, i), at + i * 1min, day == 32 ? 0 : 3));
  if (day == 34) // taken back, after all
    for (int i = 0; i < 6; ++i) {
      out.push_back(call(fmt::format("32-{}", i), noon() + 32 * 24h, 0));
      out.back().revision = 2;
      out.back().withdrawn = true;
    }
  return out;
}

} // namespace

TEST_CASE("what the desk keeps of a scan rule is what a backtest of its records finds") {
  temp_dir folder;
  const auto rules = scan_rule();
  manual_clock clock{noon()};
  const auto ledger = open_store(folder.path()).value();
  auto on = std::make_unique<running_desk>(*ledger, clock, rules);
  for (int day = 0; day < 40; ++day) {
    clock.set(noon() + day * 24h);
    if (day == 21) on = nullptr; // away over a midnight that finds something
    if (on == nullptr && day == 22) on = std::make_unique<running_desk>(*ledger, clock, rules);
    if (day == 30) on = std::make_unique<running_desk>(*ledger, clock, rules);
    if (on == nullptr) continue;
    if (day == 22) on->state.run(batch(of_day(21)));
    on->state.run(batch(of_day(day)));
    clock.set(noon() + day * 24h + 11h);
    on->poke();
  }
  clock.set(noon() + 40 * 24h);
  on->poke();
  const auto kept = kept_signals(*ledger);
  CHECK(kept == fold(*ledger, rules, clock.now()));
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].opened_at != kept[1].opened_at);

  const auto report = rules::run_backtest(rules, revisions(*ledger), {{}, clock.now(), {}});
  REQUIRE(report.signals.size() == 2);
  for (const auto& one : report.signals) {
    CAPTURE(one.state.id.str());
    CHECK(ledger->signal_by_id(one.state.id) == one.state);
    auto stored = ledger->evidence(one.state.id), replayed = one.evidence;
    std::sort(stored.begin(), stored.end());
    std::sort(replayed.begin(), replayed.end());
    CHECK(stored == replayed);
    CHECK(stored.size() >= 6);
  }
  const auto& first = report.signals.front().state;
  CHECK(rules->reference->local_zone.format(first.opened_at).substr(0, 16) == "2026-03-22 00:00");
  CHECK(first.close_reason == close_reason::below_threshold);
  CHECK(report.signals.back().state.close_reason == close_reason::data_corrected);

  const tuning::scan_look look{rules->rules.front(), rules->reference};
  const auto day = look.day_before(first.window.to);
  const auto again = look.at_end_of(day, revisions(*ledger), {});
  REQUIRE(again.size() == 1);
  REQUIRE(again.front().best);
  CHECK(again.front().best->observed == first.value);
  CHECK(look.words(*again.front().best).find("Ward 3") != std::string::npos);

  // What on-call reads: the cluster's own areas and number, and what was to be expected there.
  alerting::signal_facts facts;
  facts.state = first;
  facts.rule = &rules->rules.front();
  for (const auto& key : ledger->evidence(first.id)) facts.evidence.push_back(ledger->latest(key).value());
  const auto says = alerting::compose_for(facts, audience::on_call, {}, *rules->reference);
  CHECK(says.where.find("Ward 3") != std::string::npos);
  CHECK(std::find(says.areas.begin(), says.areas.end(), "W3") != says.areas.end());
  REQUIRE_FALSE(says.evidence.empty());
  CAPTURE(says.evidence.back().text);
  CHECK(says.evidence.back().text.find(fmt::format("a cluster, where {:g} were to be expected", first.bound)) !=
        std::string::npos);
  CHECK(says.evidence.back().text.find("less than once in 365 days") != std::string::npos);
  CAPTURE(says.headline);
  CHECK(says.headline.find(fmt::format("{:g} ", first.value)) != std::string::npos);
}
