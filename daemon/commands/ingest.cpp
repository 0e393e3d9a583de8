// SPDX-License-Identifier: Apache-2.0
// `forewarn ingest`: one file by hand, the same path as the connectors. Through the daemon where it runs, else with a
// desk of its own on the state folder; either way it is durable when the verb says so.
#include "daemon/commands/client.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/own_desk.hpp"
#include "daemon/commands/table.hpp"

#include "daemon/content_hash.hpp"
#include "daemon/http/views.hpp"
#include "daemon/preview.hpp"
#include "daemon/resent_days.hpp"
#include "daemon/row_ingest.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/open.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_at_once = 1'000;

struct wishes {
  std::string feed;
  std::filesystem::path file;
  bool dry = false;
  bool absent_withdrawn = false; // a person says: what a day lacks that is sent again is taken back
  std::string format;            // "observation": NDJSON as `export observations` writes it
};

void print(const batch_outcome& told, const context& shared) {
  if (shared.output == "json") {
    std::cout << json::serialize(http::view(told)) << '\n';
    return;
  }
  std::cout << fmt::format("{} rows: {} accepted ({} of them revised, {} withdrawn), {} duplicate, {} stale, "
                           "{} unselected, {} quarantined\n",
                           told.rows, told.accepted, told.revised, told.withdrawn, told.duplicate, told.stale,
                           told.unselected, told.quarantined);
  if (told.odd_times > 0)
    std::cout << fmt::format("{} times fall in the hour that a change of clocks repeats or skips; the earlier instant, "
                             "or the moment of the change, was taken\n",
                             told.odd_times);
  if (told.reasons.empty()) return;
  std::vector<std::vector<std::string>> cells;
  for (const auto& r : told.reasons) cells.push_back({std::to_string(r.line), r.column, r.code, r.reason});
  std::cout << '\n' << as_table({"LINE", "COLUMN", "CODE", "REASON"}, cells);
  const auto hidden = told.quarantined - static_cast<std::int64_t>(told.reasons.size());
  if (hidden > 0) std::cout << fmt::format("and {} more: `forewarn quarantine list`\n", hidden);
}

// Rows of an NDJSON file of observations; a line that is none becomes a rejected row.
class observation_lines {
public:
  explicit observation_lines(std::istream& in) : in_{in} {}

  [[nodiscard]] bool next(std::vector<connectors::taken_row>& out, std::size_t most) {
    std::string line;
    while (out.size() < most && std::getline(in_, line)) {
      ++number_;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (is_feed_turn(line)) continue; // this machine's own watch says which feeds are silent
      auto& row = out.emplace_back();
      row.line = number_;
      auto read = parse_observation(line);
      if (read)
        row.what = std::move(*read);
      else
        row.what = connectors::rejected{"", "not-an-observation", read.error(), ""};
    }
    return out.size() == most;
  }

private:
  std::istream& in_;
  std::int64_t number_ = 0;
};

// Batches of one feed each: an export holds the records of many.
batch_outcome take_observations(own_desk& into, std::istream& in, const std::string& name, const std::string& only) {
  batch_outcome sum;
  observation_lines lines{in};
  for (bool more = true; more;) {
    std::vector<connectors::taken_row> rows;
    more = lines.next(rows, rows_at_once);
    row_batch batch;
    batch.source = name;
    const auto flush = [&] {
      if (!batch.rows.empty()) add(sum, into.take(std::exchange(batch, {batch.feed, name, batch.conflict, {}, {}})));
    };
    for (auto& row : rows) {
      const auto* seen = std::get_if<observation>(&row.what);
      const auto feed = seen != nullptr ? seen->key.feed : feed_id{only.empty() ? "unknown" : only};
      if (feed != batch.feed) flush();
      batch.feed = feed;
      batch.rows.push_back(std::move(row));
    }
    flush();
  }
  return sum;
}

std::string what_is_broken(const wishes& these, const connectors::row_stream& rows, const batch_outcome& sum) {
  return fmt::format("{}:{}: {}; {} rows before it are taken, the rest is not", these.file.string(), rows.broken_line(),
                     rows.broken()->reason, sum.rows);
}

result<batch_outcome, std::string> take_mapped(own_desk& into, const connectors::feed& feed, const wishes& these) {
  batch_outcome sum;
  file_checkpoint progress; // known as the folder knows its files: by hand or dropped, twice changes nothing
  progress.content_hash = content_hash_of_file(these.file);
  progress.name = these.file.filename().string();
  progress.size = static_cast<std::int64_t>(std::filesystem::file_size(these.file));
  auto rows = connectors::read_rows(feed, connectors::open_file(these.file), {"", into.now() + future_tolerance});
  resent_days days{feed};
  for (bool more = true; more;) {
    row_batch batch;
    batch.feed = feed.id;
    batch.source = these.file.filename().string();
    batch.conflict = feed.conflict;
    more = rows->next(batch.rows, rows_at_once);
    for (const auto& row : batch.rows) days.add(row);
    progress.rows_done += static_cast<std::int64_t>(batch.rows.size());
    progress.finished = !more && !rows->broken();
    batch.progress = progress;
    if (!batch.rows.empty()) add(sum, into.take(std::move(batch)));
  }
  if (rows->broken()) return failure(what_is_broken(these, *rows, sum));
  if (these.absent_withdrawn) {
    std::vector<absent_records> absent;
    into.run([&](desk_view& view) { absent = days.compare(view.ledger); });
    sum.withdrawn += into.take(withdrawals(feed, absent, these.file.filename().string())).withdrawn;
  }
  return sum;
}

// Against what is stored, where anything is; writes nothing.
outcome dry_run(const wishes& these, const configuration& all, const connectors::feed& feed, const context& shared) {
  preview seen{feed.conflict, system_clock{}.now()};
  const auto from = open_reader(all.settings.state_dir);
  const auto empty = from ? nullptr : memory_store();
  const store_reader& stored = from ? **from : *empty;
  const auto rows = connectors::read_rows(feed, connectors::open_file(these.file));
  std::vector<connectors::taken_row> some;
  for (bool more = true; more;) {
    some.clear();
    more = rows->next(some, rows_at_once);
    for (const auto& row : some) seen.take(row, stored);
  }
  std::cerr << "forewarn: a dry run: nothing is taken\n";
  print(seen.outcome(), shared);
  if (!rows->broken()) return outcome::done;
  std::cerr << fmt::format("forewarn: {}:{}: {}; nothing beyond it would be taken\n", these.file.string(),
                           rows->broken_line(), rows->broken()->reason);
  return outcome::failed;
}

outcome by_itself(const wishes& these, const context& shared) {
  const auto all = load_configuration(shared.config_dir, these.dry ? load_for::look : load_for::run);
  if (!all.usable()) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const auto feed =
      std::find_if(all.feeds.begin(), all.feeds.end(), [&](const auto& f) { return f.id.str() == these.feed; });
  if (these.format.empty() && feed == all.feeds.end()) {
    std::cerr << fmt::format("forewarn: no feed '{}' in feeds.d; `forewarn feeds list` shows those there are\n",
                             these.feed);
    return outcome::failed;
  }
  if (these.absent_withdrawn && !feed->absence) {
    std::cerr << fmt::format(
        "forewarn: feed '{}' does not withdraw by absence: set `withdrawn_by_absence` in its file\n", these.feed);
    return outcome::usage;
  }
  if (these.dry) return dry_run(these, all, *feed, shared);
  const auto into = own_desk::open(all);
  if (!into) {
    std::cerr << "forewarn: " << into.error() << '\n';
    return outcome::failed;
  }
  if (!these.format.empty()) {
    std::ifstream in{these.file, std::ios::binary};
    if (!in) {
      std::cerr << fmt::format("forewarn: {}: cannot be read\n", these.file.string());
      return outcome::failed;
    }
    print(take_observations(**into, in, these.file.filename().string(), these.feed), shared);
    return outcome::done;
  }
  const auto told = take_mapped(**into, *feed, these);
  if (!told) {
    std::cerr << "forewarn: " << told.error() << '\n';
    return outcome::failed;
  }
  print(*told, shared);
  return outcome::done;
}

batch_outcome read_answer(const std::string& body) {
  batch_outcome out;
  const auto document = json::parse(body);
  const auto& object = document.as_object();
  const auto count = [&](std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_int64() ? value->get_int64() : std::int64_t{0};
  };
  out.rows = count("rows");
  out.accepted = count("accepted");
  out.revised = count("revised");
  out.withdrawn = count("withdrawn");
  out.duplicate = count("duplicate");
  out.stale = count("stale");
  out.unselected = count("unselected");
  out.quarantined = count("quarantined");
  out.odd_times = count("odd_times");
  if (const auto* reasons = object.if_contains("rejected"); reasons != nullptr && reasons->is_array())
    for (const auto& one : reasons->get_array()) {
      const auto& r = one.as_object();
      const auto text = [&](std::string_view key) {
        const auto* value = r.if_contains(key);
        return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
      };
      const auto* line = r.if_contains("line");
      out.reasons.push_back(
          {line != nullptr && line->is_int64() ? line->get_int64() : 0, text("column"), text("code"), text("reason")});
    }
  return out;
}

outcome through_daemon(const wishes& these, const context& shared) {
  if (!these.format.empty()) {
    std::cerr << "forewarn: --format observation writes to the store itself, and the daemon is running: stop it "
                 "first, or send the partner's file with --feed\n";
    return outcome::failed;
  }
  std::string body;
  const auto bytes = connectors::open_file(these.file);
  std::vector<char> buffer(std::size_t{64} << 10U);
  while (const auto size = bytes(buffer.data(), buffer.size())) body.append(buffer.data(), size);
  // Without a type of its own the feed's configured format is read.
  const auto answer = ask_or_complain(shared, {"POST",
                                               "/v1/feeds/" + these.feed + "/records" +
                                                   (these.dry                ? "?dry_run=1"
                                                    : these.absent_withdrawn ? "?absent=withdrawn"
                                                                             : ""),
                                               std::move(body), ""});
  if (!answer) return outcome::failed;
  if (these.dry) std::cerr << "forewarn: a dry run: nothing is taken\n";
  print(read_answer(*answer), shared);
  return outcome::done;
}

outcome ingest(const wishes& these, const context& shared) {
  if (these.feed.empty() && these.format.empty()) {
    std::cerr << "forewarn: which feed is the file from? name it with --feed\n";
    return outcome::usage;
  }
  if (these.absent_withdrawn && (these.dry || !these.format.empty())) {
    std::cerr << "forewarn: --absent-withdrawn is for a partner's file that is taken; it goes with no other flag\n";
    return outcome::usage;
  }
  if (these.dry && !these.format.empty()) {
    std::cerr << "forewarn: --dry-run is for partners' files, not for --format observation\n";
    return outcome::usage;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(these.file, error)) {
    std::cerr << fmt::format("forewarn: {}: there is no such file\n", these.file.string());
    return outcome::failed;
  }
  return daemon_runs(shared) ? through_daemon(these, shared) : by_itself(these, shared);
}

} // namespace

void add_ingest(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("ingest", "take in one file by hand, the way the folder would");
  verb->footer("Examples:\n  forewarn ingest --feed ambulance calls.csv\n"
               "  forewarn ingest --feed ambulance --dry-run calls.csv\n"
               "  forewarn ingest --format observation taken.ndjson\n\n"
               "Works beside the running daemon and without it. The same file twice changes nothing.");
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  verb->add_option("--feed", these->feed, "the feed of feeds.d that the file belongs to")->type_name("FEED");
  verb->add_option("--format", these->format, "observation: NDJSON as `export observations` writes it")
      ->check(CLI::IsMember({"observation"}));
  verb->add_flag("--dry-run", these->dry, "say what would become of the rows against what is stored; take nothing");
  verb->add_flag("--absent-withdrawn", these->absent_withdrawn,
                 "you have asked: records of a day the file holds, but which it lacks itself, are taken back");
  verb->add_option("FILE", these->file, "the file; gzip is fine")->required();
  verb->callback([these, &shared] { shared.result = ingest(*these, shared); });
}

} // namespace forewarn::commands
