// SPDX-License-Identifier: Apache-2.0
// Refused rows as they came: sealed, tried again, given up; and kept files read again under another mapping.
#include "connectors/feed.hpp"
#include "daemon/quarantine/keeper.hpp"
#include "daemon/quarantine/wishes.hpp"
#include "desk_fixture.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace forewarn;
using namespace forewarn::test;
namespace fs = std::filesystem;

namespace {

const sensitive<std::string> key{"a secret for tests"};

std::shared_ptr<const reference_data> reference() {
  auto out = std::make_shared<reference_data>();
  problems found;
  out->kinds = parse_kinds({{"kinds.yaml", "kinds: [{id: ambulance, title: A, one: a, many: as}]\n"}}, found);
  out->substances = parse_vocabulary(
      {{"s.yaml", "classes: [{id: opioid}]\nsubstances: [{id: heroin, class: opioid, synonyms: [smack]}]\n"}}, found);
  CHECK(found.empty());
  out->local_zone = *zone::named("Europe/London");
  return out;
}

connectors::feed feed_of(const std::string& rest) {
  const std::string yaml = "id: yas\npartner: P\nkind: ambulance\npurpose: p\nlawful_basis: l\nretention: 30d\n" + rest;
  auto loaded = connectors::load_feeds({{"feed.yaml", yaml}}, reference(), {sensitive<std::string>{"pseudonyms"}});
  REQUIRE_MESSAGE(loaded.feeds.size() == 1, render(loaded.found, {{"feed.yaml", yaml}}));
  return std::move(loaded.feeds.front());
}

const std::string csv_feed =
    "read: csv\nidentity: {id: ID}\nmap: {occurred_at: {column: When, formats: [\"%d/%m/%Y %H:%M\"]}, "
    "substances: {column: Drug, as: text}}\n";
const std::string mended =
    "read: csv\nidentity: {id: ID}\nmap: {occurred_at: {column: When, formats: [\"%d/%m/%Y %H:%M\", iso]}, "
    "substances: {column: Drug, as: text}, setting: {column: Where, optional: true}}\n";

row_batch read_batch(const connectors::feed& from, const std::string& text, instant now, std::string_view type = {}) {
  row_batch out;
  out.feed = from.id;
  out.source = "a.csv";
  out.conflict = from.conflict;
  const auto stream = connectors::read_rows(from, connectors::from_text(text), {type, now + std::chrono::minutes{10}});
  while (stream->next(out.rows, 100)) {
  }
  return out;
}

struct scene {
  temp_dir folder;
  manual_clock time{noon()};
  std::unique_ptr<store> ledger = memory_store();
  std::unique_ptr<raw_vault> raw = raw_vault::open(folder.path(), key).value();
  std::shared_ptr<const rules::rule_set> rules = count_rule(3);
  running_desk at{*ledger, time, rules, {.raw_rows = raw.get()}};
  take_batch take = [this](row_batch batch) { return at.state.run(std::move(batch)); };

  std::vector<quarantined_row> quarantined() {
    std::vector<quarantined_row> out;
    at.state.run([&](desk_view& view) { out = view.ledger.quarantined({}, {}); });
    return out;
  }
  retried_rows retry(const connectors::feed& of) {
    auto other = raw_vault::open(folder.path(), key).value(); // as any other thread would
    return retry_rows(of, quarantined(), *other, take);
  }
  std::string everything_in_the_folder() const {
    std::string out;
    for (const auto& entry : fs::recursive_directory_iterator{folder.path()}) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in{entry.path(), std::ios::binary};
      out.append(std::istreambuf_iterator<char>{in}, {});
    }
    return out;
  }
};

} // namespace

TEST_CASE("a refused row is kept as it came, encrypted, and taken once the mapping is mended") {
  scene here;
  const auto first = feed_of(csv_feed);
  const auto told = here.take(
      read_batch(first,
                 "ID,When,Drug,Where,Name\n1,01/03/2026 10:00,smack,street,Ann Elm\n2,2026-03-01 11:00,smack,street,Jo "
                 "Oak\n3,yesterday,x,street,Al Ash\n",
                 noon()));
  CHECK(told.accepted == 1);
  CHECK(told.quarantined == 2);
  const auto bytes = here.everything_in_the_folder();
  CHECK(bytes.find("Jo Oak") == std::string::npos);
  CHECK(bytes.find("2026-03-01 11:00") == std::string::npos);
  CHECK(bytes.find("Ann Elm") == std::string::npos);
  for (const auto& row : here.quarantined()) CHECK_FALSE(row.raw.empty());

  const auto again = here.retry(feed_of(mended));
  CHECK(again.sum.rows == 2);
  CHECK(again.sum.accepted == 1);
  CHECK(again.sum.quarantined == 1);
  CHECK(again.lost == 0);
  const auto stored = here.ledger->latest({feed_id{"yas"}, record_id{"2"}});
  REQUIRE(stored);
  CHECK(stored->occurred_at == parse_rfc3339("2026-03-01T11:00:00Z"));
  CHECK(stored->setting == setting::street); // a column that the first mapping did not ask for
  const auto left = here.quarantined();
  REQUIRE(left.size() == 1);
  CHECK(left.front().line == 4);
  const auto sums = here.ledger->totals().at(0);
  CHECK(sums.rows == 3);
  CHECK(sums.accepted == 2);
  CHECK(sums.quarantined == 1);
  CHECK(sums.accepted + sums.duplicate + sums.stale + sums.unselected + sums.quarantined == sums.rows);
  CHECK_FALSE(here.raw->find(left.front().raw)->value().empty());
}

TEST_CASE("records of JSON and of CSV with line breaks come back as they were") {
  struct row {
    const char* name;
    std::string feed;
    std::string text;
    std::string mended;
  };
  const row rows[] = {
      {"a document", "read: {json: {records: /d}}\nidentity: {id: id}\nmap: {occurred_at: /t/x}\n",
       R"({"d":[{"id":7,"t":{"x":"soon","y":"2026-03-01"},"n":[1,{"a":"b\"\u0007c"},null,true,1.50]}]})",
       "read: {json: {records: /d}}\nidentity: {id: id}\nmap: {occurred_at: /t/y}\nattributes: {n: /n/1/a, m: /n/4}\n"},
      {"keyed", "read: {json: {keyed: true}}\nidentity: {id: $key}\nmap: {occurred_at: t}\n",
       R"({"7":{"t":"soon","y":"2026-03-01"}})",
       "read: {json: {keyed: true}}\nidentity: {id: $key}\nmap: {occurred_at: y}\n"},
      {"NDJSON", "read: ndjson\nidentity: {id: id}\nmap: {occurred_at: t}\n",
       "{\"id\":7,\"t\":\"soon\",\"y\":\"2026-03-01\"}\n", "read: ndjson\nidentity: {id: id}\nmap: {occurred_at: y}\n"},
      {"CSV with another delimiter then",
       "read: {csv: {delimiter: \";\"}}\nidentity: {id: ID}\nmap: {occurred_at: T}\n",
       "ID;T;Y\n7;\"so\non\";2026-03-01\n", "read: csv\nidentity: {id: ID}\nmap: {occurred_at: Y}\n"},
      {"CSV without a header",
       "read: {csv: {header: [ID, T, Y], skip_lines: 1}}\nidentity: {id: ID}\nmap: {occurred_at: T}\n",
       "title\n7,soon,2026-03-01\n",
       "read: {csv: {header: [ID, T, Y], skip_lines: 1}}\nidentity: {id: ID}\nmap: {occurred_at: Y}\n"},
      {"Windows-1252", "read: {csv: {encoding: windows-1252}}\nidentity: {id: ID}\nmap: {occurred_at: T}\n",
       "ID,T,Y\n7,caf\xE9,2026-03-01\n",
       "read: {csv: {encoding: windows-1252}}\nidentity: {id: ID}\nmap: {occurred_at: Y}\n"
       "attributes: {t: T}\n"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    scene here;
    const auto told = here.take(read_batch(feed_of(r.feed), r.text, noon()));
    REQUIRE(told.quarantined == 1);
    CHECK(here.retry(feed_of(r.mended)).sum.accepted == 1);
    const auto stored = here.ledger->latest({feed_id{"yas"}, record_id{"7"}});
    REQUIRE(stored);
    if (stored->attributes.contains("n")) CHECK(stored->attributes.at("n").starts_with("b\""));
    if (stored->attributes.contains("m")) CHECK(stored->attributes.at("m") == "1.50");
    if (stored->attributes.contains("t")) CHECK(stored->attributes.at("t") == "café");
    CHECK(here.quarantined().empty());
  }
}

TEST_CASE("a record of the future waits for its time, by itself") {
  scene here;
  const auto from = feed_of(csv_feed);
  CHECK(here.take(read_batch(from, "ID,When,Drug\n1,01/03/2026 14:00,smack\n", noon())).quarantined == 1);
  const auto due = [&] { return here.ledger->quarantined_due(here.time.now(), 10); };
  CHECK(due().empty());
  here.time.set(noon() + std::chrono::hours{2});
  auto rows = due();
  REQUIRE(rows.size() == 1);
  const auto done = retry_rows(from, rows, *here.raw, here.take);
  CHECK(done.sum.accepted == 1);
  CHECK(here.quarantined().empty());
}

TEST_CASE("rows that are kept no longer, or under another key, are said to be so and stay") {
  scene here;
  const auto from = feed_of(csv_feed);
  (void)here.take(read_batch(from, "ID,When,Drug\n1,soon,x\n2,later,x\n", noon()));
  {
    auto other = raw_vault::open(here.folder.path(), sensitive<std::string>{"another"}).value();
    CHECK(retry_rows(feed_of(mended), here.quarantined(), *other, here.take).locked == 2);
  }
  CHECK(here.raw->forget_before(noon() + std::chrono::hours{1}) == 2);
  CHECK(here.retry(feed_of(mended)).lost == 2);
  CHECK(here.quarantined().size() == 2);
}

TEST_CASE("rubbish without end does not fill the disk, and what was kept makes room again in time") {
  const test::temp_dir folder;
  const auto raw = raw_vault::open(folder.path(), sensitive<std::string>{"a key"}, 1 << 20).value();
  const instant first{std::chrono::hours{1}};
  const sensitive<std::string> row{std::string(10'000, 'x')};
  std::string last = "kept";
  int kept = 0;
  for (int i = 0; i < 2'000 && !last.empty(); ++i) {
    last = raw->keep(feed_id{"a"}, row, first);
    raw->commit();
    kept += last.empty() ? 0 : 1;
  }
  CHECK(last.empty());
  CHECK(kept > 60);
  CHECK(kept < 250);
  CHECK(raw->forget_before(first + std::chrono::hours{1}) == kept);
  bool again = false;
  for (int i = 0; i < 100; ++i) again = again || !raw->keep(feed_id{"a"}, row, first).empty();
  CHECK(again);
}

TEST_CASE("a sealed text opens only whole, under its key and in its place") {
  const sealing_key one{key};
  const sealing_key other{sensitive<std::string>{"another"}};
  const auto sealed = one.seal("NHS 943 476 5919", "row 1");
  CHECK(one.open(sealed, "row 1") == "NHS 943 476 5919");
  CHECK_FALSE(one.open(sealed, "row 2"));
  CHECK_FALSE(other.open(sealed, "row 1"));
  CHECK(one.seal("x", "") != one.seal("x", ""));
  auto changed = sealed;
  changed[30] = changed[30] == 'A' ? 'B' : 'A';
  CHECK_FALSE(one.open(changed, "row 1"));
  CHECK_FALSE(one.open("", ""));
  CHECK_FALSE(one.open("not base64 at all!", ""));
}

TEST_CASE("kept files: sealed, whole, once each, in order, and gone in time") {
  temp_dir folder;
  const raw_files kept{folder.path(), key};
  const feed_id feed{"yas"};
  for (const std::size_t size : {0U, 1U, 65'536U, 65'537U, 300'000U}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    const auto hash = "push text/csv sha256:" + std::to_string(size) + std::string(40, 'f');
    REQUIRE(kept.keep_body(feed, body, "text/csv", hash, noon() + std::chrono::seconds{size}));
    REQUIRE(kept.keep_body(feed, body, "text/csv", hash, noon() + std::chrono::hours{48}));
    const auto all = kept.kept(feed);
    const auto bytes = kept.open(all.back());
    std::string back;
    std::array<char, 1000> buffer{};
    while (const auto count = bytes(buffer.data(), buffer.size())) back.append(buffer.data(), count);
    CHECK(back == body);
    CHECK(all.back().content_type == "text/csv");
  }
  const auto all = kept.kept(feed);
  REQUIRE(all.size() == 5);
  CHECK(fs::status(all.front().sealed).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  {
    std::fstream cut{all.back().sealed, std::ios::in | std::ios::out | std::ios::binary};
    cut.seekp(200'000);
    cut.put('!');
  }
  const auto bytes = kept.open(all.back());
  std::array<char, 1000> buffer{};
  CHECK_THROWS_AS(
      [&] {
        while (bytes(buffer.data(), buffer.size()) > 0) {
        }
      }(),
      std::runtime_error);
  CHECK(kept.forget_before(noon() + std::chrono::seconds{2}) == 2);
  CHECK(kept.kept(feed).size() == 3);
}

TEST_CASE("reread: what reads differently is a revision, once; what does not changes nothing") {
  for (const bool first_wins : {false, true}) {
    CAPTURE(first_wins);
    scene here;
    const raw_files kept{here.folder.path(), key};
    const std::string conflict = first_wins ? "identity: {id: ID, same_id: first wins}\n" : "identity: {id: ID}\n";
    const auto before =
        feed_of("read: csv\n" + conflict + "map: {occurred_at: When, substances: {column: Drug, as: text}}\n");
    const auto after = feed_of("read: csv\n" + conflict +
                               "map: {occurred_at: When, substances: {column: Drug, as: text}, setting: Where}\n");
    const std::string files[] = {"ID,When,Drug,Where\n1,2026-03-01,heroin,street\n2,2026-03-01,heroin,\n",
                                 "ID,When,Drug,Where\n1,2026-03-01,nothing,home\n3,bad,heroin,home\n"};
    for (const auto& text : files) {
      (void)here.take(read_batch(before, text, noon()));
      REQUIRE(kept.keep_body(before.id, text, "text/csv", "sha256:" + std::to_string(text.size()), here.time.now()));
      here.time.set(here.time.now() + std::chrono::minutes{1});
    }
    const auto rows_before = here.ledger->totals().at(0).rows;
    const auto done = reread(after, kept, here.take);
    CHECK(done.files == 2);
    CHECK(done.rows == 4);
    CHECK(done.quarantined == 1);
    CHECK(done.changed.revised == 1); // record 1: its place is read now; record 2 is as it was
    CHECK(done.changed.duplicate == 1);
    CHECK(here.ledger->latest({before.id, record_id{"1"}})->setting == (first_wins ? setting::street : setting::home));
    CHECK(here.ledger->totals().at(0).rows == rows_before);
    const auto twice = reread(after, kept, here.take);
    CHECK(twice.changed.accepted == 0);
    CHECK(twice.changed.duplicate == 2);
  }
}
