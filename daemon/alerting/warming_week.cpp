// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/warming_week.hpp"

#include "daemon/alerting/news.hpp"
#include "daemon/tuning/periods_now.hpp"
#include "forewarn/text.hpp"
#include "rules/backtest.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

constexpr const char* words_mark = "warming.words";
constexpr const char* told_mark = "warming.told_to";
constexpr std::size_t most_named = 4; // series of a rule
constexpr std::size_t most_rules = 3; // each with a sentence of its own

struct of_rule {
  const rules::rule* by = nullptr;
  std::size_t all = 0;
  std::vector<const rules::period_state*> fresh, cold; // in order of when they are ready
};

std::vector<of_rule> rows_of(const std::vector<rules::period_state>& all, const rules::rule_set& by, instant since,
                             instant now) {
  std::vector<of_rule> out;
  for (const auto& one : by.rules) {
    if (one.status != rules::rule_status::live) continue;
    of_rule row{&one, 0, {}, {}};
    for (const auto& state : all) {
      if (state.rule != one.id) continue;
      ++row.all;
      if (state.warming_up())
        row.cold.push_back(&state);
      else if (state.ready > since && state.ready <= now)
        row.fresh.push_back(&state);
    }
    const auto sooner = [](const auto* a, const auto* b) { return a->ready < b->ready; };
    std::stable_sort(row.fresh.begin(), row.fresh.end(), sooner);
    std::stable_sort(row.cold.begin(), row.cold.end(), sooner);
    if (!row.fresh.empty() || !row.cold.empty()) out.push_back(std::move(row));
  }
  return out;
}

std::string fresh_words(const of_rule& row, const reference_data& reference) {
  std::vector<std::string> named;
  for (const auto* one : row.fresh) {
    if (named.size() == most_named) {
      named.push_back(fmt::format("{} more", row.fresh.size() - most_named));
      break;
    }
    named.push_back(rules::series_text(one->series, reference));
  }
  return fmt::format("New this week, '{}' ({}) watches {}: {} behind {} the {} of history that the rule needs, and it "
                     "can signal there from now on.",
                     row.by->title, row.by->id.str(), join_and(named), row.fresh.size() == 1 ? "it has" : "they have",
                     row.fresh.size() == 1 ? "it" : "them", tuning::periods_words(row.fresh.front()->needed, *row.by));
}

std::string ready_on(instant at, const reference_data& reference) {
  return reference.local_zone.format(at).substr(0, 10);
}

std::string cold_words(const std::vector<of_rule>& rows, const reference_data& reference) {
  std::vector<std::string> said;
  std::size_t rules_left = 0, series_left = 0;
  for (const auto& row : rows) {
    if (row.cold.empty()) continue;
    if (said.size() == most_rules) {
      ++rules_left;
      series_left += row.cold.size();
      continue;
    }
    said.push_back(fmt::format("'{}' in {} of its {} series (the next, {}, is ready on {})", row.by->title,
                               row.cold.size(), row.all, rules::series_text(row.cold.front()->series, reference),
                               ready_on(row.cold.front()->ready, reference)));
  }
  if (rules_left > 0)
    said.push_back(fmt::format("{} more rule{} in {} series", rules_left, rules_left == 1 ? "" : "s", series_left));
  return fmt::format("Still warming up, and silent until then: {}. `forewarn outlook` has the rest.", join_and(said));
}

} // namespace

std::vector<std::string> warming_words(const std::vector<rules::period_state>& all, const rules::rule_set& by,
                                       instant since, instant now) {
  const auto rows = rows_of(all, by, since, now);
  std::vector<std::string> out;
  std::size_t rules_left = 0, series_left = 0;
  for (const auto& row : rows) {
    if (row.fresh.empty()) continue;
    if (out.size() < most_rules) {
      out.push_back(fresh_words(row, *by.reference));
      continue;
    }
    ++rules_left;
    series_left += row.fresh.size();
  }
  if (rules_left > 0)
    out.push_back(fmt::format("{} more rule{} began to watch {} series this week.", rules_left,
                              rules_left == 1 ? "" : "s", series_left));
  if (std::any_of(rows.begin(), rows.end(), [](const of_rule& row) { return !row.cold.empty(); }))
    out.push_back(cold_words(rows, *by.reference));
  return out;
}

void note_warming(const rules::engine& from, store& ledger, instant now) {
  const auto due = week_due(ledger);
  if (!due || now < *due) return;
  auto since = now - std::chrono::hours{7 * 24};
  if (const auto told = ledger.mark(told_mark)) {
    std::int64_t microseconds = 0;
    std::from_chars(told->data(), told->data() + told->size(), microseconds);
    since = instant{duration{microseconds}};
  }
  json::array words;
  for (const auto& one :
       warming_words(from.period_states(now, rules::period_detail::history), from.rules(), since, now))
    words.emplace_back(one);
  ledger.set_mark(words_mark, json::serialize(words));
  ledger.set_mark(told_mark, std::to_string(now.time_since_epoch().count()));
}

std::vector<std::string> take_warming(store& ledger) {
  std::vector<std::string> out;
  const auto text = ledger.mark(words_mark);
  if (!text || text->empty()) return out;
  const auto words = json::parse(*text);
  for (const auto& one : words.as_array()) out.emplace_back(one.as_string());
  ledger.set_mark(words_mark, "");
  return out;
}

} // namespace forewarn::alerting
