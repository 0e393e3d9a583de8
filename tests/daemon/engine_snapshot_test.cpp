// SPDX-License-Identifier: Apache-2.0
// The engine's memory beside the store: used where it fits to the last byte, put away where it does not.
#include "daemon/engine_snapshot.hpp"
#include "desk_fixture.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace forewarn;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

// A store with some records, an engine that has taken them, and its snapshot.
struct written_down {
  temp_dir folder;
  std::unique_ptr<store> ledger = open_store(folder.path()).value();
  std::shared_ptr<const rules::rule_set> rules = count_rule(3);
  rules::engine engine{rules};
  engine_snapshot snapshot{folder.path()};
  std::filesystem::path file = folder.path() / "engine.snapshot";

  written_down() {
    take(0, 10);
    snapshot.write(engine, *ledger);
  }
  void take(int from, int until) {
    std::vector<signal_event> out;
    ledger->begin();
    for (int i = from; i < until; ++i) {
      auto one = call_out(std::to_string(i), noon() + std::chrono::minutes{i});
      one.received_at = noon() + std::chrono::minutes{i};
      ledger->append(one);
      engine.observe(one, out);
    }
    ledger->commit();
  }
};

} // namespace

TEST_CASE("a snapshot gives back the engine, and says up to which record it has read") {
  written_down all;
  all.take(10, 12); // not in it
  const auto kept = all.snapshot.read(all.rules, *all.ledger);
  REQUIRE(kept);
  CHECK(kept->read_to == 10);
  CHECK(all.ledger->last_revision() == 12);
  REQUIRE(kept->engine.open_signals().size() == 1);
  CHECK(kept->engine.open_signals().front().value == 10);
  CHECK(kept->engine.evidence(kept->engine.open_signals().front().id).size() == 10);
}

TEST_CASE("a crash between the mark and the renaming costs nothing") {
  const written_down all;
  std::filesystem::rename(all.file, all.folder.path() / "engine.snapshot.new");
  CHECK(all.snapshot.read(all.rules, *all.ledger));
}

TEST_CASE("what does not fit is put away, and the records are read again") {
  written_down all;
  const auto refused = [&](const std::shared_ptr<const rules::rule_set>& rules) {
    return !all.snapshot.read(rules, *all.ledger) && !std::filesystem::exists(all.file);
  };
  SUBCASE("other rules") {
    CHECK(refused(count_rule(4)));
  }
  SUBCASE("a file half written") {
    std::filesystem::resize_file(all.file, std::filesystem::file_size(all.file) / 2);
    CHECK(refused(all.rules));
  }
  SUBCASE("one byte decayed") {
    std::fstream file{all.file, std::ios::in | std::ios::out | std::ios::binary};
    file.seekg(200);
    const auto was = static_cast<char>(file.get());
    file.seekp(200);
    file.put(static_cast<char>(was ^ 1));
    file.close();
    CHECK(refused(all.rules));
  }
  SUBCASE("records were purged since") {
    all.ledger->begin();
    engine_snapshot::distrust(*all.ledger);
    all.ledger->commit();
    CHECK_FALSE(all.snapshot.write(all.engine, *all.ledger)); // this engine knows what is purged
    CHECK(refused(all.rules));
    CHECK(all.snapshot.write(all.engine, *all.ledger)); // the reader has read everything again
  }
  SUBCASE("a store put back from before it was written") {
    all.ledger->begin();
    all.ledger->set_mark("engine.snapshot", "0123");
    all.ledger->commit();
    CHECK(refused(all.rules));
  }
  SUBCASE("no file") {
    std::filesystem::remove(all.file);
    CHECK(refused(all.rules));
  }
}

TEST_CASE("a desk that stops leaves a snapshot, and the next one starts from it and later records") {
  const temp_dir folder;
  const auto ledger = open_store(folder.path()).value();
  const engine_snapshot snapshot{folder.path(), {.when_idle = 1'000, .at_stop = 2}};
  manual_clock clock{noon()};
  const auto rules = count_rule(3);
  for (int start = 0; start < 3; ++start) {
    running_desk on{*ledger, clock, rules, {.snapshot = &snapshot}};
    std::vector<observation> rows;
    for (int i = 0; i < 4; ++i) rows.push_back(call_out(fmt::format("{}-{}", start, i), noon() - 1h));
    CHECK(on.state.run(batch(std::move(rows))).accepted == 4);
    on.state.stop();
    const auto kept = snapshot.read(rules, *ledger);
    REQUIRE(kept);
    CHECK(kept->read_to == 4 * (start + 1));
  }
  CHECK(kept_signals(*ledger) == fold(*ledger, rules, clock.now()));
}
