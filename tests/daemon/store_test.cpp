// SPDX-License-Identifier: Apache-2.0
// The store keeps what it is given, forgets what is undone, and lets one writer in.
#include "daemon/store/open.hpp"
#include "forewarn/after_signal.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

instant at(const char* text) {
  return parse_rfc3339(text).value();
}

observation call_out(const char* id, const char* received_at) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = at("2026-03-01T10:00:00.5Z");
  out.received_at = at(received_at);
  out.ward = area_code{"E05011387"};
  out.substances = {substance_id{"heroin"}};
  out.attributes = {{"ampds", "23D02A"}};
  return out;
}

signal full_signal(const char* id) {
  signal out;
  out.id = signal_id{id};
  out.rule = rule_id{"opioids"};
  out.rule_hash = "sha256:1";
  out.series = {{"ward", "E05011387"}, {"substances", "heroin, \"brown\""}};
  out.level = level::red;
  out.opened_at = at("2026-03-01T10:00:00Z");
  out.window = {at("2026-02-28T10:00:00Z"), at("2026-03-01T10:00:00Z")};
  out.value = 5.5;
  out.bound = 3;
  out.changes = {{at("2026-03-01T11:00:00Z"), level::red, 5.5}};
  return out;
}

delivery due(const char* id, std::int64_t message, instant when) {
  delivery out;
  out.id = message_id{id};
  out.message = message;
  out.service = service_id{"duty-desk"};
  out.channel = "webhook";
  out.created_at = out.due_at = when;
  return out;
}

std::vector<std::string> ids(const std::vector<due_delivery>& list) {
  std::vector<std::string> out;
  for (const auto& one : list) out.push_back(one.row.id.str());
  return out;
}

std::size_t revisions(const store_reader& from) {
  std::size_t count = 0;
  from.each_revision([&](const observation&) { ++count; });
  return count;
}

} // namespace

TEST_CASE("every revision is kept in the order taken, and the latest of a record is found") {
  const auto ledger = memory_store();
  CHECK_FALSE(ledger->last_received_at());
  auto first = call_out("1", "2026-03-01T10:02:00Z");
  auto other = call_out("2", "2026-03-01T10:02:00.000001Z");
  auto second = call_out("1", "2026-03-01T10:02:00.000002Z");
  second.revision = 2;
  second.withdrawn = true;
  for (const auto& one : {first, other, second}) ledger->append(one);
  std::vector<observation> seen;
  ledger->each_revision([&](const observation& one) { seen.push_back(one); });
  CHECK(seen == std::vector{first, other, second});
  CHECK(ledger->latest(first.key) == second);
  CHECK(ledger->latest(other.key) == other);
  CHECK_FALSE(ledger->latest({feed_id{"yas"}, record_id{"3"}}));
  CHECK_FALSE(ledger->latest({feed_id{"other"}, record_id{"1"}}));
  CHECK(ledger->last_received_at() == second.received_at);
}

TEST_CASE("a signal comes back as it was saved, with its evidence in order of joining") {
  const auto ledger = memory_store();
  auto one = full_signal("S-1");
  ledger->save(one);
  CHECK(ledger->signal_by_id(one.id) == one);
  const observation_key a{feed_id{"yas"}, record_id{"9"}};
  const observation_key b{feed_id{"yas"}, record_id{"1"}};
  const observation_key c{feed_id{"ed"}, record_id{"1"}};
  ledger->add_evidence(one.id, std::vector{a, b});
  ledger->add_evidence(one.id, std::vector{b, c});
  CHECK(ledger->evidence(one.id) == std::vector{a, b, c});
  ledger->remove_evidence(one.id, std::vector{a});
  CHECK(ledger->evidence(one.id) == std::vector{b, c});

  CHECK(ledger->signals(true, {}).size() == 1);
  one.closed_at = at("2026-03-05T10:00:00Z");
  one.close_reason = close_reason::below_threshold;
  one.contradicted = one.late = one.held = true;
  ledger->save(one);
  CHECK(ledger->signal_by_id(one.id) == one);
  CHECK(ledger->evidence(one.id).size() == 2);
  CHECK(ledger->signals(true, {}).empty());
  CHECK(ledger->signals(false, {}) == std::vector{one});

  auto told_late = full_signal("S-2");
  told_late.retrospective = true;
  ledger->save(told_late);
  CHECK(ledger->signals(true, {}).empty());
}

TEST_CASE("pages go from the newest to the oldest and go on after a named item") {
  const auto ledger = memory_store();
  for (const char* id : {"S-1", "S-2", "S-3"}) ledger->save(full_signal(id));
  const auto first = ledger->signals(false, {.limit = 2});
  REQUIRE(first.size() == 2);
  CHECK(first[0].id.str() == "S-3");
  const auto rest = ledger->signals(false, {.limit = 2, .after_id = first[1].id.str()});
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].id.str() == "S-1");
  CHECK(ledger->signals(false, {.after_id = "S-unknown"}).empty());
}

TEST_CASE("what waits, what was told and what is muted come back whole, and the first of them that falls due") {
  const auto ledger = memory_store();
  ledger->begin();
  CHECK_FALSE(ledger->next_after_signal());
  waiting_notice waits;
  waits.signal = signal_id{"S-1"};
  waits.rule = rule_id{"opioids"};
  waits.what = signal_change::retrospective;
  waits.why = wait_reason::inhibited;
  waits.by = "S-2";
  waits.since = at("2026-03-01T10:00:00Z");
  waits.look_at = at("2026-03-01T12:00:00Z");
  ledger->save(waits);
  waits.id = 1;
  CHECK(ledger->waiting_notices(instant::max()) == std::vector{waits});
  CHECK(ledger->waiting_notices(at("2026-03-01T11:59:00Z")).empty());
  CHECK_THROWS(ledger->save(waiting_notice{0, waits.signal, waits.rule})); // one waits for a signal at most
  CHECK(ledger->next_after_signal() == waits.look_at);
  waits.until = waits.look_at;
  waits.ended_at = at("2026-03-01T12:00:00Z");
  waits.how = "told";
  ledger->save(waits);
  CHECK(ledger->waiting_notices(instant::max()).empty());
  CHECK(ledger->waiting_notices_of(waits.signal) == std::vector{waits});

  told_signal told{waits.signal,
                   waits.rule,
                   at("2026-03-01T10:00:00Z"),
                   true,
                   at("2026-03-01T11:00:00Z"),
                   level::red,
                   5.5,
                   at("2026-03-02T11:00:00Z"),
                   at("2026-03-09T08:00:00Z")};
  ledger->save(told);
  CHECK(ledger->told(waits.signal) == told);
  CHECK_FALSE(ledger->told(signal_id{"S-2"}));
  CHECK(ledger->told_at_once(told.rule, at("2026-03-01T09:00:00Z")) == 1);
  CHECK(ledger->told_at_once(told.rule, told.first_at) == 0);
  CHECK(ledger->told_due(*told.remind_at) == std::vector{told});
  CHECK(ledger->told_due(told.told_at).empty());
  CHECK(ledger->next_after_signal() == told.remind_at);

  mute known;
  known.ref = "M-2026-0001";
  known.what = "rule opioids";
  known.rule = told.rule;
  known.series = {{"ward", "E05011387"}, {"site", "a \"b\""}};
  known.since = at("2026-03-01T10:00:00Z");
  known.until = at("2026-03-02T10:00:00Z");
  known.by = "a manager";
  known.why = "known";
  ledger->save(known);
  CHECK(ledger->mutes(true) == std::vector{known});
  CHECK(ledger->next_after_signal() == known.until);
  known.ended_at = known.until;
  known.ended_by = "its time";
  ledger->save(known);
  CHECK(ledger->mutes(true).empty());
  CHECK(ledger->mutes(false) == std::vector{known});
  ledger->commit();
}

TEST_CASE("assessments and alerts come back whole, the newest version of an alert first") {
  const auto ledger = memory_store();
  assessment work;
  work.ref = assessment_ref{"A-2026-0001"};
  work.signal = signal_id{"S-1"};
  work.rule = rule_id{"opioids"};
  work.headline = "Five call-outs";
  work.received_at = at("2026-03-01T10:00:00Z");
  ledger->save(work);
  CHECK(ledger->assessments(true, {}).size() == 1);
  work.state = assessment_state::issued;
  work.decided_at = at("2026-03-01T11:00:00Z");
  work.decided_by = "a manager";
  work.reason = "three confirmed";
  work.alert = alert_ref{"FW-2026-0001"};
  work.version = 2;
  ledger->save(work);
  CHECK(ledger->assessments(true, {}).empty());
  const auto read = ledger->assessment_of(signal_id{"S-1"});
  REQUIRE(read);
  CHECK(read->alert == work.alert);
  CHECK(read->decided_at == work.decided_at);
  CHECK(read->version == 2);
  CHECK(ledger->assessment_by_ref(work.ref)->reason == "three confirmed");

  alert told;
  told.ref = alert_ref{"FW-2026-0001"};
  told.signal = signal_id{"S-1"};
  told.assessment = work.ref;
  told.created_at = at("2026-03-01T11:00:00Z");
  told.hold_until = at("2026-03-01T11:15:00Z");
  told.content.headline = "Suspected nitazene in Armley";
  told.content.evidence = {{"Ambulance call-outs", "5 call-outs"}};
  ledger->save(told);
  CHECK(ledger->alerts_held().size() == 1);
  told.version = 2;
  told.state = alert_state::issued;
  ledger->save(told);
  CHECK(ledger->alerts_held().empty());
  CHECK(ledger->alert_by_ref(told.ref)->version == 2);
  CHECK(ledger->alert_of(told.signal)->content.evidence.at(0).text == "5 call-outs");
  REQUIRE(ledger->alerts(true, {}).size() == 1);
  CHECK(ledger->alerts(true, {})[0].state == alert_state::issued);
}

TEST_CASE("due deliveries are claimed red first, and a lease keeps others off until it runs out") {
  const auto ledger = memory_store();
  const auto t = at("2026-03-01T10:00:00Z");
  message amber;
  amber.type = "alert.issued";
  amber.json = "{}";
  message red = amber;
  red.level = level::red;
  const auto amber_row = ledger->add_message(amber);
  const auto red_row = ledger->add_message(red);
  ledger->enqueue(due("m-old", amber_row, t));
  ledger->enqueue(due("m-new", amber_row, t + 1s));
  ledger->enqueue(due("m-red", red_row, t + 2s));
  ledger->enqueue(due("m-later", red_row, t + 1h));
  auto again = due("m-old", red_row, t + 5h);
  ledger->enqueue(again); // an id already there is left as it is
  CHECK(ledger->deliveries_pending() == 4);
  CHECK(ledger->oldest_pending() == t);
  CHECK(ledger->next_due() == t);

  const auto claimed = ledger->claim_due(t + 10s, t + 40s, 2);
  CHECK(ids(claimed) == std::vector<std::string>{"m-red", "m-old"});
  CHECK(claimed[0].message.level == level::red);
  CHECK(ledger->next_due() == t + 1s); // what is leased is not, until it runs out
  CHECK(ids(ledger->claim_due(t + 11s, t + 41s, 10)) == std::vector<std::string>{"m-new"});
  CHECK(ledger->claim_due(t + 12s, t + 42s, 10).empty());
  CHECK(ledger->next_due() == t + 40s);

  auto settled = claimed[0].row;
  settled.state = delivery_state::delivered;
  settled.attempts = 1;
  settled.settled_at = t + 12s;
  settled.last_result = "204";
  ledger->save(settled);
  CHECK(ids(ledger->claim_due(t + 40s, t + 80s, 10)) == std::vector<std::string>{"m-old"}); // a lease ran out
  CHECK(ledger->delivery_by_id(settled.id)->row.last_result == "204");
  CHECK(ledger->deliveries(service_id{"duty-desk"}, {}).size() == 4);
  CHECK(ledger->deliveries(service_id{"nobody"}, {}).empty());
  CHECK_THROWS_AS(ledger->save(due("m-unknown", red_row, t)), store_error);
}

TEST_CASE("files, totals, quarantine, words, numbers and marks") {
  const auto ledger = memory_store();
  const auto t = at("2026-03-01T10:00:00Z");
  file_checkpoint file{feed_id{"yas"}, "sha256:1", "a.csv", 100, t, 10, false};
  ledger->save(file);
  CHECK_FALSE(ledger->file_finished(file.feed, "a.csv", 100, t));
  file.finished = true;
  file.accepted = 9;
  file.quarantined = 1;
  ledger->save(file);
  CHECK(ledger->file_finished(file.feed, "a.csv", 100, t));
  CHECK_FALSE(ledger->file_finished(file.feed, "a.csv", 101, t));
  CHECK(ledger->file_by_hash(file.feed, "sha256:1")->accepted == 9);
  CHECK_FALSE(ledger->file_by_hash(feed_id{"other"}, "sha256:1"));

  const feed_totals more{file.feed, 10, 6, 2, 1, 1, 1, 1, 1, {}};
  ledger->count_rows(more, t);
  ledger->count_rows(more, t + 1s);
  REQUIRE(ledger->totals().size() == 1);
  CHECK(ledger->totals()[0].rows == 20);
  CHECK(ledger->totals()[0].revised == 4);
  CHECK(ledger->totals()[0].last_arrival == t + 1s);

  for (const char* feed : {"yas", "ed", "yas"})
    ledger->quarantine({0, feed_id{feed}, "a.csv", 7, "when", "bad-time", "no", "x", t});
  CHECK(ledger->quarantined({}, {}).size() == 3);
  const auto newest = ledger->quarantined(feed_id{"yas"}, {.limit = 1});
  REQUIRE(newest.size() == 1);
  CHECK(newest[0].id == 3);
  CHECK(newest[0].reason == "no");
  REQUIRE(ledger->quarantined(feed_id{"yas"}, {.after = 3}).size() == 1);

  ledger->note_unknown_word(file.feed, "drug", "blues", t);
  ledger->note_unknown_word(file.feed, "drug", "blues", t + 1s);
  REQUIRE(ledger->review_items().size() == 1);
  CHECK(ledger->review_items()[0].times == 2);
  CHECK(ledger->review_items()[0].first_seen_at == t);
  CHECK(ledger->review_items()[0].last_seen_at == t + 1s);

  CHECK(ledger->next_number("alert-2026") == 1);
  CHECK(ledger->next_number("alert-2026") == 2);
  CHECK(ledger->next_number("alert-2027") == 1);
  CHECK_FALSE(ledger->mark("config"));
  ledger->set_mark("config", "1");
  ledger->set_mark("config", "2");
  CHECK(ledger->mark("config") == "2");
}

TEST_CASE("a part can be undone alone, and a transaction as a whole") {
  const auto ledger = memory_store();
  ledger->begin();
  ledger->begin_part();
  ledger->append(call_out("1", "2026-03-01T10:00:00Z"));
  ledger->keep_part();
  ledger->begin_part();
  ledger->append(call_out("2", "2026-03-01T10:00:01Z"));
  ledger->undo_part();
  ledger->commit();
  CHECK(revisions(*ledger) == 1);
  ledger->begin();
  ledger->append(call_out("3", "2026-03-01T10:00:02Z"));
  ledger->rollback();
  CHECK(revisions(*ledger) == 1);
  ledger->rollback(); // nothing to undo is no error
}

TEST_CASE("a store on disk: what is committed is there again, and readers see it beside the writer") {
  test::temp_dir folder;
  const auto state = folder.path() / "state";
  {
    auto ledger = open_store(state).value();
    ledger->begin();
    ledger->append(call_out("1", "2026-03-01T10:00:00Z"));
    const auto reader = open_reader(state).value();
    CHECK(revisions(*reader) == 0);
    ledger->commit();
    CHECK(revisions(*reader) == 1);
    ledger->begin();
    ledger->append(call_out("2", "2026-03-01T10:00:01Z")); // never committed
  }
  CHECK(revisions(*open_store(state).value()) == 1);
  CHECK(revisions(*open_reader(state).value()) == 1);

  struct stat about {};
  REQUIRE(::stat(database_file(state).c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0640U);
}

TEST_CASE("what cannot be opened says what to do") {
  test::temp_dir folder;
  SUBCASE("a second writer") {
    const auto first = open_store(folder.path()).value();
    const auto second = open_store(folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().find("already writes to this state folder; stop it first") != std::string::npos);
  }
  SUBCASE("no database") {
    const auto none = open_reader(folder.path());
    REQUIRE_FALSE(none);
    CHECK(none.error().find("there is no database here yet") != std::string::npos);
  }
  SUBCASE("a newer schema") {
    { const auto made = open_store(folder.path()).value(); }
    SQLite::Database{database_file(folder.path()).string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 999");
    const auto writer = open_store(folder.path());
    REQUIRE_FALSE(writer);
    CHECK(writer.error().find("written by a newer Forewarn (schema 999") != std::string::npos);
    const auto reader = open_reader(folder.path());
    REQUIRE_FALSE(reader);
    CHECK(reader.error().find("newer Forewarn") != std::string::npos);
  }
  SUBCASE("another program's database") {
    SQLite::Database{database_file(folder.path()).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(
        "CREATE TABLE mine (x)");
    const auto other = open_store(folder.path());
    REQUIRE_FALSE(other);
    CHECK(other.error().find("not one of Forewarn's") != std::string::npos);
  }
}
