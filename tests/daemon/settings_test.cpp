// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings.hpp"

#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace forewarn;

namespace {

struct reading {
  settings these;
  problems found;
};

reading read(const std::string& yaml) {
  const test::temp_dir folder;
  std::ofstream{folder.path() / "forewarn.yaml"} << yaml;
  reading out;
  std::vector<source_text> sources;
  out.these = load_settings(folder.path(), out.found, sources);
  return out;
}

} // namespace

TEST_CASE("a wrong setting is named with its place and with what would be right") {
  struct row {
    const char* name;
    const char* yaml;
    int line, column;
    const char* code;
    const char* says;
  };
  const row rows[] = {
      {"unknown zone", "zone: Europe/Londn\n", 1, 7, "bad-value", "Europe/London"},
      {"no time of day", "all_well_at: at eight\n", 1, 14, "bad-value", "08:00"},
      {"no such hour", "purge_at: \"24:00\"\n", 1, 11, "bad-value", "purge_at"},
      {"a heartbeat by other means", "heartbeat_url: ftp://x\n", 1, 16, "bad-value", "https://"},
      {"typo in a key", "state_dir: s\nlisten_prt: 1\n", 2, 1, "unknown-key", "did you mean 'listen_port'"},
      {"port out of range", "listen_port: 99999\n", 1, 14, "bad-value", "between 0 and 65535"},
      {"duration without unit", "folder_scan: 2\n", 1, 14, "bad-duration", "1s to 1h"},
      {"mail server without scheme", "smtp: {url: mail.example.org}\n", 1, 7, "bad-value", "smtp://"},
      {"password in the URL", "smtp: {url: 'smtp://a:b@mail.example.org'}\n", 1, 7, "bad-value", "password_file"},
      {"key without certificate", "tls_key_file: key.pem\n", 1, 15, "missing-key", "go together"},
      {"unknown log level", "log_level: loud\n", 1, 12, "bad-value", "debug, info, warning or error"},
      {"other version", "version: 2\n", 1, 10, "bad-value", "version"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto found = read(r.yaml).found;
    REQUIRE(found.size() == 1);
    CHECK(found[0].at.line == r.line);
    CHECK(found[0].at.column == r.column);
    CHECK(found[0].code == r.code);
    CHECK(found[0].message.find(r.says) != std::string::npos);
  }
}

TEST_CASE("what is left out keeps its default, and relative folders start at the configuration") {
  const auto plain = read("listen_port: 0\n");
  CHECK(plain.found.empty());
  CHECK(plain.these.state_dir == "/var/lib/forewarn");
  CHECK(plain.these.inbox_dir == "/var/lib/forewarn/inbox");
  const auto relative = read("state_dir: state\n");
  CHECK(relative.these.state_dir == relative.these.config_dir / "state");
  CHECK(relative.these.inbox_dir == relative.these.config_dir / "state" / "inbox");
}

TEST_CASE("a configuration folder without forewarn.yaml is an error that names the file") {
  const test::temp_dir folder;
  problems found;
  std::vector<source_text> sources;
  (void)load_settings(folder.path(), found, sources);
  REQUIRE(found.size() == 1);
  CHECK(found[0].path.ends_with("forewarn.yaml"));
}

TEST_CASE("secrets come from files, without the line's end") {
  const test::temp_dir folder;
  std::ofstream{folder.path() / "token"} << "s3cret \r\n";
  CHECK(read_secret("token", folder.path())->reveal() == "s3cret");
  std::ofstream{folder.path() / "empty"} << "\n";
  CHECK_FALSE(read_secret("empty", folder.path()));
  CHECK_FALSE(read_secret("absent", folder.path()));
  CHECK_FALSE(read_secret("credential:../token", folder.path()));
}

TEST_CASE("the pseudonym key is made once, for its owner alone, and only by who runs") {
  const test::temp_dir folder;
  settings these;
  these.config_dir = folder.path();
  these.state_dir = folder.path() / "state";
  CHECK(pseudonym_key(these, load_for::look)->empty());
  const auto made = pseudonym_key(these, load_for::run);
  REQUIRE(made);
  CHECK(made->reveal().size() == 64);
  CHECK(pseudonym_key(these, load_for::run)->reveal() == made->reveal());
  const auto mode = std::filesystem::status(these.state_dir / "pseudonym.key").permissions();
  CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a configuration folder named by a relative path finds the keys that its first start made") {
  const test::temp_dir folder;
  std::filesystem::create_directory(folder.path() / "etc");
  std::ofstream{folder.path() / "etc" / "forewarn.yaml"} << "state_dir: ../state\n";
  problems found;
  std::vector<source_text> sources;
  const auto these = load_settings(std::filesystem::relative(folder.path() / "etc"), found, sources);
  CHECK(render(found, sources) == "");
  CHECK(pseudonym_key(these, load_for::run));
  CHECK(std::filesystem::exists(folder.path() / "state" / "pseudonym.key"));
}
