// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/labelled_trials.hpp"

#include "daemon/series/csv_table.hpp"
#include "daemon/series/plain_series.hpp"
#include "rules/detectors/settings.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

namespace forewarn::evaluate {
namespace {

using namespace detectors;
using series_file::read_csv_table, series_file::says_nothing;

constexpr double most = 1e12;

struct table_of_counts {
  std::vector<std::string> names, periods;
  std::vector<std::vector<double>> counts; // by series
};

result<table_of_counts, std::string> read_counts(const std::string& file) {
  const auto read = read_csv_table(file);
  if (!read) return failure(read.error());
  table_of_counts out;
  if (read->header.size() < 2)
    return failure(fmt::format("{}: the header is a period and a column per series, as `day,Armley,Headingley`", file));
  out.names.assign(read->header.begin() + 1, read->header.end());
  out.counts.resize(out.names.size());
  for (const auto& row : read->rows) {
    out.periods.push_back(row.fields.front());
    for (std::size_t i = 0; i < out.names.size(); ++i) {
      const auto& text = row.fields[i + 1];
      const auto count = says_nothing(text) ? std::optional{not_counted} : read_number(text);
      if (!count || *count < 0 || *count > most)
        return failure(
            read->at(row, fmt::format("'{}' of {} is no count: a number from 0, or empty where none was taken", text,
                                      out.names[i])));
      out.counts[i].push_back(*count);
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
    const auto table = read_csv_table(file_);
    if (!table) return failure(table.error());
    const auto series = table->column("series"), from = table->column("start"), to = table->column("end");
    for (const auto& [column, name] : {std::pair{series, "series"}, std::pair{from, "start"}, std::pair{to, "end"}})
      if (!column)
        return failure(fmt::format("{}:1: the header has no column '{}'; it is series,start,end", file_, name));
    for (const auto& row : table->rows) {
      const auto& name = row.fields[*series];
      const auto found = series_.find(name);
      if (found == series_.end()) return failure(table->at(row, fmt::format("no series is named '{}'", name)));
      const auto& start = row.fields[*from];
      if (says_nothing(start)) continue; // the series is there, and nothing happened in it
      const auto& end = says_nothing(row.fields[*to]) ? start : row.fields[*to];
      const auto first = periods_.find(start), last = periods_.find(end);
      for (const auto& [at, text] : {std::pair{first, start}, std::pair{last, end}})
        if (at == periods_.end()) return failure(table->at(row, fmt::format("no period is '{}'", text)));
      if (last->second < first->second) return failure(table->at(row, "it ends before it starts"));
      auto& one = into[found->second];
      one.outbreaks.push_back({first->second, last->second, 0});
      if (const auto mean = table->column("mean")) one.mean = row.fields[*mean];
      if (const auto kind = table->column("type")) one.kind = row.fields[*kind];
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

// Days since 1970 of each period where they are dates, else none. A row that is left out would make the days around it
// neighbours.
result<std::vector<std::int32_t>, std::string> days_of(const std::vector<std::string>& periods,
                                                       const std::string& file) {
  std::vector<std::int32_t> out;
  for (const auto& text : periods) {
    const auto day = series_file::read_day_number(text);
    if (!day) return std::vector<std::int32_t>{};
    if (!out.empty() && *day <= out.back())
      return failure(fmt::format("{}: '{}' does not come after '{}'", file, text, series_file::day_text(out.back())));
    const auto step = out.size() > 1 ? out[1] - out[0] : 0;
    const bool regular = step == 1 || (step > 0 && step % 7 == 0); // months and years are not alike long
    if (regular && *day != out.back() + step)
      return failure(
          fmt::format("{}: '{}' follows '{}', but {} should: write each period, with empty counts where none "
                      "was taken",
                      file, text, series_file::day_text(out.back()), series_file::day_text(out.back() + step)));
    out.push_back(*day);
  }
  return out;
}

// What a period is called, and how many make a year.
void name_periods(trials& out, const std::vector<std::int32_t>& days) {
  const auto step = days.size() > 1 ? days[1] - days[0] : 1;
  out.period = days.empty() ? "period" : step == 1 ? "day" : step == 7 ? "week" : "period";
  out.periods_a_year = step == 7 ? 52 : 365.0 / step;
}

result<std::size_t, std::string> position(const table_of_counts& in, const std::string& period, const char* option,
                                          std::size_t otherwise) {
  if (period.empty()) return otherwise;
  const auto found = std::find(in.periods.begin(), in.periods.end(), period);
  if (found == in.periods.end()) return failure(fmt::format("{} {}: the series have no such period", option, period));
  return static_cast<std::size_t>(found - in.periods.begin());
}

void write_counts(std::ostream& out, const trials& all, std::vector<double> trial::*quiet) {
  out << "period";
  for (const auto& one : all.all) out << ',' << one.name;
  out << '\n';
  for (std::size_t t = 0; t < all.all.front().seen.size(); ++t) {
    out << t + 1;
    for (const auto& one : all.all) out << ',' << (quiet != nullptr ? (one.*quiet)[t] : one.seen.counts[t]);
    out << '\n';
  }
}

void write_truth(std::ostream& out, const trials& all) {
  out << "series,start,end,cases,mean,type\n";
  for (const auto& one : all.all) {
    for (const auto& outbreak : one.outbreaks)
      out << fmt::format("{},{},{},{},{},{}\n", one.name, outbreak.first + 1, outbreak.last + 1, outbreak.cases,
                         one.mean, one.kind);
    if (one.outbreaks.empty()) out << fmt::format("{},,,,{},{}\n", one.name, one.mean, one.kind);
  }
}

} // namespace

result<void, std::string> write_labelled(const trials& all, const std::filesystem::path& folder) {
  std::error_code wrong;
  std::filesystem::create_directories(folder, wrong);
  for (const auto* name : {"counts.csv", "quiet.csv", "truth.csv"}) {
    const auto path = folder / name;
    std::ofstream out{path};
    if (std::string_view{name} == "truth.csv")
      write_truth(out, all);
    else
      write_counts(out, all, std::string_view{name} == "quiet.csv" ? &trial::quiet : nullptr);
    out.flush();
    if (!out) return failure(fmt::format("{}: cannot be written", path.string()));
  }
  return {};
}

result<trials, std::string> read_labelled(const labelled_files& from) {
  auto counts = read_counts(from.counts);
  if (!counts) return failure(counts.error());
  const auto first = position(*counts, from.from, "--from", 0);
  const auto last = position(*counts, from.to, "--to", counts->periods.size() - 1);
  for (const auto* one : {&first, &last})
    if (!*one) return failure(one->error());
  if (*first > *last) return failure(std::string{"--from comes after --to: nothing lies between them"});
  trials out;
  const auto days = days_of(counts->periods, from.counts);
  if (!days) return failure(days.error());
  name_periods(out, *days);
  for (std::size_t i = 0; i < counts->names.size(); ++i) {
    auto& one = out.all.emplace_back();
    one.name = counts->names[i];
    one.seen.counts = std::move(counts->counts[i]);
    one.seen.days = *days;
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
