// SPDX-License-Identifier: Apache-2.0
// The week's word about statistical rules: who began to watch, who cannot yet; and that it is said once.
#include "daemon/alerting/warming_week.hpp"

#include "daemon/store/open.hpp"
#include "rules/small_world.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::alerting;
using rules::period_state;

namespace {

std::shared_ptr<const rules::rule_set> two_rules() {
  const std::string of_days =
      "title: More opioid calls in one ward\nfor_each: [ward]\ndetect: {nb_multiwindow: {alpha: "
      "0.001}}";
  auto out = std::make_shared<rules::rule_set>();
  out->reference = test::small_reference();
  for (const auto& [id, lines] : {std::pair{"wards-daily", of_days},
                                  {"quiet-shadow", "title: S\nstatus: shadow\ndetect: {gamma_poisson: {alpha: 0.001}}"},
                                  {"tests-weekly", "title: Tests\ndetect: {ears: {every: week}}"}}) {
    auto one = test::good_rule(lines);
    one.id = rule_id{id};
    out->rules.push_back(std::move(one));
  }
  return out;
}

period_state of(const char* rule, const char* ward, instant now, int days_ago_ready, std::size_t needed = 63) {
  period_state out;
  out.rule = rule_id{rule};
  if (*ward != '\0') out.series = {{"ward", ward}};
  out.needed = needed;
  out.ready = now - std::chrono::hours{24 * days_ago_ready};
  const auto history = static_cast<int>(needed) + days_ago_ready;
  out.history = static_cast<std::size_t>(history);
  return out;
}

} // namespace

TEST_CASE("the week's word: new watchers by name, those that warm up counted, shadow and old ones not at all") {
  const auto now = parse_rfc3339("2026-03-16T08:00:00Z").value();
  const auto since = now - std::chrono::hours{24 * 7};
  const auto rules = two_rules();
  struct {
    const char* name;
    std::vector<period_state> states;
    std::vector<std::string> words;
  } const rows[] = {
      {"nothing to say", {of("wards-daily", "E05011387", now, 30), of("quiet-shadow", "", now, 1)}, {}},
      {"one began",
       {of("wards-daily", "E05011387", now, 2), of("wards-daily", "E05011388", now, 30)},
       {"New this week, 'More opioid calls in one ward' (wards-daily) watches Armley: it has behind it the 63 days of "
        "history that the rule needs, and it can signal there from now on."}},
      {"two began, and two warm up",
       {of("wards-daily", "E05011388", now, 2), of("wards-daily", "E05011387", now, 5),
        of("wards-daily", "E05016460", now, -20), of("tests-weekly", "", now, -3, 30)},
       {"New this week, 'More opioid calls in one ward' (wards-daily) watches Armley and Headingley: they have behind "
        "them the 63 days of history that the rule needs, and it can signal there from now on.",
        "Still warming up, and silent until then: 'More opioid calls in one ward' in 1 of its 3 series (the next, "
        "City, "
        "is ready on 2026-04-05) and 'Tests' in 1 of its 1 series (the next, everywhere, is ready on 2026-03-19). "
        "`forewarn outlook` has the rest."}},
      {"many began",
       {of("wards-daily", "A", now, 6), of("wards-daily", "B", now, 5), of("wards-daily", "C", now, 4),
        of("wards-daily", "D", now, 3), of("wards-daily", "E", now, 2), of("wards-daily", "F", now, 1)},
       {"New this week, 'More opioid calls in one ward' (wards-daily) watches A, B, C, D and 2 more: they have behind "
        "them the 63 days of history that the rule needs, and it can signal there from now on."}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(warming_words(row.states, *rules, since, now) == row.words);
  }
}

TEST_CASE("the desk's engine says it when the week is due, once") {
  const auto ledger = memory_store();
  const auto rules = two_rules();
  rules::engine running{rules};
  const auto first = parse_rfc3339("2026-01-05T10:00:00Z").value();
  const auto now = first + std::chrono::hours{24 * 65};
  std::vector<signal_event> events;
  observation one;
  one.key = {feed_id{"yas"}, record_id{"1"}};
  one.kind = kind_id{"ambulance"};
  one.occurred_at = one.received_at = first;
  one.ward = area_code{"E05011387"};
  running.observe(one, events);
  ledger->begin();
  note_warming(running, *ledger, now);
  CHECK(take_warming(*ledger).empty()); // no week is planned
  ledger->set_mark("week.told_next", std::to_string(now.time_since_epoch().count()));
  note_warming(running, *ledger, now);
  const auto words = take_warming(*ledger);
  REQUIRE(words.size() == 2);
  CHECK(words.front().find("wards-daily) watches Armley") != std::string::npos);
  CHECK(words.back().find("'Tests'") != std::string::npos);
  CHECK(take_warming(*ledger).empty());
  note_warming(running, *ledger, now + std::chrono::hours{1});
  const auto later = take_warming(*ledger); // what began is not told again
  CHECK((later.size() == 1 && later.front().starts_with("Still warming up")));
  ledger->commit();
}
