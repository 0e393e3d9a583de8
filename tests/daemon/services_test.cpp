// SPDX-License-Identifier: Apache-2.0
// Who is told: reading services.d/ and routing an alert to the services that take it.
#include "daemon/alerting/services.hpp"
#include "support/alerting_scene.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::alerting;

namespace {

// One service whose `takes` and roles the test writes.
std::string service_text(const std::string& lines) {
  return "services:\n  - id: one\n    name: One\n" + lines +
         "    channels:\n      - maildir: {folder: mail/one, to: one@localhost}\n";
}

std::vector<std::string> told(const std::string& services, const topic& about) {
  const auto reference = test::shipped_reference();
  const auto loaded = load_services({{"s.yaml", services}}, *reference);
  for (const auto& p : loaded.found) CHECK_MESSAGE(p.how != severity::error, p.message);
  std::vector<std::string> out;
  for (const auto& hit : route(loaded.book, about, *reference)) {
    CHECK_FALSE(hit.why.empty());
    out.push_back(hit.to->id.str());
  }
  return out;
}

topic about_armley() {
  topic about;
  about.areas = {area_code{"E05011385"}};
  about.substances = {substance_id{"heroin"}};
  about.kinds = {kind_id{"ambulance"}};
  return about;
}

} // namespace

TEST_CASE("the shipped services load without a problem and work without a network") {
  const auto loaded = load_services(test::shipped_files("services.d", {".yaml"}), *test::shipped_reference());
  for (const auto& p : loaded.found) FAIL_CHECK(p.path << ":" << p.at.line << ": " << p.message);
  REQUIRE(loaded.book.find(service_id{"on-call"}) != nullptr);
  CHECK(loaded.book.find(service_id{"on-call"})->on_call);
  REQUIRE(loaded.book.find(service_id{"duty-desk"}) != nullptr);
  CHECK(loaded.book.find(service_id{"duty-desk"})->duty_desk);
  for (const auto& one : loaded.book.services)
    for (const auto& by : one.channels) CHECK(by.kind == channel_kind::maildir);
}

TEST_CASE("every channel with all its settings is read") {
  const auto loaded = load_services({{"s.yaml", R"(version: 1
services:
  - id: hub
    name: The hub
    roles: [on_call, duty_desk]
    takes: {areas: Leeds, substances: [opioid, ketamine], level: red, audience: professionals}
    channels:
      - webhook:
          url: https://alerts.example.org/a%20b?c=d
          secret_file: [new.key, credential:old]
          ca_file: ca.pem
      - name: second
        webhook: {url: "http://127.0.0.1:9000/", secret_file: k, private_address: true}
      - email: {to: [a@example.org, b@example.org]}
      - maildir: {folder: mail/hub, to: hub@localhost}
)"}},
                                    *test::shipped_reference());
  REQUIRE(loaded.found.empty());
  const auto& hub = loaded.book.services.at(0);
  CHECK(hub.areas == std::vector{area_code{"E08000035"}});
  CHECK(hub.substances == std::vector{substance_id{"opioid"}, substance_id{"ketamine"}});
  CHECK(hub.least_level == level::red);
  CHECK(hub.audiences == std::vector{audience::professionals});
  REQUIRE(hub.channels.size() == 4);
  CHECK(hub.channels[0].name == "webhook");
  CHECK(hub.channels[0].secret_files == std::vector<std::string>{"new.key", "credential:old"});
  CHECK(hub.channels[0].ca_file == "ca.pem");
  CHECK_FALSE(hub.channels[0].private_address);
  CHECK(hub.channels[1].name == "second");
  CHECK(hub.channels[1].private_address);
  CHECK(hub.channels[2].to.size() == 2);
  CHECK(hub.channels[3].folder == "mail/hub");
}

TEST_CASE("whoever must hear of a fault has a way that the fault leaves, or is warned") {
  const auto warned = [](const std::string& channels, const std::string& roles) {
    const auto loaded = load_services({{"s.yaml", "services:\n  - id: one\n    name: One\n    roles: [" + roles +
                                                      ", duty_desk]\n    channels:\n" + channels}},
                                      *test::shipped_reference());
    std::string out;
    for (const auto& p : loaded.found) out += p.code + ' ';
    return out;
  };
  const std::string mail = "      - email: {to: a@b.c}\n", other_mail = "      - {name: m2, email: {to: d@e.f}}\n",
                    text = "      - notify: {sms: \"+447700900123\", template: t, key_file: k}\n",
                    folder = "      - maildir: {folder: f, to: a@b.c}\n";
  CHECK(warned(mail, "on_call, operators") == "mail-alone one-channel ");
  CHECK(warned(mail + other_mail, "on_call, operators") == "mail-alone ");
  CHECK(warned(mail + other_mail, "on_call") == "mail-alone "); // where there is no operator they are it
  CHECK(warned(text, "on_call") == "one-channel ");
  CHECK(warned(mail + text, "on_call, operators").empty());
  CHECK(warned(folder, "on_call, operators").empty()); // as it is shipped
}

TEST_CASE("what would fail only when it is needed is refused when it is read") {
  struct row {
    const char* name;
    std::string text;
    int line;
    const char* code;
    const char* says;
  };
  const std::string head = "services:\n  - id: one\n    name: One\n    channels:\n      - ";
  const row rows[] = {
      {"no such role", service_text("    roles: [oncall]\n"), 4, "bad-value", "did you mean 'on_call'?"},
      {"no such area", service_text("    takes: {areas: Leads}\n"), 4, "unknown-area", "did you mean 'Leeds'?"},
      {"no such substance", service_text("    takes: {substances: opiod}\n"), 4, "unknown-substance", "'opioid'"},
      {"no such kind", service_text("    takes: {kinds: ambulence}\n"), 4, "unknown-kind", "did you mean 'ambulance'?"},
      {"no such level", service_text("    takes: {level: yellow}\n"), 4, "bad-value", "info, amber or red"},
      {"no such audience", service_text("    takes: {audience: everyone}\n"), 4, "bad-value", "no audience 'everyone'"},
      {"unknown key", service_text("    take: {level: red}\n"), 4, "unknown-key", "did you mean 'takes'?"},
      {"not an address", head + "email: {to: duty desk}\n", 5, "bad-value", "not an e-mail address"},
      {"header injection", head + "email: {to: \"a@b.c\\nBcc: d@e.f\"}\n", 5, "bad-value", "not an e-mail address"},
      {"not a web address", head + "webhook: {url: alerts.example.org, secret_file: k}\n", 5, "bad-value", "https://"},
      {"unencrypted", head + "webhook: {url: \"http://example.org/\", secret_file: k}\n", 5, "bad-value",
       "unencrypted"},
      {"password in the address", head + "webhook: {url: \"https://u:p@example.org/\", secret_file: k}\n", 5,
       "bad-value", "password"},
      {"no key", head + "webhook: {url: \"https://example.org/\"}\n", 5, "missing-key", "secret_file"},
      {"no such channel", head + "fax: {to: a@b.c}\n", 5, "unknown-key", "'fax'"},
      {"two kinds in one", head + "email: {to: a@b.c}\n        maildir: {folder: f, to: a@b.c}\n", 6, "bad-value",
       "one kind"},
      {"same name twice", head + "email: {to: a@b.c}\n      - email: {to: d@e.f}\n", 6, "duplicate-id",
       "named 'email'"},
      {"no channel", "services:\n  - id: one\n    name: One\n    channels: []\n", 4, "missing-key", "hears nothing"},
      {"bad id", "services:\n  - id: One\n    name: One\n    channels:\n      - email: {to: a@b.c}\n", 2, "bad-value",
       "small letters"},
      {"not a list", "services: {}\n", 1, "wrong-type", "must be a list"},
  };
  const auto reference = test::shipped_reference();
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto loaded = load_services({{"s.yaml", r.text}}, *reference);
    REQUIRE(has_errors(loaded.found));
    bool said = false;
    for (const auto& p : loaded.found)
      said = said || (p.code == r.code && p.at.line == r.line && p.message.find(r.says) != std::string::npos);
    CHECK_MESSAGE(said, render(loaded.found, {{"s.yaml", r.text}}));
    CHECK(loaded.book.services.empty() == (std::string{r.code} != "duplicate-id" || loaded.book.services.empty()));
  }
}

TEST_CASE("one id in two files is refused, naming the other place") {
  const auto loaded =
      load_services({{"a.yaml", service_text("")}, {"b.yaml", service_text("")}}, *test::shipped_reference());
  REQUIRE(has_errors(loaded.found));
  CHECK(loaded.found.back().message.find("a.yaml") != std::string::npos);
  CHECK(loaded.book.services.size() == 1);
}

TEST_CASE("a folder in which nobody hears of signals warns") {
  const auto loaded = load_services({{"a.yaml", service_text("")}}, *test::shipped_reference());
  CHECK_FALSE(has_errors(loaded.found));
  REQUIRE(loaded.found.size() == 2);
  CHECK(loaded.found[0].code == "no-on-call");
  CHECK(loaded.found[1].code == "no-duty-desk");
}

TEST_CASE("a service is told of what it takes, and of nothing else") {
  struct row {
    const char* name;
    const char* lines;
    bool told;
  };
  const row rows[] = {
      {"no limits", "", true},
      {"the ward itself", "    takes: {areas: Armley}\n", true},
      {"the district around it", "    takes: {areas: Leeds}\n", true},
      {"another district", "    takes: {areas: Bradford}\n", false},
      {"the drug itself", "    takes: {substances: heroin}\n", true},
      {"its class", "    takes: {substances: opioid}\n", true},
      {"another class", "    takes: {substances: stimulant}\n", false},
      {"a lower level is enough", "    takes: {level: info}\n", true},
      {"a higher level only", "    takes: {level: red}\n", false},
      {"this audience", "    takes: {audience: [services, professionals]}\n", true},
      {"another audience", "    takes: {audience: public}\n", false},
      {"a kind that it rests on", "    takes: {kinds: [death, ambulance]}\n", true},
      {"another kind", "    takes: {kinds: death}\n", false},
      {"area fits, drug does not", "    takes: {areas: Leeds, substances: stimulant}\n", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(told(service_text(r.lines), about_armley()).size() == (r.told ? 1 : 0));
  }
}

TEST_CASE("what is not known leaves nobody out") {
  topic about = about_armley();
  about.areas.clear();
  CHECK(told(service_text("    takes: {areas: Bradford}\n"), about).size() == 1);
  about = about_armley();
  about.substances.clear();
  CHECK(told(service_text("    takes: {substances: stimulant}\n"), about).size() == 1);
  about.areas = {area_code{"E08000035"}}; // all of Leeds concerns a ward of it
  CHECK(told(service_text("    takes: {areas: Armley}\n"), about).size() == 1);
  about.substances = {substance_id{"opioid"}}; // an opioid may be a nitazene
  CHECK(told(service_text("    takes: {substances: nitazene}\n"), about).size() == 1);
}

TEST_CASE("people who use drugs and the public are only told by services that ask for it by name") {
  for (const auto to : {audience::people_who_use_drugs, audience::public_}) {
    topic about = about_armley();
    about.to = to;
    CHECK(told(service_text(""), about).empty());
    CHECK(told(service_text("    roles: [on_call, duty_desk, operators]\n"), about).empty());
    CHECK(told(service_text("    takes: {audience: [people_who_use_drugs, public]}\n"), about).size() == 1);
  }
}

TEST_CASE("an alert for the panel or on-call does not reach other services") {
  topic about = about_armley();
  about.to = audience::panel;
  CHECK(told(service_text(""), about).empty());
  CHECK(told(service_text("    roles: [on_call]\n"), about).size() == 1);
  CHECK(told(service_text("    takes: {audience: panel}\n"), about).size() == 1);
}

TEST_CASE("an automatic alert reaches duty desks alone") {
  topic about = about_armley();
  about.automatic = true;
  CHECK(told(service_text(""), about).empty());
  CHECK(told(service_text("    roles: [on_call]\n"), about).empty());
  CHECK(told(service_text("    roles: [duty_desk]\n"), about).size() == 1);
}
