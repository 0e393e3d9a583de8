// SPDX-License-Identifier: Apache-2.0
// The desk against a naive model, over random rows, batches, restarts and kills: nothing lost, nothing twice, and the
// signals kept are those that a new engine finds in what was kept.
#include "daemon/engine_snapshot.hpp"
#include "desk_fixture.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <map>
#include <set>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX wants it declared

using namespace forewarn;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

struct random_row {
  int id, revision, content;
  bool withdrawn;
};

// What the contract says, in the plainest code: one map, one rule after another.
struct naive_model {
  std::map<int, random_row> latest;
  std::int64_t accepted = 0, duplicate = 0, stale = 0;

  void take(const random_row& r) {
    const auto known = latest.find(r.id);
    if (known == latest.end() || r.revision > known->second.revision) {
      ++accepted;
      latest[r.id] = r;
      return;
    }
    const auto& was = known->second;
    const bool same = r.content == was.content && r.withdrawn == was.withdrawn;
    if (r.revision < was.revision)
      ++stale;
    else if (same || (r.withdrawn && was.withdrawn))
      ++duplicate;
    else {
      ++accepted;
      latest[r.id] = r;
    }
  }
};

observation as_observation(const random_row& r) {
  auto out = call_out(std::to_string(r.id), noon() - std::chrono::hours{r.content * 7});
  out.revision = r.revision;
  out.withdrawn = r.withdrawn;
  out.setting = r.content % 2 == 0 ? setting::street : setting::hostel;
  return out;
}

std::vector<random_row> some_rows() {
  return *rc::gen::container<std::vector<random_row>>(rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 12), rc::gen::inRange(1, 3), rc::gen::inRange(0, 5), rc::gen::inRange(0, 6)),
      [](const std::tuple<int, int, int, int>& t) {
        return random_row{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t) == 0};
      }));
}

constexpr int crash_batches = 8;
constexpr int crash_rows = 5;

[[maybe_unused]] std::vector<row_batch> crash_input() {
  std::vector<row_batch> out;
  for (int b = 0; b < crash_batches; ++b) {
    std::vector<observation> rows;
    for (int i = 0; i < crash_rows; ++i) rows.push_back(call_out(std::to_string(b * crash_rows + i), noon() - 1h));
    auto& one = out.emplace_back(batch(std::move(rows)));
    one.progress = file_checkpoint{feed_id{"yas"}, "sha256:1", "a.csv", 10, noon()};
    one.progress->rows_done = (b + 1) * crash_rows;
  }
  return out;
}

// Without crash points, in a release build, nothing kills it. This program again, as a process that takes the input and
// may be killed on the way. Answers its exit code.
[[maybe_unused]] int take_in_child(const std::filesystem::path& state_dir, const std::string& crash_at) {
  ::setenv("FOREWARN_TEST_STATE", state_dir.c_str(), 1); // NOLINT(concurrency-mt-unsafe)
  ::setenv("FOREWARN_CRASH_AT", crash_at.c_str(), 1);    // NOLINT(concurrency-mt-unsafe)
  std::string program = "/proc/self/exe";
  std::string filter = "--test-case=*takes the crash input*";
  std::string skipped = "--no-skip";
  std::string quiet = "--quiet";
  char* words[] = {program.data(), filter.data(), skipped.data(), quiet.data(), nullptr};
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, words, environ) == 0);
  ::unsetenv("FOREWARN_TEST_STATE"); // NOLINT(concurrency-mt-unsafe)
  ::unsetenv("FOREWARN_CRASH_AT");   // NOLINT(concurrency-mt-unsafe)
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TEST_CASE("whatever arrives in whatever batches over restarts, the store is the model and the engine is the store") {
  rc::check([] {
    const auto ledger = memory_store();
    const temp_dir folder;
    // Written when idle, when stopping, or never; of the last of these runs, or an older one.
    const auto some = [] { return *rc::gen::element<std::size_t>(0, 3, 1'000); };
    const auto idle = some(), stopping = some();
    const engine_snapshot snapshot{folder.path(), {idle, stopping}};
    manual_clock clock{noon()};
    const auto rules = count_rule(2);
    naive_model model;
    std::int64_t rows = 0;
    batch_outcome sum;
    const auto runs = *rc::gen::inRange(1, 4);
    for (int run = 0; run < runs; ++run) {
      running_desk on{*ledger, clock, rules, {.snapshot = &snapshot}};
      const auto batches = *rc::gen::inRange(0, 4);
      for (int b = 0; b < batches; ++b) {
        const auto taken = some_rows();
        std::vector<observation> all;
        for (const auto& r : taken) {
          model.take(r);
          all.push_back(as_observation(r));
        }
        rows += static_cast<std::int64_t>(taken.size());
        const auto told = on.state.run(batch(std::move(all)));
        sum.accepted += told.accepted;
        sum.duplicate += told.duplicate;
        sum.stale += told.stale;
        // The odd minute keeps deadlines, which fall a whole number of hours later, off the instants looked at.
        clock.move(std::chrono::hours{*rc::gen::inRange(0, 20)} + 1min);
        on.poke();
      }
    }
    RC_ASSERT(sum.accepted == model.accepted);
    RC_ASSERT(sum.duplicate == model.duplicate);
    RC_ASSERT(sum.stale == model.stale);
    RC_ASSERT(rows == sum.accepted + sum.duplicate + sum.stale);
    RC_ASSERT(static_cast<std::int64_t>(revisions(*ledger).size()) == sum.accepted);
    for (const auto& [id, r] : model.latest)
      RC_ASSERT(
          same_content(ledger->latest({feed_id{"yas"}, record_id{std::to_string(id)}}).value(), as_observation(r)));
    RC_ASSERT(kept_signals(*ledger) == fold(*ledger, rules, clock.now()));
  });
}

#ifdef FOREWARN_CRASH_POINTS

TEST_CASE("the child of the next test takes the crash input" * doctest::skip()) {
  const char* state_dir = std::getenv("FOREWARN_TEST_STATE"); // NOLINT(concurrency-mt-unsafe)
  REQUIRE(state_dir != nullptr);
  const auto ledger = open_store(state_dir).value();
  manual_clock clock{noon()};
  running_desk on{*ledger, clock, count_rule(3)};
  for (auto& one : crash_input()) on.state.run(std::move(one));
}

TEST_CASE("killed at any commit, the file is taken once: what was told is there, what was not comes again") {
  for (const char* point : {"desk.before-commit", "desk.after-commit", "desk.after-telling"}) {
    for (int passing = 1; passing <= crash_batches; passing += 3) {
      CAPTURE(point);
      CAPTURE(passing);
      temp_dir folder;
      CHECK(take_in_child(folder.path(), fmt::format("{}:{}", point, passing)) == 137);
      const bool kept = std::string_view{point} != "desk.before-commit";
      {
        const auto reader = open_reader(folder.path()).value();
        CHECK(revisions(*reader).size() == static_cast<std::size_t>((kept ? passing : passing - 1) * crash_rows));
        const auto progress = reader->file_by_hash(feed_id{"yas"}, "sha256:1");
        CHECK((progress ? progress->rows_done : 0) == static_cast<std::int64_t>(revisions(*reader).size()));
      }
      CHECK(take_in_child(folder.path(), "nowhere") == 0);
      const auto reader = open_reader(folder.path()).value();
      std::set<observation_key> keys;
      for (const auto& one : revisions(*reader)) keys.insert(one.key);
      CHECK(revisions(*reader).size() == crash_batches * crash_rows);
      CHECK(keys.size() == crash_batches * crash_rows);
      CHECK(kept_signals(*reader) == fold(*reader, count_rule(3), noon() + 1s));
    }
  }
}

#endif
