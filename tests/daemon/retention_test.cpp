// SPDX-License-Identifier: Apache-2.0
// What may be kept no longer goes; what is kept of it for ever counts no person, and makes no old drug new.
#include "daemon/retention/look_back.hpp"
#include "daemon/retention/purge.hpp"
#include "daemon/retention/remembered.hpp"

#include "daemon/desk_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

constexpr duration day = 24h;

connectors::feed feed_kept(std::optional<duration> retention) {
  connectors::feed out;
  out.id = feed_id{"yas"};
  out.kind = kind_id{"ambulance"};
  out.retention = retention;
  return out;
}

observation call(const char* id, instant occurred_at, const char* drug = "heroin") {
  auto out = test::call_out(id, occurred_at);
  out.ward = area_code{"W1"};
  out.substances = {substance_id{drug}};
  return out;
}

std::shared_ptr<const rules::rule_set> first_seen_rule() {
  auto set = std::make_shared<rules::rule_set>();
  auto reference = std::make_shared<reference_data>();
  for (const auto* id : {"heroin", "cocaine"}) {
    substance one;
    one.id = substance_id{id};
    one.name = id;
    reference->substances = vocabulary{{one}};
  }
  set->reference = reference;
  auto& rule = set->rules.emplace_back();
  rule.id = rule_id{"new-drug"};
  rule.status = rules::rule_status::shadow;
  rule.observe.kinds = {kind_id{"ambulance"}};
  rules::first_seen_detector how;
  how.of = {{rules::field::substances, ""}};
  rule.detector = how;
  rule.clear_after = 7 * day;
  rule.hash = "sha256:first";
  return set;
}

const reference_data& in_utc() {
  static const reference_data nothing_known;
  return nothing_known;
}

std::int64_t purge(test::running_desk& work, const store_reader& from, instant now) {
  const auto what = retention::what_expired({feed_kept(365 * day)}, from, now);
  return retention::purge(what, in_utc(), from, [&](const std::function<void(store&)>& job) {
    work.state.run([&](desk_view& view) { job(view.ledger); });
  });
}

std::size_t opened(const store_reader& from) {
  return from.signals(false, {.limit = 100}).size();
}

} // namespace

TEST_SUITE("retention") {

  TEST_CASE("what goes is counted by day, place and substance, and by nothing else") {
    auto one = call("1", test::noon(), "heroin");
    one.substances.emplace_back("cocaine");
    one.confirmed = {substance_id{"cocaine"}};
    one.person = person_id{"p:1"};
    one.weight = 2;
    const auto today = std::chrono::floor<std::chrono::days>(test::noon()).time_since_epoch().count();
    const feed_id feed{"yas"};
    const kind_id kind{"ambulance"};
    const area_code ward{"W1"};
    CHECK(counts_of(one, zone::utc()) ==
          std::vector<daily_count>{{feed, kind, ward, {}, false, today, 2},
                                   {feed, kind, ward, substance_id{"cocaine"}, true, today, 2},
                                   {feed, kind, ward, substance_id{"heroin"}, false, today, 2}});
  }

  TEST_CASE("a purged drug is not new, not now and not after a restart; the same drug later is known") {
    auto ledger = memory_store();
    test::manual_clock time{test::noon()};
    const auto rules = first_seen_rule();
    {
      test::running_desk work{*ledger, time, rules};
      work.state.run(test::batch({call("1", test::noon())}));
      CHECK(opened(*ledger) == 1);
      time.set(test::noon() + 100 * day); // the signal has closed
      work.poke();
      CHECK(purge(work, *ledger, time.now()) == 0);
      time.set(test::noon() + 366 * day);
      CHECK(purge(work, *ledger, time.now()) == 1);
      CHECK(test::revisions(*ledger).empty());
      CHECK(ledger->daily_counts().size() == 2);
      work.state.replace_rules(rules);
      work.state.run(test::batch({call("2", time.now())}));
      CHECK(opened(*ledger) == 1);
    }
    test::running_desk again{*ledger, time, rules};
    again.state.run(test::batch({call("3", time.now())}));
    CHECK(opened(*ledger) == 1);
    again.state.run(test::batch({call("4", time.now(), "cocaine")}));
    CHECK(opened(*ledger) == 2);
  }

  TEST_CASE("records that hold up an open signal stay until it has closed") {
    auto ledger = memory_store();
    test::manual_clock time{test::noon()};
    const auto rules = first_seen_rule();
    test::running_desk work{*ledger, time, rules};
    work.state.run(test::batch({call("1", test::noon()), call("2", test::noon())}));
    const auto what = retention::what_expired({feed_kept(1 * day)}, *ledger, test::noon() + 2 * day);
    REQUIRE(what.size() == 1);
    CHECK(what.front().counts.records == 0);
  }

  TEST_CASE("a feed without a retention is left alone, and what was sent again counts from then") {
    auto ledger = memory_store();
    test::manual_clock time{test::noon()};
    test::running_desk work{*ledger, time, test::count_rule(3)};
    work.state.run(test::batch({call("1", test::noon())}));
    CHECK(retention::what_expired({feed_kept({})}, *ledger, test::noon() + 9999 * day).empty());
    time.set(test::noon() + 300 * day);
    auto again = call("1", test::noon(), "cocaine");
    again.revision = 2;
    work.state.run(test::batch({again}));
    CHECK(purge(work, *ledger, test::noon() + 366 * day) == 0);
    CHECK(purge(work, *ledger, test::noon() + 666 * day) == 1);
    CHECK(ledger->daily_counts().size() == 2);
  }

  TEST_CASE("refused rows and unknown words go with the feed's retention") {
    auto ledger = memory_store();
    ledger->begin();
    ledger->quarantine({0, feed_id{"yas"}, "a.csv", 3, "When", "bad-time", "no time", "x", test::noon()});
    ledger->note_unknown_word(feed_id{"yas"}, "Drugs", "zzz", test::noon());
    ledger->commit();
    const auto later = test::noon() + 366 * day;
    const auto what = retention::what_expired({feed_kept(365 * day)}, *ledger, later);
    CHECK(what.front().counts.quarantined == 1);
    CHECK(what.front().counts.unknown_words == 1);
    CHECK(retention::to_text(what, zone::utc()).find("1 refused row, 1 unknown word") != std::string::npos);
    retention::purge(what, in_utc(), *ledger, [&](const std::function<void(store&)>& job) {
      ledger->begin();
      job(*ledger);
      ledger->commit();
    });
    CHECK_FALSE(retention::what_expired({feed_kept(365 * day)}, *ledger, later).front().counts.any());
  }

  TEST_CASE("a rule may not look back further than its feeds keep") {
    auto rules = *test::count_rule(3); // looks back a day, stays open another
    struct {
      const char* name;
      std::optional<duration> kept;
      const char* feed;
      std::vector<std::string> codes;
    } const rows[] = {
        {"long enough", 30 * day, "yas", {}},
        {"no retention", {}, "yas", {}},
        {"shorter than the window", 12h, "yas", {"retention-too-short"}},
        {"shorter than the life of a signal", 36h, "yas", {"retention-short"}},
    };
    for (const auto& r : rows) {
      CAPTURE(r.name);
      std::vector<std::string> codes;
      for (const auto& p : retention::check({feed_kept(r.kept)}, rules)) codes.push_back(p.code);
      CHECK(codes == r.codes);
    }
    rules.rules.front().observe.kinds = {kind_id{"death"}};
    CHECK(retention::check({feed_kept(12h)}, rules).empty());
  }
}
