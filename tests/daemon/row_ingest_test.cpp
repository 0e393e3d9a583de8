// SPDX-License-Identifier: Apache-2.0
// What a row is, given what is stored: the contract's table of duplicates, revisions and withdrawals.
#include "daemon/row_ingest.hpp"
#include "desk_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::test;
using connectors::conflict_rule;

TEST_CASE("a row is judged by revision, content and the feed's rule") {
  struct shape {
    std::int64_t revision;
    const char* content; // null: nothing is stored
    bool withdrawn;
  };
  struct table_row {
    const char* name;
    shape stored;
    shape arrived;
    conflict_rule conflict;
    row_result result;
    bool revises;
    bool withdraws;
  };
  constexpr auto latest = conflict_rule::latest_wins;
  constexpr auto first = conflict_rule::first_wins;
  const table_row table[] = {
      {"new", {1, nullptr, false}, {1, "a", false}, latest, row_result::accepted, false, false},
      {"withdrawn before it was known", {1, nullptr, false}, {1, "a", true}, latest, row_result::accepted, false, true},
      {"the same again", {1, "a", false}, {1, "a", false}, latest, row_result::duplicate, false, false},
      {"other content, latest wins", {1, "a", false}, {1, "b", false}, latest, row_result::accepted, true, false},
      {"other content, first wins", {1, "a", false}, {1, "b", false}, first, row_result::duplicate, false, false},
      {"lower revision", {2, "a", false}, {1, "b", false}, latest, row_result::stale, false, false},
      {"lower revision, same content", {2, "a", false}, {1, "a", false}, latest, row_result::stale, false, false},
      {"higher revision", {1, "a", false}, {2, "b", false}, latest, row_result::accepted, true, false},
      {"higher revision, first wins", {1, "a", false}, {2, "b", false}, first, row_result::accepted, true, false},
      {"withdrawn", {1, "a", false}, {1, "a", true}, latest, row_result::accepted, false, true},
      {"withdrawn, first wins", {1, "a", false}, {1, "a", true}, first, row_result::accepted, false, true},
      {"withdrawn twice", {1, "a", true}, {1, "a", true}, latest, row_result::duplicate, false, false},
      {"withdrawn twice, otherwise different",
       {1, "a", true},
       {1, "b", true},
       latest,
       row_result::duplicate,
       false,
       false},
      {"back after a withdrawal", {1, "a", true}, {1, "a", false}, latest, row_result::accepted, true, false},
      {"a stale withdrawal", {2, "a", false}, {1, "a", true}, latest, row_result::stale, false, false},
  };
  const auto make = [](const shape& of) {
    auto out = call_out("1", noon());
    out.revision = of.revision;
    out.withdrawn = of.withdrawn;
    out.attributes["content"] = of.content;
    return out;
  };
  for (const auto& r : table) {
    CAPTURE(r.name);
    const auto stored = r.stored.content == nullptr ? std::nullopt : std::optional{make(r.stored)};
    const auto verdict = judge(stored, make(r.arrived), r.conflict);
    CHECK(to_text(verdict.result) == to_text(r.result));
    CHECK(verdict.revises == r.revises);
    CHECK(verdict.withdraws == r.withdraws);
  }
}

TEST_CASE("a row that only withdraws is completed from what is stored") {
  auto stored = call_out("1", noon());
  stored.revision = 3;
  observation names_only;
  names_only.key = stored.key;
  const auto whole = completed_withdrawal(stored, names_only);
  CHECK(whole.withdrawn);
  CHECK(whole.revision == 3);
  CHECK(whole.setting == setting::street);
  CHECK(judge(stored, whole, conflict_rule::latest_wins).withdraws);
  CHECK(completed_withdrawal({}, names_only).withdrawn);
}

TEST_CASE("rows that complete a record add to it, and the later word counts") {
  auto stored = call_out("1", noon());
  stored.substances = {substance_id{"fentanyl"}};
  stored.area = area_code{"US-NC"};
  stored.attributes = {{"overdose", "yes"}, {"form", "powder"}};
  auto row = call_out("1", noon());
  row.setting.reset();
  row.substances = {substance_id{"xylazine"}};
  row.attributes = {{"form", "pill"}};
  const connectors::taken_row plain;

  const auto whole = arrived_form(stored, plain, row, conflict_rule::completes);
  CHECK(whole.substances == std::vector{substance_id{"fentanyl"}, substance_id{"xylazine"}});
  CHECK(whole.area == area_code{"US-NC"});
  CHECK(whole.setting == setting::street);
  CHECK(whole.attributes.at("overdose") == "yes");
  CHECK(whole.attributes.at("form") == "pill");
  CHECK(judge(stored, whole, conflict_rule::completes).revises);
  const auto again = arrived_form(whole, plain, row, conflict_rule::completes);
  CHECK(to_text(judge(whole, again, conflict_rule::completes).result) == to_text(row_result::duplicate));

  struct table_row {
    const char* name;
    bool stored;
    bool withdrawn;
    std::int64_t revision;
    conflict_rule conflict;
    std::size_t substances;
  };
  const table_row rows[] = {
      {"completes", true, false, 1, conflict_rule::completes, 2},
      {"nothing is stored", false, false, 1, conflict_rule::completes, 1},
      {"a higher revision replaces", true, false, 2, conflict_rule::completes, 1},
      {"back after a withdrawal it starts anew", true, true, 1, conflict_rule::completes, 1},
      {"the latest wins", true, false, 1, conflict_rule::latest_wins, 1},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto before = stored;
    before.withdrawn = r.withdrawn;
    row.revision = r.revision;
    const auto form = arrived_form(r.stored ? std::optional{before} : std::nullopt, plain, row, r.conflict);
    CHECK(form.substances.size() == r.substances);
  }
}

TEST_CASE("every row of a batch is accounted for, and its file's progress with it") {
  const auto ledger = memory_store();
  auto now = noon();
  std::size_t evaluated = 0;
  const row_ingest into{*ledger, [&] { return now += duration{1}; }, [&](const observation&) { ++evaluated; }};
  auto rows =
      batch({call_out("1", noon()), call_out("2", noon()), call_out("1", noon()),
             call_out("3", noon() + std::chrono::minutes{9}), call_out("4", noon() + std::chrono::minutes{11})});
  auto corrected = call_out("2", noon());
  corrected.fatal = true;
  rows.rows.push_back(row(corrected));
  auto old = call_out("2", noon());
  old.revision = 0;
  rows.rows.push_back(row(old));
  connectors::taken_row bad;
  bad.line = 9;
  bad.what = connectors::rejected{"when", "bad-time", "'x' is no time", "x"};
  bad.unknown = {{"drug", "blues"}};
  rows.rows.push_back(bad);
  connectors::taken_row other;
  other.what = connectors::unselected{};
  rows.rows.push_back(other);
  auto withdrawal = row(call_out("3", noon()));
  withdrawal.withdraws_only = true;
  rows.rows.push_back(withdrawal);
  rows.progress = file_checkpoint{feed_id{"yas"}, "sha256:1", "a.csv", 10, noon()};

  const auto told = take_rows(rows, into);
  CHECK(told.rows == 10);
  CHECK(told.accepted == 5);
  CHECK(told.revised == 1);
  CHECK(told.withdrawn == 1);
  CHECK(told.duplicate == 1);
  CHECK(told.stale == 1);
  CHECK(told.unselected == 1);
  CHECK(told.quarantined == 2);
  CHECK(evaluated == 5);
  REQUIRE(told.reasons.size() == 2);
  CHECK(told.reasons[0].code == "future");
  CHECK(told.reasons[1].line == 9);
  CHECK(ledger->quarantined({}, {}).size() == 2);
  CHECK(ledger->review_items().size() == 1);
  CHECK(ledger->totals().at(0).rows == 10);
  CHECK(ledger->file_by_hash(feed_id{"yas"}, "sha256:1")->rows_done == 10);

  (void)take_rows(rows, into); // the same file once more goes on counting
  const auto progress = ledger->file_by_hash(feed_id{"yas"}, "sha256:1").value();
  CHECK(progress.rows_done == 20);
  CHECK(progress.accepted + progress.duplicate + progress.stale + progress.unselected + progress.quarantined == 20);
}

TEST_CASE("the partner's own time of receipt is kept as the time of sending") {
  const auto ledger = memory_store();
  auto one = call_out("1", noon());
  one.has_own_received_at = true;
  one.received_at = noon() - std::chrono::hours{2};
  (void)take_rows(batch({one}), {*ledger, [] { return noon(); }, [](const observation&) {}});
  const auto kept = ledger->latest(one.key).value();
  CHECK(kept.received_at == noon());
  CHECK(kept.sent_at == one.received_at);
}
