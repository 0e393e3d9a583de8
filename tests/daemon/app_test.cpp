// SPDX-License-Identifier: Apache-2.0
// The daemon as a partner's program and an operator meet it: real sockets, real files, the shipped configuration.
#include "daemon/canary.hpp"
#include "daemon/example_record.hpp"
#include "support/running_app.hpp"
#include "support/soon.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace forewarn;

namespace {

const std::string header = "Call ID,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,"
                           "Patient ref,Incident no,Outcome\n";
const std::string good_row =
    "1001,01/03/2026 10:00,Armley,Private home,heroin,Y,1,34,Male,P1,I1,Conveyed to hospital\n";
const std::string bad_row = "1002,31/02/2026 10:00,Armley,Private home,heroin,Y,1,34,Male,P2,I2,Conveyed to hospital\n";
const std::string csv = "Content-Type: text/csv\r\n";
const std::string feed_token = "Authorization: Bearer feed-token\r\n";
const std::string owner_token = "Authorization: Bearer owner-token\r\n";
const std::string records = "/v1/feeds/ambulance/records";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// For what the daemon does on its own time.
template <class Condition> bool soon(Condition holds) {
  return test::soon(holds, std::chrono::seconds{10});
}

} // namespace

TEST_CASE("records by HTTP: counted, refused with reasons, known the second time") {
  test::running_app daemon;
  const auto first = daemon.ask("POST", records, csv + feed_token, header + good_row + bad_row);
  CHECK(has(first, "HTTP/1.1 200"));
  CHECK(has(first, R"("rows":2,"accepted":1)"));
  CHECK(has(first, R"("quarantined":1)"));
  CHECK(has(first, R"("line":3,"column":"Call time","code":"bad-time")"));
  const auto again = daemon.ask("POST", records, csv + feed_token, header + good_row + bad_row);
  CHECK(has(again, R"("accepted":0)"));
  CHECK(has(again, R"("duplicate":2)"));
}

TEST_CASE("a body that corrects its own record changes nothing the second time") {
  test::running_app daemon;
  auto corrected = good_row;
  corrected.replace(corrected.find("heroin"), 6, "cocaine");
  const auto body = header + good_row + corrected;
  CHECK(has(daemon.ask("POST", records, csv + feed_token, body), R"("rows":2,"accepted":2,"revised":1)"));
  CHECK(has(daemon.ask("POST", records, csv + feed_token, body), R"("rows":2,"accepted":0)"));
  CHECK(has(daemon.ask("POST", records, csv + feed_token, body), R"("duplicate":2)"));
}

TEST_CASE("after a clean stop the database file alone is the whole store") {
  test::running_app daemon;
  CHECK(has(daemon.ask("POST", records, csv + feed_token, header + good_row), R"("accepted":1)"));
  daemon.stop();
  const auto log = daemon.folder() / "state/forewarn.db-wal";
  CHECK((!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0));
}

TEST_CASE("a dry run says what would happen and changes nothing") {
  test::running_app daemon;
  const auto dry = daemon.ask("POST", records + "?dry_run=1", csv + feed_token, header + good_row);
  CHECK(has(dry, R"("accepted":1)"));
  CHECK(has(dry, R"("dry_run":true)"));
  CHECK(has(daemon.ask("POST", records + "?dry_run=maybe", csv + feed_token, header + good_row), "HTTP/1.1 400"));
  CHECK(has(daemon.ask("POST", records, csv + feed_token, header + good_row), R"("accepted":1)"));
}

TEST_CASE("who may ask, and what is refused") {
  test::running_app daemon{"largest_body: 2048\n"};
  struct row {
    const char* name;
    std::string method, target, fields, body;
    const char* status;
    const char* code;
  };
  const row rows[] = {
      {"no token", "POST", records, csv, good_row, "401", "unauthorised"},
      {"wrong token", "POST", records, csv + "Authorization: Bearer other\r\n", good_row, "401", "unauthorised"},
      {"the owner's token is not the feed's", "POST", records, csv + owner_token, good_row, "401", "unauthorised"},
      {"the feed's token is not the owner's", "GET", "/v1/signals", feed_token, "", "401", "unauthorised"},
      {"a feed that is not there tells nothing", "POST", "/v1/feeds/x/records", csv + feed_token, "", "401",
       "unauthorised"},
      {"too large", "POST", records, csv + feed_token, std::string(4096, 'x'), "413", "too-large"},
      {"unknown type", "POST", records, "Content-Type: image/png\r\n" + feed_token, "x", "415",
       "unsupported-media-type"},
      {"unknown encoding", "POST", records, csv + feed_token + "Content-Encoding: br\r\n", "x", "415",
       "unsupported-encoding"},
      {"not gzip", "POST", records, csv + feed_token + "Content-Encoding: gzip\r\n", "x", "400", "bad-gzip"},
      {"changed header", "POST", records, csv + feed_token, "a,b\n1,2\n", "422", "changed-header"},
      {"no such place", "GET", "/v1/nothing", owner_token, "", "404", "not-found"},
      {"wrong method", "DELETE", "/v1/signals", owner_token, "", "405", "method-not-allowed"},
      {"bad limit", "GET", "/v1/signals?limit=0", owner_token, "", "400", "bad-limit"},
      {"a cursor that no page gave", "GET", "/v1/alerts?after=FW-1999-0001", owner_token, "", "400", "bad-cursor"},
      {"a time that is none", "POST", "/v1/services/desk/replay", owner_token, R"({"who":"a manager","since":"now"})",
       "400", "bad-time"},
      {"a replay without a time", "POST", "/v1/services/on-call/replay", owner_token, R"({"who":"a manager"})", "400",
       "since-missing"},
      {"a replay to nobody", "POST", "/v1/services/nobody/replay", owner_token,
       R"({"who":"a manager","since":"2026-03-01T12:00:00Z"})", "404", "not-found"},
      {"unknown alert", "GET", "/v1/alerts/FW-1999-0001", owner_token, "", "404", "not-found"},
      {"unknown alert as CAP", "GET", "/v1/alerts/FW-1999-0001.cap.xml", owner_token, "", "404", "not-found"},
      {"alerts as a feed, without the token", "GET", "/v1/alerts.atom", "", "", "401", "unauthorised"},
      {"reading what nobody sent", "POST", "/v1/on-call/read", owner_token,
       R"({"who":"a manager","reason":"x","what":"A-1"})", "409", "refused"},
      {"reading nothing", "POST", "/v1/on-call/read", owner_token, R"({"who":"a manager","reason":"x"})", "400",
       "what-missing"},
      {"a decision without a person", "POST", "/v1/assessments/A-1/issue", owner_token, "{}", "400", "who-missing"},
      {"a body that is no JSON", "POST", "/v1/assessments/A-1/issue", owner_token, "{", "400", "bad-json"},
      {"an unknown assessment", "POST", "/v1/assessments/A-1/issue", owner_token,
       R"({"who":"duty manager","reason":"x"})", "404", "not-found"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto said = daemon.ask(r.method, r.target, r.fields, r.body);
    CAPTURE(said);
    CHECK(has(said, std::string{"HTTP/1.1 "} + r.status));
    CHECK(has(said, std::string{R"("code":")"} + r.code + '"'));
    CHECK(has(said, "application/problem+json"));
  }
}

TEST_CASE("health, readiness, metrics and the interface's description need no token") {
  test::running_app daemon;
  CHECK(has(daemon.ask("GET", "/-/healthy"), "healthy"));
  CHECK(has(daemon.ask("GET", "/-/ready"), "HTTP/1.1 200"));
  CHECK(has(daemon.ask("GET", "/metrics"), "forewarn_outbox_pending 0"));
  CHECK(has(daemon.ask("GET", "/openapi.yaml"), "openapi: 3"));
  CHECK(has(daemon.ask("GET", "/v1/rules", owner_token), "opioid"));
  CHECK(has(daemon.ask("GET", "/v1/alerts.atom", owner_token), "application/atom+xml"));
}

TEST_CASE("two requests in one packet get two answers, in order") {
  test::running_app daemon;
  const auto said = daemon.say("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
                               "GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(said.find("healthy\n") < said.find("ready\n"));
  CHECK(has(said, "ready\n"));
}

TEST_CASE("a reload takes all or nothing") {
  test::running_app daemon;
  CHECK(has(daemon.ask("POST", "/-/reload", owner_token), "HTTP/1.1 200"));
  daemon.write("rules.d/broken.yaml", "version: 1\nrules: [{id: x}]\n");
  const auto said = daemon.ask("POST", "/-/reload", owner_token);
  CHECK(has(said, "HTTP/1.1 422"));
  CHECK(has(said, "broken.yaml"));
  CHECK(has(daemon.ask("GET", "/metrics"), "forewarn_config_last_reload_successful 0"));
}

TEST_CASE("the link in a message: opening it notes nothing, the button notes a name, and on-call's notice is read") {
  test::running_app daemon{"public_url: https://alerts.example.org\nnotify_callback_token_file: api.token\n"};
  daemon.write("rules.d/each.yaml", "version: 1\nrules:\n  - {id: each-call, title: Each call, owner: x, observe: "
                                    "[ambulance], detect: {every_record: {}}, alert: {release: panel}}\n");
  REQUIRE(has(daemon.ask("POST", "/-/reload", owner_token), "HTTP/1.1 200"));
  REQUIRE(has(daemon.ask("POST", records, csv + feed_token, header + good_row), R"("accepted":1)"));
  const std::string start = "https://alerts.example.org/ack/";
  std::string link;
  REQUIRE(soon([&] {
    const auto box = daemon.folder() / "state/mail/on-call/new";
    if (!std::filesystem::exists(box)) return false;
    for (const auto& file : std::filesystem::directory_iterator{box}) {
      std::ifstream in{file.path()};
      const std::string mail{std::istreambuf_iterator<char>{in}, {}};
      if (const auto at = mail.find(start); at != std::string::npos)
        link = "/ack/" + mail.substr(at + start.size(), 32);
    }
    return !link.empty();
  }));
  const auto acknowledged = [&] {
    return has(daemon.ask("GET", "/v1/assessments", owner_token), R"("acknowledged_by":"A manager")");
  };
  for (int scanner = 0; scanner < 2; ++scanner) {
    const auto page = daemon.ask("GET", link);
    CHECK(has(page, "HTTP/1.1 200"));
    CHECK(has(page, "Content-Security-Policy: default-src 'none'"));
    CHECK(has(page, "<form method=\"post\">"));
  }
  CHECK_FALSE(acknowledged());
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  CHECK(has(daemon.ask("POST", link, form, "who=++"), "HTTP/1.1 400"));
  CHECK(has(daemon.ask("POST", link, form, "who=" + std::string(20'000, 'x')), "HTTP/1.1 413"));
  CHECK(has(daemon.ask("POST", "/ack/0123", form, "who=A"), "HTTP/1.1 404"));
  CHECK_FALSE(acknowledged());
  CHECK(has(daemon.ask("POST", link, form, "x=1&who=A+%6Danager"), "Noted"));
  CHECK(acknowledged());
  CHECK(has(daemon.ask("POST", link, "Content-Type: application/json\r\n", R"({"who":"another"})"),
            R"("confirmed_by":"A manager")"));
  CHECK(has(daemon.ask("GET", link), "A manager has had this since"));
  CHECK(has(daemon.ask("POST", "/v1/notify/receipts", feed_token, "{}"), "HTTP/1.1 401"));
  CHECK(has(daemon.ask("POST", "/v1/notify/receipts", owner_token, R"({"reference":"x","status":"delivered"})"),
            R"({"known":false})"));
  CHECK(has(daemon.ask("GET", "/v1/stuck", owner_token), R"("destinations":[])"));
  // The day's canary went down the ways of records.
  CHECK(soon([&] {
    const auto said = daemon.ask("GET", "/metrics");
    return has(said, R"(forewarn_canary_last_success_timestamp_seconds{path="folder:ambulance"})") &&
           has(said, R"({path="push:ambulance"})") && has(said, R"({path="mapping:ambulance"})");
  }));
}

TEST_CASE(
    "the record that a feed's page shows a partner passes that feed's mapping, and is what the canary tries it with") {
  const auto all = load_configuration(std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc");
  REQUIRE(all.feeds.size() >= 7);
  for (const auto& one : all.feeds) {
    CAPTURE(one.id.str());
    CHECK(canary::objection_to(one, connectors::from_text(example_file(one))).value_or("") == "");
    CHECK(has(canary::content_for(one, "2026-03-01"), "forewarn-canary-2026-03-01"));
  }
  CHECK(canary::unmappable(all.feeds).empty());
  // A mapping that another kind of file meets says what is in the way.
  CHECK(canary::objection_to(all.feeds.front(), connectors::from_text("a,b\n1,2\n")).has_value());
}

TEST_CASE("a dropped file is taken, the same content again changes nothing, what is no file is left alone") {
  test::running_app daemon;
  const auto inbox = daemon.folder() / "state/inbox/ambulance";
  REQUIRE(soon([&] { return std::filesystem::exists(inbox); }));
  std::filesystem::create_directory(inbox / "folder.csv");
  REQUIRE(::mkfifo((inbox / "pipe.csv").c_str(), 0600) == 0);
  daemon.write("state/inbox/ambulance/half.csv.part", header);
  daemon.write("state/inbox/ambulance/calls.csv", header + good_row + bad_row);
  CHECK(soon([&] { return std::filesystem::exists(inbox / "done/calls.csv"); }));
  daemon.write("state/inbox/ambulance/calls.csv", header + good_row + bad_row);
  CHECK(soon([&] { return std::filesystem::exists(inbox / "done/calls.1.csv"); }));
  daemon.write("state/inbox/ambulance/other.csv", "not,the,columns\n1,2,3\n");
  CHECK(soon([&] { return std::filesystem::exists(inbox / "failed/other.csv.problem.txt"); }));
  CHECK(std::filesystem::exists(inbox / "folder.csv"));
  CHECK(std::filesystem::exists(inbox / "pipe.csv"));
  CHECK(std::filesystem::exists(inbox / "half.csv.part"));
  const auto feeds = daemon.ask("GET", "/v1/feeds", owner_token);
  CHECK(has(feeds, R"("rows":2,"accepted":1)"));
}

TEST_CASE("a file that a stop left claimed is finished by the next start") {
  test::running_app daemon;
  const auto inbox = daemon.folder() / "state/inbox/ambulance";
  REQUIRE(soon([&] { return std::filesystem::exists(inbox / ".processing"); }));
  daemon.stop();
  daemon.write("state/inbox/ambulance/.processing/left.csv", header + good_row);
  daemon.start();
  CHECK(soon([&] { return std::filesystem::exists(inbox / "done/left.csv"); }));
}
