// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/maildir.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace forewarn;
using namespace forewarn::outbox;
namespace fs = std::filesystem;

namespace {

mail sample() {
  mail what;
  what.from = "forewarn@example.org";
  what.to = {"duty@example.org"};
  what.id = message_id{"msg_1"};
  what.content.created_at = *parse_rfc3339("2026-03-01T12:00:00Z");
  what.content.subject = "Alert";
  what.content.text = "text\n";
  return what;
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

} // namespace

TEST_CASE("a mail is a file in new/, once, however often it is delivered") {
  const test::temp_dir folder;
  const auto box = folder.path() / "mail" / "duty";
  CHECK(deliver_to_maildir(box, sample()).result == attempt_result::delivered);
  CHECK(deliver_to_maildir(box, sample()).result == attempt_result::delivered);
  REQUIRE(files_in(box / "new") == 1);
  CHECK(files_in(box / "tmp") == 0);

  std::ifstream in{box / "new" / "msg_1.forewarn", std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  CHECK(text.find("Message-ID: <msg_1@example.org>\n") != std::string::npos);
  CHECK(text.find('\r') == std::string::npos);

  SUBCASE("also when a reader has moved it") {
    fs::rename(box / "new" / "msg_1.forewarn", box / "cur" / "msg_1.forewarn:2,S");
    CHECK(deliver_to_maildir(box, sample()).result == attempt_result::delivered);
    CHECK(files_in(box / "new") == 0);
  }
  SUBCASE("another delivery is another file") {
    auto other = sample();
    other.id = message_id{"msg_11"};
    CHECK(deliver_to_maildir(box, other).result == attempt_result::delivered);
    CHECK(files_in(box / "new") == 2);
  }
}

TEST_CASE("what a crash left half written is written again") {
  const test::temp_dir folder;
  fs::create_directories(folder.path() / "tmp");
  std::ofstream{folder.path() / "tmp" / "msg_1.forewarn"} << "half";
  CHECK(deliver_to_maildir(folder.path(), sample()).result == attempt_result::delivered);
  CHECK(fs::file_size(folder.path() / "new" / "msg_1.forewarn") > 100);
  CHECK(files_in(folder.path() / "tmp") == 0);
}

TEST_CASE("a delivery's id never leads out of the folder") {
  const test::temp_dir folder;
  auto what = sample();
  what.id = message_id{"../../x:2,S"};
  CHECK(deliver_to_maildir(folder.path() / "box", what).result == attempt_result::delivered);
  CHECK(files_in(folder.path() / "box" / "new") == 1);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a folder that cannot be written is tried again, and named") {
  const test::temp_dir folder;
  std::ofstream{folder.path() / "file"} << "not a folder";
  const auto came = deliver_to_maildir(folder.path() / "file", sample());
  CHECK(came.result == attempt_result::again);
  CHECK(came.said.find("maildir") != std::string::npos);
}
