// SPDX-License-Identifier: Apache-2.0
// Periodic rules: which period a record falls into, when its signal opens, what is said before it can be judged, what
// makes baseline only, and what is expected of days of which not all has arrived.
#include "rules/engine_world.hpp"
#include "rules/small_world.hpp"

#include "rules/backtest.hpp"
#include "rules/detectors/method.hpp"
#include "rules/periodic/periods.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <random>

using namespace forewarn;
using namespace forewarn::rules;

namespace {

using std::chrono::days;
using std::chrono::hours;

std::int32_t day_number(const char* day) {
  return static_cast<std::int32_t>(
      std::chrono::floor<days>(parse_rfc3339(std::string{day} + "T00:00:00Z").value()).time_since_epoch().count());
}

std::shared_ptr<const reference_data> in_london() {
  static const auto world = [] {
    auto out = std::make_shared<reference_data>(forewarn::test::small_world());
    out->local_zone = zone::named("Europe/London").value();
    return std::shared_ptr<const reference_data>{out};
  }();
  return world;
}

std::shared_ptr<const rule_set> one_rule(const std::string& detect, const std::string& more = "") {
  const auto text = forewarn::test::file_with("detect: {" + detect + "}\n" + more);
  auto loaded = load_rules({{"rules.yaml", text}}, in_london());
  INFO(render(loaded.found, {{"rules.yaml", text}}));
  REQUIRE_FALSE(has_errors(loaded.found));
  return loaded.rules;
}

observation call_out(const std::string& id, instant at, const char* feed = "yas") {
  observation out;
  out.key = {feed_id{feed}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = out.received_at = at;
  out.ward = area_code{"E05011387"};
  out.substances = {substance_id{"heroin"}};
  return out;
}

// `counts` a day from `first` on, spread over the day, in London's clock.
std::vector<observation> days_of(const char* first, const std::vector<int>& counts, const char* feed = "yas") {
  std::vector<observation> out;
  const periods calendar{period_length::day, in_london()->local_zone};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto day = calendar.begin(day_number(first) + static_cast<std::int32_t>(i));
    for (int n = 0; n < counts[i]; ++n)
      out.push_back(
          call_out(fmt::format("{}-{}-{}-{}", feed, first, i, n), day + hours{1} + std::chrono::minutes{55 * n}, feed));
  }
  return out;
}

std::vector<int> repeat(std::vector<int> week, std::size_t times) {
  std::vector<int> out;
  for (std::size_t i = 0; i < times; ++i) out.insert(out.end(), week.begin(), week.end());
  return out;
}
std::vector<int> joined(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<reported_signal> signals_of(const std::shared_ptr<const rule_set>& by, const std::vector<observation>& seen,
                                        const std::vector<feed_turn>& turns = {}) {
  return run_backtest(by, seen, {{}, {}, turns}).signals;
}

std::vector<int> random_counts(unsigned seed, std::size_t periods, double mean) {
  std::mt19937 source{seed};
  std::poisson_distribution<int> quiet{mean}, wave{mean * 4 + 3};
  std::vector<int> out;
  for (std::size_t i = 0; i < periods; ++i) out.push_back(i % 90 > 86 ? wave(source) : quiet(source));
  return out;
}

std::vector<observation> joined_seen(std::vector<observation> a, const std::vector<observation>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::stable_sort(a.begin(), a.end(), [](const auto& x, const auto& y) { return x.received_at < y.received_at; });
  return a;
}

const char* const quiet_name = "nb_multiwindow: {alpha: {amber: 0.0027, red: 0.0001}}";

} // namespace

TEST_SUITE("periodic rules") {

  TEST_CASE("a day is the zone's, of 23 hours or of 25; a week begins on Monday") {
    const auto london = in_london()->local_zone;
    const periods by_day{period_length::day, london}, by_week{period_length::week, london};
    struct {
      const char* name;
      const char* at;
      const char* day;
      int hours; // of that day
    } const rows[] = {
        {"winter", "2026-01-10T00:00:00Z", "2026-01-10", 24},
        {"the last moment of a day", "2026-01-09T23:59:59.999999Z", "2026-01-09", 24},
        {"summer begins", "2026-03-29T00:30:00Z", "2026-03-29", 23},
        {"its last moment", "2026-03-29T22:59:59Z", "2026-03-29", 23},
        {"the day after", "2026-03-29T23:00:00Z", "2026-03-30", 24},
        {"summer ends", "2026-10-24T23:00:00Z", "2026-10-25", 25},
        {"its last hour", "2026-10-25T23:59:59Z", "2026-10-25", 25},
        {"long ago", "1969-12-28T12:00:00Z", "1969-12-28", 24},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto at = parse_rfc3339(row.at).value();
      const auto day = by_day.of(at);
      CHECK(day == day_number(row.day));
      CHECK(by_day.end(day) - by_day.begin(day) == hours{row.hours});
      CHECK(by_day.begin(day) <= at);
      CHECK(at < by_day.end(day));
      const auto week = by_week.of(at);
      CHECK((by_week.first_day(week) + 3) % 7 == 0);
      CHECK(by_week.first_day(week) <= day);
      CHECK(day < by_week.first_day(week + 1));
    }
  }

  TEST_CASE(
      "the signal opens at the very record that lifts the count over the bound, and a period's end says the same") {
    struct {
      const char* name;
      const char* detect;
      const char* method;
      std::vector<detectors::setting> settings;
      double mean;
    } const rows[] = {
        {"few a day", "nb_multiwindow: {alpha: 0.0027}", "nb_multiwindow", {{"alpha", "0.0027"}}, 0.4},
        {"some a day", "nb_multiwindow: {alpha: 0.0027}", "nb_multiwindow", {{"alpha", "0.0027"}}, 3},
        {"an exact tail", "gamma_poisson: {alpha: 0.001}", "gamma_poisson", {{"alpha", "0.001"}}, 1},
        {"EARS", "ears: {method: C2}", "ears", {{"method", "C2"}}, 2},
        {"a mean that follows", "mean_ksd: {window: 60, k: 3}", "mean_ksd", {{"window", "60"}, {"k", "3"}}, 2},
        {"ESSENCE", "essence: {method: ewma}", "essence", {{"method", "ewma"}}, 2},
    };
    std::size_t alarms = 0;
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto counts = random_counts(17, 500, row.mean);
      const auto by = one_rule(row.detect);
      auto settings = row.settings;
      settings.push_back({"min_count", "3"});
      const auto method = detectors::make_method(row.method, settings).value();

      // Day by day, and record by record.
      detectors::series line;
      for (std::size_t t = 0; t < counts.size(); ++t) {
        line.counts.push_back(counts[t]);
        line.days.push_back(day_number("2024-01-01") + static_cast<std::int32_t>(t));
        const auto weekday = static_cast<std::uint8_t>(((line.days.back() + 3) % 7 + 7) % 7);
        line.weekdays.push_back(line.days.back() == day_number("2026-12-25") ? 6 : weekday);
      }
      std::map<std::int32_t, bool> by_the_end;
      const auto told = detectors::judge_all(method, line);
      auto first = std::size_t{0};
      while (counts[first] == 0) ++first; // the series begins with its first record
      for (std::size_t t = first + 28; t < counts.size(); ++t)
        if (told[t].alarm.value_or(false) && counts[t] > 0 && t - first >= method.history)
          by_the_end[line.days[t]] = true;

      engine running{by};
      std::vector<signal_event> events;
      std::map<std::int32_t, bool> by_records;
      std::map<std::int32_t, std::pair<double, double>> crossed; // count and bound at that record
      const periods calendar{period_length::day, in_london()->local_zone};
      for (const auto& one : days_of("2024-01-01", counts)) {
        events.clear();
        running.observe(one, events);
        const auto day = calendar.of(one.occurred_at);
        for (const auto& event : events)
          if (event.what != signal_change::closed && !event.evidence_added.empty() &&
              event.now.window.to >= calendar.end(day) - days{30}) {
            if (!by_records[day] && event.now.window.from == calendar.begin(day))
              crossed[day] = {event.now.value, event.now.bound};
            by_records[day] = true;
          }
      }
      if (method.name != "essence") CHECK(by_records == by_the_end); // its chart is begun anew each time
      CHECK_FALSE(by_records.empty());
      alarms += by_records.size();
      for (const auto& [day, at] : crossed) {
        CHECK(at.first > at.second);
        CHECK((at.first - 1 <= std::max(at.second, 0.0) || at.first <= 3)); // one fewer was within it
      }
    }
    CHECK(alarms > 20);
  }

  TEST_CASE("what keeps a day from being judged, and what does not") {
    const auto history = repeat({1, 0, 1, 1, 0, 2, 1}, 12); // 84 days from Monday 2026-01-05 on
    struct {
      const char* name;
      std::vector<observation> seen;
      const char* detect;
      std::size_t signals;
      std::vector<feed_turn> turns = {};
    } const rows[] = {
        {"a wave after twelve weeks", days_of("2026-01-05", joined(history, {8})), quiet_name, 1},
        {"one below the least count", days_of("2026-01-05", joined(history, {8})),
         "nb_multiwindow: {alpha: 0.0027, min_count: 20}", 0},
        {"a history too short", days_of("2026-02-09", joined(repeat({1, 0, 1, 1, 0, 2, 1}, 7), {8})), quiet_name, 0},
        {"shorter than asked for", days_of("2026-01-05", joined(history, {8})),
         "nb_multiwindow: {alpha: 0.0027, min_history: 90}", 0},
        {"since when nothing happened", days_of("2026-03-30", {8}), "gamma_poisson: {alpha: 0.001, since: 2026-01-05}",
         1},
        {"without it, nobody knows", days_of("2026-03-30", {8}), "gamma_poisson: {alpha: 0.001}", 0},
        {"since, and the feed is old", joined_seen(days_of("2026-01-05", {1}, "yas"), days_of("2026-03-30", {8})),
         "gamma_poisson: {alpha: 0.001, since: 2026-01-05}", 1},
        {"a feed that is new makes baseline only",
         joined_seen(days_of("2026-01-05", history), days_of("2026-03-30", {8}, "emas")), quiet_name, 0},
        {"and hides no wave of another",
         joined_seen(days_of("2026-01-05", history),
                     joined_seen(days_of("2026-03-20", {1}, "emas"), days_of("2026-03-30", {8}))),
         quiet_name, 1},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto found = signals_of(one_rule(row.detect), row.seen, row.turns);
      CHECK(found.size() == row.signals);
    }
  }

  TEST_CASE("a past wave that is left out does not hide the next; nor does a silence count as quiet") {
    auto counts = repeat({1, 0, 1, 1, 0, 2, 1}, 10);
    counts = joined(counts, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    counts = joined(counts, joined(repeat({1, 0, 1, 1, 0, 2, 1}, 2), {7}));
    const auto seen = days_of("2026-01-05", counts); // the wave: 2026-03-16 to 2026-03-25
    const auto last_day = [](const std::vector<reported_signal>& all) {
      return std::count_if(all.begin(), all.end(), [](const auto& one) {
        return one.state.opened_at >= parse_rfc3339("2026-04-05T00:00:00Z").value();
      });
    };
    CHECK(last_day(signals_of(one_rule(quiet_name), seen)) == 0);
    CHECK(last_day(signals_of(one_rule("nb_multiwindow: {alpha: 0.0027, exclude: [{from: 2026-03-16, to: "
                                       "2026-03-25}]}"),
                              seen)) == 1);

    // Thirty days of nothing, of which nobody knows.
    const auto busy = repeat({4, 5, 4, 5, 6, 4, 5}, 10);
    const auto after = days_of("2026-01-05", joined(joined(busy, std::vector<int>(30, 0)), {9}));
    const auto from = parse_rfc3339("2026-03-16T00:30:00Z").value();
    const auto to = parse_rfc3339("2026-04-14T20:00:00Z").value();
    const feed_turn silent{feed_id{"yas"}, kind_id{"ambulance"}, feed_state::overdue, from};
    const feed_turn back{feed_id{"yas"}, kind_id{"ambulance"}, feed_state::current, to};
    CHECK(signals_of(one_rule("gamma_poisson: {alpha: 0.01}"), after).size() == 1);
    CHECK(signals_of(one_rule("gamma_poisson: {alpha: 0.01}"), after, {silent, back}).empty());
  }

  TEST_CASE("the signal's life: one for a wave, its best day shown, closed after a quiet one") {
    const auto seen = days_of("2026-01-05", joined(repeat({1, 0, 1, 1, 0, 2, 1}, 12), {6, 9, 0, 0, 0}));
    auto found = signals_of(one_rule(quiet_name), seen);
    REQUIRE(found.size() == 1);
    const auto& one = found.front().state;
    CHECK(one.value == 9);
    CHECK(one.level == level::red);
    CHECK(format_rfc3339(one.window.from) == "2026-03-30T23:00:00Z");
    CHECK(format_rfc3339(one.window.to) == "2026-03-31T23:00:00Z");
    CHECK(found.front().evidence.size() == 15);
    CHECK_FALSE(one.closed_at); // no record came after
    const auto to = parse_rfc3339("2026-04-05T00:00:00Z").value();
    found = run_backtest(one_rule(quiet_name), seen, {{}, to, {}}).signals;
    REQUIRE(found.size() == 1);
    REQUIRE(found.front().state.closed_at);
    CHECK(format_rfc3339(*found.front().state.closed_at) == "2026-04-01T23:00:00Z");
  }

  TEST_CASE("where a series stands in its period, and that it is warming up") {
    engine running{one_rule(quiet_name, "for_each: [ward]")};
    std::vector<signal_event> events;
    const auto ask = [&](const std::vector<int>& counts) {
      for (const auto& one : days_of("2026-01-05", counts)) running.observe(one, events);
      const auto now = parse_rfc3339("2026-01-05T12:00:00Z").value() + days{counts.size() - 1};
      const auto all = running.period_states(std::max(now, instant{}));
      REQUIRE(all.size() == 1);
      return all.front();
    };
    auto counts = repeat({1, 0, 1, 1, 0, 2, 1}, 5);
    auto state = ask(counts);
    CHECK(state.warming_up());
    CHECK(state.history == 34);
    CHECK(state.needed == 63);
    CHECK_FALSE(state.bound);
  }

  TEST_CASE("how many today would be amber, or red, is what one record after the other then shows") {
    struct {
      const char* name;
      std::string detect;
      std::size_t steps;
    } const rows[] = {
        {"two levels", quiet_name, 2},
        {"a least count above the bound", "nb_multiwindow: {alpha: 0.0027, min_count: 9}", 1},
        {"an exact tail", "gamma_poisson: {alpha: {amber: 0.01, red: 0.0001}}", 2},
        {"a chart", "cusum: {k: 1.04, h: 3.5}", 1},
        {"the odds", "outbreak_odds: {alpha: {amber: 0.05, red: 0.002}, season: false}", 2},
        {"warming up", "nb_multiwindow: {alpha: 0.0027, min_history: 200}", 0},
    };
    const auto calendar = periods{period_length::day, in_london()->local_zone};
    const auto today = calendar.begin(day_number("2026-01-05") + 84);
    for (const auto& row : rows) {
      CAPTURE(row.name);
      engine running{one_rule(row.detect)};
      std::vector<signal_event> events;
      for (const auto& one : days_of("2026-01-05", joined(repeat({1, 0, 1, 1, 0, 2, 1}, 12), {1})))
        running.observe(one, events);
      REQUIRE(events.empty());
      const auto states = running.period_states(today + hours{2}, period_detail::steps);
      REQUIRE(states.size() == 1);
      const auto& steps = states.front().steps;
      REQUIRE(steps.size() == row.steps);
      CHECK(states.front().count == 1);
      CHECK(states.front().ready ==
            calendar.begin(day_number("2026-01-05") + static_cast<std::int32_t>(states.front().needed)));
      std::vector<std::pair<level, double>> reached;
      for (int count = 2; count <= 20; ++count) {
        events.clear();
        running.observe(call_out(fmt::format("more {}", count), today + hours{2} + std::chrono::minutes{count}),
                        events);
        for (const auto& event : events)
          if (event.what == signal_change::opened || event.what == signal_change::raised)
            reached.emplace_back(event.now.level, count);
      }
      REQUIRE(reached.size() == steps.size());
      for (std::size_t i = 0; i < steps.size(); ++i) {
        CHECK(reached[i].first == steps[i].level);
        CHECK(reached[i].second == steps[i].from);
      }
    }
  }

  TEST_CASE("what usually comes later is not waited for: late: scaled") {
    // Four in ten are known on their day, all on the next.
    const auto seen = [](const std::vector<int>& counts, int same_day_in_ten) {
      auto out = days_of("2025-06-02", counts);
      std::size_t number = 0;
      for (auto& one : out)
        if (static_cast<int>(number++ * 7 % 10) >= same_day_in_ten)
          one.received_at = one.occurred_at + std::chrono::hours{24};
      std::stable_sort(out.begin(), out.end(),
                       [](const auto& a, const auto& b) { return a.received_at < b.received_at; });
      return out;
    };
    std::size_t sooner = 0, later = 0;
    for (unsigned seed = 1; seed <= 6; ++seed) {
      const auto stream = seen(random_counts(seed, 540, 3), 4);
      const auto whole = signals_of(one_rule(quiet_name), stream);
      const auto scaled =
          signals_of(one_rule("nb_multiwindow: {alpha: {amber: 0.0027, red: 0.0001}, late: scaled}"), stream);
      for (const auto& one : whole)
        for (const auto& other : scaled) {
          if (std::chrono::abs(one.state.opened_at - other.state.opened_at) > days{4}) continue;
          if (other.state.opened_at < one.state.opened_at) ++sooner;
          if (other.state.opened_at > one.state.opened_at) ++later;
        }
      // No signal of the same series twice for one period.
      std::map<instant, int> of_period;
      for (const auto& one : scaled) ++of_period[one.state.window.to];
      for (const auto& [period, times] : of_period) CHECK(times == 1);
    }
    CHECK(sooner > 4 * later);
    CHECK(sooner >= 4);
  }
}
