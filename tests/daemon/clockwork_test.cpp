// SPDX-License-Identifier: Apache-2.0
// What the daemon does for itself by the clock, on the shipped configuration with a clock moved by hand: the daily mail
// once a day and not on the first, and a purge at its hour.
#include "daemon/upkeep/clockwork.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/store/open.hpp"
#include "daemon/upkeep/grouping_watch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <fstream>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
constexpr duration day = 24h;

fs::path shipped_with(const fs::path& folder, const std::string& settings) {
  fs::copy(fs::path{FOREWARN_SOURCE_DIR} / "etc", folder, fs::copy_options::recursive);
  std::ofstream{folder / "forewarn.yaml"} << "state_dir: state\nlisten_port: 0\n" << settings;
  return folder;
}

observation call(const char* id) {
  observation out;
  out.key = {feed_id{"ambulance"}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = parse_rfc3339("2026-03-01T10:00:00Z").value();
  out.has_own_received_at = false;
  return out;
}

// All parts that the clockwork moves, for one run after the other on the same store and clock.
struct daemon_parts {
  explicit daemon_parts(const std::string& settings) {
    config = shipped_with(folder.path() / "etc", settings);
    current = put_in_force(load_configuration(config, load_for::run));
    const auto now = current.load();
    REQUIRE_MESSAGE(now->all.usable(), render(now->all.found, {}));
    ledger = open_store(now->all.settings.state_dir).value();
    process = std::make_unique<alerting::process>(now->all.rules, now->all.services, now->all.words, "FW");
    state = std::make_unique<desk>(*ledger, time, now->all.rules, *process, desk::options{});
    state->start();
  }

  void run_until(const std::function<bool()>& done) {
    boost::asio::io_context io;
    operator_notices notices{*state};
    reloader reloads{current, *state, readers};
    clockwork works{{io, current, *state, readers, notices, reloads, onward}};
    works.start();
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (!done() && std::chrono::steady_clock::now() < patience) io.run_for(20ms);
    boost::asio::co_spawn(io, works.stop(), boost::asio::detached);
    io.restart();
    io.run_for(5s);
    state->run([](desk_view&) {});
  }
  [[nodiscard]] std::string mark(const std::string& name) const {
    std::string out;
    state->run([&](desk_view& view) { out = view.ledger.mark(name).value_or(""); });
    return out;
  }
  [[nodiscard]] std::vector<due_delivery> told(const std::string& type) const {
    auto out = open_reader(current.load()->all.settings.state_dir).value()->deliveries({}, {.limit = 100});
    std::erase_if(out, [&](const due_delivery& one) { return one.message.type != type; });
    return out;
  }

  test::temp_dir folder;
  fs::path config;
  test::manual_clock time{parse_rfc3339("2026-03-01T12:00:00Z").value()};
  onward_clock onward{time};
  configuration_in_force current;
  std::unique_ptr<store> ledger;
  std::unique_ptr<alerting::process> process;
  std::unique_ptr<desk> state;
  reader_pool readers{[this] { return open_reader(current.load()->all.settings.state_dir).value(); }};
};

} // namespace

TEST_SUITE("clockwork") {

  TEST_CASE("the daily mail comes once a day, and not on the first") {
    daemon_parts now{""};
    now.run_until([&] { return now.mark("all_well.day") == "2026-03-01"; });
    CHECK(now.told("operator.all_well").empty());
    row_batch rows;
    rows.feed = feed_id{"ambulance"};
    rows.source = "a.csv";
    connectors::taken_row one;
    one.what = call("1");
    rows.rows = {one};
    now.state->run(std::move(rows));

    now.time.move(day);
    now.run_until([&] { return !now.told("operator.all_well").empty(); });
    const auto mails = now.told("operator.all_well");
    REQUIRE(mails.size() == 1);
    CHECK(mails.front().message.text.find("ambulance: 1 rows, 1 accepted") != std::string::npos);
    CHECK(mails.front().row.service == service_id{"on-call"});

    now.time.move(1h);
    now.run_until([&] { return now.mark("purge.day") == "2026-03-02"; });
    CHECK(now.told("operator.all_well").size() == 1);
  }

  TEST_CASE("records beyond their feed's retention go at the hour that is set") {
    daemon_parts now{"purge_at: \"03:30\"\n"};
    row_batch rows;
    rows.feed = feed_id{"ambulance"};
    rows.source = "a.csv";
    connectors::taken_row one;
    one.what = call("1");
    rows.rows = {one};
    now.state->run(std::move(rows));
    now.run_until([&] { return now.mark("purge.day") == "2026-03-01"; });
    const auto stored = [&] {
      return open_reader(now.config / "state").value()->latest({feed_id{"ambulance"}, record_id{"1"}});
    };
    CHECK(stored().has_value());
    now.time.move(731 * day); // the shipped feed keeps two years
    now.run_until([&] { return !stored().has_value(); });
    CHECK_FALSE(stored().has_value());
    CHECK(open_reader(now.config / "state").value()->daily_counts().size() == 1);
  }

  TEST_CASE("a clock set back is told to the operators, and that it is over") {
    daemon_parts parts{""};
    (void)parts.onward.now();
    parts.time.move(-1h);
    (void)parts.onward.now();
    parts.run_until([&] { return !parts.told("clock.set_back").empty(); });
    REQUIRE(parts.told("clock.set_back").size() == 1);
    CHECK(parts.told("clock.set_back").front().message.text.find("1 hour") != std::string::npos);
  }
}

TEST_CASE("a rule that loses more than a tenth of a day's records is told") {
  using namespace std::chrono_literals;
  struct row {
    const char* name;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> each_six_hours; // observed and ungrouped so far
    bool told;
  };
  const row rows[] = {
      {"what was lost before the first look does not count", {{100, 90}, {120, 90}}, false},
      {"six of forty", {{100, 0}, {140, 6}}, true},
      {"four of forty is no more than a tenth", {{100, 0}, {140, 4}}, false},
      {"four of four are too few to say", {{100, 0}, {104, 4}}, false},
      {"a day later it is over", {{100, 0}, {110, 10}, {120, 10}, {130, 10}, {140, 10}, {200, 10}}, false},
      {"taken back by a correction", {{100, 20}, {90, 10}}, false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    grouping_watch watch;
    std::vector<lost_records> last;
    auto now = parse_rfc3339("2026-03-01T12:00:00Z").value();
    for (const auto& [observed, ungrouped] : r.each_six_hours) {
      last = watch.look({{rule_id{"one"}, observed, ungrouped, 1, 0}}, now);
      now += 6h;
    }
    CHECK(last.empty() == !r.told);
  }
}
