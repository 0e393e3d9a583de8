// SPDX-License-Identifier: Apache-2.0
// The words of messages: whole texts against golden files, and what rendering must refuse.
#include "daemon/alerting/alert_json.hpp"
#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/drugs.hpp"
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/template_text.hpp"
#include "forewarn/text.hpp"
#include "support/alerting_scene.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace forewarn;
using namespace forewarn::alerting;

namespace {

const instant told = test::at("2026-03-01T12:05:00Z");

signal_facts facts_about(const rules::rule& rule, series_key series, std::vector<observation> evidence) {
  signal_facts out;
  out.state = test::signal_over(rule, std::move(series), evidence);
  out.rule = &rule;
  out.complete_to = {{evidence.back().key.feed, evidence.back().received_at}};
  out.evidence = std::move(evidence);
  return out;
}

std::vector<observation> five_call_outs() {
  return {test::call_out("1", "2026-02-28T15:10:00Z", "p:a", "hostel-1"),
          test::call_out("2", "2026-02-28T22:00:00Z", "p:b", nullptr),
          test::call_out("3", "2026-03-01T01:30:00Z", "p:a", "hostel-1"),
          test::call_out("4", "2026-03-01T09:00:00Z", "p:c", nullptr),
          test::call_out("5", "2026-03-01T12:00:00Z", "p:d", nullptr)};
}

alert alert_about(const signal_facts& facts, const word_book& words, const reference_data& reference) {
  alert out;
  out.ref = alert_ref{"FW-2026-0007"};
  out.outcome = alert_outcome::formal_alert;
  out.state = alert_state::issued;
  out.level = facts.state.level;
  out.audience = audience_of(facts.rule);
  out.signal = facts.state.id;
  out.rule = facts.state.rule;
  out.rule_hash = facts.state.rule_hash;
  out.engine_version = "0.1.0";
  out.created_at = told;
  out.issued_at = told;
  out.review_by = told + std::chrono::hours{24 * 7};
  out.expires_at = told + std::chrono::hours{24 * 28};
  out.decided_by = "a manager";
  out.reason = "several in one day";
  out.content = compose(facts, words, reference);
  return out;
}

void check_message(const std::string& name, const message& one) {
  CHECK(utf8_length(one.subject) <= 78);
  CHECK(one.json.size() < 20'000);
  test::check_golden("daemon/golden/" + name + ".subject", one.subject + "\n");
  test::check_golden("daemon/golden/" + name + ".txt", one.text);
  test::check_golden("daemon/golden/" + name + ".html", one.html);
  test::check_golden("daemon/golden/" + name + ".json", one.json + "\n");
}

} // namespace

TEST_CASE("every rendering of a count of opioid call-outs in a ward") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  const auto facts = facts_about(rule, {{"ward", "E05011385"}}, five_call_outs());
  const auto one = render_alert(alert_about(facts, words, *reference), words, *reference, told);
  REQUIRE(one);
  check_message("alert-opioid-callouts", *one);
  assessment work;
  work.ref = assessment_ref{"A-2026-0042"};
  const auto notice = render_notice("signal.opened", facts, work, words, *reference, told);
  REQUIRE(notice);
  check_message("notice-opioid-callouts", *notice);
}

TEST_CASE("every rendering of a nitazene first seen in a drug test") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::nitazene_first_seen(*reference);
  const auto facts =
      facts_about(rule, {{"substances", "protonitazene"}}, {test::drug_test("W1", "2026-02-20T00:00:00Z")});
  const auto one = render_alert(alert_about(facts, words, *reference), words, *reference, told);
  REQUIRE(one);
  check_message("alert-nitazene", *one);
}

TEST_CASE("every rendering of a single child at hospital, automatic") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::child_attendance();
  auto facts = facts_about(rule, {}, {test::attendance_of_child("9", "2026-03-01T11:40:00Z")});
  auto written = alert_about(facts, words, *reference);
  written.outcome = alert_outcome::information_only;
  written.decided_by = "automatic";
  written.reason.clear();
  const auto one = render_alert(written, words, *reference, told);
  REQUIRE(one);
  check_message("alert-child", *one);
  written.state = alert_state::held;
  written.hold_until = told + std::chrono::minutes{15};
  facts.written = written;
  const auto notice = render_notice("signal.opened", facts, {}, words, *reference, told);
  REQUIRE(notice);
  CHECK(notice->text.find("at 12:20 GMT unless it is stopped") != std::string::npos);
  CHECK(notice->text.find("forewarn alerts stop FW-2026-0007") != std::string::npos);
}

TEST_CASE("the first three lines say what and where, how many, since when, how sure, and how complete") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  const auto facts = facts_about(rule, {{"ward", "E05011385"}}, five_call_outs());
  const auto one = render_alert(alert_about(facts, words, *reference), words, *reference, told);
  REQUIRE(one);
  CHECK(one->text.starts_with(
      "Armley, Leeds: 5 ambulance call-outs in 24 hours, Heroin\n"
      "5 ambulance call-outs in 24 hours: 4 people (1 more than once), 1 site and 3 records without a site; naloxone "
      "given in 5; usual level not known yet. Counted since 2026-02-28 12:00 GMT; drug not confirmed\n"
      "Data complete to: yas 2026-03-01 12:02 GMT\n"));
}

TEST_CASE("an alert that lacks a required part is not written, and says what it lacks") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  const auto whole = alert_about(facts_about(rule, {{"ward", "E05011385"}}, five_call_outs()), words, *reference);
  struct row {
    const char* name;
    void (*take_away)(alert_content&);
  };
  const row rows[] = {
      {"headline", [](alert_content& c) { c.headline.clear(); }},
      {"certainty", [](alert_content& c) { c.certainty.clear(); }},
      {"identified risk", [](alert_content& c) { c.risk.clear(); }},
      {"where", [](alert_content& c) { c.where.clear(); }},
      {"when", [](alert_content& c) { c.when.clear(); }},
      {"evidence", [](alert_content& c) { c.evidence.clear(); }},
      {"source of information", [](alert_content& c) { c.source.clear(); }},
      {"actions for staff", [](alert_content& c) { c.actions.clear(); }},
      {"harm reduction", [](alert_content& c) { c.harm_reduction.clear(); }},
      {"naloxone", [](alert_content& c) { c.naloxone.clear(); }},
      {"overdose signs", [](alert_content& c) { c.overdose_signs.clear(); }},
      {"where to report more", [](alert_content& c) { c.report_more.clear(); }},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto one = whole;
    r.take_away(one.content);
    const auto written = render_alert(one, words, *reference, told);
    REQUIRE_FALSE(written);
    CHECK(written.error().find(std::string{"it lacks "} + r.name) != std::string::npos);
  }
}

TEST_CASE("a rule that names advice nobody approved cannot be written about") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  auto rule = test::opioid_callouts(*reference);
  rule.alert.advice = "no-such-advice";
  const auto facts = facts_about(rule, {{"ward", "E05011385"}}, five_call_outs());
  const auto written = render_alert(alert_about(facts, words, *reference), words, *reference, told);
  REQUIRE_FALSE(written);
  CHECK(written.error().find("identified risk and actions for staff") != std::string::npos);
}

TEST_CASE("each audience reads no closer than it may") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  const auto facts = facts_about(rule, {{"ward", "E05011385"}}, five_call_outs());
  struct row {
    audience to;
    const char* where;
    bool exact;
  };
  const row rows[] = {
      {audience::on_call, "Armley, Leeds", true},   {audience::professionals, "Armley, Leeds", true},
      {audience::services, "Armley, Leeds", false}, {audience::people_who_use_drugs, "Leeds", false},
      {audience::public_, "Leeds", false},
  };
  for (const auto& r : rows) {
    CAPTURE(to_text(r.to));
    const auto content = compose_for(facts, r.to, words, *reference);
    CHECK(content.where == r.where);
    CHECK((content.headline.find("5 ambulance") != std::string::npos) == r.exact);
    CHECK((content.headline.find("fewer than 8 ambulance call-outs") != std::string::npos) == !r.exact);
    CHECK((content.evidence.front().text.find("4 people") != std::string::npos) == r.exact);
  }
}

TEST_CASE("certainty claims nothing that no record says") {
  const auto reference = test::shipped_reference();
  const auto rule = test::opioid_callouts(*reference);
  auto evidence = five_call_outs();
  const auto now = [&] { return drugs_of_concern(facts_about(rule, {}, evidence), *reference).certainty; };
  CHECK(now() == "not confirmed");
  evidence[0].certainty = certainty::suspected;
  CHECK(now() == "suspected");
  evidence[1].certainty = certainty::confirmed; // of what, the record does not say
  CHECK(now() == "suspected");
  evidence[1].confirmed = {substance_id{"alcohol"}}; // not what the rule is about
  CHECK(now() == "suspected");
  evidence[1].confirmed = {substance_id{"heroin"}};
  CHECK(now() == "toxicology confirmed");
}

TEST_CASE("the naloxone line follows what naloxone does to the drugs named") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  struct row {
    std::vector<const char*> drugs;
    const char* block;
  };
  const row rows[] = {
      {{"heroin"}, "naloxone.reverses"},
      {{"xylazine"}, "naloxone.no"},
      {{"heroin", "xylazine"}, "naloxone.mixed"},
      {{"buprenorphine"}, "naloxone.partly"},
      {{"heroin", "buprenorphine"}, "naloxone.partly"},
      {{}, "naloxone.unknown"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.block);
    std::vector<substance_id> drugs;
    for (const auto* id : r.drugs) drugs.emplace_back(id);
    CHECK(naloxone_line(drugs, words, *reference) == words.blocks.at(r.block));
  }
}

TEST_CASE("no words of an alert say cause") {
  for (const auto& file : test::shipped_files("templates", {".mustache", ".yaml"}))
    for (const auto* word : {"caused by", "due to", "because of this batch", "responsible for"}) {
      CAPTURE(file.path);
      CHECK(file.text.find(word) == std::string::npos);
    }
}

TEST_CASE("HTML is escaped and asks for nothing from outside") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  auto rule = test::child_attendance();
  rule.title = "<script>alert('x')</script> & \"quotes\"";
  const auto facts = facts_about(rule, {}, {test::attendance_of_child("9", "2026-03-01T11:40:00Z")});
  const auto one = render_alert(alert_about(facts, words, *reference), words, *reference, told);
  REQUIRE(one);
  CHECK(one->html.find("<script") == std::string::npos);
  CHECK(one->html.find("&lt;script&gt;") != std::string::npos);
  CHECK(one->text.find("<script>") != std::string::npos);
  for (const auto* outside : {"http://", "https://", "<img", "src=", "<link", "@import", "url("})
    CHECK(one->html.find(outside) == std::string::npos);
  CHECK(boost::json::parse(one->json).is_object());
}

TEST_CASE("an alert reads back from its own JSON, bare or as a webhook's body") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  const auto one = alert_about(facts_about(rule, {{"ward", "E05011385"}}, five_call_outs()), words, *reference);
  const auto text = alerting::to_json(one);
  for (const auto& written : {text, envelope("alert.issued", told, as_json(one))}) {
    const auto back = parse_alert(written);
    REQUIRE(back);
    CHECK(alerting::to_json(*back) == text);
  }
  CHECK(parse_alert(R"({"level": "purple"})").error() == "'level' cannot be 'purple'; one of info, amber or red");
  CHECK(parse_alert(R"({"issued": "yesterday"})").error().find("'issued': 'yesterday' is not a time") == 0);
  CHECK_FALSE(parse_alert("[]"));
  CHECK_FALSE(parse_alert("{"));
}

TEST_CASE("a template is checked when it is loaded") {
  struct row {
    const char* name;
    const char* file;
    const char* text;
    const char* code;
    int line, column;
  };
  const row rows[] = {
      {"a part that no message has", "alert.txt.mustache", "a\n b {{headlin}}", "unknown-field", 2, 4},
      {"never closed tag", "alert.txt.mustache", "{{headline", "bad-value", 1, 1},
      {"never closed section", "alert.txt.mustache", "{{#headline}} x", "bad-value", 1, 1},
      {"unescaped in HTML", "alert.html.mustache", "<b>{{{headline}}}</b>", "bad-value", 1, 4},
      {"unescaped in HTML, by &", "alert.html.mustache", "<b>{{&headline}}</b>", "bad-value", 1, 4},
      {"partial", "alert.txt.mustache", "{{>other}}", "bad-value", 1, 1},
      {"empty tag", "alert.txt.mustache", "x{{ }}", "bad-value", 1, 2},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto found = check_template({r.file, r.text});
    REQUIRE_FALSE(found.empty());
    CHECK(found.front().code == r.code);
    CHECK(found.front().at.line == r.line);
    CHECK(found.front().at.column == r.column);
  }
  CHECK(check_template({"a.txt.mustache", "{{headlin}}"}).front().message.find("did you mean 'headline'?") !=
        std::string::npos);
}

TEST_CASE("words that leave a message without a required part are refused") {
  auto files = test::shipped_files("templates", {".mustache", ".yaml"});
  const auto found = [&] { return load_words(files).found; };
  CHECK(found().empty());
  files.push_back({"extra.yaml", "version: 1\nblocks:\n  harm-reductoin: x\n"});
  REQUIRE(found().size() == 1);
  CHECK(found().front().code == "unknown-key");
  files.back().text = "advice:\n  - id: new\n    risk: some\n    actions: []\n";
  REQUIRE(found().size() == 1);
  CHECK(found().front().code == "missing-key");
  files.back().text = "validity: {review_after: soon}\n";
  REQUIRE(found().size() == 1);
  CHECK(found().front().code == "bad-duration");
  files.pop_back();
  std::erase_if(files, [](const source_text& f) { return f.path.ends_with("notice.txt.mustache"); });
  REQUIRE(found().size() == 1);
  CHECK(found().front().message.find("notice.txt.mustache") != std::string::npos);
  CHECK(load_words({}).found.size() > 15);
}

TEST_CASE("a webhook's body is under 20 kB whatever the alert holds, and says what it lost") {
  const auto reference = test::shipped_reference();
  const auto words = test::shipped_words();
  const auto rule = test::opioid_callouts(*reference);
  auto one = alert_about(facts_about(rule, {{"ward", "E05011385"}}, five_call_outs()), words, *reference);
  const auto data_of = [&] {
    const auto body = envelope("alert.issued", told, as_json(one));
    CHECK(body.size() < 20'000);
    return boost::json::parse(body).at("data").as_object();
  };
  CHECK_FALSE(data_of().contains("shortened"));

  one.content.areas.assign(3'000, "E05011385");
  CHECK(data_of().at("shortened") == boost::json::array{"areas"});
  CHECK(data_of().at("areas").as_array().size() == 12);
  CHECK(boost::json::serialize(data_of().at("harm_reduction")) ==
        boost::json::serialize(boost::json::value(one.content.harm_reduction)));

  std::string long_words;
  for (int i = 0; i < 8'000; ++i) long_words += "naïve \"words\" ";
  for (auto* part : {&one.content.risk, &one.content.harm_reduction, &one.content.report_more, &one.content.naloxone})
    *part = long_words;
  one.content.evidence.assign(500, {long_words, long_words});
  const auto least = data_of();
  CHECK(least.at("reference") == "FW-2026-0007");
  CHECK(least.at("rule").at("hash") == "sha256:0123");
  CHECK(least.at("headline").as_string().starts_with("Armley, Leeds: 5 ambulance"));
  CHECK(least.at("risk").as_string().ends_with("..."));
  CHECK(parse_alert(boost::json::serialize(least)));
}

TEST_CASE("a long subject ends with a whole part and names the place") {
  const std::string_view place = "Gipton and Harehills, Leeds";
  struct row {
    const char* name;
    std::size_t most;
    const char* said;
  };
  const std::string whole = "RED DRUG ALERT: Gipton and Harehills, Leeds: 12 ambulance call-outs in 24 hours, Heroin";
  const row rows[] = {
      {"fits", 90, whole.c_str()},
      {"how long was counted goes first", 78,
       "RED DRUG ALERT: Gipton and Harehills, Leeds: 12 ambulance call-outs, Heroin"},
      {"then the last part, not half of it", 74,
       "RED DRUG ALERT: Gipton and Harehills, Leeds: 12 ambulance call-outs..."},
      {"never '12...'", 50, "RED DRUG ALERT: Gipton and Harehills, Leeds..."},
      {"the place stays whole", 46, "RED DRUG ALERT: Gipton and Harehills, Leeds..."},
      {"of one that is longer by itself the beginning", 30, "RED DRUG ALERT: Gipton and..."},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(shorten_subject(whole, place, r.most) == r.said);
  }
  CHECK(shorten_subject("one two three four", "", 12) == "one two...");
}

TEST_CASE("subjects are cut between words and whole characters") {
  CHECK(shorten("short", 78) == "short");
  CHECK(shorten("two\nlines", 78) == "two lines");
  CHECK(shorten("one two three four", 12) == "one two...");
  CHECK(shorten("Zoë, Renée and others", 13) == "Zoë, Renée...");
  CHECK(utf8_length(shorten(std::string(200, 'x'), 78)) == 78);
}
