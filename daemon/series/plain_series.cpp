// SPDX-License-Identifier: Apache-2.0
#include "daemon/series/plain_series.hpp"

#include "connectors/formats/bytes.hpp"
#include "daemon/series/csv_table.hpp"
#include "forewarn/text.hpp"
#include "rules/detectors/settings.hpp"

#include <chrono>

#include <fmt/format.h>

namespace forewarn::series_file {
namespace {

constexpr double most = 1e12; // a count above that is a mistake
constexpr std::size_t row_bytes = 4096;

} // namespace

std::optional<std::int32_t> read_day_number(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  for (const auto part : {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)})
    if (part.find_first_not_of("0123456789") != std::string_view::npos) return {};
  const auto number = [&](std::size_t from, std::size_t length) {
    int out = 0;
    for (const auto c : text.substr(from, length)) out = out * 10 + (c - '0');
    return out;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok()) return {};
  return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::string day_text(std::int32_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

plain_series::plain_series(connectors::byte_source bytes, std::string name, bool wants_population)
    : name_{std::move(name)}, wants_population_{wants_population},
      tokens_{connectors::as_utf8(std::move(bytes), connectors::text_encoding::utf8), {',', row_bytes}} {}

complaint plain_series::at(std::size_t field, const std::string& what) const {
  std::int64_t column = 1;
  for (std::size_t i = 0; i < field && i < record_.fields.size(); ++i)
    column += static_cast<std::int64_t>(record_.fields[i].size()) + 1;
  return fmt::format("{}:{}:{}: {}", name_, record_.line, column, what);
}

std::optional<complaint> plain_series::read_header() {
  if (!tokens_.next(record_))
    return fmt::format("{}: is empty; its first line is the header: period,count[,population]", name_);
  std::optional<std::size_t> period, count;
  columns_ = record_.fields.size();
  for (std::size_t i = 0; i < columns_; ++i) {
    const auto name = ascii_lower(trim(record_.fields[i]));
    if (name == "period") period = i;
    if (name == "count") count = i;
    if (name == "population") population_ = i;
  }
  if (!period || !count)
    return at(
        0, fmt::format("the header has no column '{}'; it is period,count[,population]", period ? "count" : "period"));
  if (wants_population_ && !population_) return at(0, "the header has no column 'population', which this method needs");
  period_ = *period;
  count_ = *count;
  return {};
}

// A series is a row per period: where periods are dates, each is as far from the one before as the second from the
// first.
std::optional<complaint> plain_series::follows(const period_row& row) {
  if (!before_) return {};
  if (row.day.has_value() != before_->day.has_value())
    return at(period_, fmt::format("'{}' is {} a date, unlike the periods before", row.period, row.day ? "" : "not"));
  if (!row.day) return {};
  const auto step = *row.day - *before_->day;
  if (step <= 0) return at(period_, fmt::format("'{}' does not come after '{}'", row.period, before_->period));
  const bool regular = step_ && (*step_ == 1 || *step_ % 7 == 0); // months and years are not alike long
  if (!step_)
    step_ = step;
  else if (regular && step != *step_)
    return at(period_,
              fmt::format("'{}' follows '{}', but {} should: write each period, with an empty count where none "
                          "was taken",
                          row.period, before_->period, day_text(*before_->day + *step_)));
  return {};
}

result<period_row, complaint> plain_series::read_row() {
  if (record_.defect != connectors::csv_defect::none)
    return failure(at(0, "this row is no CSV: a quote that is not closed, text behind one, or a line too long"));
  if (record_.fields.size() != columns_)
    return failure(at(0, fmt::format("{} fields, where the header has {}", record_.fields.size(), columns_)));
  period_row out;
  out.period = std::string{trim(record_.fields[period_])};
  if (out.period.empty()) return failure(at(period_, "the period is empty"));
  out.day = read_day_number(out.period);
  if (const auto text = trim(record_.fields[count_]); says_nothing(text)) {
    out.count = detectors::not_counted;
  } else {
    const auto read = detectors::read_number(text);
    if (!read || *read < 0 || *read > most)
      return failure(at(count_, fmt::format("'{}' is no count: a number from 0, or empty where none was taken", text)));
    out.count = *read;
  }
  if (population_) {
    const auto text = trim(record_.fields[*population_]);
    out.population = detectors::read_number(text);
    const bool bad = !out.population || *out.population < 0 || *out.population > most;
    if (bad && (wants_population_ || !text.empty()))
      return failure(at(*population_, fmt::format("'{}' is no population: a number from 0", text)));
  }
  if (auto wrong = follows(out)) return failure(std::move(*wrong));
  return out;
}

result<std::optional<period_row>, complaint> plain_series::next() {
  if (broken_) return std::optional<period_row>{};
  if (!begun_) {
    begun_ = true;
    if (auto wrong = read_header()) {
      broken_ = true;
      return failure(std::move(*wrong));
    }
  }
  if (!tokens_.next(record_)) return std::optional<period_row>{};
  auto row = read_row();
  if (!row) return failure(std::move(row.error()));
  before_ = *row;
  return std::optional{std::move(*row)};
}

} // namespace forewarn::series_file
