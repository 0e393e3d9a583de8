// SPDX-License-Identifier: Apache-2.0
// Retention takes records and leaves what their days counted: to a periodic rule it is as if they were there. With
// purges and restarts at any time the engine says what it would have said without, to the last bound.
#include "daemon/retention/kept_days.hpp"
#include "daemon/retention/look_back.hpp"
#include "daemon/retention/purge.hpp"
#include "daemon/rule_change.hpp"
#include "daemon/store/open.hpp"
#include "daemon/tuning/young_series.hpp"
#include "rules/kept_counts.hpp"
#include "rules/look_back.hpp"
#include "rules/small_world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <random>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

constexpr duration day = 24h;
const instant begins = parse_rfc3339("2025-01-06T00:00:00Z").value();

std::shared_ptr<const reference_data> london() {
  static const auto world = [] {
    auto out = std::make_shared<reference_data>(test::small_world());
    out->local_zone = zone::named("Europe/London").value();
    return std::shared_ptr<const reference_data>{out};
  }();
  return world;
}

rules::rule rule_of(const std::string& lines) {
  auto loaded = test::load(test::file_with(lines), london());
  INFO(render(loaded.found, {}));
  REQUIRE_FALSE(has_errors(loaded.found));
  return loaded.rules->rules.front();
}

std::shared_ptr<const rules::rule_set> set_of(std::vector<rules::rule> all, duration memory = 400 * day) {
  auto out = std::make_shared<rules::rule_set>();
  out->memory = memory;
  out->reference = london();
  out->rules = std::move(all);
  return out;
}

observation call_out(const std::string& id, instant at) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = out.received_at = at;
  out.ward = area_code{"E05011387"};
  out.substances = {substance_id{"heroin"}};
  return out;
}

// Two wards, drugs alone and together, several records of one incident, some in prison, waves, records that come days
// late, corrections and withdrawals; one clock, strictly increasing.
class stream {
public:
  explicit stream(unsigned seed) : luck_{seed} {}

  std::vector<observation> make(int days) {
    for (int at = 0; at < days; ++at) {
      const bool wave = at % 61 > 57;
      std::poisson_distribution<int> incidents{wave ? 6.0 : 1.3};
      for (int n = incidents(luck_); n > 0; --n) add_incident(begins + at * day);
    }
    std::stable_sort(out_.begin(), out_.end(),
                     [](const auto& a, const auto& b) { return a.received_at < b.received_at; });
    auto last = instant::min();
    for (auto& one : out_) last = one.received_at = std::max(one.received_at, last + duration{1});
    return std::move(out_);
  }

private:
  bool chance(int in_hundred) { return static_cast<int>(luck_() % 100) < in_hundred; }

  void add_incident(instant midnight) {
    observation one;
    one.key.feed = feed_id{chance(70) ? "yas" : "wedinos"};
    one.kind = kind_id{"ambulance"};
    one.ward = area_code{chance(60) ? "E05011387" : "E05011388"};
    if (chance(15)) one.ward.reset(), one.lad = area_code{"E08000035"};
    if (chance(80)) one.substances.emplace_back("heroin");
    if (chance(30)) one.substances.emplace_back("diazepam");
    if (chance(20)) one.confirmed = one.substances;
    if (chance(20)) one.certainty = certainty::confirmed;
    if (chance(30)) one.setting = chance(30) ? setting::prison : setting::home;
    if (chance(70)) one.incident = incident_id{fmt::format("i:{}", ++incidents_)};
    one.weight = chance(5) ? 2 : 1;
    std::sort(one.substances.begin(), one.substances.end());
    one.occurred_at = midnight + std::chrono::minutes{luck_() % 1380};
    const auto calls = one.incident ? 1 + luck_() % 3 : 1;
    for (auto left = calls; left > 0; --left) {
      one.key.id = record_id{std::to_string(++records_)};
      one.received_at = one.occurred_at + std::chrono::minutes{chance(20) ? luck_() % 8'000 : luck_() % 30};
      out_.push_back(one);
      if (!chance(6)) continue;
      auto again = one;
      again.revision = 2;
      again.received_at += std::chrono::hours{luck_() % 200};
      if (calls > 1 || chance(50)) // records of one incident that tell of two wards count in each, once purged
        again.withdrawn = true;
      else
        again.ward = area_code{"E05011388"};
      out_.push_back(again);
    }
  }

  std::mt19937 luck_;
  std::vector<observation> out_;
  int records_ = 0, incidents_ = 0;
};

std::vector<rules::rule> served_rules() {
  const auto named = [](const char* id, const std::string& lines) {
    auto out = rule_of(lines);
    out.id = rule_id{id};
    return out;
  };
  const std::string who = "where: {substances: opioid, setting: {not: prison}}\n";
  return {named("a", who + "for_each: [ward]\nclear_after: 2d\ndetect: {nb_multiwindow: {alpha: {amber: 0.01, red: "
                           "0.001}, min_count: 2, baseline: 42, guard: 7, calibration: 280}}"),
          named("b", "for_each: [lad]\nclear_after: 3d\ndetect: {gamma_poisson: {alpha: 0.01, baseline: 200, measure: "
                     "observations}}"),
          named("c", who + "clear_after: 7d\ndetect: {outbreak_odds: {alpha: 0.1, min_count: 2, baseline: 42}}"),
          named("d", "clear_after: 14d\ndetect: {beta_binomial: {of: {confirmed: opioid}, every: week, baseline: 26, "
                     "alpha: 0.05, min_count: 1}}"),
          named("e", "where: {certainty: confirmed}\nfor_each: [substances]\nclear_after: 2d\ndetect: {ears: {method: "
                     "C2, baseline: 90}}")};
}

std::string told(const signal_event& one) {
  std::string out =
      fmt::format("{} {} {} {} {} {} {:.9g} {:.9g} {} {}", static_cast<int>(one.what), format_rfc3339(one.at),
                  one.now.rule.str(), to_json(one.now.series), one.now.id.str(), to_text(one.now.level), one.now.value,
                  one.now.bound, format_rfc3339(one.now.window.from), one.now.retrospective);
  for (const auto& key : one.evidence_added) out += " +" + key.str();
  for (const auto& key : one.evidence_removed) out += " -" + key.str();
  return out;
}

void write_down(const std::vector<signal_event>& events, store& ledger) {
  for (const auto& one : events) {
    ledger.save(one.now);
    ledger.add_evidence(one.now.id, one.evidence_added);
    ledger.remove_evidence(one.now.id, one.evidence_removed);
  }
}

std::vector<connectors::feed> feeds_kept(duration how_long) {
  std::vector<connectors::feed> out;
  for (const auto* id : {"yas", "wedinos"}) {
    auto& one = out.emplace_back();
    one.id = feed_id{id};
    one.kind = kind_id{"ambulance"};
    one.retention = how_long;
  }
  return out;
}

std::int64_t purge(store& ledger, duration kept, instant now) {
  return retention::purge(retention::what_expired(feeds_kept(kept), ledger, now), *london(), ledger,
                          [&](const std::function<void(store&)>& job) {
                            ledger.begin();
                            job(ledger);
                            ledger.commit();
                          });
}

rules::engine restarted(const std::shared_ptr<const rules::rule_set>& rules, const store& ledger, bool told_of_purged,
                        instant now) {
  if (told_of_purged) {
    rule_change all{rules, nullptr};
    all.read(ledger);
    all.advance(now);
    return std::move(all.fresh());
  }
  rules::engine out{rules};
  std::vector<signal_event> unheard;
  ledger.each_revision([&](const observation& one) { out.observe(one, unheard); });
  out.advance(now, unheard);
  return out;
}

struct run {
  std::vector<std::string> said;
  std::size_t opened_after_purge = 0;
  std::int64_t purged = 0;
};

run run_through(const std::vector<observation>& seen, const std::shared_ptr<const rules::rule_set>& rules,
                std::optional<duration> kept, bool told_of_purged, unsigned seed) {
  std::mt19937 luck{seed};
  const auto ledger = memory_store();
  rules::engine running{rules};
  run out;
  auto next_purge = begins + 100 * day;
  std::vector<signal_event> events;
  for (const auto& one : seen) {
    if (kept && one.received_at > next_purge) {
      next_purge += std::chrono::hours{24 * (3 + static_cast<int>(luck() % 60))};
      events.clear();
      running.advance(one.received_at - duration{1}, events);
      for (const auto& event : events) out.said.push_back(told(event));
      ledger->begin();
      write_down(events, *ledger);
      ledger->commit();
      out.purged += purge(*ledger, *kept, one.received_at);
      running = restarted(rules, *ledger, told_of_purged, one.received_at - duration{1});
    }
    events.clear();
    running.observe(one, events);
    ledger->begin();
    ledger->append(one);
    write_down(events, *ledger);
    ledger->commit();
    for (const auto& event : events) {
      out.said.push_back(told(event));
      if (out.purged > 0 && event.what == signal_change::opened) ++out.opened_after_purge;
    }
  }
  return out;
}

} // namespace

TEST_SUITE("long memory") {

  TEST_CASE("with purges and restarts at any time the same is said, to the last bound") {
    const auto rules = served_rules();
    for (const auto& one : rules) {
      CAPTURE(one.id.str());
      CHECK(rules::not_in_counts(one, *london()).empty());
      CHECK(rules::look_back(one) > 70 * day);
      CHECK(rules::look_back_at_records(one, *london()) <= 70 * day);
    }
    const unsigned streams = std::getenv("FOREWARN_LONG") != nullptr ? 100 : 2; // NOLINT(concurrency-mt-unsafe)
    std::size_t opened = 0;
    for (unsigned seed = 1; seed <= streams; ++seed) {
      CAPTURE(seed);
      const auto seen = stream{seed}.make(streams > 2 ? 480 : 330);
      const auto all = set_of(rules, seed % 2 == 0 ? 30 * day : 400 * day);
      const auto without = run_through(seen, all, {}, true, seed);
      const auto with = run_through(seen, all, 70 * day, true, seed);
      CHECK(with.purged > 100);
      CHECK(with.said.size() == without.said.size());
      for (std::size_t i = 0; i < std::min(with.said.size(), without.said.size()); ++i)
        REQUIRE(with.said[i] == without.said[i]);
      opened += with.opened_after_purge;
      // What is kept of the days is what makes them agree.
      if (seed == 1) CHECK(run_through(seen, all, 70 * day, false, seed).said != without.said);
    }
    CHECK(opened > 10);
  }

  TEST_CASE("what a day's records count: an incident once, with all that its records held") {
    const auto at = begins + 12h;
    const auto of = [&](const char* id, const char* incident, std::vector<substance_id> drugs) {
      auto out = call_out(id, at);
      if (*incident != '\0') out.incident = incident_id{incident};
      out.substances = std::move(drugs);
      return out;
    };
    const substance_id heroin{"heroin"}, diazepam{"diazepam"};
    auto elsewhere = of("e", "i:1", {heroin});
    elsewhere.ward = area_code{"E05011388"};
    auto tomorrow = of("t", "i:1", {heroin});
    tomorrow.occurred_at += day;
    auto in_prison = of("p", "", {heroin});
    in_prison.setting = setting::prison;
    auto at_home = of("h", "", {heroin});
    at_home.setting = setting::home;
    auto heavy = of("w", "", {heroin});
    heavy.weight = 3;
    struct {
      const char* name;
      std::vector<observation> going, staying;
      std::vector<std::pair<double, double>> counts; // records, incidents
    } const rows[] = {
        {"two without an incident", {of("1", "", {heroin}), of("2", "", {heroin})}, {}, {{1, 1}, {1, 1}}},
        {"one that weighs three", {heavy}, {}, {{3, 3}}},
        {"three calls of one incident",
         {of("1", "i:1", {heroin}), of("2", "i:1", {}), of("3", "i:1", {diazepam})},
         {},
         {{3, 1}}},
        {"in another ward it counts again", {of("1", "i:1", {heroin}), elsewhere}, {}, {{1, 1}, {1, 1}}},
        {"and on another day", {of("1", "i:1", {heroin}), tomorrow}, {}, {{1, 1}, {1, 1}}},
        {"one that stays will count it", {of("1", "i:1", {heroin})}, {of("2", "i:1", {diazepam, heroin})}, {{1, 0}}},
        {"one that stays and tells less will not", {of("1", "i:1", {heroin})}, {of("2", "i:1", {diazepam})}, {{1, 1}}},
        {"nor one of another incident", {of("1", "i:1", {heroin})}, {of("2", "i:2", {heroin})}, {{1, 1}}},
        {"nor itself", {of("1", "i:1", {heroin})}, {of("1", "i:1", {heroin})}, {{1, 1}}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      std::vector<std::pair<double, double>> counts;
      for (const auto& one : retention::days_of(row.going, row.staying, *london()))
        counts.emplace_back(one.records, one.incidents);
      CHECK(counts == row.counts);
    }
    const auto both = retention::days_of({of("1", "i:1", {heroin}), of("2", "i:1", {diazepam})}, {}, *london());
    CHECK(both.front().substances == std::vector{diazepam, heroin});
    CHECK(retention::days_of({in_prison}, {}, *london()).front().detained == setting::prison);
    CHECK_FALSE(retention::days_of({at_home}, {}, *london()).front().detained);

    // Through the table and back, added to what is there.
    const auto ledger = memory_store();
    ledger->begin();
    for (int twice = 0; twice < 2; ++twice)
      for (const auto& one : both) retention::kept_in(*ledger).add(one);
    ledger->commit();
    std::vector<kept_day> read;
    retention::kept_in(*ledger).each_kept_day([&](const kept_day& one) { read.push_back(one); });
    auto twice = both.front();
    twice.records = 4;
    twice.incidents = 2;
    CHECK(read == std::vector{twice});
  }

  TEST_CASE("which rules the counts can serve, and how long feeds must keep records for them") {
    const std::string odds = "detect: {outbreak_odds: {}}"; // five years and more
    struct {
      const char* name;
      std::string lines;
      std::vector<std::string> lacks;
      std::vector<std::string> codes; // of a feed that keeps 730 days
    } const rows[] = {
        {"any", odds, {}, {}},
        {"drugs, wards, not in prison",
         "where: {substances: opioid, setting: {not: prison}, area: Leeds}\nfor_each: [ward]\n" + odds,
         {},
         {}},
        {"days", "where: {weekday: [sat, sun], calendar: {not: bank-holiday}}\n" + odds, {}, {}},
        {"another setting", "where: {setting: hostel}\n" + odds, {"setting"}, {"retention-too-short"}},
        {"people", "detect: {outbreak_odds: {measure: people}}", {"measure: people"}, {"retention-too-short"}},
        {"an attribute, by site",
         "where: {attributes.ampds: 23D02A}\nfor_each: [site]\n" + odds,
         {"attributes.ampds", "site"},
         {"retention-too-short"}},
        {"an hour, within what is kept",
         "where: {hour: [22-4]}\ndetect: {nb_multiwindow: {alpha: 0.001}}",
         {"hour"},
         {}},
        {"no periods", "where: {setting: hostel}\ndetect: {count: {within: 24h, at_least: 3}}", {}, {}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      auto one = rule_of(row.lines);
      one.observe.kinds = {kind_id{"ambulance"}};
      CHECK(rules::not_in_counts(one, *london()) == row.lacks);
      std::vector<std::string> codes;
      for (const auto& found : retention::check(feeds_kept(730 * day), *set_of({one}))) {
        if (codes.empty() || codes.back() != found.code) codes.push_back(found.code);
        if (found.code == "retention-too-short") CHECK(found.message.find(row.lacks.front()) != std::string::npos);
      }
      CHECK(codes == row.codes);
    }
  }

  TEST_CASE("a signal of a series that had only just warmed up says so") {
    const auto by = rule_of("for_each: [ward]\ndetect: {nb_multiwindow: {alpha: 0.001}}"); // 63 days
    const auto since = rule_of("for_each: [ward]\ndetect: {nb_multiwindow: {alpha: 0.001, since: 2024-01-01}}");
    struct {
      const char* name;
      std::vector<int> days; // of its records
      int signal;            // the day
      bool purged;           // all but the last
      std::optional<int> watched_from;
    } const rows[] = {
        {"a week after", {0, 30, 70}, 70, false, 63},
        {"half a year after", {0, 30, 200}, 200, false, {}},
        {"only an old record shows it", {0, 300}, 300, false, {}},
        {"of which the day alone is kept", {0, 300}, 300, true, {}},
        {"and the day shows that it is young", {0, 40, 70}, 70, true, 63},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto ledger = memory_store();
      ledger->begin();
      ledger->count_rows({feed_id{"yas"}}, begins);
      auto elsewhere = call_out("elsewhere", begins - 500 * day);
      elsewhere.ward = area_code{"E05011388"};
      ledger->append(elsewhere);
      for (const auto at : row.days) ledger->append(call_out(std::to_string(at), begins + at * day + 10h));
      ledger->commit();
      if (row.purged) CHECK(purge(*ledger, 20 * day, begins + row.signal * day + 11h) > 0);
      signal found;
      found.rule = by.id;
      found.series = {{"ward", "E05011387"}};
      found.window = {begins + row.signal * day, begins + (row.signal + 1) * day};
      std::optional<instant> wanted;
      if (row.watched_from) wanted = begins + *row.watched_from * day;
      CHECK(tuning::watched_only_since(found, by, *ledger, *london()) == wanted);
      CHECK_FALSE(tuning::watched_only_since(found, since, *ledger, *london()));
    }
  }
}
