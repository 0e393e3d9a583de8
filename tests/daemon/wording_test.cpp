// SPDX-License-Identifier: Apache-2.0
// Renderings of an alert beside the e-mail: text message, poster, CAP, Atom, chart; the linter; disclosure of counts.
#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/history.hpp"
#include "daemon/delivery/mail.hpp"
#include "daemon/panel/step_message.hpp"
#include "daemon/store/open.hpp"
#include "daemon/wording/atom.hpp"
#include "daemon/wording/chart.hpp"
#include "daemon/wording/disclosure.hpp"
#include "daemon/wording/gsm7.hpp"
#include "daemon/wording/linter.hpp"
#include "daemon/wording/poster.hpp"
#include "daemon/wording/renderings.hpp"
#include "daemon/wording/sms_line.hpp"
#include "forewarn/text.hpp"
#include "support/alerting_scene.hpp"
#include "support/child_process.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <set>

using namespace forewarn;
using namespace forewarn::wording;

namespace {

const instant told = test::at("2026-07-01T12:05:00Z");

const std::shared_ptr<const reference_data>& the_reference() {
  static const auto one = test::shipped_reference();
  return one;
}
const alerting::word_book& the_words() {
  static const auto one = test::shipped_words();
  return one;
}
press the_press() {
  return {the_words(), *the_reference(), "Drug alerts <alerts@example.org>", "duty@example.org"};
}

std::vector<counted_day> four_weeks() {
  std::vector<counted_day> out;
  for (int day = 1; day <= 29; ++day) out.push_back({fmt::format("2026-06-{:02}", day), day % 9 == 0 ? 1.0 : 0.0});
  out.push_back({"2026-06-30", 2, true});
  out.push_back({"2026-07-01", 3, true});
  return out;
}

alert about_heroin(audience to = audience::professionals) {
  const auto rule = test::opioid_callouts(*the_reference());
  alerting::signal_facts facts;
  facts.evidence = {test::call_out("1", "2026-06-30T15:10:00Z", "p:a", nullptr),
                    test::call_out("2", "2026-06-30T22:00:00Z", "p:b", nullptr),
                    test::call_out("3", "2026-07-01T12:00:00Z", "p:a", "hostel-1")};
  facts.state = test::signal_over(rule, {{"ward", "E05011385"}}, facts.evidence);
  facts.rule = &rule;
  facts.complete_to = {{feed_id{"yas"}, told}};
  facts.daily = four_weeks();
  alert out;
  out.ref = alert_ref{"FW-2026-0007"};
  out.outcome = alert_outcome::formal_alert;
  out.state = alert_state::issued;
  out.level = level::red;
  out.audience = to;
  out.signal = facts.state.id;
  out.rule = rule.id;
  out.created_at = told;
  out.issued_at = told;
  out.review_by = told + std::chrono::hours{24 * 7};
  out.expires_at = told + std::chrono::hours{24 * 28};
  out.decided_by = "a manager";
  out.reason = "several in one day";
  out.content = alerting::compose_for(facts, to, the_words(), *the_reference());
  return out;
}

std::string judged_by_schema(const std::string& xml) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "alert.xml").string();
  std::ofstream{file, std::ios::binary} << xml;
  const test::child_process judge{
      {"/bin/sh", "-c",
       "xmllint --noout --schema '" FOREWARN_SOURCE_DIR "/tests/support/cap-1.2.xsd' '" + file + "' 2>&1"}};
  return judge.rest();
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++out;
  return out;
}

} // namespace

TEST_CASE("text messages are counted as a network counts them") {
  struct row {
    const char* name;
    std::string text;
    std::size_t septets, segments;
  };
  const std::string full(160, 'x');
  const row rows[] = {
      {"nothing", "", 0, 0},
      {"one whole message", full, 160, 1},
      {"one more is two parts", full + "x", 161, 2},
      {"the euro counts twice", std::string(158, 'x') + "€", 160, 1},
      {"and may be one too many", std::string(159, 'x') + "€", 161, 2},
      {"accents of the alphabet count once", "èéùìòÇÆß£", 9, 1},
      {"two full parts", std::string(306, 'x'), 306, 2},
      {"a double one is not split over two parts", std::string(152, 'x') + "[" + std::string(152, 'y'), 306, 3},
      {"three full parts", std::string(459, 'x'), 459, 3},
      {"four", std::string(460, 'x'), 460, 4},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(septets(r.text) == r.septets);
    CHECK(segments(r.text) == r.segments);
  }
  CHECK(to_gsm7("Zoë’s “naïve” – N‑desethyl…\n5 µg") == "Zoe's \"naive\" - N-desethyl... 5 ug");
  CHECK(to_gsm7("日本") == "??");
}

TEST_CASE("whatever an alert holds, its text message has three parts at most, ends with the advice and cuts no word") {
  const auto advice = to_gsm7(the_words().blocks.at("sms-advice"));
  const auto plain = about_heroin();
  rc::check([&] {
    auto one = plain;
    const auto letters = rc::gen::element<std::string>("a", "b", "é", "–", "€", "[", "9");
    const auto word =
        rc::gen::map(rc::gen::resize(12, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(letters))),
                     [](const std::vector<std::string>& parts) { return join(parts, ""); });
    const auto words = *rc::gen::resize(80, rc::gen::container<std::vector<std::string>>(word));
    one.content.headline = "Armley, Leeds: " + join(words, " ");
    const auto drugs = *rc::gen::inRange<std::size_t>(0, 40);
    one.content.drugs.assign(drugs, "N-desethyl isotonitazene");
    const auto line = sms_line(one, the_words(), *the_reference());
    RC_ASSERT(line.has_value());
    RC_ASSERT(segments(*line) <= 3U);
    RC_ASSERT(line->ends_with(advice));
    RC_ASSERT(line->starts_with("RED DRUG ALERT FW-2026-0007: Armley, Leeds"));
    if (const auto cut = line->find("..."); cut != std::string::npos) {
      const auto from = line->find(": Armley") + 2;
      const auto kept = line->substr(from, cut - from);
      const auto whole = to_gsm7(one.content.headline);
      RC_ASSERT(whole.starts_with(kept));
      RC_ASSERT(kept.size() == whole.size() ||
                std::string_view{" ,:;"}.find(whole[kept.size()]) != std::string_view::npos);
    }
  });
}

TEST_CASE("whatever an alert holds, every subject of its life has 78 characters at most and is one line") {
  const auto plain = about_heroin();
  rc::check([&] {
    const auto text = [](int most) {
      const auto letters = rc::gen::element<std::string>("a", "B", "é", "–", "𝄞", "9", ",", ":", " ", " in ", "\n");
      return join(*rc::gen::resize(most, rc::gen::container<std::vector<std::string>>(letters)), "");
    };
    auto one = plain;
    one.status = static_cast<alert_status>(*rc::gen::inRange(0, 3));
    one.outcome = *rc::gen::element(alert_outcome::formal_alert, alert_outcome::information_only);
    one.content.where = "Armley, Leeds; " + text(90);
    one.content.headline =
        (*rc::gen::arbitrary<bool>() ? one.content.where : text(20)) + ": " + text(90) + ", N-desethyl isotonitazene";
    const auto fits = [&](const result<message, std::string>& written) {
      RC_ASSERT(written.has_value());
      RC_ASSERT(utf8_length(written->subject) <= 78U);
      RC_ASSERT(!written->subject.empty());
      RC_ASSERT(written->subject.find('\n') == std::string::npos);
    };
    fits(alerting::render_alert(one, the_words(), *the_reference(), told));
    const auto step = static_cast<panel::alert_step>(*rc::gen::inRange(0, 5));
    fits(panel::render_step(one, {step, {}, "FW-2026-0008"}, the_words(), *the_reference(), told));
  });
}

TEST_CASE("the renderings of one alert, word for word") {
  auto one = about_heroin();
  const auto released = [&] {
    auto poster = about_heroin(audience::people_who_use_drugs);
    poster.content.sold_as = {"Heroin"};
    return poster;
  }();
  struct row {
    rendering how;
    const alert& about;
    const char* file;
  };
  const row rows[] = {{rendering::sms, one, "wording.sms.txt"},
                      {rendering::text, one, "wording.txt"},
                      {rendering::cap, one, "wording.cap.xml"},
                      {rendering::atom, one, "wording.atom.xml"},
                      {rendering::poster, released, "wording.poster.html"},
                      {rendering::sms, released, "wording.people.sms.txt"}};
  for (const auto& r : rows) {
    CAPTURE(r.file);
    const auto text = render_as(r.how, r.about, the_press());
    REQUIRE_MESSAGE(text, text.error());
    test::check_golden(std::string{"daemon/golden/"} + r.file, *text + (text->ends_with('\n') ? "" : "\n"));
  }
}

TEST_CASE("a rendering that lacks a required part says so, whichever it is") {
  auto one = about_heroin(audience::people_who_use_drugs);
  one.content.naloxone.clear();
  for (const auto how : {rendering::sms, rendering::subject, rendering::email, rendering::html, rendering::text,
                         rendering::poster, rendering::cap}) {
    CAPTURE(to_text(how));
    const auto text = render_as(how, one, the_press());
    REQUIRE_FALSE(text);
    CHECK(text.error() == "alert FW-2026-0007 cannot be written: it lacks naloxone");
  }
}

TEST_CASE("a poster hangs only where a person released it for people who use drugs") {
  struct row {
    const char* name;
    void (*change)(alert&);
    const char* why;
  };
  const row rows[] = {
      {"professionals", [](alert& a) { a.audience = audience::professionals; }, "is written for professionals"},
      {"the public", [](alert& a) { a.audience = audience::public_; }, "is written for public"},
      {"a rule alone", [](alert& a) { a.decided_by = "automatic"; }, "no person released"},
      {"nobody", [](alert& a) { a.decided_by.clear(); }, "no person released"},
      {"held", [](alert& a) { a.state = alert_state::held; }, "this alert is held"},
      {"stood down", [](alert& a) { a.state = alert_state::stood_down; }, "take its posters down"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto one = about_heroin(audience::people_who_use_drugs);
    REQUIRE(poster(one, the_words(), *the_reference()));
    r.change(one);
    const auto made = poster(one, the_words(), *the_reference());
    REQUIRE_FALSE(made);
    CHECK(made.error().find(r.why) != std::string::npos);
  }
}

TEST_CASE("CAP is valid, and says no more than the alert") {
  struct row {
    const char* name;
    void (*change)(alert&);
    std::vector<const char*> says;
  };
  const row rows[] = {
      {"red, for professionals",
       [](alert&) {},
       {"<sender>alerts@example.org</sender>", "<sent>2026-07-01T13:05:00+01:00</sent>", "<status>Actual</status>",
        "<msgType>Alert</msgType>", "<scope>Restricted</scope>", "<restriction>", "<urgency>Immediate</urgency>",
        "<certainty>Unknown</certainty>", "<value>E05011385</value>"}},
      {"suspected", [](alert& a) { a.content.certainty = "suspected"; }, {"<certainty>Possible</certainty>"}},
      {"confirmed",
       [](alert& a) { a.content.certainty = "toxicology confirmed"; },
       {"<certainty>Observed</certainty>"}},
      {"exercise",
       [](alert& a) { a.status = alert_status::exercise; },
       {"<status>Exercise</status>", "<headline>EXERCISE: "}},
      {"second version",
       [](alert& a) {
         a.version = 2;
         a.supersedes = "FW-2026-0007 v1";
       },
       {"<identifier>FW-2026-0007.v2</identifier>", "<msgType>Update</msgType>",
        "<note>Replaces FW-2026-0007 v1.</note>"}},
      {"stood down",
       [](alert& a) { a.state = alert_state::stood_down; },
       {"<msgType>Cancel</msgType>", "<responseType>Monitor</responseType>",
        "<references>alerts@example.org,FW-2026-0007.v1,2026-07-01T13:05:00+01:00</references>"}},
      {"for the public, without codes and with odd characters",
       [](alert& a) {
         a.audience = audience::public_;
         a.content.areas.clear();
         a.content.headline = "A <b> & \x01\n\"quoted\" ]]> é";
         a.expires_at.reset();
       },
       {"<scope>Public</scope>", "A &lt;b&gt; &amp;  \"quoted\" ]]&gt; é"}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto one = about_heroin();
    r.change(one);
    const auto xml = render_as(rendering::cap, one, the_press());
    REQUIRE_MESSAGE(xml, xml.error());
    CAPTURE(*xml);
    const auto judged = judged_by_schema(*xml);
    CHECK_MESSAGE(judged.find("alert.xml validates") != std::string::npos, judged);
    for (const auto* part : r.says) CHECK_MESSAGE(xml->find(part) != std::string::npos, part);
  }
  // A later version refers to all before it, as they went out, and to none that nobody received.
  auto first = about_heroin(), second = about_heroin(), third = about_heroin();
  second.version = 2;
  second.issued_at = told + std::chrono::hours{5};
  third.version = 3;
  third.state = alert_state::retracted;
  third.issued_at = told + std::chrono::hours{6};
  const auto by = publisher_of("alerts@example.org", the_words());
  const auto ended = as_cap(third, by, the_words(), *the_reference(), {first, second, third});
  REQUIRE(ended);
  CHECK_MESSAGE(judged_by_schema(*ended).find("alert.xml validates") != std::string::npos, *ended);
  for (const auto* part : {"<msgType>Cancel</msgType>", "<sent>2026-07-01T19:05:00+01:00</sent>",
                           "<references>alerts@example.org,FW-2026-0007.v1,2026-07-01T13:05:00+01:00 "
                           "alerts@example.org,FW-2026-0007.v2,2026-07-01T18:05:00+01:00</references>"})
    CHECK_MESSAGE(ended->find(part) != std::string::npos, *ended);
  first.state = alert_state::held;
  CHECK(as_cap(second, by, the_words(), *the_reference(), {first})->find("<references>") == std::string::npos);
  // The judge does judge.
  auto wrong = *render_as(rendering::cap, about_heroin(), the_press());
  wrong.replace(wrong.find("+01:00</sent>"), 6, "Z");
  CHECK(judged_by_schema(wrong).find("fails to validate") != std::string::npos);
  auto held = about_heroin();
  held.state = alert_state::held;
  CHECK(render_as(rendering::cap, held, the_press()).error().find("waits out its hold") != std::string::npos);
}

TEST_CASE("the Atom feed keeps an alert's id over its versions and leaves out what nobody received") {
  auto first = about_heroin(), second = about_heroin(), held = about_heroin(), stopped = about_heroin();
  second.version = 2;
  second.issued_at = told + std::chrono::hours{5};
  held.ref = alert_ref{"FW-2026-0008"};
  held.state = alert_state::held;
  stopped.ref = alert_ref{"FW-2026-0009"};
  stopped.state = alert_state::stopped;
  const auto by = publisher_of("alerts@example.org", the_words());
  const auto feed = as_atom({held, stopped, second}, by, the_words(), *the_reference(), told);
  CHECK(count_of(feed, "<entry>") == 1);
  const std::string id = "<id>tag:example.org,2026:alert/FW-2026-0007</id>";
  CHECK(count_of(feed, id) == 1);
  CHECK(count_of(feed, "rel=\"predecessor-version\"") == 1);
  CHECK(count_of(as_atom({first}, by, the_words(), *the_reference(), told), id) == 1);
  CHECK(count_of(feed, "<updated>2026-07-01T18:05:00+01:00</updated>") == 2);
  const auto empty = as_atom({}, by, the_words(), *the_reference(), told);
  CHECK(count_of(empty, "<updated>2026-07-01T13:05:00+01:00</updated>") == 1);
}

TEST_CASE("a chart is a picture of the right size, and never without its words") {
  const auto days = four_weeks();
  const auto red = chart_png(days, level::red);
  CHECK(red.starts_with("\x89PNG\r\n"));
  const auto number = [&](std::size_t at) {
    int out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out * 256 + static_cast<unsigned char>(red[at + i]);
    return out;
  };
  CHECK(number(16) == chart_width);
  CHECK(number(20) == chart_height);
  CHECK(red != chart_png(days, level::amber));
  CHECK(chart_words(days) ==
        "Records that fit, a day: 0 to 1 from 2026-06-01 to 2026-06-29; then 2 on 2026-06-30, 3 on "
        "2026-07-01.");
  CHECK_FALSE(draw_chart({}, level::red));
  CHECK(draw_chart({{"2026-07-01", 0, true}}, level::info)); // nothing to draw is no fault
}

TEST_CASE("a mail carries the chart as a part of its own that the page names") {
  const auto whole = *render_as(rendering::html, about_heroin(), the_press());
  CHECK(count_of(whole, "src=\"data:image/png;base64,") == 1);
  const auto text = *render_as(rendering::email, about_heroin(), the_press());
  CHECK(text.find("data:image") == std::string::npos);
  CHECK(count_of(text, "Content-Type: multipart/related; type=\"text/html\"") == 1);
  CHECK(count_of(text, "Content-ID: <picture1.rendering.FW-2026-0007@example.org>") == 1);
  const test::temp_dir folder;
  const auto file = (folder.path() / "mail.eml").string();
  std::ofstream{file, std::ios::binary} << text;
  const test::child_process reader{{"/usr/bin/python3", FOREWARN_SOURCE_DIR "/tests/acceptance/read_mail.py", file}};
  const auto read = reader.rest();
  CHECK(read.find(R"("defects": [])") != std::string::npos);
  CHECK(read.find("cid:picture1.rendering.FW-2026-0007@example.org") != std::string::npos);
  CHECK(read.find("Records that fit, a day: 0 to 1 from") != std::string::npos);
}

TEST_CASE("what is usual is counted over the four weeks before, in the signal's own place and in its rule's spans") {
  auto rule = test::opioid_callouts(*the_reference());
  const auto ledger = memory_store();
  alerting::setup with;
  with.rules = test::rule_set_of(the_reference(), {rule});
  ledger->begin();
  const auto add = [&](const char* id, const char* when, const char* ward = "E05011385") {
    auto one = test::call_out(id, when, id, nullptr);
    one.ward = area_code{ward};
    ledger->append(one);
    return one;
  };
  add("old", "2026-05-01T10:00:00Z"); // before the four weeks
  add("a", "2026-06-10T10:00:00Z");
  add("b", "2026-06-20T10:00:00Z");
  add("c", "2026-06-20T11:00:00Z");
  add("elsewhere", "2026-06-25T10:00:00Z", "E05011387");
  alerting::signal_facts facts;
  facts.evidence = {add("1", "2026-06-30T15:00:00Z"), add("2", "2026-06-30T22:00:00Z"),
                    add("3", "2026-07-01T12:00:00Z")};
  ledger->commit();
  facts.state = test::signal_over(rule, {{"ward", "E05011385"}}, facts.evidence);
  facts.rule = &with.rules->rules.front();

  SUBCASE("from the first record of the feed on, zeros included") {
    alerting::add_history(facts, with, *ledger);
    CHECK(facts.usual == "0 to 2 usual (20 spans of 24 hours before)");
    REQUIRE(facts.daily.size() == 30);
    CHECK(facts.daily.front() == counted_day{"2026-06-02", 0, false});
    CHECK(facts.daily[18] == counted_day{"2026-06-20", 2, false});
    CHECK(facts.daily[28] == counted_day{"2026-06-30", 2, true});
    CHECK(facts.daily.back() == counted_day{"2026-07-01", 1, true});
  }
  SUBCASE("over all of it where the feed is older") {
    ledger->begin();
    auto older = test::call_out("older", "2026-05-20T10:00:00Z", "p:older", nullptr);
    older.received_at = told; // the store is in order of arrival
    ledger->append(older);
    ledger->commit();
    alerting::add_history(facts, with, *ledger);
    CHECK(facts.usual == "0 to 2 usual (28 spans of 24 hours before)");
  }
  SUBCASE("not known where the window is longer than the past allows to compare") {
    facts.state.window.from = facts.state.window.to - std::chrono::hours{24 * 365};
    alerting::add_history(facts, with, *ledger);
    CHECK_FALSE(facts.usual);
    CHECK(facts.daily.size() <= 56);
    CHECK(facts.daily.back().of_signal);
  }
  SUBCASE("nothing where the rule is gone") {
    facts.rule = nullptr;
    alerting::add_history(facts, with, *ledger);
    CHECK(facts.daily.empty());
  }
}

TEST_CASE("readers who may not know exact numbers get no chart, and counts to the nearest five") {
  const auto one = about_heroin(audience::services);
  CHECK(one.content.daily.empty());
  CHECK(one.content.headline.find("fewer than 8 ambulance call-outs") != std::string::npos);
  CHECK(render_as(rendering::html, one, the_press())->find("<img") == std::string::npos);
}

TEST_CASE("the linter finds what no message may say, and says what to write") {
  struct row {
    const char* name;
    const char* text;
    const char* code; // empty: nothing is found
    const char* words;
  };
  const row rows[] = {
      {"cause", "Two deaths due to nitazenes", "lint-cause", "due to"},
      {"cause over a line break", "was caused\n  by a strong batch", "lint-cause", "caused\n  by"},
      {"killing", "A batch is killing people", "lint-cause", "is killing"},
      {"not cause", "what was recorded together, not what caused it", "", ""},
      {"residue to test is no 'due to'", "residue to be tested", "", ""},
      {"full postcode", "found at LS12 1AB yesterday", "lint-postcode", "LS12 1AB"},
      {"full postcode without its space", "found at ls121ab", "lint-postcode", "ls121ab"},
      {"district", "found in LS12 and LS9", "", ""},
      {"area code", "ward E05011385", "", ""},
      {"a title and a name", "Mr Example was found", "lint-person", "Mr Example"},
      {"an exact age", "a 17-year-old", "lint-person", "17-year-old"},
      {"an age band", "people of 18 to 25", "", ""},
      {"date of birth", "DOB 01/02/1990", "lint-person", "DOB"},
      {"NHS number", "patient 943 476 5919 was seen", "lint-person", "943 476 5919"},
      {"ten digits that are no NHS number", "call 0300 123 6600", "", ""},
      {"street and number", "at 12 Example Road", "lint-person", "12 Example Road"},
      {"pseudonym", "person p:9f03ab77 twice", "lint-person", "p:9f03ab77"},
      {"praise", "a very strong batch", "lint-advertising", "very strong"},
      {"price", "sold at £20 a gram", "lint-advertising", "£20 a"},
      {"a comparison of risk", "opioids that are stronger than expected", "", ""},
      {"doses are no counts of people", "one dose, wait two to three minutes", "", ""},
      {"small count", "3 people died", "lint-small-count", "3 people"},
      {"small count in words", "two suspected deaths", "lint-small-count", "two suspected deaths"},
      {"large enough", "about 10 people", "", ""},
      {"as it should be said", "fewer than 8 people", "", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto found = lint_text(r.text, {.count_floor = 8});
    if (*r.code == '\0') {
      CHECK_MESSAGE(found.empty(), (found.empty() ? std::string{} : spell(found.front())));
      continue;
    }
    const auto hit = std::find_if(found.begin(), found.end(), [&](const finding& one) { return one.words == r.words; });
    REQUIRE_MESSAGE(hit != found.end(), (found.empty() ? std::string{"nothing"} : spell(found.front())));
    CHECK(hit->code == r.code);
    CHECK(std::string_view{r.text}.substr(hit->at, hit->length) == r.words);
    CHECK_FALSE(hit->instead.empty());
  }
}

TEST_CASE("approved words that say cause are refused with line and column") {
  const source_text file{"templates/blocks/a.yaml", "# due to this comment nothing happens\nblocks:\n  issuer: A\n"
                                                    "  association: >\n    Deaths é because\n    of fentanyl.\n"};
  const auto found = lint_file(file);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == "lint-cause");
  CHECK(found.front().at.line == 5);
  CHECK(found.front().at.column == 14);
  CHECK(found.front().message.find("write 'recorded together with'") != std::string::npos);
}

TEST_CASE("what a person adds to an alert is judged for its readers") {
  auto one = about_heroin();
  CHECK_FALSE(objection(one, the_words()));
  one.reason = "3 people found together"; // professionals may know
  CHECK_FALSE(objection(one, the_words()));
  one = about_heroin(audience::services);
  CHECK_FALSE(objection(one, the_words()));
  one.reason = "3 people found together";
  REQUIRE(objection(one, the_words()));
  CHECK(*objection(one, the_words()) ==
        "reason: '3 people': these readers must not be told a count below 8; write 'fewer than 8'");
}

TEST_CASE("counts as each profile says them") {
  struct row {
    double count;
    const char* exact;
    const char* under_5;
    const char* hes;
    const char* opensafely;
  };
  const row rows[] = {{0, "0", "0", "0", "fewer than 8"},
                      {1, "1", "fewer than 5", "fewer than 8", "fewer than 8"},
                      {4, "4", "fewer than 5", "fewer than 8", "fewer than 8"},
                      {5, "5", "5", "fewer than 8", "fewer than 8"},
                      {7, "7", "7", "fewer than 8", "fewer than 8"},
                      {8, "8", "8", "about 10", "about 10"},
                      {12, "12", "12", "about 10", "about 10"},
                      {13, "13", "13", "about 15", "about 15"}};
  for (const auto& r : rows) {
    CAPTURE(r.count);
    CHECK(spell(r.count, disclosure::exact) == r.exact);
    CHECK(spell(r.count, disclosure::under_5) == r.under_5);
    CHECK(spell(r.count, disclosure::hes) == r.hes);
    CHECK(spell(r.count, disclosure::opensafely) == r.opensafely);
  }
  CHECK(spell_total({3, 12}, disclosure::hes) == "about 10 or more");
  CHECK(spell_total({3, 12}, disclosure::under_5) == "at least 12");
  CHECK(spell_total({3, 2}, disclosure::hes) == "small numbers of");
  CHECK(spell_total({9, 12}, disclosure::hes) == "about 20");
  CHECK(profile_of(audience::professionals, the_words()) == disclosure::exact);
  CHECK(profile_of(audience::public_, the_words()) == disclosure::hes);
}

// Everything there is to see of two sources in two versions of one alert, by a reader who knows the profile and that
// records are only added: of each count that is hidden, more than two values must stay possible.
TEST_CASE("no hidden count can be worked out from an alert's numbers, nor from two versions of it") {
  constexpr int most = 13;
  for (const auto by : {disclosure::under_5, disclosure::hes, disclosure::opensafely}) {
    CAPTURE(to_text(by));
    const auto seen = [&](int a, int b) {
      return fmt::format("{}|{}|{}", spell(a, by), spell(b, by), spell_total({double(a), double(b)}, by));
    };
    std::vector<std::string> shown;
    for (int a = 0; a <= most; ++a)
      for (int b = 0; b <= most; ++b) shown.push_back(seen(a, b));
    const auto at = [&](int a, int b) -> const std::string& {
      const auto place = a * (most + 1) + b;
      return shown[static_cast<std::size_t>(place)];
    };
    // What is shown -> which values each of the four counts may have.
    std::map<std::pair<const std::string, const std::string>, std::array<std::set<int>, 4>> possible;
    for (int a = 0; a <= most; ++a)
      for (int b = 0; b <= most; ++b)
        for (int later_a = a; later_a <= most; ++later_a)
          for (int later_b = b; later_b <= most; ++later_b) {
            auto& sets = possible[{at(a, b), at(later_a, later_b)}];
            const std::array values{a, b, later_a, later_b};
            for (std::size_t i = 0; i < 4; ++i) sets[i].insert(values[i]);
          }
    for (const auto& [what, sets] : possible)
      for (const auto& values : sets) {
        if (!disclose(*values.begin(), by).hidden && !disclose(*values.rbegin(), by).hidden) continue;
        CAPTURE(what.first);
        CAPTURE(what.second);
        CHECK(values.size() > 2);
      }
  }
}
