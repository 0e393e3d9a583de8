// SPDX-License-Identifier: Apache-2.0
// A day that is sent again and lacks records: taken back where they are few, asked about where they are not; and the
// partner's reference that is kept sealed beside each record.
#include "connectors/mapping/sealing.hpp"
#include "daemon/resent_days.hpp"
#include "daemon/store/open.hpp"
#include "support/inbox.hpp"
#include "support/running_app.hpp"
#include "support/soon.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace forewarn;
using test::text_of;
namespace fs = std::filesystem;

namespace {

constexpr int whole_day = 30;

observation call(int number, instant at) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{"C" + std::to_string(number)}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = at;
  out.received_at = at + std::chrono::hours{30};
  return out;
}

// The first of March, in the zone of the feed.
instant at_minute(int minute) {
  return parse_rfc3339("2026-03-01T08:00:00Z").value() + std::chrono::minutes{minute};
}

connectors::feed feed_with(std::int64_t min_rows) {
  connectors::feed out;
  out.id = feed_id{"yas"};
  out.partner = "Ambulance";
  out.kind = kind_id{"ambulance"};
  out.absence = connectors::absence_rule{min_rows, zone::named("Europe/London").value()};
  return out;
}

std::unique_ptr<store> with_calls(int count) {
  auto out = memory_store();
  out->begin();
  for (int i = 0; i < count; ++i) out->append(call(i, at_minute(i)));
  out->commit();
  return out;
}

connectors::taken_row row(observation one) {
  connectors::taken_row out;
  out.what = std::move(one);
  return out;
}

} // namespace

TEST_CASE("what a day lacks that is sent again") {
  struct {
    const char* name;
    int stored;
    int first, last; // records of the file
    std::int64_t min_rows;
    bool refused;
    std::size_t days, absent;
    bool few, all_read;
  } const rows[] = {
      {"everything is there", 30, 0, 30, 20, false, 0, 0, false, true},
      {"one of thirty", 30, 1, 30, 20, false, 1, 1, true, true},
      {"one of twenty is one in twenty", 20, 1, 20, 19, false, 1, 1, false, true},
      {"half a day", 40, 0, 20, 20, false, 1, 20, false, true},
      {"too few rows to be the day", 30, 0, 19, 20, false, 0, 0, false, true},
      {"a refused row may be the one", 30, 1, 30, 20, true, 1, 1, true, false},
      {"records that are new are not lacking", 30, 0, 60, 20, false, 0, 0, false, true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto ledger = with_calls(r.stored);
    const auto of = feed_with(r.min_rows);
    resent_days days{of};
    for (int i = r.first; i < r.last; ++i) days.add(row(call(i, at_minute(i))));
    if (r.refused) {
      connectors::taken_row bad;
      bad.what = connectors::rejected{"When", "bad-time", "no date", ""};
      days.add(bad);
    }
    const auto found = days.compare(*ledger);
    REQUIRE(found.size() == r.days);
    CHECK(days.all_read() == r.all_read);
    if (found.empty()) continue;
    CHECK(found[0].keys.size() == r.absent);
    CHECK(found[0].few() == r.few);
    CHECK(to_text(found[0].day) == "2026-03-01");
  }
}

TEST_CASE("a record that moved to another day, or was taken back before, is not absent") {
  const auto ledger = with_calls(whole_day);
  auto gone = call(3, at_minute(3));
  gone.withdrawn = true;
  ledger->begin();
  ledger->append(gone);
  ledger->commit();
  const auto of = feed_with(20);
  resent_days days{of};
  for (int i = 0; i < whole_day; ++i) {
    if (i == 3) continue;
    days.add(row(call(i, i == 5 ? at_minute(24 * 60 + 5) : at_minute(i))));
  }
  CHECK(days.compare(*ledger).empty());
}

namespace {

const std::string header = "Call ID,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,"
                           "Patient ref,Incident no,Outcome\n";

std::string day_without(const std::function<bool(int)>& left_out) {
  auto out = header;
  for (int i = 0; i < whole_day; ++i)
    if (!left_out(i))
      out += fmt::format("C{0},01/03/2026 {1:02}:{2:02},Armley,Private home,heroin,Y,1,34,Male,P{0},I{0},\n", i,
                         8 + i / 10, i % 10);
  return out;
}

void drop(const fs::path& inbox, const std::string& name, const std::string& text) {
  test::drop(inbox, name, text);
  REQUIRE(test::soon([&] { return fs::exists(inbox / (name + ".receipt.csv")); }));
}

std::size_t standing(const fs::path& state) {
  const auto stored = open_reader(state).value();
  return stored
      ->standing_records(feed_id{"ambulance"}, parse_rfc3339("2026-03-01T00:00:00Z").value(),
                         parse_rfc3339("2026-03-02T00:00:00Z").value())
      .size();
}

} // namespace

TEST_CASE("in the daemon: one absent call is taken back and told, many are asked about until a person says so") {
  test::running_app daemon;
  daemon.stop();
  daemon.replace_in("feeds.d/ambulance.yaml", "  id: Call ID\n",
                    "  id: Call ID\n  withdrawn_by_absence: {min_rows: 10}\n");
  daemon.start();
  const auto state = daemon.folder() / "state";
  const auto inbox = state / "inbox/ambulance";
  drop(inbox, "day.csv", day_without([](int) { return false; }));
  CHECK(standing(state) == whole_day);
  drop(inbox, "day-again.csv", day_without([](int i) { return i == 7; }));
  CHECK(standing(state) == whole_day - 1);
  CHECK(text_of(inbox / "day-again.csv.receipt.csv")
            .find(",,,withdrawn,1 of the 30 records of 2026-03-01 that were sent before are not in this file and are "
                  "taken back\n") != std::string::npos);
  CHECK((*open_reader(state))->latest({feed_id{"ambulance"}, record_id{"C7"}})->withdrawn);

  const auto half = day_without([](int i) { return i < 12; });
  drop(inbox, "half.csv", half);
  CHECK(standing(state) == whole_day - 1); // a person is asked
  const auto by_hand = [&](const std::string& wish) {
    return daemon.ask("POST", "/v1/feeds/ambulance/records?absent=" + wish,
                      "Content-Type: text/csv\r\nAuthorization: Bearer feed-token\r\n", half);
  };
  CHECK(by_hand("maybe").find("HTTP/1.1 400") != std::string::npos);
  const auto answer = by_hand("withdrawn");
  CHECK(answer.find(R"("withdrawn":11)") != std::string::npos);
  CHECK(standing(state) == whole_day - 12);
}

TEST_CASE("a record's sealed reference: kept, replaced, read by the partner alone") {
  const auto partner = connectors::new_sealing_pair();
  test::running_app daemon;
  daemon.stop();
  daemon.replace_in("feeds.d/ambulance.yaml", "\nmap:\n",
                    "\npartner_reference: {column: Patient ref, sealed_for: " + partner.seals + "}\n\nmap:\n");
  daemon.start();
  const auto state = daemon.folder() / "state";
  drop(state / "inbox/ambulance", "day.csv", day_without([](int) { return false; }));
  const auto stored = open_reader(state).value();
  const auto sealed = stored->partner_reference({feed_id{"ambulance"}, record_id{"C9"}});
  REQUIRE(sealed);
  CHECK(connectors::unsealed(partner.unseals, *sealed)->reveal() == "P9");
  CHECK_FALSE(stored->partner_reference({feed_id{"ambulance"}, record_id{"C99"}}));
  CHECK(text_of(state / "forewarn.db").find("P9") == std::string::npos);
}
