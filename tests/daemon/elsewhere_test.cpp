// SPDX-License-Identifier: Apache-2.0
// Alerts from elsewhere: what an Atom feed, a CAP alert and a mail become; and a feed by HTTPS and a mail folder on a
// real desk, each alert once.
#include "daemon/delivery/fetch.hpp"
#include "daemon/panel/elsewhere.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/upkeep/elsewhere_watch.hpp"
#include "support/certificates.hpp"
#include "support/duty_desk.hpp"
#include "support/scripted_receiver.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <fstream>

using namespace forewarn;
using outbox::fetch_document;
using panel::elsewhere_source;

namespace {

elsewhere_source neighbour() {
  elsewhere_source out;
  out.name = "Neighbouring area";
  out.from = panel::origin::neighbour;
  out.senders = {"Alerts@Example.org"};
  return out;
}

constexpr const char* atom = R"(<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Alerts</title><id>urn:x</id><updated>2026-03-02T10:00:00Z</updated>
<entry><id>tag:example.org,2026:1</id><title>Nitazenes &amp; more in
 tablets</title><updated>2026-03-02T10:00:00Z</updated><summary type="html">&lt;p&gt;Sold as &lt;b&gt;oxycodone&lt;/b&gt;&lt;/p&gt;</summary>
<link href="https://example.org/1"/></entry>
<entry><id>2</id><updated>2026-03-01T10:00:00Z</updated><content type="application/cap+xml">
<c:alert xmlns:c="urn:oasis:names:tc:emergency:cap:1.2"><c:identifier>CAP-2</c:identifier><c:sent>2026-03-01T09:00:00+00:00</c:sent>
<c:status>Exercise</c:status><c:info><c:language>cy-GB</c:language><c:headline>Yn Gymraeg</c:headline></c:info>
<c:info><c:language>en-GB</c:language><c:event>Drug alert</c:event><c:severity>Extreme</c:severity><c:headline>Strong tablets</c:headline>
<c:description>Seen twice</c:description><c:instruction>Carry naloxone</c:instruction></c:info></c:alert></content></entry></feed>)";

std::string mail(const std::string& fields, const std::string& body) {
  return "From: Public health <alerts@example.org>\r\nMessage-ID: <1@example.org>\r\n" + fields + "\r\n\r\n" + body;
}

} // namespace

TEST_CASE("a feed's entries are reports, CAP within them as well") {
  const auto found = panel::read_published(atom, neighbour());
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  const auto& first = found->front();
  CHECK(first.kind == panel::report_kind::alert);
  CHECK(first.from == panel::origin::neighbour);
  CHECK(first.title == "Nitazenes & more in tablets");
  CHECK(first.text == "Sold as oxycodone\n\nhttps://example.org/1");
  CHECK(first.outside_ref == "tag:example.org,2026:1");
  CHECK(first.outside_issued_at == test::at("2026-03-02T10:00:00Z"));
  const auto& second = found->back();
  CHECK(second.title == "Strong tablets");
  CHECK(second.text == "Seen twice\n\nCarry naloxone");
  CHECK(second.outside_ref == "CAP-2");
  CHECK(second.status == alert_status::exercise);
  CHECK(second.level == level::red);
  for (const char* wrong :
       {"", "no XML", "<html><body/></html>", "<feed", "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"})
    CHECK_FALSE(panel::read_published(wrong, neighbour()));
  CHECK(panel::read_published("<feed><entry/></feed>", neighbour())->front().title == "An alert without a title");
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<b>";
  deep = "<feed><entry><title>Strong tablets" + deep + "never read";
  for (int i = 0; i < 200'000; ++i) deep += "</b>";
  CHECK(panel::read_published(deep + "</title></entry></feed>", neighbour())->front().title == "Strong tablets");
}

TEST_CASE("a mail's subject and plain text are a report, however they are written") {
  struct row {
    const char* name;
    std::string mail;
    const char* title;
    const char* text;
  };
  const row rows[] = {
      {"plain", mail("Subject: Strong tablets", "Seen twice.\r\nOnce in Leeds.\r\n"), "Strong tablets",
       "Seen twice.\nOnce in Leeds."},
      {"encoded",
       mail("Subject: =?utf-8?Q?Caf=C3=A9_?=\r\n =?utf-8?B?dGFibGV0cw==?=\r\nContent-Type: text/plain; "
            "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
            "Caf=C3=A9 =\r\nend"),
       "Café tablets", "Café end"},
      {"Latin-1", mail("Subject: x\r\nContent-Type: text/plain; charset=\"iso-8859-1\"", "caf\xe9"), "x", "café"},
      {"base64",
       mail("Subject: x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64", "U2VlbiB0d2ljZQ=="), "x",
       "Seen twice"},
      {"of several parts",
       mail("Subject: x\r\nContent-Type: multipart/alternative; boundary=\"b\"",
            "--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
            "yes\r\n--b--\r\n"),
       "x", "yes"},
      {"HTML alone", mail("Subject: x\r\nContent-Type: text/html", "<p>Seen <b>twice</b></p>"), "x", "Seen twice"},
      {"a part without end", mail("Subject: x\r\nContent-Type: multipart/mixed; boundary=b", "--b\r\nyes"), "x", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto read = panel::read_mailed(r.mail, neighbour());
    REQUIRE(read);
    CHECK(read->sender == "alerts@example.org");
    CHECK(read->what.title == r.title);
    CHECK(read->what.text == r.text);
    CHECK(read->what.outside_ref == "1@example.org");
  }
  CHECK_FALSE(panel::read_mailed("", neighbour()));
  CHECK_FALSE(panel::read_mailed("From: nobody\r\n\r\nx", neighbour()));
}

TEST_CASE("a mail folder: each alert once, whoever else writes is left alone") {
  test::duty_desk d{{test::two_calls()}};
  const test::temp_dir folder;
  std::filesystem::create_directories(folder.path() / "new");
  const auto drop = [&](const char* name, const std::string& text) {
    std::ofstream{folder.path() / "new" / name} << text;
  };
  drop("1", mail("Subject: Strong tablets", "Seen twice"));
  drop("2", "From: somebody@else.example\r\nSubject: Buy\r\n\r\nnow");
  elsewhere_watch watch;
  CHECK(watch.read_folder(neighbour(), folder.path(), *d.state) == 1);
  CHECK(std::filesystem::exists(folder.path() / "cur/1:2,S"));
  CHECK(std::filesystem::exists(folder.path() / "new/2"));
  drop("3", mail("Subject: Strong tablets", "Seen twice")); // mailed in once more
  CHECK(watch.read_folder(neighbour(), folder.path(), *d.state) == 1);
  const auto reports = panel::of(*d.ledger).reports(false, {.limit = 10});
  REQUIRE(reports.size() == 1);
  CHECK(reports.front().title == "Strong tablets");
  CHECK(reports.front().assessment);
  CHECK(reports.front().entered_by == "Forewarn, from Neighbouring area");
}

TEST_CASE("a feed that lists very many comes in portions, each once, and what is old is passed over") {
  test::duty_desk d{{test::two_calls()}};
  std::string feed = "<feed><entry><id>old</id><title>Old</title><updated>2026-02-01T10:00:00Z</updated></entry>";
  for (int i = 0; i < 25; ++i)
    feed +=
        fmt::format("<entry><id>{0}</id><title>Alert {0}</title><updated>2026-03-01T10:00:00Z</updated></entry>", i);
  feed += "</feed>";
  elsewhere_watch watch;
  const auto look = [&] { return watch.read_feed(neighbour(), feed, *d.state, test::at("2026-03-01T12:00:00Z")); };
  CHECK(look() == 20);
  CHECK(look() == 5);
  CHECK(look() == 0);
  CHECK(panel::of(*d.ledger).reports(false, {.limit = 100}).size() == 25);
}

TEST_CASE("a document is fetched by HTTPS alone, from the host that its certificate names") {
  const test::certificates authority;
  const auto files = authority.issue("localhost", "DNS:localhost");
  const auto http = [](const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const test::scripted_receiver server{
      [&](const std::string& request, int) {
        if (request.starts_with("GET /large"))
          return test::scripted_receiver::reply{http(std::string(3U << 20U, 'x')), true};
        if (request.starts_with("GET /gone"))
          return test::scripted_receiver::reply{"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"};
        return test::scripted_receiver::reply{http(atom)};
      },
      test::scripted_receiver::tls_files{files.certificate, files.key}};
  const auto base = "https://localhost:" + server.port();
  CHECK(fetch_document(base + "/feed", authority.authority()) == std::string{atom});
  CHECK(fetch_document(base + "/gone", authority.authority()).error() == "HTTP 404");
  CHECK(fetch_document(base + "/large", authority.authority()).error() == "it is larger than 2 MB");
  CHECK_FALSE(fetch_document(base + "/feed", ""));
  CHECK_FALSE(fetch_document("https://127.0.0.1:" + server.port() + "/", authority.authority()));
  CHECK_FALSE(fetch_document("file:///etc/hostname", ""));
}
