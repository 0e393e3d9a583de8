// SPDX-License-Identifier: Apache-2.0
// Arrival contracts: when an arrival is due, who is overdue, what that holds, and that a restart and a replay see the
// same. The silences of a real 911 centre are found, and no others.
#include "daemon/arrival/contract.hpp"
#include "daemon/arrival/look.hpp"

#include "connectors/formats/csv.hpp"
#include "daemon/desk_fixture.hpp"
#include "daemon/row_ingest.hpp"
#include "daemon/store/open.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <sstream>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

using connectors::arrival_contract;

instant at(const char* text) {
  return parse_rfc3339(text).value();
}

zone london() {
  return *zone::named("Europe/London");
}

connectors::feed feed_that(std::optional<arrival_contract> promised, const char* id = "yas") {
  connectors::feed out;
  out.id = feed_id{id};
  out.kind = kind_id{"ambulance"};
  out.partner = "an ambulance service";
  out.expect = promised;
  return out;
}

const arrival_contract every_two_hours{2h, {}, 0};

// One feed, one rule (three call-outs in 24 hours; a signal closes 24 hours later) and a clock moved by hand.
struct watched_desk {
  explicit watched_desk(std::optional<arrival_contract> promised = every_two_hours) : feeds{feed_that(promised)} {
    start();
  }
  void start() {
    work.reset();
    ledger.reset();
    ledger = open_store(folder.path()).value();
    work = std::make_unique<test::running_desk>(*ledger, time, test::count_rule(3));
  }
  // As kill -9: nothing but what was committed is there afterwards.
  void restart() { start(); }

  void look() {
    work->state.run([&](desk_view& view) { last = arrival::look(view, feeds, london(), started_at); });
  }
  void look_at(duration after_noon) {
    time.set(test::noon() + after_noon);
    look();
  }
  void take(duration after_noon, int rows = 1) {
    time.set(test::noon() + after_noon);
    std::vector<observation> all;
    for (int i = 0; i < rows; ++i) all.push_back(test::call_out("call-" + std::to_string(++number), time.now()));
    (void)work->state.run(test::batch(std::move(all)));
  }
  [[nodiscard]] std::vector<std::string> standing() const {
    std::vector<std::string> out;
    for (const auto& one : ledger->operator_notices()) out.push_back(one.key);
    return out;
  }
  [[nodiscard]] feed_watch watch() const { return ledger->feed_watches().at(0); }
  [[nodiscard]] signal only_signal() const {
    const auto all = test::kept_signals(*ledger);
    REQUIRE(all.size() == 1);
    return all.front();
  }

  test::temp_dir folder;
  test::manual_clock time{test::noon()};
  std::unique_ptr<store> ledger;
  std::unique_ptr<test::running_desk> work;
  std::vector<connectors::feed> feeds;
  instant started_at = instant::min();
  arrival::looked last;
  int number = 0;
};

using keys = std::vector<std::string>;

} // namespace

TEST_SUITE("arrival contracts") {

  TEST_CASE("when the next arrival is due") {
    const auto nine = std::chrono::minutes{9 * 60};
    struct {
      const char* name;
      arrival_contract promised;
      const char* last;
      const char* due;
    } const rows[] = {
        {"every 15 minutes", {15min, {}, 0}, "2026-03-02T10:00:00Z", "2026-03-02T10:15:00Z"},
        {"each day by nine, came in time", {24h, nine, 0}, "2026-03-02T06:30:00Z", "2026-03-03T09:00:00Z"},
        {"came on the minute", {24h, nine, 0}, "2026-03-02T09:00:00Z", "2026-03-03T09:00:00Z"},
        {"came late: it was for that day", {24h, nine, 0}, "2026-03-02T11:00:00Z", "2026-03-03T09:00:00Z"},
        {"came the evening before", {24h, nine, 0}, "2026-03-01T23:50:00Z", "2026-03-03T09:00:00Z"},
        {"each week", {7 * 24h, nine, 0}, "2026-03-02T06:30:00Z", "2026-03-09T09:00:00Z"},
        {"over the night in which clocks go forward", {24h, nine, 0}, "2026-03-28T08:00:00Z", "2026-03-29T08:00:00Z"},
        {"over the night in which they go back", {24h, nine, 0}, "2026-10-24T07:00:00Z", "2026-10-25T09:00:00Z"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(format_rfc3339(arrival::due_after(row.promised, london(), at(row.last))) == row.due);
    }
  }

  TEST_CASE("a contract in words") {
    CHECK(arrival::spell({15min, {}, 0}) == "at least every 15 minutes");
    CHECK(arrival::spell({24h, 9h, 20}) == "each day by 09:00, 20 rows or more");
    CHECK(arrival::spell({7 * 24h, 9h + 30min, 1}) == "every 7 days by 09:30, 1 row or more");
  }

  TEST_CASE("overdue once the time has passed, and not before; back with the next rows") {
    watched_desk d;
    d.take(0h);
    d.look_at(1min);
    CHECK(d.watch().due_at > test::noon() + 2h - 1min);
    d.look_at(2h);
    CHECK(d.standing().empty());
    d.look_at(2h + 1min);
    CHECK(d.standing() == keys{"feed.overdue|yas"});
    const auto told = d.ledger->operator_notices().front();
    CHECK(told.type == "feed.overdue");
    CHECK(told.about == "yas");
    CHECK(told.text.find("at least every 2 hours") != std::string::npos);
    CHECK(told.text.find("Data complete to: yas 2026-03-01 12:00 GMT") != std::string::npos);
    CHECK(d.last.overdue == 1);
    REQUIRE(d.watch().overdue_since);
    CHECK(*d.watch().overdue_since == d.watch().due_at);
    d.look_at(3h);
    CHECK(d.ledger->operator_notices().front().times == 1); // stands, and is not written again and again
    d.take(4h);
    d.look();
    CHECK(d.standing().empty());
    CHECK_FALSE(d.watch().overdue_since);
    CHECK(d.ledger->feed_turns(instant::min()).size() == 2);
  }

  TEST_CASE("a feed that never came is overdue as well, counted from when it was first expected") {
    watched_desk d;
    d.look();
    d.look_at(2h);
    CHECK(d.standing().empty());
    d.look_at(2h + 1s);
    REQUIRE(d.standing() == keys{"feed.overdue|yas"});
    CHECK(d.ledger->operator_notices().front().text.find("Nothing has come") != std::string::npos);
  }

  TEST_CASE("too few rows are no arrival") {
    watched_desk d{arrival_contract{2h, {}, 5}};
    d.look();
    d.take(1h, 3);
    d.look_at(2h + 1min);
    CHECK(d.standing() == keys{"feed.overdue|yas"});
    CHECK(d.ledger->operator_notices().front().text.find("3 usable rows came, too few") != std::string::npos);
    d.take(3h, 2);
    d.look();
    CHECK(d.standing().empty());
  }

  TEST_CASE("where no number of rows is promised, an empty file is an arrival") {
    watched_desk d;
    d.take(0h);
    d.look();
    d.take(1h, 0);
    d.look_at(2h + 1min);
    CHECK(d.standing().empty());
    CHECK(d.watch().kept_at - (test::noon() + 1h) < 1s);
  }

  TEST_CASE("after a start, what waits is read before anybody is called overdue") {
    watched_desk d;
    d.take(0h);
    d.look();
    d.started_at = test::noon() + 10h;
    d.look_at(10h + 1min);
    CHECK(d.standing().empty());
    d.look_at(10h + 2min + 1s);
    CHECK(d.standing() == keys{"feed.overdue|yas"});
  }

  TEST_CASE("while its feed is overdue a signal is held; the time of silence does not count") {
    watched_desk d;
    d.take(0h, 3); // closes at noon tomorrow, but for the silence
    d.look();
    d.look_at(4h);
    CHECK(d.only_signal().held);
    d.restart();
    CHECK(d.only_signal().held);
    CHECK(d.standing() == keys{"feed.overdue|yas"});
    d.look_at(30h);
    CHECK_FALSE(d.only_signal().closed_at);
    d.restart();
    d.take(34h);
    d.look();
    CHECK_FALSE(d.only_signal().held);
    d.take(35h);
    d.look();
    // 4 hours counted before the silence, which lasted 30: 20 hours are left.
    d.feeds.front().expect.reset();
    d.look_at(53h);
    CHECK_FALSE(d.only_signal().closed_at);
    d.look_at(55h);
    REQUIRE(d.only_signal().closed_at);
    CHECK(d.only_signal().close_reason == close_reason::below_threshold);
    CHECK(*d.only_signal().closed_at - (test::noon() + 54h) < 1min);
    CHECK(test::fold(*d.ledger, test::count_rule(3), d.time.now()) == test::kept_signals(*d.ledger));
  }

  TEST_CASE("a feed that is retired while overdue closes what it held, without an all-clear") {
    watched_desk d;
    d.take(0h, 3);
    d.look();
    d.look_at(4h);
    d.feeds.clear();
    d.look_at(5h);
    CHECK(d.only_signal().close_reason == close_reason::feed_lost);
    CHECK(d.standing().empty());
    CHECK(d.ledger->feed_watches().empty());
    CHECK(test::fold(*d.ledger, test::count_rule(3), d.time.now()) == test::kept_signals(*d.ledger));
  }

  TEST_CASE("rules that change meanwhile hold their signals as well") {
    watched_desk d;
    d.take(0h, 3);
    d.look();
    d.look_at(4h);
    const auto before = d.only_signal();
    (void)d.work->state.replace_rules(test::count_rule(2));
    CHECK(d.only_signal().id == before.id);
    CHECK(d.only_signal().held);
    d.look_at(100h);
    CHECK_FALSE(d.only_signal().closed_at);
    d.take(101h);
    d.look();
    CHECK_FALSE(d.only_signal().held);
  }

  TEST_CASE("a contract that is taken out or made longer ends the notice") {
    watched_desk d;
    d.take(0h);
    d.look();
    d.look_at(4h);
    SUBCASE("taken out") {
      d.feeds = {feed_that({})};
    }
    SUBCASE("longer") {
      d.feeds = {feed_that(arrival_contract{24h, {}, 0})};
    }
    d.look_at(5h);
    CHECK(d.standing().empty());
    CHECK(d.ledger->feed_turns(instant::min()).back().to == feed_state::current);
  }

  TEST_CASE("P11: the five silences of Montgomery County's 911 centre, and no others") {
    const auto file = testing::shared_data("data/ems/montco_911_2015-12-10_2016-06-30.csv.gz");
    if (!file) return;
    const auto eastern = *zone::named("America/New_York");
    const auto local = [&](int month, int day, int hour, int minute) {
      const int year = month == 12 ? 2015 : 2016;
      return eastern
          .to_instant(civil_time{std::chrono::local_days{std::chrono::year{year} / month / day}} +
                      std::chrono::hours{hour} + std::chrono::minutes{minute})
          .at;
    };
    // The last call before, the first after.
    const std::vector<std::pair<instant, instant>> silences{
        {local(12, 17, 22, 52), local(12, 18, 7, 11)}, {local(12, 18, 22, 32), local(12, 19, 8, 40)},
        {local(4, 12, 10, 41), local(4, 12, 13, 16)},  {local(4, 12, 18, 52), local(4, 12, 21, 10)},
        {local(5, 1, 12, 57), local(5, 2, 3, 1)},
    };

    std::vector<instant> calls;
    const std::vector<connectors::wanted_column> wanted{{"time_stamp", false}};
    const auto rows = connectors::read_csv(connectors::open_file(*file), {}, wanted);
    for (connectors::raw_row row; rows->next(row);) {
      const auto text = std::string{row.cells.front().value_or("")};
      std::istringstream in{text};
      int y = 0, m = 0, d = 0, h = 0, min = 0, s = 0;
      char c = 0;
      in >> y >> c >> m >> c >> d >> h >> c >> min >> c >> s;
      REQUIRE_MESSAGE(static_cast<bool>(in), text);
      const auto midnight = std::chrono::local_days{std::chrono::year{y} / m / d};
      calls.push_back(eastern
                          .to_instant(civil_time{midnight} + std::chrono::hours{h} + std::chrono::minutes{min} +
                                      std::chrono::seconds{s})
                          .at);
    }
    REQUIRE(calls.size() > 78'000);
    std::sort(calls.begin(), calls.end());

    for (const duration limit : {duration{105min}, duration{120min}}) {
      CAPTURE(format_duration(limit));
      const auto ledger = memory_store();
      const test::manual_clock standing_still{instant{}};
      test::running_desk idle{*ledger, standing_still, test::count_rule(3), {}, false};
      const std::vector<connectors::feed> feeds{feed_that(arrival_contract{limit, {}, 0}, "montgomery")};
      instant now{};
      const auto look_at = [&](instant when) {
        now = std::max(when, now + duration{1});
        desk_view view{*ledger, idle.process, now, [&](const feed_id& feed, const kind_id& kind, feed_state to) {
                         ledger->append(feed_turn{feed, kind, to, now});
                       }};
        return arrival::look(view, feeds, eastern, instant::min());
      };
      ledger->begin();
      instant due = instant::max();
      bool silent = false;
      for (const auto call : calls) {
        while (!silent && due < call) {
          silent = look_at(due + 1s).overdue > 0;
          due = ledger->feed_watches().front().due_at;
        }
        row_batch batch;
        batch.feed = feed_id{"montgomery"};
        batch.rows.emplace_back().what = connectors::unselected{};
        const row_ingest into{*ledger, [&] { return now = std::max(call, now + duration{1}); },
                              [](const observation&) {}};
        CHECK(take_rows(batch, into).unselected == 1);
        if (!silent && due != instant::max()) continue;
        silent = look_at(call).overdue > 0;
        due = ledger->feed_watches().front().due_at;
      }
      ledger->commit();

      const auto turns = ledger->feed_turns(instant::min());
      REQUIRE(turns.size() == 2 * silences.size());
      for (std::size_t i = 0; i < silences.size(); ++i) {
        CAPTURE(eastern.format(silences[i].first));
        const auto& fell = turns[2 * i];
        const auto& back = turns[2 * i + 1];
        CHECK(fell.to == feed_state::overdue);
        CHECK(back.to == feed_state::current);
        CHECK(fell.at - silences[i].first <= limit + 1min);
        CHECK(fell.at - silences[i].first >= limit);
        CHECK(back.at - silences[i].second < 1min);
      }
    }
  }
}
