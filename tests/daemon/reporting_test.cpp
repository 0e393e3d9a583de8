// SPDX-License-Identifier: Apache-2.0
// Reports: the time they cover, what they count, what they must not say, and what people enter for them.
#include "daemon/alerting/week_told.hpp"
#include "daemon/panel/forgetting.hpp"
#include "daemon/reporting/register.hpp"
#include "daemon/reporting/reports.hpp"
#include "daemon/retention/remembered.hpp"
#include "daemon/rule_forecast.hpp"
#include "support/golden.hpp"
#include "support/panel_room.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace forewarn;
using namespace forewarn::reporting;
using namespace std::chrono_literals;
using test::at;
using test::panel_room;

namespace {

const indicator_book& shipped_indicators() {
  static const auto loaded = [] {
    std::ostringstream text;
    text << std::ifstream{FOREWARN_SOURCE_DIR "/etc/indicators.yaml"}.rdbuf();
    return load_indicators({"etc/indicators.yaml", text.str()}, *test::the_reference());
  }();
  for (const auto& p : loaded.found) FAIL(p.path << ":" << p.at.line << ": " << p.message);
  return loaded.book;
}

// What a room knows, read outside its desk's thread.
struct looked {
  explicit looked(panel_room& room) : with{room.work->in_force()}, from{*room.ledger, with, room.clock.now()} {}
  alerting::setup with;
  sources from;
};

const std::vector<std::string>& row_of(const document& made, const std::string& table, const std::string& first) {
  const auto* part = table_named(made, table);
  REQUIRE_MESSAGE(part != nullptr, table);
  const auto& rows = part->shown->rows;
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.front() == first; });
  REQUIRE_MESSAGE(it != rows.end(), first);
  return *it;
}

std::string all_words(const document& made) {
  std::string out;
  for (const auto& note : made.notes) out += note + '\n';
  for (const auto& part : made.sections) {
    for (const auto& sentence : part.says) out += sentence + '\n';
    if (part.shown)
      for (const auto& row : part.shown->rows)
        for (const auto& cell : row) out += cell + '\n';
  }
  return out;
}

void take(panel_room& room, std::vector<observation> all) {
  for (auto& one : all) {
    row_batch batch;
    batch.feed = one.key.feed;
    connectors::taken_row row;
    row.what = std::move(one);
    batch.rows.push_back(std::move(row));
    (void)room.state->run(std::move(batch));
  }
}

// Nine call-outs to one person, one each to two others, over two sites.
std::vector<observation> many_calls() {
  std::vector<observation> out;
  for (int i = 0; i < 11; ++i) {
    auto one = test::call_out("c" + std::to_string(i), "2026-02-10T10:00:00Z",
                              i < 9    ? "p:aaaa"
                              : i == 9 ? "p:bb"
                                       : "p:cc",
                              i % 2 == 0 ? "hostel-1" : nullptr);
    one.occurred_at += std::chrono::days{i};
    one.setting = i % 2 == 0 ? setting::hostel : setting::street;
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace

TEST_CASE("months, quarters and ISO weeks by the local clock") {
  const auto london = zone::named("Europe/London").value();
  struct row {
    const char* name;
    span_kind kind;
    const char* text;
    const char* from; // empty: refused
    const char* to;
    const char* words;
  };
  const row rows[] = {
      {"a month that begins in summer time", span_kind::month, "2026-10", "2026-09-30T23:00:00Z",
       "2026-11-01T00:00:00Z", "October 2026"},
      {"a quarter", span_kind::quarter, "2026-Q3", "2026-06-30T23:00:00Z", "2026-09-30T23:00:00Z",
       "July to September 2026"},
      {"the week that is an hour short", span_kind::week, "2026-W13", "2026-03-23T00:00:00Z", "2026-03-29T23:00:00Z",
       "the week of 2026-03-23 to 2026-03-29"},
      {"a year's 53rd week", span_kind::week, "2026-W53", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z",
       "the week of 2026-12-28 to 2027-01-03"},
      {"a year without one", span_kind::week, "2025-W53", "", "", ""},
      {"no such month", span_kind::month, "2026-13", "", "", ""},
      {"a quarter as a month", span_kind::month, "2026-Q3", "", "", ""},
      {"nothing", span_kind::week, "", "", "", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto got = span_named(r.kind, r.text, london);
    REQUIRE(got.has_value() == (*r.from != '\0'));
    if (!got) continue;
    CHECK(format_rfc3339(got->from) == r.from);
    CHECK(format_rfc3339(got->to) == r.to);
    CHECK(got->words == r.words);
    CHECK(got->key == r.text);
    // The one before ends where this one begins, and the last whole one before its end is the one before it.
    CHECK(before(r.kind, *got, london).to == got->from);
    CHECK(last_whole(r.kind, got->to - 1s, london).key == before(r.kind, *got, london).key);
    CHECK(last_whole(r.kind, got->to, london).key == got->key);
  }
  CHECK(days_between("2026-03-28", "2026-03-29", london)->to == at("2026-03-29T23:00:00Z"));
  CHECK_FALSE(days_between("2026-03-29", "2026-03-28", london));
  CHECK_FALSE(days_between("2026-02-29", "2026-03-28", london));
}

TEST_CASE("a report as HTML and CSV: escaped, quoted, no formula") {
  document one{"week", "A & B", "<now>", {"a note"}, {}, "made"};
  one.sections.push_back({"t", "Table", {}, table{{{"What"}, {"How, many", true}}, {}, "None."}, {}});
  one.sections.front().shown->rows = {{"=1+1", "-3"}, {"say \"x\"", "a\nb"}, {"@x", "+44"}};
  one.sections.front().drawn.push_back({"Bars", {{"a<b", 2}, {"c", 0}}, 1.0});
  CHECK(as_csv(*one.sections.front().shown) ==
        "What,\"How, many\"\r\n'=1+1,-3\r\n\"say \"\"x\"\"\",\"a\nb\"\r\n'@x,+44\r\n");
  const auto page = as_html(one);
  for (const auto* part :
       {"<html lang=\"en-GB\">", "<h1>A &amp; B</h1>", "&lt;now&gt;", "<th scope=\"col\" class=\"n\">",
        "<th scope=\"row\">=1+1</th>", "role=\"img\"", "a&lt;b", "stroke-dasharray"})
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  CHECK(page.find("a<b") == std::string::npos);
  CHECK(table_named(one, "")->id == "t");
  CHECK(table_named(one, "no") == nullptr);
}

TEST_CASE("call-outs by site and repeat caller; those who may not know exact counts see neither site nor person") {
  panel_room room{"2026-03-02T12:00:00Z"};
  take(room, many_calls());
  const looked at_it{room};
  wish what{report_kind::callouts, "2026-02", {}, {}, {}, {}};
  auto exact = make(what, {}, at_it.from);
  REQUIRE(exact);
  exact->made = "made";
  CHECK(row_of(*exact, "sites", "Example hostel") ==
        std::vector<std::string>{"Example hostel", "Armley", "6", "2", "1", "6", "0"});
  CHECK(row_of(*exact, "callers", "p:aaaa") ==
        std::vector<std::string>{"p:aaaa", "9", "1", "9", "2026-02-10", "2026-02-18"});
  CHECK(table_named(*exact, "callers")->shown->rows.size() == 1);
  test::check_golden("daemon/golden/reporting.callouts.html", as_html(*exact));

  what.readers = audience::services;
  const auto coarse = make(what, {}, at_it.from);
  REQUIRE(coarse);
  const auto words = all_words(*coarse);
  for (const auto* hidden : {"p:", "hostel-1", "Example hostel", "9"})
    CHECK_MESSAGE(words.find(hidden) == std::string::npos, words);
  CHECK(row_of(*coarse, "places", "Hostel") == std::vector<std::string>{"Hostel", "fewer than 8"});
  CHECK(words.find("small numbers of") != std::string::npos);
  for (const auto& part : coarse->sections) CHECK(part.drawn.empty());

  what.of = kind_id{"unicorn"};
  CHECK(make(what, {}, at_it.from).error() == "there is no kind 'unicorn' of record");
  CHECK(make({report_kind::board, {}, "2026-02-01", "2026-02-02", {}, {}}, {}, at_it.from)
            .error()
            .find("only the call-out") == 0);
  CHECK(make({report_kind::week, "2027-W01", {}, {}, {}, {}}, {}, at_it.from).error() == "2027-W01 lies ahead");

  // Days that lie ahead are not quiet days.
  const sources before_its_end{at_it.from.stored, at_it.from.with, at("2026-02-12T08:00:00Z")};
  const auto early = make({report_kind::callouts, "2026-02", {}, {}, {}, {}}, {}, before_its_end);
  REQUIRE(early);
  CHECK(table_named(*early, "days")->shown->rows.size() == 12);
  CHECK(all_words(*early).find("This time is not over") != std::string::npos);
  CHECK(all_words(*exact).find("This time is not over") == std::string::npos);
}

TEST_CASE("drug tests of a quarter: found, sold as, new") {
  panel_room room{"2026-04-02T12:00:00Z"};
  auto old = test::drug_test("1", "2025-11-10T10:00:00Z");
  old.substances = {substance_id{"bromazolam"}};
  old.confirmed = old.substances;
  auto kept = test::drug_test("2", "2026-02-10T10:00:00Z"); // bromazolam and protonitazene, sold as diazepam
  auto as_sold = test::drug_test("3", "2026-03-10T10:00:00Z");
  as_sold.substances = as_sold.confirmed = as_sold.sold_as = {substance_id{"heroin"}};
  take(room, {old, kept, as_sold});
  const looked at_it{room};
  const auto made = make({report_kind::bulletin, "2026-Q1", {}, {}, {}, {}}, {}, at_it.from);
  REQUIRE(made);
  CHECK(made->notes.front() == "2 samples; 1 in the quarter before.");
  CHECK(row_of(*made, "found", "Bromazolam") ==
        std::vector<std::string>{"Bromazolam", "Street benzodiazepine", "1", "1", "1"});
  CHECK(row_of(*made, "new", "Protonitazene").back() == "yes");
  const auto* fresh = table_named(*made, "new");
  CHECK(fresh->shown->rows.size() == 2); // heroin was never found before, either
  CHECK(row_of(*made, "sold-as", "Diazepam") ==
        std::vector<std::string>{"Diazepam", "1", "Bromazolam (1), Protonitazene (1)", "0"});
  CHECK(row_of(*made, "sold-as", "Heroin").back() == "1");
  CHECK(made->notes.size() == 2);

  // One of them is purged: it stays counted, and the page says where it is missing.
  room.state->run([&](desk_view& v) {
    for (const auto& count : counts_of(as_sold, zone::utc())) v.ledger.add(count);
    v.ledger.forget(as_sold.key);
  });
  const auto later = make({report_kind::bulletin, "2026-Q1", {}, {}, {}, {}}, {}, at_it.from);
  REQUIRE(later);
  CHECK(later->notes.front() == made->notes.front());
  CHECK(later->notes.at(1).starts_with("Of these 1 are older than their feed's retention."));
  CHECK(row_of(*later, "found", "Heroin") == row_of(*made, "found", "Heroin"));
  CHECK(table_named(*later, "sold-as")->shown->rows.size() == 1);
}

TEST_CASE("the board's month: of records, of the panel's own work, entered by hand; a hidden share stays hidden") {
  panel_room room;
  const auto& book = shipped_indicators();
  CHECK(book.note.find("Illustrative") == 0);
  take(room, many_calls());
  const auto issued = room.issued_signal();
  const auto enter = [&](const char* id, const char* month, const char* value) {
    return room.run([&](desk_view& v, const alerting::setup& with) {
      return enter_figure({id, month, value, "pharmacy return"}, "a manager", book, with, v.ledger, v.now);
    });
  };
  REQUIRE(enter("naloxone-kits", "2026-03", "80"));
  REQUIRE(enter("naloxone-kits", "2026-03", "118")); // the last one counts
  CHECK(enter("opioid-callouts", "2026-03", "1").error() ==
        "nobody enters the indicator 'opioid-callouts'; entered by hand: naloxone-kits");
  CHECK(enter("naloxone-kits", "2026-09", "1").error() == "month: 2026-09 lies ahead");
  CHECK(enter("naloxone-kits", "2026-03", "many").error() == "value: 'many' is no number such as 42 or 3.5");
  CHECK(room.written_down().back() == "a manager figure.entered naloxone-kits");

  const looked at_it{room};
  const auto board = make({report_kind::board, "2026-03", {}, {}, {}, {}}, book, at_it.from);
  REQUIRE(board);
  const auto row = [&](const char* title) { return row_of(*board, "indicators", title); };
  CHECK(row("Take-home naloxone kits handed out")[1] == "118");
  CHECK(row("Take-home naloxone kits handed out")[3] == "met");
  CHECK(row("Signals that somebody acted on")[1] == "100.0%");
  CHECK(row("Alerts that were evaluated afterwards")[3] == "NOT MET");
  CHECK(row("Time from the first record to the alert")[1] == "0.0 hours");
  CHECK(row("Ambulance call-outs with an opioid recorded")[1] == "fewer than 8");
  CHECK(row("Ambulance call-outs with an opioid recorded")[4] == "about 10");
  CHECK(row("Of them, those at which naloxone was given")[1] == "too few to say");
  CHECK(board->made.find(book.hash) != std::string::npos);
  const auto exact = make({report_kind::board, "2026-03", {}, {}, audience::panel, {}}, book, at_it.from);
  CHECK(row_of(*exact, "indicators", "Ambulance call-outs with an opioid recorded")[1] == "2");

  const auto week = make({report_kind::week, "2026-W10", {}, {}, {}, {}}, book, at_it.from);
  REQUIRE(week);
  CHECK(row_of(*week, "alerts", issued.ref.str())[5] == "0 min");
  CHECK(all_words(*week).find("1 signal opened (1 amber). Somebody acted on 1 (100%); 1 led to an alert.") !=
        std::string::npos);
}

TEST_CASE("indicators that are wrong are refused at their place") {
  const auto found = load_indicators({"i.yaml", R"(version: 1
edition: "1"
indicators:
  - {id: a, title: A, better: lower, process: hours_to_alarm}
  - {id: b, title: B, better: up, count: {observe: [ambulence]}}
  - {id: c, title: C, better: lower, by_hand: true, process: acted_on}
  - {id: c, title: C, better: lower, share: {observe: [death], where: {substances: opiod}, of: {naloxone: true}}}
  - {id: d, title: D, better: lower}
)"},
                                     *test::the_reference())
                         .found;
  std::string all;
  for (const auto& p : found) all += fmt::format("{}: {}: {}\n", p.at.line, p.code, p.message);
  for (const auto* part : {"4: bad-value", "hours_to_alert", "5: unknown-kind: indicator 'b': no kind 'ambulence'",
                           "'up' is no better", "6: bad-value: indicator 'c': an indicator has exactly one of",
                           "7: unknown-substance", "duplicate-id", "8: missing-key"})
    CHECK_MESSAGE(all.find(part) != std::string::npos, all);
}

TEST_CASE("lessons: added, overdue in the week's digest, done; each a line of the audit") {
  panel_room room;
  const auto add = [&](const lesson_wish& what) {
    return room.run([&](desk_view& v, const alerting::setup& with) {
      return add_lesson(what, "a manager", with, v.ledger, v.now);
    });
  };
  const auto one = add({"Ring the night shelters as well", "the coordinator", "2026-03-04", ""});
  REQUIRE(one);
  CHECK(one->ref.str() == "L-2026-0001");
  for (const auto& [what, why] : {std::pair{lesson_wish{"", "x", "2026-03-04", ""}, "'lesson' must say something"},
                                  {lesson_wish{"x", "", "2026-03-04", ""}, "'owner' must say something"},
                                  {lesson_wish{"x", "y", "soon", ""}, "due: 'soon' is not a day such as 2026-10-01"},
                                  {lesson_wish{"x", "y", "2026-03-01", ""}, "due: 2026-03-01 is past"},
                                  {lesson_wish{"x", "y", "2026-03-04", "FW-1"}, "no alert 'FW-1'"}})
    CHECK(add(what).error().find(why) == 0);

  room.run([&](desk_view& v, const alerting::setup& with) {
    alerting::plan_week(with, v.ledger, v.now);
    return 0;
  });
  (void)room.heard();
  room.move(std::chrono::days{7}); // over Monday at eight
  CHECK(room.heard().count("on-call/maildir signal.digest") == 1);
  const auto digest = room.last("signal.digest");
  CHECK(digest.subject.find("The week") != std::string::npos);
  for (const auto* part :
       {"No signal of a live rule opened. No alert was issued.",
        "Lessons overdue: L-2026-0001 (the coordinator, due 2026-03-04).", "forewarn figures week --week 2026-W10"})
    CHECK_MESSAGE(digest.text.find(part) != std::string::npos, digest.text);
  CHECK(room.heard().empty());

  const auto finish = [&](const char* ref) {
    return room.run([&](desk_view& v, const alerting::setup&) {
      return finish_lesson(panel::lesson_ref{ref}, {"a manager", "they are in services.d"}, v.ledger, v.now);
    });
  };
  CHECK(finish("L-2026-0001"));
  CHECK(finish("L-2026-0001").error() == "lesson L-2026-0001 was done by a manager already");
  CHECK(finish("L-9").error().find("no lesson 'L-9'") == 0);
  CHECK(overdue_lessons(looked{room}.from, room.clock.now() + 1s).empty());
  const auto lines = room.written_down();
  CHECK(std::count(lines.begin(), lines.end(), "a manager lesson.added L-2026-0001") == 1);
  CHECK(lines.back() == "a manager lesson.done L-2026-0001");
}

TEST_CASE("a report beyond its retention loses its words, once; one that waits keeps them") {
  panel_room room;
  const auto kept = room.enter(test::tablets());
  REQUIRE(room.validate(kept.assessment.value(), {panel::admission::misleading}));
  auto other = test::tablets();
  other.title = "Something else altogether";
  const auto waits = room.enter(other);
  panel::policy how;
  const auto forget = [&] {
    return room.run([&](desk_view& v, const alerting::setup&) { return panel::forget_reports(how, v.ledger, v.now); });
  };
  room.clock.move(std::chrono::days{800});
  CHECK(forget() == 0);
  CHECK(panel::with_reports({}, how).empty());
  how.report_retention = std::chrono::days{730};
  CHECK(panel::with_reports({}, how).front().id.str() == "reports");
  CHECK(forget() == 1);
  CHECK(forget() == 0);
  const auto& stored = panel::of(static_cast<const store_reader&>(*room.ledger));
  const auto gone = stored.report_by_ref(kept.ref).value();
  CHECK(gone.source.empty());
  CHECK(gone.contact.empty());
  CHECK(gone.text.empty());
  CHECK(gone.substances == kept.substances);
  CHECK(stored.report_by_ref(waits.ref)->source == "the night worker Chris");
}

TEST_CASE("what a change of rules would do to open signals is said before it is done") {
  panel_room room;
  const auto reference = room.rules->reference;
  (void)room.issued_signal(); // one open signal of two-calls
  const auto same = room.rules->rules.front();
  auto stricter = same, looser = same;
  stricter.hash = "sha256:stricter";
  stricter.detector = rules::count_detector{24h, {{level::amber, 3}}, {}};
  looser.hash = "sha256:looser";
  looser.id = rule_id{"one-call"};
  looser.detector = rules::count_detector{24h, {{level::amber, 1}}, {}};
  struct row {
    const char* name;
    std::vector<rules::rule> to;
    std::size_t closes, opens;
  };
  const row rows[] = {{"nothing changes", {same}, 0, 0},
                      {"a higher bound", {stricter}, 1, 0},
                      {"a rule more", {same, looser}, 0, 1},
                      {"a rule gone", {}, 1, 0},
                      {"one for another", {looser}, 1, 1}};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto told = forecast(test::rule_set_of(reference, r.to), *room.ledger);
    CHECK(told.closes == r.closes);
    CHECK(told.opens == r.opens);
    // And that is what happens: the room is put back after each.
    const auto did = room.state->replace_rules(test::rule_set_of(reference, r.to));
    CHECK(did.closed == r.closes);
    CHECK(did.opened == r.opens);
    (void)room.state->replace_rules(test::rule_set_of(reference, {same}));
  }
}
