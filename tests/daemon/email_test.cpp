// SPDX-License-Identifier: Apache-2.0
// Mail as text, as Python's mail library reads it; and over SMTP to a real server with STARTTLS and AUTH.
#include "daemon/delivery/mailer.hpp"
#include "daemon/delivery/smtp_transfer.hpp"
#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fstream>
#include <future>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;
using forewarn::test::certificates;
using forewarn::test::child_process;
using forewarn::test::temp_dir;

namespace {

namespace json = boost::json;

// Debian's own Python, for which scripts/setup installs the SMTP server's package.
constexpr const char* python = "/usr/bin/python3";
const std::string acceptance = FOREWARN_SOURCE_DIR "/tests/acceptance/";

mail sample(std::vector<std::string> to = {"duty@example.org"}) {
  mail what;
  what.from = "Drug alerts <forewarn@example.org>";
  what.to = std::move(to);
  what.id = message_id{"msg_0123abcd"};
  what.content.thread = "FW-2026-0007";
  what.content.level = level::red;
  what.content.created_at = *parse_rfc3339("2026-03-01T12:34:56Z");
  what.content.subject = "Red: N-desethyl isotonitazene in Leeds";
  what.content.text = "Leeds\n5 call-outs\n.a line that starts with a dot\nFrom the start\n";
  what.content.html = "<p>Leeds</p>\n";
  return what;
}

std::string word(const json::object& of, const char* name) {
  return std::string{of.at(name).as_string()};
}

json::object as_read(const std::string& text) {
  const temp_dir folder;
  const auto file = folder.path() / "mail.eml";
  std::ofstream{file, std::ios::binary} << text;
  const child_process reader{{python, acceptance + "read_mail.py", file.string()}};
  return json::parse(reader.rest()).as_object();
}

class smtp_server {
public:
  smtp_server() {
    const auto files = authority_.issue("localhost", "DNS:localhost");
    start_.emplace(std::vector<std::string>{python, acceptance + "smtp_server.py", "--folder", folder_.path().string(),
                                            "--cert", files.certificate, "--key", files.key, "--user", "forewarn",
                                            "--password", "a password"});
    port_ = start_->line();
    REQUIRE_FALSE(port_.empty());
  }

  [[nodiscard]] mail_server settings() const {
    mail_server by;
    by.url = "smtp://localhost:" + port_;
    by.username = "forewarn";
    by.password = sensitive<std::string>{"a password"};
    by.ca_file = authority_.authority();
    by.connect_timeout = by.total_timeout = 20s;
    return by;
  }
  [[nodiscard]] std::vector<json::object> kept() const {
    std::vector<json::object> all;
    for (int i = 1;; ++i) {
      const auto name = "000" + std::to_string(i);
      std::ifstream about{folder_.path() / (name + ".json")};
      if (!about) return all;
      auto one = json::parse(std::string{std::istreambuf_iterator<char>{about}, {}}).as_object();
      std::ifstream text{folder_.path() / (name + ".eml"), std::ios::binary};
      one["text"] = std::string{std::istreambuf_iterator<char>{text}, {}};
      all.push_back(std::move(one));
    }
  }

private:
  certificates authority_;
  temp_dir folder_;
  std::optional<child_process> start_;
  std::string port_;
};

attempt send(mailer& by, const mail_server& server, const mail& what) {
  auto told = std::make_shared<std::promise<attempt>>();
  auto came = told->get_future();
  by.send(server, what, [told](attempt got) { told->set_value(std::move(got)); });
  return came.get();
}

} // namespace

TEST_CASE("a mail program reads what was written") {
  auto what = sample({"duty@example.org", "\"Night desk\" <night@example.org>"});
  what.content.subject = "Röt: „Nitazen“ in Leeds – fünf Einsätze, vier Menschen, drei Orte, innerhalb eines Tages";
  what.content.text =
      "Über 5 call-outs = too many\n\n" + std::string(200, 'x') + "\ntrailing blank \nend without newline";
  what.content.html = "<p>Über <b>5</b></p>";
  const auto read = as_read(render_mail(what));
  CAPTURE(json::serialize(read));
  CHECK(word(read, "subject") == what.content.subject);
  CHECK(word(read, "from") == "Drug alerts <forewarn@example.org>");
  CHECK(read.at("to") == json::array{"duty@example.org", "night@example.org"});
  CHECK(word(read, "date") == "2026-03-01T12:34:56+00:00");
  CHECK(word(read, "message_id") == "<msg_0123abcd@example.org>");
  CHECK(word(read, "references") == "<thread.FW-2026-0007@example.org>");
  CHECK(word(read, "importance") == "high");
  CHECK(word(read, "text").substr(0, what.content.text.size()) == what.content.text);
  CHECK(word(read, "html").substr(0, what.content.html.size()) == what.content.html);
  CHECK(read.at("defects").as_array().empty());
  CHECK(read.at("longest_line").as_int64() <= 79); // 78 and the CR
}

TEST_CASE("no text of an alert adds a header or ends the mail") {
  auto what = sample();
  what.content.subject = "Alert\r\nBcc: everyone@example.org\r\n\r\nbody";
  what.content.thread = "x>\r\nBcc: everyone@example.org";
  what.id = message_id{"m>\r\nX: y"};
  const auto plain = as_read(render_mail(sample()));
  const auto read = as_read(render_mail(what));
  CHECK(read.at("headers") == plain.at("headers"));
  CHECK(word(read, "subject") == "Alert Bcc: everyone@example.org body");
}

TEST_CASE("quoted-printable and encoded words keep to their line lengths, whatever the text") {
  rc::check("lines", [](const std::string& raw) {
    std::size_t column = 0;
    for (const char c : quoted_printable(raw)) {
      column = c == '\n' ? 0 : column + 1;
      RC_ASSERT(column <= 77); // 76 and the CR
    }
  });
  for (std::size_t size = 0; size < 200; ++size) {
    std::string text(size, 'a');
    text += "ü€𝄞";
    for (const char* from : {"", "ü"}) {
      const auto encoded = encode_header(from + text);
      std::size_t start = 0;
      for (auto end = encoded.find("\r\n"); start != std::string::npos; end = encoded.find("\r\n", start)) {
        CHECK(encoded.substr(start, end - start).size() <= 77);
        start = end == std::string::npos ? end : end + 2;
      }
    }
  }
}

TEST_CASE("addresses") {
  CHECK(address_of("a@b.example") == "a@b.example");
  CHECK(address_of(" Name <a@b.example> ") == "a@b.example");
  for (const char* bad : {"", "nobody", "@b", "a@", "<a@b", "a b@c", "a@b\r\nRCPT TO:<x@y>"}) {
    CAPTURE(bad);
    CHECK(address_of(bad).empty());
  }
}

TEST_CASE("mail goes out with STARTTLS and a login") {
  const smtp_server server;
  mailer by;
  const auto what = sample();
  const auto came = send(by, server.settings(), what);
  CAPTURE(came.said);
  REQUIRE(came.result == attempt_result::delivered);
  CHECK(came.said == "SMTP 250 OK kept");
  REQUIRE(server.kept().size() == 1);
  const auto kept = server.kept().front();
  CHECK(kept.at("tls") == true);
  CHECK(word(kept, "user") == "forewarn");
  CHECK(word(kept, "from") == "forewarn@example.org");
  CHECK(kept.at("to") == json::array{"duty@example.org"});
  CHECK(word(kept, "text") == render_mail(what)); // dots and line ends survived
}

TEST_CASE("what a mail server says decides, recipient by recipient") {
  const smtp_server server;
  mailer by;
  struct row {
    const char* name;
    std::vector<std::string> to;
    attempt_result first;
    const char* said;               // part of it
    attempt_result second;          // of the retry, where the first says again
    std::vector<std::string> taken; // by whom, one per mail that the server kept
  };
  const row rows[] = {
      {"unknown user", {"nobody@example.org"}, attempt_result::refused, "nobody@example.org: 550", {}, {}},
      {"one of two unknown",
       {"nobody@example.org", "a@example.org"},
       attempt_result::refused,
       "taken for 1 of 2",
       {},
       {"a@example.org"}},
      {"put off, then taken",
       {"later@example.org"},
       attempt_result::again,
       "451",
       attempt_result::delivered,
       {"later@example.org"}},
      {"the retry goes only to who lacks it",
       {"b@example.org", "later@example.com"},
       attempt_result::again,
       "later@example.com: 451",
       attempt_result::delivered,
       {"b@example.org", "later@example.com"}},
      {"refused after DATA", {"full@example.org"}, attempt_result::refused, "552", {}, {}},
      {"put off after DATA",
       {"busy@example.org"},
       attempt_result::again,
       "452",
       attempt_result::delivered,
       {"busy@example.org"}},
      {"not an address", {"duty desk"}, attempt_result::refused, "not an e-mail address", {}, {}},
      {"nobody named", {}, attempt_result::refused, "names nobody", {}, {}},
      {"the same one twice",
       {"c@example.org", "C <c@example.org>"},
       attempt_result::delivered,
       "250",
       {},
       {"c@example.org"}},
  };
  std::size_t before = 0;
  int number = 0;
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto what = sample(r.to);
    what.id = message_id{"msg_" + std::to_string(number++)};
    auto came = send(by, server.settings(), what);
    CAPTURE(came.said);
    CHECK(came.result == r.first);
    CHECK(came.said.find(r.said) != std::string::npos);
    if (r.first == attempt_result::again) {
      came = send(by, server.settings(), what);
      CHECK(came.result == r.second);
    }
    const auto kept = server.kept();
    std::vector<std::string> taken;
    for (auto i = before; i < kept.size(); ++i)
      for (const auto& address : kept[i].at("to").as_array()) taken.emplace_back(address.as_string());
    CHECK(taken == r.taken);
    before = kept.size();
  }
}

TEST_CASE("a server that hangs after DATA gets the same Message-ID again") {
  const smtp_server server;
  mailer by;
  auto settings = server.settings();
  settings.total_timeout = 2s;
  const auto what = sample({"hang@example.org"});
  while (server.kept().empty()) // a busy machine may not get as far as DATA in time
    CHECK(send(by, settings, what).result == attempt_result::again);
  const auto came = send(by, server.settings(), what);
  CAPTURE(came.said);
  CHECK(came.result == attempt_result::delivered);
  const auto kept = server.kept();
  REQUIRE(kept.size() == 2);
  CHECK(word(kept[0], "text") == word(kept[1], "text"));
}

TEST_CASE("what is wrong between us and the mail server can be mended, so the mail is kept") {
  const smtp_server server;
  mailer by;
  auto settings = server.settings();
  const char* said = "";
  SUBCASE("wrong password") {
    settings.password = sensitive<std::string>{"wrong"};
    said = "535";
  }
  SUBCASE("authority unknown") {
    settings.ca_file.clear();
    said = "certificate";
  }
  SUBCASE("another host's certificate") {
    settings.url.replace(settings.url.find("localhost"), 9, "127.0.0.1");
    said = "127.0.0.1";
  }
  SUBCASE("nobody listens") {
    settings.url = "smtp://127.0.0.1:1";
    said = "connect";
  }
  const auto came = send(by, settings, sample());
  CAPTURE(came.said);
  CHECK(came.result == attempt_result::again);
  CHECK(came.said.find(said) != std::string::npos);
  CHECK(came.said.find("wrong\"") == std::string::npos);
  CHECK(server.kept().empty());
}

TEST_CASE("without STARTTLS nothing is said unless the settings allow it") {
  const temp_dir folder;
  const child_process plain{{python, acceptance + "smtp_server.py", "--folder", folder.path().string()}};
  mail_server by;
  by.url = "smtp://127.0.0.1:" + plain.line();
  mailer out;
  CHECK(send(out, by, sample()).result == attempt_result::again);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "0001.eml"));
  by.require_tls = false;
  CHECK(send(out, by, sample()).result == attempt_result::delivered);
  CHECK(std::filesystem::exists(folder.path() / "0001.eml"));
}

TEST_CASE("a mailer that ends tells everyone") {
  const smtp_server server;
  std::promise<attempt> told;
  {
    mailer by;
    by.send(server.settings(), sample({"hang@example.org"}), [&](attempt came) { told.set_value(std::move(came)); });
  }
  CHECK(told.get_future().get().result == attempt_result::again);
}
