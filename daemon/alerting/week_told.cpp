// SPDX-License-Identifier: Apache-2.0
// Once a week on-call hears how the week was: the sentences of the weekly report, in the digest of that morning. A
// quiet week is told as well, since its absence would look the same as a lost mail. With it: what began to watch.
#include "daemon/alerting/week_told.hpp"

#include "daemon/alerting/news.hpp"
#include "daemon/alerting/warming_week.hpp"
#include "daemon/reporting/reports.hpp"

#include <charconv>

namespace forewarn::alerting {
namespace {

constexpr const char* due_mark = "week.told_next";

} // namespace

std::optional<instant> week_due(const store_reader& ledger) {
  const auto text = ledger.mark(due_mark);
  if (!text) return {};
  std::int64_t microseconds = 0;
  std::from_chars(text->data(), text->data() + text->size(), microseconds);
  return instant{duration{microseconds}};
}

void plan_week(const setup& with, store& ledger, instant now) {
  if (ledger.mark(due_mark)) return;
  ledger.set_mark(due_mark, std::to_string(next_weekly(with, now).time_since_epoch().count()));
}

void newsroom::tell_of_week() {
  const auto due = week_due(ledger_);
  if (!due || now_ < *due) return;
  const auto week = reporting::last_whole(reporting::span_kind::week, now_, with().reference().local_zone);
  for (auto& one : reporting::week_in_short(week, {ledger_, with(), now_})) all_.of_week.push_back(std::move(one));
  for (auto& one : take_warming(ledger_)) all_.of_week.push_back(std::move(one));
  ledger_.set_mark(due_mark, std::to_string(next_weekly(with(), now_).time_since_epoch().count()));
}

} // namespace forewarn::alerting
