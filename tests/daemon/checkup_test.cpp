// SPDX-License-Identifier: Apache-2.0
// The health report: each finding from what it is about, without a daemon; and the daily mail's words.
#include "daemon/upkeep/all_well.hpp"
#include "daemon/upkeep/checkup.hpp"
#include "daemon/upkeep/heartbeat.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace forewarn;
using namespace forewarn::checkup;
using namespace std::chrono_literals;

namespace {

instant at(const char* text) {
  return parse_rfc3339(text).value();
}
const instant now = at("2026-03-01T12:00:00Z");

verdict worst(const findings& all) {
  auto out = verdict::good;
  for (const auto& one : all) out = std::max(out, one.how);
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("checkup") {

  TEST_CASE("the disk") {
    const test::temp_dir folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    const auto giga = 1'000'000'000ULL;
    struct {
      const char* name;
      std::optional<disk_room> room;
      verdict how;
    } const rows[] = {
        {"plenty", disk_room{50 * giga, 100 * giga, false}, verdict::good},
        {"a small disk, half empty", disk_room{4'000'000, 8'000'000, false}, verdict::good},
        {"nearly full", disk_room{giga / 10, 100 * giga, false}, verdict::wrong},
        {"read-only", disk_room{50 * giga, 100 * giga, true}, verdict::wrong},
        {"not there", {}, verdict::wrong},
    };
    for (const auto& r : rows) {
      CAPTURE(r.name);
      CHECK(worst(on_disk(folder.path(), r.room)) == r.how);
    }
    CHECK(worst(on_disk(folder.path() / "before the first start", {})) == verdict::look);
  }

  TEST_CASE("the database and its log") {
    CHECK(worst(on_database(failure(std::string{"no such file"}))) == verdict::wrong);
    CHECK(worst(on_database(database_health{true, "ok", 1000, 1000})) == verdict::good);
    CHECK(worst(on_database(database_health{.made = false})) == verdict::look);
    CHECK(worst(on_database(database_health{true, "row 3 missing", 1000, 1000})) == verdict::wrong);
    CHECK(worst(on_database(database_health{true, "ok", 1000, 1ULL << 30U})) == verdict::look);
  }

  TEST_CASE("the clock") {
    const auto local = zone::utc();
    CHECK(worst(on_clock(now, now - 1h, true, local)) == verdict::good);
    CHECK(worst(on_clock(now, {}, {}, local)) == verdict::good);
    CHECK(worst(on_clock(now, {}, false, local)) == verdict::look);
    CHECK(worst(on_clock(now, now + 1h, true, local)) == verdict::wrong);
  }

  TEST_CASE("messages on their way") {
    CHECK(worst(on_outbox(0, {}, 0, now)) == verdict::good);
    CHECK(worst(on_outbox(3, now - 1min, 0, now)) == verdict::good);
    CHECK(worst(on_outbox(3, now - 30min, 0, now)) == verdict::look);
    CHECK(worst(on_outbox(3, now - 2h, 0, now)) == verdict::wrong);
    CHECK(worst(on_outbox(0, {}, 1, now)) == verdict::wrong);
  }

  TEST_CASE("secrets") {
    const test::temp_dir folder;
    const auto file = folder.path() / "api.token";
    std::ofstream{file} << "secret";
    std::ofstream{folder.path() / "pseudonym.key"} << "secret";
    std::filesystem::permissions(folder.path() / "pseudonym.key", std::filesystem::perms{0600});
    struct {
      const char* name;
      unsigned mode;
      const char* setting;
      verdict how;
    } const rows[] = {
        {"private", 0600, "api.token", verdict::good},
        {"for its group to read", 0640, "api.token", verdict::good},
        {"for its group to write", 0660, "api.token", verdict::look},
        {"for everybody", 0644, "api.token", verdict::wrong},
        {"not there", 0600, "other.token", verdict::wrong},
        {"systemd's to give", 0600, "credential:api-token", verdict::good},
    };
    for (const auto& r : rows) {
      CAPTURE(r.name);
      configuration all;
      all.settings.config_dir = all.settings.state_dir = folder.path();
      all.settings.api_token_file = r.setting;
      std::filesystem::permissions(file, std::filesystem::perms{r.mode});
      CHECK(worst(on_secrets(all)) == r.how);
    }
  }

  TEST_CASE("a feed that is overdue is wrong, one that has not begun is to be looked at") {
    connectors::feed of;
    of.id = feed_id{"ambulance"};
    of.expect = connectors::arrival_contract{2h, {}, 0};
    feed_totals rows;
    rows.feed = of.id;
    feed_watch watch;
    watch.feed = of.id;
    CHECK(worst(on_feeds({of}, {}, {}, zone::utc())) == verdict::look);
    rows.last_arrival = now - 3h;
    CHECK(worst(on_feeds({of}, {rows}, {watch}, zone::utc())) == verdict::good);
    watch.overdue_since = now - 1h;
    const auto found = on_feeds({of}, {rows}, {watch}, zone::utc());
    CHECK(worst(found) == verdict::wrong);
    CHECK(has(found.front().text, "overdue since 2026-03-01 11:00 UTC; last arrival 2026-03-01 09:00 UTC"));
  }

  TEST_CASE("the daily mail says what was taken, by feed, and what stands") {
    all_well_facts facts;
    facts.since = now - 24h;
    facts.now = now;
    feed_totals busy;
    busy.feed = feed_id{"ambulance"};
    busy.rows = 12;
    busy.accepted = 10;
    busy.quarantined = 2;
    busy.last_arrival = now - 1h;
    feed_totals silent;
    silent.feed = feed_id{"deaths"};
    facts.feeds = {busy, silent};
    facts.figures = {3, 1, 4, 0};
    const auto well = write_all_well(facts, zone::utc());
    CHECK(well.subject == "All well with Forewarn, 2026-03-01");
    CHECK(has(well.text, "ambulance: 12 rows, 10 accepted, 2 refused; last arrival 2026-03-01 11:00 UTC"));
    CHECK(has(well.text, "deaths: 0 rows, 0 accepted, 0 refused; last arrival never"));
    CHECK(has(well.text, "signals: 3 opened"));
    operator_notice overdue;
    overdue.subject = "Feed deaths is overdue";
    overdue.raised_at = now - 2h;
    facts.standing = {overdue};
    CHECK(write_all_well(facts, zone::utc()).subject ==
          "NOT all well with Forewarn, 2026-03-01: Feed deaths is overdue");
  }

  TEST_CASE("the totals of the last mail come back from its mark") {
    std::map<std::string, feed_totals> totals;
    auto& one = totals["yas"];
    one.feed = feed_id{"yas"};
    one.rows = 5;
    one.accepted = 4;
    one.quarantined = 1;
    const auto back = totals_from_text(totals_to_text(totals));
    REQUIRE(back.count("yas") == 1);
    CHECK(back.at("yas").accepted == 4);
    CHECK(totals_from_text("not json").empty());
  }

  TEST_CASE("a heartbeat to nobody says why") {
    CHECK_FALSE(send_heartbeat("http://127.0.0.1:1/").empty());
    CHECK_FALSE(send_heartbeat("file:///etc/hostname").empty());
  }
}
