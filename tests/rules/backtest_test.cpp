// SPDX-License-Identifier: Apache-2.0
// What programs read of a backtest: the contract's JSON to the character; and what is left out of one.
#include "rules/backtest.hpp"
#include "tests/rules/engine_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

std::vector<observation> five_in_a_row() {
  std::vector<observation> out;
  for (int i = 0; i < 5; ++i) {
    out.push_back(seen(std::to_string(119 + i), 10 + i));
    out.back().has_own_received_at = false;
  }
  return out;
}

} // namespace

TEST_CASE("the JSON of a backtest is the contract's") {
  backtest_options options;
  options.to = hour(24.0 * 366);
  auto by = count_rule();
  by.clear_after = 72h;
  const auto report = run_backtest(set_of({by}), five_in_a_row(), options);
  CHECK(to_json(report) ==
        R"({"signals":[{"rule":"rule","series":{"ward":"W1"},"level":"red","opened_at":"2026-03-01T12:00:00Z",)"
        R"("closed_at":"2026-03-04T14:00:00Z","close_reason":"below_threshold",)"
        R"("window":{"from":"2026-02-28T14:00:00Z","to":"2026-03-01T14:00:00Z"},"value":5,"bound":5,)"
        R"("retrospective":false,"late":false,"observations":["yas/119","yas/120","yas/121","yas/122","yas/123"],)"
        R"("changes":[{"at":"2026-03-01T14:00:00Z","level":"red","value":5}]}],)"
        R"("rules":[{"rule":"rule","hash":"sha256:0","observations":5,"ungrouped":0,"series":1,"signals":1,)"
        R"("signals_per_year":1}],"lateness":"unknown","diff":{"added":[],"removed":[],"earlier":[],"later":[]}})");
}

TEST_CASE("open at the end: no closing time, no reason") {
  const auto text = to_json(run_backtest(set_of({count_rule()}), five_in_a_row(), {}));
  CHECK(text.find(R"("closed_at":null,"close_reason":null)") != std::string::npos);
}

TEST_CASE("--from leaves out signals opened before, --to what was received after") {
  backtest_options options;
  options.from = hour(12.5);
  CHECK(run_backtest(set_of({count_rule()}), five_in_a_row(), options).signals.empty());
  options.from = hour(12);
  CHECK(run_backtest(set_of({count_rule()}), five_in_a_row(), options).signals.size() == 1);
  options = {};
  options.to = hour(13);
  const auto until = run_backtest(set_of({count_rule()}), five_in_a_row(), options);
  REQUIRE(until.signals.size() == 1);
  CHECK(until.signals.front().evidence.size() == 4);
}

TEST_CASE("records are replayed by arrival, and those from the future are not taken") {
  auto records = five_in_a_row();
  std::reverse(records.begin(), records.end());
  records.push_back(seen("900", 50, 14));   // 36 hours ahead of its arrival
  records.push_back(seen("901", 14.1, 14)); // six minutes ahead
  const auto report = run_backtest(set_of({count_rule()}), records, {});
  REQUIRE(report.signals.size() == 1);
  CHECK(report.signals.front().state.opened_at == hour(12));
  CHECK(report.signals.front().evidence.size() == 6);
  CHECK(report.future == 1);
  CHECK(report.lateness_known);
}

TEST_CASE("against older rules: added, removed, earlier, later") {
  const auto run = [](rule by) { return run_backtest(set_of({std::move(by)}), five_in_a_row(), {}); };
  const auto three = run(count_rule()), two = run(count_rule(24h, 2, 9)), never = run(count_rule(24h, 8, 9));
  CHECK(compare(three, two).earlier.size() == 1);
  CHECK(compare(two, three).later.size() == 1);
  CHECK(compare(never, two).added.size() == 1);
  CHECK(compare(two, never).removed.size() == 1);
  const auto same = compare(two, two);
  CHECK((same.added.size() + same.removed.size() + same.earlier.size() + same.later.size()) == 0);
}

TEST_CASE("against older rules: what each says now and said before") {
  auto old_rule = count_rule(), new_rule = count_rule(24h, 2, 9), added = count_rule();
  old_rule.sentence = "When 3 or more.";
  new_rule.sentence = "When 2 or more.";
  new_rule.hash = "sha256:1";
  added.id = rule_id{"added"};
  added.sentence = "Another.";
  const auto changed = changed_rules(*set_of({old_rule}), *set_of({new_rule, added}));
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].rule.str() == "added");
  CHECK(changed[0].before.empty());
  CHECK(changed[1].before == "When 3 or more.");
  CHECK(changed[1].after == "When 2 or more.");
  CHECK(changed_rules(*set_of({old_rule}), *set_of({old_rule})).empty());
  backtest_diff diff;
  diff.rules = changed;
  CHECK(to_json({}, diff).find(R"("rules":[{"rule":"added","before":null,"after":"Another."})") != std::string::npos);
}

TEST_CASE("the page of a backtest needs nothing else, and escapes what it shows") {
  auto by = count_rule();
  by.title = "Calls <b>&</b>";
  const auto rules = set_of({by});
  const auto past = five_in_a_row();
  const auto report = run_backtest(rules, past, {});
  const auto page =
      to_html(report, *rules, past, compare(run_backtest(set_of({count_rule(24h, 8, 9)}), past, {}), report));
  for (const auto* part : {"<!doctype html>", "Calls &lt;b&gt;&amp;&lt;/b&gt;", "<svg", "<td>added<td>2026-03-01 12:00",
                           "prefers-color-scheme:dark", "@media print", "red, 5 of 5"})
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  for (const auto* part : {"<script", "http://", "https://", "src=", "@import"})
    CHECK_MESSAGE(page.find(part) == std::string::npos, part);
  CHECK(to_html({}, *rules, {}).find("</html>") != std::string::npos);
}

TEST_CASE("a rule that is off says nothing; a shadow rule is evaluated") {
  auto off = count_rule();
  off.status = rule_status::off;
  const auto report = run_backtest(set_of({off}), five_in_a_row(), {});
  CHECK(report.rules.empty());
  CHECK(report.signals.empty());
  auto shadow = count_rule();
  shadow.status = rule_status::shadow;
  CHECK(run_backtest(set_of({shadow}), five_in_a_row(), {}).signals.size() == 1);
}
