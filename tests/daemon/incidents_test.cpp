// SPDX-License-Identifier: Apache-2.0
// Several calls are one incident when they come from one place within minutes: at the desk, in dry runs, and on the
// real calls of a county that publishes no incident numbers.
#include "connectors/feed.hpp"
#include "daemon/feed_trial.hpp"
#include "daemon/incident_joining.hpp"
#include "desk_fixture.hpp"
#include "support/shared_data.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace forewarn;
using namespace forewarn::test;

namespace {

connectors::near_calls at_place(const char* place, const char* begins) {
  return {place, std::chrono::minutes{2}, incident_id{begins}};
}

struct call {
  const char* id;
  int minute;
  const char* place;
};

// Incident by record, taken in the order given.
std::map<std::string, std::string> incidents_of(const std::vector<call>& calls) {
  const auto ledger = memory_store();
  manual_clock time{noon()};
  running_desk at{*ledger, time, count_rule(3)};
  for (const auto& one : calls) {
    auto rows = batch({call_out(one.id, noon() - std::chrono::minutes{60 - one.minute})});
    if (*one.place != '\0') rows.rows.front().near = at_place(one.place, (std::string{"i:"} + one.id).c_str());
    (void)at.state.run(std::move(rows));
  }
  std::map<std::string, std::string> out;
  at.state.run([&](desk_view& view) {
    for (const auto& one : calls) {
      const auto stored = view.ledger.latest({feed_id{"yas"}, record_id{one.id}});
      out[one.id] = stored->incident ? stored->incident->str() : "-";
    }
  });
  return out;
}

} // namespace

TEST_CASE("which calls are one incident") {
  struct row {
    const char* name;
    std::vector<call> calls;
    std::map<std::string, std::string> incidents;
  };
  const row rows[] = {
      {"within two minutes", {{"1", 0, "a"}, {"2", 2, "a"}}, {{"1", "i:1"}, {"2", "i:1"}}},
      {"beyond them", {{"1", 0, "a"}, {"2", 3, "a"}}, {{"1", "i:1"}, {"2", "i:2"}}},
      {"elsewhere", {{"1", 0, "a"}, {"2", 1, "b"}}, {{"1", "i:1"}, {"2", "i:2"}}},
      {"the later one arrives first", {{"2", 1, "a"}, {"1", 0, "a"}}, {{"1", "i:2"}, {"2", "i:2"}}},
      {"a third is counted from the first, not from the second",
       {{"1", 0, "a"}, {"2", 2, "a"}, {"3", 4, "a"}},
       {{"1", "i:1"}, {"2", "i:1"}, {"3", "i:3"}}},
      {"between two, the nearer",
       {{"1", 0, "a"}, {"2", 3, "a"}, {"3", 2, "a"}},
       {{"1", "i:1"}, {"2", "i:2"}, {"3", "i:2"}}},
      {"a place nobody knows", {{"1", 0, ""}, {"2", 0, ""}}, {{"1", "-"}, {"2", "-"}}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(incidents_of(r.calls) == r.incidents);
  }
}

TEST_CASE("a call sent again keeps its incident, so that it is a duplicate and no revision") {
  const auto ledger = memory_store();
  manual_clock time{noon()};
  running_desk at{*ledger, time, count_rule(3)};
  const auto send = [&](const char* id, int minute) {
    auto rows = batch({call_out(id, noon() - std::chrono::minutes{60 - minute})});
    rows.rows.front().near = at_place("a", (std::string{"i:"} + id).c_str());
    return at.state.run(std::move(rows));
  };
  CHECK(send("1", 0).accepted == 1);
  CHECK(send("2", 2).accepted == 1); // joins 1
  CHECK(send("3", 3).accepted == 1); // begins its own, and is nearer to 2 than 1 is
  CHECK(send("2", 2).duplicate == 1);
  CHECK(send("3", 3).duplicate == 1);
}

TEST_CASE("Montgomery County: pairs of overdose calls within two minutes in one township count once") {
  const auto path = forewarn::testing::shared_data("data/ems/montco_911_2015-12-10_2016-06-30.csv.gz");
  if (!path) return;
  auto reference = std::make_shared<reference_data>();
  problems found;
  reference->kinds = parse_kinds({{"kinds.yaml", "kinds: [{id: ambulance, title: A, one: a, many: as}]\n"}}, found);
  const std::string yaml = R"(id: montco
partner: Montgomery County
kind: ambulance
purpose: test of real input
lawful_basis: open data
retention: 30d
read: csv
zone: America/New_York
identity: {fingerprint: [title, time_stamp, twp, lat, lng]}
select: {title: {matches: "^EMS: OVERDOSE"}}
incident: {same: [twp], within: 2m}
map: {occurred_at: {column: time_stamp, formats: ["%Y-%m-%d %H:%M:%S"]}}
)";
  const auto loaded = connectors::load_feeds({{"m.yaml", yaml}}, reference, {sensitive<std::string>{"k"}});
  REQUIRE_MESSAGE(loaded.feeds.size() == 1, render(loaded.found, {{"m.yaml", yaml}}));
  std::vector<observation> calls;
  const auto trial = try_feed(loaded.feeds.front(), connectors::open_file(*path), {}, {},
                              [&](const observation& one) { calls.push_back(one); });
  CHECK(trial.rows == 78'277);
  CHECK(trial.accepted + trial.duplicate == 941);
  std::set<std::string> incidents;
  std::size_t unplaced = 0;
  for (const auto& one : calls) {
    if (one.incident)
      incidents.insert(one.incident->str());
    else
      ++unplaced;
  }
  // Counted once more by a dozen lines of another language: 18 calls join one that came before them.
  CHECK(calls.size() == 941);
  CHECK(incidents.size() == 921);
  CHECK(unplaced == 2); // no township is given
}
