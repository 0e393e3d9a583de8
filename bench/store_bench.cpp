// SPDX-License-Identifier: Apache-2.0
// From a CSV file to durable rows, through the shipped ambulance feed and the desk, as a ratio to plain SQLite inserts
// of the same rows into the same schema and indexes, with the same number of rows per transaction, in the same run.
// `store_bench [ROWS] [ROWS PER TRANSACTION]`
#include "connectors/feed.hpp"
#include "daemon/desk_fixture.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/connection.hpp"
#include "support/temp_dir.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fmt/format.h>

namespace {

using namespace forewarn;

// Wards and words that the shipped areas and vocabulary know, about one call a day and ward: what a city sends, so that
// the rule finds something now and then and not in every record. Ids in no order of the index.
void write_calls(const std::filesystem::path& file, int rows) {
  constexpr const char* wards[] = {"Armley",    "Beeston & Holbeck", "Gipton & Harehills", "Headingley & Hyde Park",
                                   "Horsforth", "Kirkstall",         "Morley North",       "Roundhay",
                                   "Seacroft",  "Temple Newsam"};
  constexpr std::chrono::sys_days first{std::chrono::year{1970} / 1 / 1};
  constexpr const char* drugs[] = {"heroin", "cocaine and alcohol", "spice", "pregabalin, heroin", ""};
  std::ofstream out{file};
  out << "Call ID,Incident no,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,Patient ref,"
         "Outcome\n";
  for (int i = 0; i < rows; ++i) {
    const auto scattered = static_cast<unsigned>(i) * 2654435761U;
    const std::chrono::year_month_day day{first + std::chrono::days{i / 10}};
    out << fmt::format("C{:08x},I{},{:02}/{:02}/{} {:02}:{:02},{},Hostel,\"{}\",Y,2,{},Male,P{},"
                       "Conveyed to hospital\n",
                       scattered, i / 2, static_cast<unsigned>(day.day()), static_cast<unsigned>(day.month()),
                       static_cast<int>(day.year()), scattered % 24, scattered % 60, wards[scattered % 10],
                       drugs[(scattered >> 8U) % 5], 18 + i % 50, i % 5000);
  }
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// "In each ward, 3 or more call-outs within 24 hours."
std::shared_ptr<const rules::rule_set> by_ward(std::shared_ptr<const reference_data> reference) {
  auto out = std::make_shared<rules::rule_set>(*test::count_rule(3));
  out->reference = std::move(reference);
  out->rules.front().for_each.front().by.field = rules::field::ward;
  return out;
}

// Reads on this thread while the desk writes on its own, as the folder transport does.
double through_the_desk(const connectors::feed& feed, std::shared_ptr<const rules::rule_set> rules,
                        const std::filesystem::path& file, store& ledger, std::size_t group, batch_outcome& sum) {
  const system_clock clock;
  test::running_desk on{ledger, clock, std::move(rules), {.queue_limit = 64, .group_rows = group}};
  return seconds_of([&] {
    auto rows = connectors::read_rows(feed, connectors::open_file(file));
    for (bool more = true; more;) {
      row_batch batch;
      batch.feed = feed.id;
      batch.source = file.filename().string();
      more = rows->next(batch.rows, group);
      if (batch.rows.empty()) continue;
      on.state.hand_in(std::move(batch), [&sum](const std::exception_ptr& error, const batch_outcome& told) {
        if (error) std::rethrow_exception(error);
        sum.accepted += told.accepted;
        sum.quarantined += told.quarantined;
      });
    }
    on.state.stop();
  });
}

double plain_inserts(const std::vector<std::pair<observation, std::string>>& rows, const std::filesystem::path& state,
                     std::size_t group) {
  { const auto schema = open_store(state).value(); }
  sqlite::connection db{database_file(state), sqlite::access::write};
  return seconds_of([&] {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % group == 0) db.run("BEGIN IMMEDIATE");
      const auto& [one, body] = rows[i];
      sqlite::execute(db,
                      "INSERT INTO revision (feed, record, revision, withdrawn, kind, occurred_at, received_at, body) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      one.key.feed, one.key.id, one.revision, one.withdrawn, one.kind, one.occurred_at, one.received_at,
                      body);
      if (i % group == group - 1 || i + 1 == rows.size()) db.run("COMMIT");
    }
  });
}

} // namespace

int main(int count, char** words) {
  const int rows = count > 1 ? std::atoi(words[1]) : 200'000;
  const auto group = static_cast<std::size_t>(count > 2 ? std::atoi(words[2]) : 1'000);
  const std::filesystem::path etc = std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc";
  problems found;
  std::vector<source_text> sources;
  const auto reference = load_reference(etc, found, sources);
  auto loaded = connectors::load_feeds(read_files(etc / "feeds.d" / "ambulance.yaml", {".yaml"}, found), reference,
                                       {sensitive<std::string>{"a key for a benchmark"}});
  if (loaded.feeds.empty()) {
    fmt::print(stderr, "store_bench: the shipped ambulance feed cannot be loaded\n");
    return 1;
  }
  const test::temp_dir folder;
  write_calls(folder.path() / "calls.csv", rows);
  const auto ledger = open_store(folder.path() / "desk").value();
  batch_outcome sum;
  const auto desk_time =
      through_the_desk(loaded.feeds.front(), by_ward(reference), folder.path() / "calls.csv", *ledger, group, sum);
  std::vector<std::pair<observation, std::string>> same;
  ledger->each_revision([&](const observation& one) { same.emplace_back(one, to_json(one)); });
  const auto plain_time = plain_inserts(same, folder.path() / "plain", group);
  const auto desk_rate = static_cast<double>(rows) / desk_time;
  const auto plain_rate = static_cast<double>(same.size()) / plain_time;
  fmt::print("rows {}  accepted {}  quarantined {}  rows per transaction {}\n"
             "CSV to durable   {:>9.0f} rows/s\nplain inserts    {:>9.0f} rows/s\nratio            {:>9.2f}\n",
             rows, sum.accepted, sum.quarantined, group, desk_rate, plain_rate, desk_rate / plain_rate);
  return sum.accepted == rows ? 0 : 1;
}
