// SPDX-License-Identifier: Apache-2.0
// The audit's chain: what was changed, taken out, put in or cut off shows; and it goes with the transaction it records.
#include "daemon/audit/about.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/store/open.hpp"
#include "support/alerting_scene.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <functional>

using namespace forewarn;

namespace {

std::vector<audit::entry> chain_of(int length) {
  std::vector<audit::entry> out;
  audit::head last;
  for (int i = 0; i < length; ++i) {
    audit::entry one;
    one.at = test::at("2026-03-02T12:00:00Z") + std::chrono::seconds{i};
    one.who = "a manager";
    one.what = "assessment.dismissed";
    one.subjects = {"A-2026-000" + std::to_string(i), "S-1"};
    one.why = "one \"known\" person";
    out.push_back(audit::chained(one, last));
    last = {out.back().seq, out.back().hash};
  }
  return out;
}

std::string verified(const std::vector<audit::entry>& all) {
  audit::verifier look;
  for (const auto& one : all)
    if (!look.take(one)) return look.broken();
  return {};
}

std::vector<audit::entry> all_of(const store_reader& stored) {
  std::vector<audit::entry> out;
  panel::of(stored).each_entry(0, [&](const audit::entry& one) {
    out.push_back(one);
    return true;
  });
  return out;
}

} // namespace

TEST_CASE("whatever is done to a line shows, and at that line or the next") {
  struct row {
    const char* name;
    std::function<void(std::vector<audit::entry>&)> tamper;
    const char* says;
  };
  const auto good = chain_of(5);
  REQUIRE(verified(good).empty());
  const row rows[] = {
      {"another name", [](auto& c) { c[2].who = "somebody else"; }, "line 3"},
      {"another time", [](auto& c) { c[2].at += std::chrono::seconds{1}; }, "line 3"},
      {"another subject", [](auto& c) { c[2].subjects.pop_back(); }, "line 3"},
      {"two subjects made one", [](auto& c) { c[2].subjects = {"A-2026-0002,S-1"}; }, "line 3"},
      {"another reason", [](auto& c) { c[2].why += ' '; }, "line 3"},
      {"a changed line with its hash made anew",
       [](auto& c) {
         c[2].who = "somebody else";
         c[2].hash = audit::hash_of(c[2]);
       },
       "line 4"},
      {"a line taken out", [](auto& c) { c.erase(c.begin() + 2); }, "line 3 is missing"},
      {"two lines taken out", [](auto& c) { c.erase(c.begin() + 1, c.begin() + 3); }, "lines 2 to 3 are missing"},
      {"a line twice", [](auto& c) { c.insert(c.begin() + 3, c[2]); }, "line 3 stands where line 4 should"},
      {"the first line gone", [](auto& c) { c.erase(c.begin()); }, "line 1 is missing"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto bad = good;
    r.tamper(bad);
    const auto said = verified(bad);
    CHECK_MESSAGE(said.find(r.says) != std::string::npos, said);
  }
  audit::verifier look;
  for (const auto& one : good) REQUIRE(look.take(one));
  CHECK(look.ends_at({5, good.back().hash}));
  CHECK_FALSE(look.ends_at({6, "sha256:x"}));
  CHECK(look.broken().find("the end was cut off") != std::string::npos);
}

TEST_CASE("in a store: it goes with its transaction, the database refuses changes, and a way round that shows") {
  test::temp_dir folder;
  const auto note = [](store& ledger, const char* what) {
    audit::note(ledger, test::at("2026-03-02T12:00:00Z"), {"a manager", what, {"FW-2026-0001"}, "why", {{"n", 1}}});
  };
  {
    auto opened = open_store(folder.path());
    REQUIRE(opened);
    auto& ledger = **opened;
    ledger.begin();
    note(ledger, "one");
    ledger.begin_part();
    note(ledger, "undone");
    ledger.undo_part();
    note(ledger, "two");
    ledger.commit();
    ledger.begin();
    note(ledger, "rolled back");
    ledger.rollback();
    ledger.begin();
    note(ledger, "three");
    ledger.commit();
    const auto lines = all_of(ledger);
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].what == "two");
    CHECK(lines[2].detail == R"({"n":1})");
    CHECK(verified(lines).empty());
    CHECK(panel::of(static_cast<const store_reader&>(ledger)).audit_head() == audit::head{3, lines[2].hash});
  }
  SQLite::Database raw{(folder.path() / "forewarn.db").string(), SQLite::OPEN_READWRITE};
  CHECK_THROWS_AS(raw.exec("UPDATE audit SET who = 'x' WHERE seq = 2"), SQLite::Exception);
  CHECK_THROWS_AS(raw.exec("DELETE FROM audit WHERE seq = 3"), SQLite::Exception);
  raw.exec("DROP TRIGGER audit_is_never_changed; UPDATE audit SET who = 'x' WHERE seq = 2");
  auto reader = open_reader(folder.path());
  REQUIRE(reader);
  CHECK(verified(all_of(**reader)).find("line 2") != std::string::npos);
}
