// SPDX-License-Identifier: Apache-2.0
// What a feed sends has changed: a code that nobody knows, a clock that is ahead, another header. Told at once, while
// every row is accounted for, and told to be over when it is.
#include "daemon/arrival/header_watch.hpp"
#include "daemon/arrival/intake_news.hpp"

#include "daemon/desk_fixture.hpp"
#include "daemon/store/open.hpp"
#include "support/shared_data.hpp"
#include "tests/connectors/feed_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace forewarn;
using namespace std::chrono_literals;
using connectors::testing::feed_yaml;
using connectors::testing::load_good;

namespace {

constexpr const char* calls = R"(
identity: {id: ID}
read: csv
zone: Europe/London
map:
  occurred_at: {column: When, formats: [iso]}
  setting: {column: Place, values: {Street: street, Hostel: hostel}}
  ward: {column: Ward, optional: true}
)";

std::shared_ptr<const alerting::service_book> one_operator() {
  alerting::service out;
  out.id = service_id{"it"};
  out.operators = true;
  auto& by = out.channels.emplace_back();
  by.name = "mail";
  by.kind = channel_kind::maildir;
  by.folder = "mail";
  auto book = std::make_shared<alerting::service_book>();
  book->services.push_back(std::move(out));
  return book;
}

// The desk with one operator, a feed, and a clock moved by hand.
struct scene {
  explicit scene(connectors::feed from) : of{std::move(from)} { state.start(); }

  void take(const std::string& text) {
    auto stream = connectors::read_rows(of, connectors::from_text(text));
    row_batch batch;
    batch.feed = of.id;
    batch.source = "calls.csv";
    (void)stream->next(batch.rows, 1'000'000);
    headers.seen(of, "calls.csv", *stream);
    outcome = state.run(std::move(batch));
  }
  void settle_at(duration after_noon) {
    time.set(test::noon() + after_noon);
    state.run([](desk_view& view) { arrival::settle_intake_notices(view.process, view.ledger, view.now); });
  }
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& one : ledger->deliveries({}, {.limit = 100})) out.insert(out.begin(), one.message.type);
    return out;
  }
  [[nodiscard]] std::string newest() const {
    const auto all = ledger->deliveries({}, {.limit = 1});
    return all.empty() ? "" : all.front().message.text;
  }

  std::unique_ptr<store> ledger = memory_store();
  test::manual_clock time{test::noon()};
  connectors::feed of;
  alerting::process process{test::count_rule(3), one_operator(), std::make_shared<alerting::word_book>(), "FW"};
  desk state{*ledger, time, test::count_rule(3), process, {}};
  arrival::header_watch headers{state};
  batch_outcome outcome;
};

bool says(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

using kinds = std::vector<std::string>;

} // namespace

TEST_SUITE("what a feed sends has changed") {

  TEST_CASE("the first word that a value table does not know is told at once, and the row is taken") {
    scene s{load_good(feed_yaml(calls))};
    s.take("ID,When,Place,Ward\n1,2026-03-01T11:00,Street,\n2,2026-03-01T11:01,Boat,\n3,2026-03-01T11:02,Boat,\n");
    CHECK(s.outcome.accepted == 3);
    CHECK(s.told() == kinds{"feed.unknown_code"});
    CHECK(says(s.newest(), "calls.csv"));
    CHECK(says(s.newest(), "column Place"));
    CHECK(says(s.newest(), "'Boat' (line 3)"));
    SUBCASE("the same word again is no news, another one neither while the notice stands") {
      s.take("ID,When,Place,Ward\n4,2026-03-01T11:03,Boat,\n5,2026-03-01T11:04,Barge,\n");
      CHECK(s.told() == kinds{"feed.unknown_code"});
    }
    SUBCASE("a day without one ends it") {
      s.settle_at(23h);
      CHECK(s.told() == kinds{"feed.unknown_code"});
      s.settle_at(24h + 1min);
      CHECK(s.told() == kinds{"feed.unknown_code", "feed.unknown_code.cleared"});
    }
  }

  TEST_CASE("records of the future wait, and the first raise an alarm that ends when times are right") {
    scene s{load_good(feed_yaml(calls))};
    s.take("ID,When,Place,Ward\n1,2026-03-01T12:09,Street,\n2,2026-03-01T12:30,Street,\n3,2026-03-01T12:40,Street,\n");
    CHECK(s.outcome.accepted == 1);
    CHECK(s.outcome.quarantined == 2);
    CHECK(s.told() == kinds{"feed.future"});
    CHECK(says(s.newest(), "2 records of calls.csv lie more than 10 minutes ahead"));
    s.settle_at(2h); // nothing came since
    CHECK(s.told() == kinds{"feed.future"});
    s.take("ID,When,Place,Ward\n4,2026-03-01T13:00,Street,\n");
    s.settle_at(2h + 1min);
    CHECK(s.told() == kinds{"feed.future", "feed.future.cleared"});
  }

  TEST_CASE("a header that has changed") {
    constexpr const char* first = "ID,When,Place,Ward\n1,2026-03-01T11:00,Street,\n";
    struct {
      const char* name;
      const char* then;
      kinds told;
      const char* said;
      std::int64_t taken;
    } const rows[] = {
        {"the same", "ID,When,Place,Ward\n2,2026-03-01T11:00,Street,\n", {}, "", 1},
        {"another order", "When,ID,Ward,Place\n2026-03-01T11:00,2,,Street\n", {}, "", 1},
        {"a column that is needed is renamed: nothing is read",
         "ID,When it was,Place,Ward\n2,2026-03-01T11:00,Street,\n",
         {"feed.changed"},
         "Gone: 'When'. New: 'When it was'",
         0},
        {"a column that may be missing is gone: the rows are read",
         "ID,When,Place\n2,2026-03-01T11:00,Street\n",
         {"feed.changed"},
         "Gone: 'Ward'",
         1},
        {"a new one", "ID,When,Place,Ward,Crew\n2,2026-03-01T11:00,Street,,A\n", {"feed.changed"}, "New: 'Crew'", 1},
        {"a row of data where the header should be: it is not quoted",
         "17,2026-03-01T11:00,Mill Lane,Ann\n",
         {"feed.changed"},
         "the header lacks",
         0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      scene s{load_good(feed_yaml(calls))};
      s.take(first);
      CHECK(s.told().empty());
      s.take(row.then);
      CHECK(s.told() == row.told);
      CHECK(s.outcome.accepted == row.taken);
      CHECK(says(s.newest(), row.said));
      CHECK_FALSE(says(s.newest(), "Mill Lane"));
      s.take(row.then); // it is no news any more
      CHECK(s.told() == row.told);
    }
  }

  TEST_CASE("a header that is as it was ends the notice") {
    scene s{load_good(feed_yaml(calls))};
    s.take("ID,When,Place,Ward\n1,2026-03-01T11:00,Street,\n");
    s.take("ID,When,Place\n2,2026-03-01T11:00,Street\n");
    s.take("ID,When,Place,Ward\n3,2026-03-01T11:00,Street,\n");
    CHECK(s.told() == kinds{"feed.changed", "feed.changed.cleared"});
  }

  TEST_CASE(
      "P7: Cincinnati's vocabulary change of 24 January 2017 is told at the first unknown code, and no call is lost") {
    const auto file = testing::shared_data("data/ems/cincinnati_heroin_ems_2017-01-01_2019-02-09.csv.gz");
    if (!file) return;
    // The mapping as it was before the change: one type of incident, and dispositions in words.
    scene s{load_good(feed_yaml(R"(
read: csv
zone: America/New_York
absent: ["", NA, N/A]
identity: {id: EVENT_NUMBER}
map:
  occurred_at: {column: CREATE_TIME_INCIDENT, formats: ["%m/%d/%Y %I:%M:%S %p"]}
  substances: {column: INCIDENT_TYPE_ID, values: {HERONF: heroin}}
)"))};
    std::vector<connectors::taken_row> rows;
    const auto stream = connectors::read_rows(s.of, connectors::open_file(*file));
    while (stream->next(rows, 10'000)) {
    }
    REQUIRE_FALSE(stream->broken());
    std::erase_if(rows, [](const auto& row) { return !std::holds_alternative<observation>(row.what); });
    const auto when = [](const connectors::taken_row& row) { return std::get<observation>(row.what).occurred_at; };
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return when(a) < when(b); });

    std::optional<instant> told_at;
    std::int64_t accepted = 0;
    const auto until = parse_rfc3339("2017-02-01T00:00:00Z").value();
    std::int64_t calls_until = 0;
    for (auto& row : rows) {
      const auto at = when(row);
      if (at >= until) break;
      ++calls_until;
      s.time.set(at);
      row_batch batch;
      batch.feed = s.of.id;
      batch.source = "push";
      batch.rows.push_back(std::move(row));
      accepted += s.state.run(std::move(batch)).accepted;
      if (!told_at && !s.ledger->operator_notices().empty()) told_at = at;
    }
    CHECK(accepted == calls_until);
    CHECK(calls_until > 100);
    REQUIRE(told_at);
    CHECK(zone::named("America/New_York")->format(*told_at).substr(0, 13) == "2017-01-24 07");
    CHECK(s.told() == kinds{"feed.unknown_code"});
    CHECK(says(s.newest(), "'HEROIN-COMBINED'"));
  }
}
