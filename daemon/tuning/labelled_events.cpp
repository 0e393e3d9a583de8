// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/labelled_events.hpp"

#include "connectors/formats/csv.hpp"
#include "daemon/rule_test/observation_yaml.hpp"
#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::tuning {
namespace {

using std::chrono::days;

constexpr double days_a_year = 365.25;

bool is_day_alone(const std::string& text) {
  return text.size() == 10;
}

double in_days(duration length) {
  return std::chrono::duration<double, std::ratio<86400>>(length).count();
}

// A word of an event as the series call it.
std::string where_of(const std::string& text, const reference_data& reference) {
  for (const auto* field : {"area", "substances", "site"})
    if (auto found = rule_test::resolved(field, text, reference); found != text) return found;
  return text;
}

bool related(const std::string& a, const std::string& b, const reference_data& reference) {
  if (a == b) return true;
  if (const auto x = reference.areas.find(area_code{a}), y = reference.areas.find(area_code{b}); x && y)
    return reference.areas.is_or_within(*x, *y) || reference.areas.is_or_within(*y, *x);
  if (const auto x = reference.substances.find(substance_id{a}), y = reference.substances.find(substance_id{b}); x && y)
    return reference.substances.is_or_within(*x, *y) || reference.substances.is_or_within(*y, *x);
  return false;
}

// A rule with one series speaks of every place.
bool speaks_of(const signal& one, const labelled_event& event, const reference_data& reference) {
  return event.where.empty() || one.series.empty() ||
         std::any_of(one.series.begin(), one.series.end(),
                     [&](const auto& pair) { return related(pair.second, event.where, reference); });
}

bool meets(const signal& one, const labelled_event& event, const reference_data& reference) {
  return !one.retrospective && one.opened_at <= event.to && (!one.closed_at || *one.closed_at >= event.from) &&
         speaks_of(one, event, reference);
}

class event_reader {
public:
  event_reader(const source_text& file, const reference_data& reference) : file_{file}, reference_{reference} {}

  result<std::vector<labelled_event>, problems> read() {
    connectors::csv_tokenizer tokens{connectors::from_text(file_.text), {}};
    connectors::csv_record record;
    while (tokens.next(record)) {
      line_ = record.line;
      if (record.defect != connectors::csv_defect::none) {
        complain("a quote is not closed, or stands in the middle of a field");
        continue;
      }
      std::vector<std::string> cells;
      for (const auto cell : record.fields) cells.emplace_back(trim(cell));
      if (cells.front().starts_with("\xEF\xBB\xBF")) cells.front().erase(0, 3);
      if (cells.front().starts_with("#")) continue;
      if (header_.empty())
        take_header(std::move(cells));
      else
        take(cells);
      if (given_up_) break;
    }
    if (header_.empty() && found_.empty()) complain("it is empty; the first line is `event,from,to,where`");
    if (!found_.empty()) return failure(found_);
    return std::move(out_);
  }

private:
  void complain(std::string why) {
    found_.push_back({file_.path, {static_cast<int>(line_), 1, 1}, severity::error, "bad-events", std::move(why)});
  }

  void take_header(std::vector<std::string> cells) {
    header_ = std::move(cells);
    for (auto& one : header_) one = ascii_lower(one);
    for (const auto* wanted : {"event", "from"})
      if (std::find(header_.begin(), header_.end(), wanted) == header_.end()) {
        complain(fmt::format("the header lacks '{}'; the first line is `event,from,to,where`", wanted));
        given_up_ = true;
      }
  }

  [[nodiscard]] std::string cell(const std::vector<std::string>& cells, std::string_view name) const {
    const auto at = static_cast<std::size_t>(std::find(header_.begin(), header_.end(), name) - header_.begin());
    return at < cells.size() ? cells[at] : std::string{};
  }

  void take(const std::vector<std::string>& cells) {
    const auto from = read_time(cell(cells, "from"), reference_.local_zone);
    const auto to_text = cell(cells, "to");
    auto to = to_text.empty() ? from : read_time(to_text, reference_.local_zone);
    if (!from || !to) {
      complain(fmt::format("'{}' is not a time such as 2017-03-16 or 2017-03-16T14:00",
                           from ? to_text : cell(cells, "from")));
      return;
    }
    if (*to < *from) {
      complain("the event ends before it begins");
      return;
    }
    if (to_text.empty() || is_day_alone(to_text)) *to += days{1};
    out_.push_back({cell(cells, "event"), *from, *to, where_of(cell(cells, "where"), reference_)});
  }

  const source_text& file_;
  const reference_data& reference_;
  std::vector<std::string> header_;
  std::vector<labelled_event> out_;
  problems found_;
  std::int64_t line_ = 1;
  bool given_up_ = false;
};

} // namespace

result<std::vector<labelled_event>, problems> read_events(const source_text& file, const reference_data& reference) {
  return event_reader{file, reference}.read();
}

std::optional<first_alert> first_alert_of(const labelled_event& event, const rules::backtest_report& report,
                                          const reference_data& reference) {
  for (const auto& one : report.signals) // by opened_at
    if (meets(one.state, event, reference)) return first_alert{one.state.opened_at, one.state.opened_at - event.from};
  return {};
}

running_cost cost_of(const rules::backtest_report& report, const std::vector<labelled_event>& events,
                     std::optional<instant> from, const reference_data& reference) {
  running_cost out;
  if (!report.first || !report.last) return out;
  const auto begin = std::max(from.value_or(*report.first), *report.first);
  out.days = std::max(1.0, in_days(*report.last - begin));
  instant covered = begin;
  duration open{};
  for (const auto& one : report.signals) {
    if (one.state.retrospective) continue;
    ++out.signals;
    if (std::none_of(events.begin(), events.end(), [&](const auto& e) { return meets(one.state, e, reference); }))
      ++out.beside;
    const auto opened = std::max(one.state.opened_at, covered);
    const auto closed = std::min(one.state.closed_at.value_or(*report.last), *report.last);
    if (closed <= opened) continue;
    open += closed - opened;
    covered = closed;
  }
  out.days_open = in_days(open);
  out.signals_a_year = static_cast<double>(out.signals) * days_a_year / out.days;
  out.days_open_a_year = out.days_open * days_a_year / out.days;
  return out;
}

std::string rough_time(duration length) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(std::chrono::abs(length)).count();
  const auto counted = [](std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
  };
  if (minutes < 60) return counted(minutes, "minute");
  if (constexpr auto day = std::int64_t{24} * 60; minutes < day)
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
  const auto hours = minutes / 60;
  return hours % 24 == 0 ? counted(hours / 24, "day") : fmt::format("{} {} h", counted(hours / 24, "day"), hours % 24);
}

} // namespace forewarn::tuning
