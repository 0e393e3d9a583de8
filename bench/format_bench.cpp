// SPDX-License-Identifier: Apache-2.0
// Rows and megabytes per second of each format that is read: to rows by column (`rows/`), to observations through the
// shipped ambulance feed (`observations/`), and beside them in the same run what plain code takes that knows nothing of
// quotes, lines, limits or meaning (`plain/`). Bytes are those of the file, packed where it is packed.
#include "connectors/feed.hpp"
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "daemon/settings.hpp"
#include "support/gzipped.hpp"

#include <benchmark/benchmark.h>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

constexpr int rows_in_file = 50'000;
constexpr std::array columns{"Call ID",        "Incident no",    "Call time", "Ward", "Setting",     "Drugs reported",
                             "Naloxone given", "Naloxone doses", "Age",       "Sex",  "Patient ref", "Outcome"};

std::array<std::string, columns.size()> call(int i) {
  constexpr std::array wards{"Armley", "Beeston & Holbeck", "Roundhay", "Seacroft", "Temple Newsam"};
  constexpr std::array drugs{"heroin", "cocaine and alcohol", "spice, quantity unknown", "no fentanyl, diazepam", ""};
  const auto n = static_cast<unsigned>(i);
  return {fmt::format("C{:08}", i),
          fmt::format("I{}", i / 2),
          fmt::format("{:02}/{:02}/2026 {:02}:{:02}", 1 + n % 28, 1 + n % 12, n % 24, n % 60),
          wards.at(n % wards.size()),
          "Hostel",
          drugs.at(n % drugs.size()),
          "Y",
          "2",
          std::to_string(18 + n % 50),
          "Male",
          fmt::format("P{}", n % 5000),
          "Conveyed to hospital"};
}

std::string csv_file() {
  std::string out;
  for (const auto* name : columns) out += fmt::format("{}{}", out.empty() ? "" : ",", name);
  for (int i = 0; i < rows_in_file; ++i) {
    const auto cells = call(i);
    out += "\r\n" + write_csv_record({cells.begin(), cells.end()});
  }
  return out + "\r\n";
}

enum class shape : std::uint8_t {
  list,
  lines,
  at_a_path,
  keyed
};

std::string json_file(shape as) {
  std::string out = as == shape::list ? "[" : as == shape::at_a_path ? R"({"count": 50000, "data": {"items": [)" : "";
  if (as == shape::keyed) out = "{";
  for (int i = 0; i < rows_in_file; ++i) {
    boost::json::object one;
    const auto cells = call(i);
    for (std::size_t c = 0; c < cells.size(); ++c) one[columns.at(c)] = cells.at(c);
    if (i > 0) out += as == shape::lines ? "\n" : ",\n";
    if (as == shape::keyed) out += fmt::format("\"C{:08}\": ", i);
    out += boost::json::serialize(one);
  }
  return out + (as == shape::list ? "]" : as == shape::at_a_path ? "]}}" : as == shape::keyed ? "}" : "\n");
}

std::string utf16(const std::string& ascii) {
  std::string out = "\xFF\xFE";
  for (const char c : ascii) (out += c) += '\0';
  return out;
}

struct format {
  const char* name;
  const char* read; // of the feed's YAML
  std::string file;
};

const std::vector<format>& formats() {
  static const std::vector<format> all{
      {"csv", "csv", csv_file()},
      {"csv.gz", "csv", test::gzipped(csv_file())},
      {"csv_windows-1252", "{csv: {encoding: windows-1252}}", csv_file()},
      {"csv_utf-16", "{csv: {encoding: utf-16}}", utf16(csv_file())},
      {"json", "json", json_file(shape::list)},
      {"json.gz", "json", test::gzipped(json_file(shape::list))},
      {"json_at_a_path", "{json: {records: /data/items}}", json_file(shape::at_a_path)},
      {"json_keyed", "{json: {keyed: true}}", json_file(shape::keyed)},
      {"ndjson", "ndjson", json_file(shape::lines)},
  };
  return all;
}

feed feed_reading(const std::string& how) {
  const std::filesystem::path etc = std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc";
  problems found;
  std::vector<source_text> sources;
  static const auto reference = load_reference(etc, found, sources);
  auto file = read_files(etc / "feeds.d" / "ambulance.yaml", {".yaml"}, found).front();
  const auto from = file.text.find("read:");
  file.text.replace(from, file.text.find("\n\n", from) - from, "read: " + how);
  auto loaded = load_feeds({file}, reference, {sensitive<std::string>{"a key for a benchmark"}});
  if (loaded.feeds.empty()) {
    fmt::print(stderr, "format_bench: {}\n", render(loaded.found, {file}));
    std::exit(EXIT_FAILURE);
  }
  return loaded.feeds.front();
}

byte_source bytes_of(const std::string& file) {
  return gunzip_where_needed([&file, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
    const auto count = std::min(size, file.size() - at);
    std::copy_n(file.data() + at, count, buffer);
    at += count;
    return count;
  });
}

void count(benchmark::State& state, const std::string& file, std::int64_t rows) {
  if (rows != rows_in_file) state.SkipWithError(fmt::format("{} rows of {}", rows, rows_in_file).c_str());
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}

void to_rows(benchmark::State& state, const format& of) {
  const auto from = feed_reading(of.read);
  const auto& read = from.plan->read;
  std::int64_t rows = 0;
  for (auto _ : state) {
    auto text = as_utf8(bytes_of(of.file), read.encoding);
    auto reader = read.format == file_format::csv
                      ? read_csv(std::move(text), {}, from.plan->columns)
                      : read_json(std::move(text), {read.format == file_format::ndjson, read.records, read.keyed},
                                  from.plan->columns);
    rows = 0;
    for (raw_row row; reader->next(row);) rows += row.defect ? 0 : 1;
  }
  count(state, of.file, rows);
}

void to_observations(benchmark::State& state, const format& of) {
  const auto from = feed_reading(of.read);
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto stream = read_rows(from, bytes_of(of.file));
    rows = 0;
    for (bool more = true; more;) {
      std::vector<taken_row> some;
      more = stream->next(some, 1'000);
      for (const auto& row : some) rows += std::holds_alternative<observation>(row.what) ? 1 : 0;
    }
  }
  count(state, of.file, rows);
}

// Cuts at every comma, right or wrong.
void plain_csv(benchmark::State& state) {
  const auto& file = formats().front().file;
  std::int64_t rows = 0;
  for (auto _ : state) {
    std::istringstream in{file};
    std::string line;
    rows = -1;
    for (std::vector<std::string> fields; std::getline(in, line); ++rows) {
      fields.clear();
      std::istringstream cells{line};
      for (std::string cell; std::getline(cells, cell, ',');) fields.push_back(cell);
      benchmark::DoNotOptimize(fields);
    }
  }
  count(state, file, rows);
}

// The whole document at once, in memory.
void plain_json(benchmark::State& state) {
  const auto& file = formats().at(4).file;
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto all = boost::json::parse(file);
    rows = static_cast<std::int64_t>(all.as_array().size());
  }
  count(state, file, rows);
}

void plain_ndjson(benchmark::State& state) {
  const auto& file = formats().back().file;
  std::int64_t rows = 0;
  for (auto _ : state) {
    std::istringstream in{file};
    rows = 0;
    for (std::string line; std::getline(in, line); ++rows) benchmark::DoNotOptimize(boost::json::parse(line));
  }
  count(state, file, rows);
}

// Only unpacks.
void plain_gzip(benchmark::State& state) {
  const auto& file = formats().at(1).file;
  std::string piece(std::size_t{64} << 10U, '\0');
  for (auto _ : state) {
    auto bytes = bytes_of(file);
    while (bytes(piece.data(), piece.size()) > 0) benchmark::DoNotOptimize(piece);
  }
  count(state, file, rows_in_file);
}

} // namespace

int main(int words, char** given) {
  benchmark::Initialize(&words, given);
  const auto add = [](const std::string& name, auto... how) {
    benchmark::RegisterBenchmark(name.c_str(), how...)->Unit(benchmark::kMillisecond);
  };
  add("plain/csv", plain_csv);
  add("plain/gzip", plain_gzip);
  add("plain/json", plain_json);
  add("plain/ndjson", plain_ndjson);
  for (const auto& one : formats()) {
    add(std::string{"rows/"} + one.name, [&one](benchmark::State& state) { to_rows(state, one); });
    add(std::string{"observations/"} + one.name, [&one](benchmark::State& state) { to_observations(state, one); });
  }
  benchmark::RunSpecifiedBenchmarks();
}
