// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/labelled_trials.hpp"

#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "daemon/series/plain_series.hpp"
#include "forewarn/text.hpp"
#include "rules/detectors/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::evaluate {
namespace {

using namespace detectors;

constexpr std::size_t row_bytes = 4U << 20U; // a row has a field per series
constexpr double most = 1e12;

bool says_nothing(std::string_view text) {
  const auto word = ascii_lower(trim(text));
  return word.empty() || word == "na" || word == "nan" || word == "null";
}

struct row_of_fields {
  std::int64_t line = 0;
  std::vector<std::string> fields;
};

result<std::vector<row_of_fields>, std::string> read_rows(const std::string& file) {
  if (!std::filesystem::is_regular_file(file)) return failure(fmt::format("{}: there is no such file", file));
  connectors::csv_tokenizer tokens{connectors::as_utf8(connectors::open_file(file), connectors::text_encoding::utf8),
                                   {',', row_bytes}};
  std::vector<row_of_fields> out;
  for (connectors::csv_record record; tokens.next(record);) {
    if (record.defect != connectors::csv_defect::none)
      return failure(fmt::format("{}:{}: this row is no CSV: a quote that is not closed, or text behind one", file,
                                 record.line));
    row_of_fields one{record.line, {}};
    for (const auto& field : record.fields) one.fields.emplace_back(trim(field));
    if (!out.empty() && one.fields.size() != out.front().fields.size())
      return failure(fmt::format("{}:{}: {} fields, where the header has {}", file, record.line, one.fields.size(),
                                 out.front().fields.size()));
    out.push_back(std::move(one));
  }
  if (out.empty()) return failure(fmt::format("{}: is empty", file));
  return out;
}

struct table_of_counts {
  std::vector<std::string> names, periods;
  std::vector<std::vector<double>> counts; // by series
};

result<table_of_counts, std::string> read_counts(const std::string& file) {
  const auto rows = read_rows(file);
  if (!rows) return failure(rows.error());
  table_of_counts out;
  const auto& header = rows->front().fields;
  if (header.size() < 2)
    return failure(fmt::format("{}: the header is a period and a column per series, as `day,Armley,Headingley`", file));
  out.names.assign(header.begin() + 1, header.end());
  out.counts.resize(out.names.size());
  for (std::size_t r = 1; r < rows->size(); ++r) {
    const auto& row = (*rows)[r];
    out.periods.push_back(row.fields.front());
    for (std::size_t i = 0; i < out.names.size(); ++i) {
      const auto& text = row.fields[i + 1];
      const auto read = says_nothing(text) ? std::optional{not_counted} : read_number(text);
      if (!read || *read < 0 || *read > most)
        return failure(fmt::format("{}:{}: '{}' of {} is no count: a number from 0, or empty where none was taken",
                                   file, row.line, text, out.names[i]));
      out.counts[i].push_back(*read);
    }
  }
  if (out.periods.empty()) return failure(fmt::format("{}: has a header and no row", file));
  return out;
}

class outbreak_reader {
public:
  outbreak_reader(std::string file, const table_of_counts& of) : file_{std::move(file)} {
    for (std::size_t i = 0; i < of.names.size(); ++i) series_[of.names[i]] = i;
    for (std::size_t t = 0; t < of.periods.size(); ++t) periods_[of.periods[t]] = t;
  }

  result<void, std::string> read(std::vector<trial>& into) const {
    const auto rows = read_rows(file_);
    if (!rows) return failure(rows.error());
    std::map<std::string, std::size_t> columns;
    for (std::size_t i = 0; i < rows->front().fields.size(); ++i) columns[ascii_lower(rows->front().fields[i])] = i;
    for (const auto* name : {"series", "start", "end"})
      if (!columns.contains(name))
        return failure(fmt::format("{}:1: the header has no column '{}'; it is series,start,end", file_, name));
    for (std::size_t r = 1; r < rows->size(); ++r) {
      const auto& row = (*rows)[r];
      const auto& name = row.fields[columns["series"]];
      const auto found = series_.find(name);
      if (found == series_.end()) return failure(fmt::format("{}:{}: no series is named '{}'", file_, row.line, name));
      const auto& start = row.fields[columns["start"]];
      if (says_nothing(start)) continue; // the series is there, and nothing happened in it
      const auto& end = says_nothing(row.fields[columns["end"]]) ? start : row.fields[columns["end"]];
      const auto first = periods_.find(start), last = periods_.find(end);
      for (const auto& [at, text] : {std::pair{first, start}, std::pair{last, end}})
        if (at == periods_.end()) return failure(fmt::format("{}:{}: no period is '{}'", file_, row.line, text));
      if (last->second < first->second)
        return failure(fmt::format("{}:{}: it ends before it starts", file_, row.line));
      auto& one = into[found->second];
      one.outbreaks.push_back({first->second, last->second, 0});
      if (columns.contains("mean")) one.mean = row.fields[columns["mean"]];
      if (columns.contains("type")) one.kind = row.fields[columns["type"]];
    }
    for (auto& one : into)
      std::sort(one.outbreaks.begin(), one.outbreaks.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
    return {};
  }

private:
  std::string file_;
  std::map<std::string, std::size_t> series_, periods_;
};

// Days since 1970 of each period, where they are dates a day or whole weeks apart.
std::vector<std::int32_t> days_of(const std::vector<std::string>& periods) {
  std::vector<std::int32_t> out;
  for (const auto& text : periods) {
    const auto day = series_file::read_day_number(text);
    if (!day || (!out.empty() && *day <= out.back())) return {};
    out.push_back(*day);
  }
  return out;
}

result<std::size_t, std::string> position(const table_of_counts& in, const std::string& period, const char* option,
                                          std::size_t otherwise) {
  if (period.empty()) return otherwise;
  const auto found = std::find(in.periods.begin(), in.periods.end(), period);
  if (found == in.periods.end()) return failure(fmt::format("{} {}: the series have no such period", option, period));
  return static_cast<std::size_t>(found - in.periods.begin());
}

} // namespace

result<trials, std::string> read_labelled(const labelled_files& from) {
  auto counts = read_counts(from.counts);
  if (!counts) return failure(counts.error());
  const auto first = position(*counts, from.from, "--from", 0);
  const auto last = position(*counts, from.to, "--to", counts->periods.size() - 1);
  for (const auto* one : {&first, &last})
    if (!*one) return failure(one->error());
  if (*first > *last) return failure(std::string{"--from comes after --to: nothing lies between them"});
  trials out;
  const auto days = days_of(counts->periods);
  const bool weekly = days.size() > 1 && days[1] - days[0] == 7;
  out.period = weekly ? "week" : days.empty() ? "period" : "day";
  out.periods_a_year = weekly ? 52 : 365;
  for (std::size_t i = 0; i < counts->names.size(); ++i) {
    auto& one = out.all.emplace_back();
    one.name = counts->names[i];
    one.seen.counts = std::move(counts->counts[i]);
    one.seen.days = days;
    one.from = *first;
    one.to = *last;
  }
  if (auto read = outbreak_reader{from.truth, *counts}.read(out.all); !read) return failure(read.error());
  if (from.quiet.empty()) return out;
  auto quiet = read_counts(from.quiet);
  if (!quiet) return failure(quiet.error());
  if (quiet->names != counts->names || quiet->periods != counts->periods)
    return failure(fmt::format("{}: its series and periods are not those of {}", from.quiet, from.counts));
  for (std::size_t i = 0; i < out.all.size(); ++i) out.all[i].quiet = std::move(quiet->counts[i]);
  return out;
}

} // namespace forewarn::evaluate
