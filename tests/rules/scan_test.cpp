// SPDX-License-Identifier: Apache-2.0
// The space-time scan as a rule: against a slow engine that counts everything anew at the end of every day; what it
// says of clusters that go on, come back, move and turn out wrong; across a restart, a reload and forgetting.
#include "rules/activity.hpp"
#include "rules/backtest.hpp"
#include "rules/scan/cluster.hpp"
#include "rules/snapshot.hpp"
#include "tests/rules/engine_world.hpp"
#include "tests/rules/naive_scan.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <random>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

// Nine wards, three by three, in London time.
std::shared_ptr<const reference_data> nine_wards() {
  static const auto known = [] {
    auto out = std::make_shared<reference_data>(*reference());
    std::vector<area> rows;
    for (int i = 0; i < 9; ++i) {
      area one;
      one.code = area_code{fmt::format("W{}", i + 1)};
      one.name = fmt::format("Ward {}", i + 1);
      one.level = area_level::ward;
      one.population = 1'000 + 100 * i;
      const int row = i / 3;
      one.latitude = 53.8 + 0.01 * row + 0.0001 * i;
      one.longitude = -1.5 + 0.017 * (i % 3);
      rows.push_back(one);
    }
    out->areas = area_table{std::move(rows)};
    out->local_zone = *zone::named("Europe/London");
    return std::shared_ptr<const reference_data>{out};
  }();
  return known;
}

rule scan_rule(scan_detector how, duration clear_after = 24h) {
  return rule_with(how, clear_after);
}

std::shared_ptr<const rule_set> over_wards(std::vector<rule> all, duration memory = 400 * 24h) {
  auto out = std::make_shared<rule_set>();
  out->reference = nine_wards();
  out->rules = std::move(all);
  out->memory = memory;
  return out;
}

class dice {
public:
  explicit dice(unsigned seed) : source_{seed} {}
  int below(int limit) { return static_cast<int>(source_() % static_cast<unsigned>(limit)); }
  bool once_in(int times) { return below(times) == 0; }

private:
  std::mt19937 source_;
};

// Forty days with the night of the spring change amid them; some weeks have a cluster. Hours since March 1, 2026.
std::vector<observation> random_stream(dice& roll) {
  std::vector<observation> out;
  double now = 0;
  int centre = 0, left = 0;
  for (int i = 0; i < 260; ++i) {
    now += 0.5 * roll.below(15);
    if (left-- <= 0 && roll.once_in(30)) {
      centre = roll.below(9);
      left = 12;
    }
    const bool again = i > 5 && roll.once_in(7);
    auto one = seen(std::to_string(again ? i - 1 - roll.below(20) : i), now, now);
    if (roll.once_in(4)) one.occurred_at -= std::chrono::hours{roll.below(90)};
    one.ward = area_code{fmt::format("W{}", 1 + (left > 0 ? centre : roll.below(9)))};
    if (roll.once_in(15)) one.ward.reset();
    one.substances = {substance_id{roll.once_in(3) ? "cocaine" : "heroin"}};
    if (roll.once_in(6)) one.substances.push_back(substance_id{"methadone"});
    if (roll.once_in(5)) one.incident = incident_id{"i" + std::to_string(i / 4)};
    if (roll.once_in(9)) one.weight = 0.5 * roll.below(5);
    one.revision = again ? 1 + roll.below(3) : 1;
    one.withdrawn = again && roll.once_in(2);
    out.push_back(one);
  }
  return out;
}

std::vector<feed_turn> random_turns(dice& roll) {
  std::vector<feed_turn> out;
  double at = 300;
  for (int left = roll.below(4); left > 0; --left) {
    out.push_back({feed_id{"yas"}, kind_id{"ambulance"}, feed_state::overdue, hour(at += roll.below(150))});
    out.push_back({feed_id{"yas"}, kind_id{"ambulance"}, roll.once_in(6) ? feed_state::retired : feed_state::current,
                   hour(at += 1 + roll.below(60))});
  }
  return out;
}

rule random_rule(dice& roll) {
  const auto from = [&](std::size_t least, int span) { return least + static_cast<std::size_t>(roll.below(span)); };
  scan_detector how;
  how.most_days = from(1, 5);
  how.baseline_days = from(15, 40);
  how.poisson = roll.once_in(3);
  how.recurrence = {{level::amber, 4}, {level::red, 25}};
  how.min_count = 2 + roll.below(2);
  how.min_history = from(3, 6);
  how.replicates = 99;
  how.seed = static_cast<std::uint64_t>(roll.below(100));
  auto out = scan_rule(how, std::chrono::hours{24 + 12 * roll.below(6)});
  if (roll.once_in(2)) out.for_each = {{{field::substances, {}}, true, false, false}};
  return out;
}

std::string text_of(const signal& s, std::vector<std::string> evidence) {
  std::sort(evidence.begin(), evidence.end());
  std::string changes;
  for (const auto& one : s.changes)
    changes += fmt::format(" {}={}:{}", format_rfc3339(one.at), to_text(one.level), one.value);
  return fmt::format("{} {}..{} {} {} {} of {:.3g} in {}..{}{}{}{}{} on {}", to_json(s.series),
                     format_rfc3339(s.opened_at), s.closed_at ? format_rfc3339(*s.closed_at) : "open",
                     s.close_reason ? to_text(*s.close_reason) : "-", to_text(s.level), s.value, s.bound,
                     format_rfc3339(s.window.from), format_rfc3339(s.window.to), s.late ? " late" : "",
                     s.contradicted ? " contradicted" : "", s.held ? " held" : "", changes, fmt::join(evidence, ","));
}

std::string by_backtest(const std::shared_ptr<const rule_set>& rules, const std::vector<observation>& stream,
                        const std::vector<feed_turn>& turns) {
  std::string out;
  for (const auto& one : run_backtest(rules, stream, {{}, {}, turns}).signals) {
    std::vector<std::string> ids;
    for (const auto& key : one.evidence) ids.push_back(key.id.str());
    out += text_of(one.state, ids) + "\n";
  }
  return out;
}

std::string by_oracle(const rule& by, const std::vector<observation>& stream, const std::vector<feed_turn>& turns) {
  naive_scan::engine slow{by, *nine_wards()};
  auto turn = turns.begin();
  for (const auto& one : stream) {
    for (; turn != turns.end() && turn->at < one.received_at; ++turn) slow.hear(*turn);
    slow.observe(one);
  }
  for (; turn != turns.end(); ++turn) slow.hear(*turn);
  const auto midnight = [&](std::int32_t day) {
    return nine_wards()->local_zone.to_instant(civil_time{std::chrono::days{day}}).at;
  };
  auto all = slow.signals();
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.opened_at, a.series) < std::tie(b.opened_at, b.series);
  });
  std::string out;
  for (const auto& one : all) {
    signal s;
    s.series = one.series;
    s.opened_at = one.opened_at;
    s.closed_at = one.closed_at;
    s.close_reason = one.reason;
    s.level = one.shown.how;
    s.value = one.shown.value;
    s.bound = rounded(one.shown.bound);
    s.window = {midnight(one.shown.first), midnight(one.shown.last + 1)};
    s.late = one.late;
    s.contradicted = one.contradicted;
    s.held = !one.closed_at && slow.is_held();
    s.changes = one.changes;
    out += text_of(s, {one.evidence.begin(), one.evidence.end()}) + "\n";
  }
  return out;
}

std::string saved(const rules::engine& one) {
  std::string out;
  snapshot_writer to{[&out](const char* bytes, std::size_t count) { out.append(bytes, count); }};
  one.save(to);
  to.finish();
  return out;
}

std::string text_of(const std::vector<signal_event>& events) {
  std::string out;
  for (const auto& one : events) {
    out += fmt::format("{} {} ", format_rfc3339(one.at), to_text(one.what));
    std::vector<std::string> added;
    for (const auto& key : one.evidence_added) added.push_back(key.id.str());
    out += text_of(one.now, added) + "\n";
  }
  return out;
}

unsigned runs() {
  return std::getenv("FOREWARN_LONG") != nullptr ? 1'000U : 12U; // NOLINT(concurrency-mt-unsafe)
}

// Quiet weeks: two call-outs a day, in six wards by turns; the corners and the middle have had one. From March 1, noon.
std::vector<observation> quiet_days(int days) {
  static constexpr int usual[] = {2, 3, 4, 6, 7, 8}, seldom[] = {1, 5, 9};
  std::vector<observation> out;
  const auto add = [&](int day, int ward) {
    out.push_back(seen(fmt::format("q{}", out.size()), day * 24 + 12));
    out.back().ward = area_code{fmt::format("W{}", ward)};
  };
  for (int day = 0; day < days; ++day) {
    if (day < 3) add(day, seldom[day]);
    add(day, usual[2 * day % 6]);
    add(day, usual[(2 * day + 1) % 6]);
  }
  return out;
}

void add_cluster(std::vector<observation>& to, const char* ward, double at, int cases) {
  for (int i = 0; i < cases; ++i) {
    to.push_back(seen(fmt::format("{}-{}-{}", ward, at, i), at + i * 0.1));
    to.back().ward = area_code{ward};
  }
}

scan_detector usual() {
  scan_detector how;
  how.min_history = 14;
  return how;
}

std::vector<signal_event> told(const rule& by, std::vector<observation> all, double until,
                               const std::vector<feed_turn>& turns = {}) {
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.received_at < b.received_at; });
  rules::engine running{over_wards({by})};
  std::vector<signal_event> out;
  auto turn = turns.begin();
  for (const auto& one : all) {
    for (; turn != turns.end() && turn->at < one.received_at; ++turn) running.hear(*turn, out);
    running.observe(one, out);
  }
  for (; turn != turns.end(); ++turn) running.hear(*turn, out);
  running.advance(hour(until), out);
  return out;
}

std::string heard(const std::vector<signal_event>& all) {
  std::string out;
  for (const auto& one : all)
    out += fmt::format("{}{} {} {}", out.empty() ? "" : "; ", format_rfc3339(one.at).substr(5, 8), to_text(one.what),
                       one.now.value);
  return out;
}

} // namespace

TEST_SUITE("the scan as a rule") {

  TEST_CASE("it finds what counting everything anew at each day's end finds") {
    std::size_t signals = 0;
    for (unsigned seed = 1; seed <= runs(); ++seed) {
      CAPTURE(seed);
      dice roll{seed};
      const auto by = random_rule(roll);
      const auto stream = random_stream(roll);
      const auto turns = random_turns(roll);
      const auto got = by_backtest(over_wards({by}), stream, turns);
      const auto expected = by_oracle(by, stream, turns);
      signals += static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '\n'));
      REQUIRE(got == expected);
    }
    CHECK(signals > 3 * runs());
  }

  TEST_CASE("a restart, new rules beside it, and forgetting change nothing of what it says") {
    for (unsigned seed = 1; seed <= runs() / 4; ++seed) {
      CAPTURE(seed);
      dice roll{seed + 5'000};
      auto by = random_rule(roll);
      auto& how = std::get<scan_detector>(by.detector);
      how.baseline_days = 8 + how.most_days; // so that it forgets within the stream
      auto stream = random_stream(roll);
      auto other = by; // looks back as far: two engines that forget differently cannot be joined
      other.id = rule_id{"other"};
      auto changed = other;
      changed.hash = "sha256:1";
      const auto first = over_wards({other, by}, 150h), second = over_wards({changed, by}, 150h);

      rules::engine straight{over_wards({by}, 150h)}, turning{first};
      std::vector<signal_event> expected, got;
      for (std::size_t i = 0; i < stream.size(); ++i) {
        straight.observe(stream[i], expected, straight.may_have_forgotten(stream[i]));
        turning.observe(stream[i], got, turning.may_have_forgotten(stream[i]));
        if (i % 40 == 20) {
          const auto bytes = saved(turning);
          snapshot_reader from{bytes};
          turning = rules::engine::restore(i < 130 ? first : second, from);
        }
        if (i == 130) { // as the daemon does it: what is new takes the past beside the engine, and joins it
          rules::engine fresh{over_wards({changed}, 150h)};
          std::vector<signal_event> past;
          for (std::size_t j = 0; j <= i; ++j) fresh.observe(stream[j], past, fresh.may_have_forgotten(stream[j]));
          turning.adopt(second, std::move(fresh));
        }
      }
      CHECK(straight.has_forgotten());
      std::erase_if(got, [](const signal_event& one) { return one.now.rule != rule_id{"rule"}; });
      REQUIRE(text_of(got) == text_of(expected));
    }
  }

  TEST_CASE("a rule that joins a running engine goes on there, after its own engine is gone") {
    const auto by = scan_rule(usual());
    auto stream = quiet_days(40);
    add_cluster(stream, "W5", 35 * 24 + 10, 6);
    std::stable_sort(stream.begin(), stream.end(),
                     [](const auto& a, const auto& b) { return a.received_at < b.received_at; });
    auto other = count_rule();
    other.id = rule_id{"other"};
    const auto before = over_wards({other}), after = over_wards({other, by});
    rules::engine running{before};
    std::vector<signal_event> out;
    std::size_t i = 0;
    for (; i < 50; ++i) running.observe(stream[i], out);
    {
      rules::engine fresh{rules_new_in(*after, *before)};
      for (std::size_t j = 0; j < i; ++j) fresh.observe(stream[j], out);
      running.adopt(after, std::move(fresh));
    }
    for (; i < stream.size(); ++i) running.observe(stream[i], out);
    running.advance(hour(24 * 60), out);
    std::erase_if(out, [](const signal_event& one) { return one.now.rule != rule_id{"rule"}; });
    CHECK(heard(out).starts_with("04-05T23 opened 6")); // midnight of London summer time
  }

  TEST_CASE("a cluster's life") {
    const auto by = scan_rule(usual(), 48h);
    auto stream = quiet_days(40);
    SUBCASE("it opens when its day ends, grows, and closes when so many days have passed without it") {
      add_cluster(stream, "W5", 25 * 24 + 10, 5);
      add_cluster(stream, "W5", 26 * 24 + 10, 2);
      const auto all = told(by, stream, 40 * 24);
      REQUIRE(all.size() > 2);
      CHECK(all.front().what == signal_change::opened);
      CHECK(all.front().at == hour(26 * 24));
      CHECK(all.front().now.opened_at == hour(26 * 24));
      CHECK(all.front().now.value == 5);
      CHECK(all.front().now.bound < 1);
      CHECK(all.front().now.level == level::red);
      CHECK(all.front().now.window == time_window{hour(25 * 24), hour(26 * 24)});
      CHECK(all.front().evidence_added.size() == 5);
      CHECK(all[1].what == signal_change::grew);
      CHECK(all[1].now.value == 7);
      CHECK(all.back().what == signal_change::closed);
      CHECK(*all.back().now.close_reason == close_reason::below_threshold);
      const auto local = nine_wards()->local_zone.format(*all.back().now.closed_at);
      CHECK(local.find("00:00") != std::string::npos); // of London, where a day of 23 hours lies between
    }
    SUBCASE("elsewhere while it is open: the same signal, and on-call hears of it") {
      add_cluster(stream, "W1", 20 * 24 + 10, 5);
      add_cluster(stream, "W9", 21 * 24 + 10, 7);
      const auto all = told(by, stream, 40 * 24);
      REQUIRE(all.size() > 2);
      CHECK(heard(all).substr(0, 47) == "03-22T00 opened 5; 03-23T00 fresh_crossing 7; 0");
      CHECK(all[1].evidence_added.size() == 7);
    }
    SUBCASE("found again after it closed: with something new it is a signal of its own") {
      add_cluster(stream, "W1", 20 * 24 + 10, 4);
      const auto alone = told(scan_rule(usual()), stream, 40 * 24);
      REQUIRE(alone.back().what == signal_change::closed);
      const auto closed = *alone.back().now.closed_at;
      add_cluster(stream, "W1", std::chrono::duration<double>(closed - hour(0)).count() / 3600 + 10, 3);
      const auto all = told(scan_rule(usual()), stream, 40 * 24);
      CHECK(std::count_if(all.begin(), all.end(), [](const auto& e) { return e.what == signal_change::opened; }) == 2);
    }
    SUBCASE("withdrawn: its days are looked at again when the next day ends") {
      add_cluster(stream, "W5", 20 * 24 + 10, 5);
      for (int i = 0; i < 5; ++i) {
        auto gone = seen(fmt::format("W5-{}-{}", 20 * 24 + 10, i), 20 * 24 + 10, 21 * 24 + 9);
        gone.withdrawn = true;
        gone.revision = 2;
        stream.push_back(gone);
      }
      const auto all = told(by, stream, 40 * 24);
      REQUIRE(all.size() == 2);
      CHECK(all.back().at == hour(22 * 24));
      CHECK(*all.back().now.close_reason == close_reason::data_corrected);
    }
    SUBCASE("a late record is in the scan of the day on which it came") {
      add_cluster(stream, "W5", 20 * 24 + 10, 5);
      for (auto& one : stream)
        if (one.key.id.str().starts_with("W5")) one.received_at += 50h;
      const auto all = told(by, stream, 40 * 24);
      REQUIRE_FALSE(all.empty());
      CHECK(all.front().at == hour(23 * 24));
      CHECK_FALSE(all.front().now.retrospective);
    }
    SUBCASE("a day on which a feed was overdue is not judged, and puts off the end") {
      add_cluster(stream, "W5", 20 * 24 + 10, 5);
      const std::vector<feed_turn> turns{
          {feed_id{"yas"}, kind_id{"ambulance"}, feed_state::overdue, hour(21 * 24 + 8)},
          {feed_id{"yas"}, kind_id{"ambulance"}, feed_state::current, hour(21 * 24 + 8.5)}};
      auto one_day = usual();
      one_day.most_days = 1;
      CHECK(heard(told(scan_rule(one_day), stream, 40 * 24)) == "03-22T00 opened 5; 03-23T00 closed 5");
      const auto all = told(scan_rule(one_day), stream, 40 * 24, turns);
      CHECK(heard(all) == "03-22T00 opened 5; 03-22T08 held 5; 03-22T08 resumed 5; 03-24T00 closed 5");
    }
    SUBCASE("without history it says nothing, and a few cases are no cluster") {
      auto early = usual();
      early.min_history = 30;
      add_cluster(stream, "W5", 20 * 24 + 10, 5);
      CHECK(told(scan_rule(early), stream, 24 * 24).empty());
      auto many = usual();
      many.min_count = 6;
      CHECK(told(scan_rule(many), stream, 40 * 24).empty());
    }
    SUBCASE("a feed that joins is no cluster") {
      for (int day = 20; day < 40; ++day) {
        stream.push_back(seen(fmt::format("new{}", day), day * 24 + 5));
        stream.back().key.feed = feed_id{"emas"};
        stream.back().ward = area_code{"W2"};
      }
      CHECK(told(by, stream, 40 * 24).empty());
    }
  }

  TEST_CASE("tools that look back at the records see the cluster that the engine saw") {
    const auto by = scan_rule(usual());
    auto stream = quiet_days(30);
    add_cluster(stream, "W5", 25 * 24 + 10, 5);
    const auto& reference = *nine_wards();
    const cluster_judge judge{by, reference};
    const periods calendar{period_length::day, reference.local_zone};
    const auto all = clusters_on(by, judge, standing(stream), {}, calendar.of(hour(25 * 24 + 1)), reference);
    REQUIRE(all.size() == 1);
    CHECK(all.front().history == 25);
    REQUIRE(all.front().best);
    CHECK(all.front().best->observed == 5);
    CHECK(*all.front().best->level == level::red);
    CHECK(places_words(*all.front().best, judge.layout(), reference) == "Ward 5");
    CHECK(recurrence_words(412.2) == "412 days");
  }
}
