// SPDX-License-Identifier: Apache-2.0
// The engine against a slow one that counts everything anew, on random streams: out of order, tied, revised, withdrawn,
// late, in incidents and in sets. FOREWARN_LONG=1 runs thousands of them.
#include "rules/backtest.hpp"
#include "rules/detect/parts.hpp"
#include "rules/detect/periodic.hpp"
#include "rules/look_back.hpp"
#include "rules/periodic/method_needs.hpp"
#include "rules/periodic/periods.hpp"
#include "rules/snapshot.hpp"
#include "tests/rules/engine_world.hpp"
#include "tests/rules/naive_engine.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <random>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

class dice {
public:
  explicit dice(unsigned seed) : source_{seed} {}
  int below(int limit) { return static_cast<int>(source_() % static_cast<unsigned>(limit)); }
  bool once_in(int times) { return below(times) == 0; }

private:
  std::mt19937 source_;
};

std::vector<substance_id> some_of(dice& roll, std::vector<substance_id> all) {
  std::erase_if(all, [&](const auto&) { return !roll.once_in(2); });
  return all;
}

observation random_record(dice& roll, int id, double now) {
  const double delay = roll.once_in(3) ? roll.below(40) : roll.below(2);
  auto out = seen(std::to_string(id), std::floor(now) - delay, now);
  out.kind = kind_id{roll.once_in(12) ? "other" : "ambulance"};
  out.ward.reset();
  if (!roll.once_in(8)) out.ward = area_code{"W" + std::to_string(1 + roll.below(3))};
  out.substances = some_of(roll, {substance_id{"cocaine"}, substance_id{"heroin"}, substance_id{"methadone"},
                                  substance_id{"nothing-found"}});
  if (roll.once_in(3)) out.confirmed = some_of(roll, out.substances);
  if (roll.once_in(6)) out.certainty = certainty::confirmed;
  if (roll.once_in(3)) out.incident = incident_id{"i" + std::to_string(roll.below(4))};
  if (roll.once_in(2)) out.person = person_id{"p" + std::to_string(roll.below(4))};
  if (roll.once_in(2)) out.site = site_id{"s" + std::to_string(roll.below(3))};
  if (roll.once_in(5)) out.weight = 0.5 * roll.below(5);
  if (roll.once_in(2)) out.naloxone_doses = roll.below(3);
  out.revision = roll.once_in(3) ? 1 + roll.below(3) : 1;
  out.withdrawn = roll.once_in(7);
  return out;
}

std::vector<observation> random_stream(dice& roll) {
  std::vector<observation> out;
  double now = 100;
  const int length = 5 + roll.below(70);
  for (int i = 0; i < length; ++i) {
    if (!roll.once_in(5)) now += 0.25 * roll.below(20);
    out.push_back(random_record(roll, roll.below(length), now));
    if (roll.once_in(10)) {
      out.push_back(out.back());
      out.back().received_at = hour(now += 1);
    }
  }
  return out;
}

// Two feeds that the rule observes, and one that it does not.
std::vector<feed_turn> random_turns(dice& roll, const std::vector<observation>& stream) {
  static constexpr const char* feeds[] = {"yas", "emas", "ed"};
  static constexpr const char* kinds[] = {"ambulance", "ambulance", "other"};
  std::vector<feed_turn> out;
  auto at = stream.front().received_at;
  for (int left = roll.below(8); left > 0; --left) {
    at += std::chrono::minutes{10 * roll.below(150)};
    const auto which = static_cast<std::size_t>(roll.below(3));
    const auto to = roll.once_in(6) ? feed_state::retired : roll.once_in(2) ? feed_state::current : feed_state::overdue;
    out.push_back({feed_id{feeds[which]}, kind_id{kinds[which]}, to, at});
  }
  return out;
}

measure random_measure(dice& roll) {
  return {static_cast<measure_kind>(roll.below(5)), {field::naloxone_doses, {}}};
}

std::vector<threshold> two_levels(double amber, double more) {
  return {{level::amber, amber}, {level::red, amber + more}};
}

rule_part part_of(dice& roll, const char* drug, int least) {
  return {drug, {{kind_id{"ambulance"}}, {}}, drugs_of(drug), static_cast<double>(1 + roll.below(least))};
}

rules::detector random_detector(dice& roll, duration& least_clear) {
  least_clear = std::chrono::hours{4 + roll.below(30)};
  const auto within = least_clear;
  switch (roll.below(10)) {
  case 0: least_clear = 24h; return every_record_detector{};
  case 1: {
    least_clear = 24h;
    first_seen_detector how;
    how.of.assign(roll.once_in(4) ? 2 : 1, {field::substances, {}});
    if (!roll.once_in(3)) how.not_seen_for = std::chrono::hours{10 + roll.below(40)};
    how.scope_all = roll.once_in(3);
    if (roll.once_in(3)) how.min_history = std::chrono::hours{roll.below(40)};
    how.any_certainty = roll.once_in(3);
    return how;
  }
  case 2:
    return rate_detector{within, two_levels(100.0 * (1 + roll.below(3)), 150), 100'000, 1.0 + roll.below(3),
                         random_measure(roll)};
  case 3:
    return share_detector{within, two_levels(0.2 + 0.1 * roll.below(4), 0.2), drugs_of("heroin"), 1.0 + roll.below(4),
                          random_measure(roll)};
  case 4:
    return spike_detector{within, within * (1 + roll.below(5)) + 1h, two_levels(1.0 + 0.5 * roll.below(3), 1),
                          1.0 + roll.below(3), random_measure(roll)};
  case 5:
    return unusual_detector{within,
                            within * (1 + roll.below(5)) + 1h,
                            1h * roll.below(10),
                            {{level::amber, 0.3}, {level::red, 0.1}},
                            1.0 + roll.below(3),
                            static_cast<chance_model>(roll.below(2)),
                            random_measure(roll)};
  case 6:
    return together_detector{within,
                             two_levels(1.0 + roll.below(2), 1),
                             {part_of(roll, "heroin", 2), part_of(roll, "cocaine", 2), part_of(roll, "opioid", 4)},
                             random_measure(roll)};
  case 7: {
    sequence_detector how{within, {part_of(roll, "heroin", 1), part_of(roll, "cocaine", 1)}};
    if (roll.once_in(2)) how.parts.push_back(part_of(roll, "opioid", 1));
    return how;
  }
  default: return count_detector{within, two_levels(2 + roll.below(2), 1 + roll.below(2)), random_measure(roll)};
  }
}

// Loose enough that something is found in counts of nought to ten, with as much of a past as the streams have.
periodic_detector random_method(dice& roll) {
  periodic_detector how;
  using settings = std::vector<std::pair<std::string, std::string>>;
  const struct {
    const char* name;
    settings with;
    bool by_chance;
  } methods[] = {
      {"nb_multiwindow", {{"windows", "1,3"}, {"baseline", "7"}, {"guard", "2"}, {"calibration", "14"}}, true},
      {"nb_multiwindow", {{"windows", "1,3"}, {"baseline", "9"}, {"guard", "0"}, {"calibration", "60"}}, true},
      {"outbreak_odds", {{"baseline", "9"}, {"guard", "1"}, {"calibration", "20"}, {"season", "false"}}, true},
      {"gamma_poisson", {{"baseline", "7"}, {"guard", "1"}}, true},
      {"beta_binomial", {{"baseline", "10"}, {"guard", "1"}}, true},
      {"ears", {{"method", "C1"}, {"baseline", "4"}}, true},
      {"ears", {{"method", "C3"}, {"baseline", "4"}}, true},
      {"mean_ksd", {{"window", "6"}, {"k", "1"}}, false},
      {"cusum", {{"baseline", "7"}, {"guard", "0"}, {"h", "1.5"}, {"k", "0.5"}}, false},
      {"essence", {{"baseline", "11"}, {"guard", "1"}, {"method", "ewma"}}, true},
  };
  const auto& one = methods[static_cast<std::size_t>(roll.below(static_cast<int>(std::size(methods))))];
  how.method = one.name;
  how.settings = one.with;
  how.levels = {{level::amber, one.by_chance ? 0.3 : 0}};
  if (one.by_chance && roll.once_in(2)) how.levels.push_back({level::red, 0.05});
  how.min_count = 1.0 + roll.below(3);
  how.min_history = roll.once_in(3) ? static_cast<std::size_t>(roll.below(30)) : 0;
  if (roll.once_in(4)) how.every = period_length::week;
  const auto day = static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(hour(0)).time_since_epoch().count());
  if (roll.once_in(4)) how.since = day + roll.below(20);
  if (roll.once_in(3)) how.exclude = {{day + 30 + roll.below(20), day + 52}};
  how.scaled = roll.once_in(3);
  if (how.method == "beta_binomial") how.of = drugs_of("heroin");
  how.measure = random_measure(roll);
  method_settings asked;
  for (const auto& [key, value] : how.settings) asked.push_back({key, value});
  how.looks_back = std::max({needs_of(how.method, asked).looks_back, how.min_history, least_periods(how)});
  return how;
}

rule random_periodic_rule(dice& roll) {
  const auto how = random_method(roll);
  auto out = rule_with(how, length_of(how.every) * (1 + roll.below(3)));
  if (roll.once_in(2)) out.max_delay = std::chrono::hours{2 + roll.below(30)};
  if (roll.once_in(2)) out.for_each = {{{field::ward, {}}, false, false, roll.once_in(4)}};
  if (roll.once_in(3) && how.method != "beta_binomial") out.where = drugs_of("opioid");
  return out;
}

rule random_rule(dice& roll) {
  if (roll.once_in(8)) return random_periodic_rule(roll);

  duration least_clear{};
  auto out = rule_with(random_detector(roll, least_clear), 0h);
  out.clear_after = least_clear * (1 + roll.below(3));
  if (roll.once_in(2)) out.max_delay = std::chrono::hours{2 + roll.below(30)};
  const bool watches_sets = std::holds_alternative<first_seen_detector>(out.detector);
  const bool unknown = roll.once_in(4);
  switch (roll.below(5)) {
  case 0: break;
  case 1: out.for_each = {{{field::ward, {}}, false, true, unknown}}; break;
  case 2:
    if (!watches_sets) out.for_each = {{{field::substances, {}}, roll.once_in(2), false, unknown}};
    break;
  default: out.for_each = {{{field::ward, {}}, false, false, unknown}}; break;
  }
  if (roll.once_in(2)) out.where = drugs_of("opioid");
  observe_parts(out);
  return out;
}

std::string join_ids(const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) out += " " + id;
  return out;
}

struct shown_signal {
  series_key series;
  instant opened_at;
  std::optional<instant> closed_at;
  std::optional<close_reason> reason;
  forewarn::level level = level::amber;
  double value = 0, bound = 0;
  time_window window;
  bool retrospective = false, late = false, contradicted = false, held = false;
  std::vector<level_change> changes;
  std::vector<std::string> evidence; // sorted
};

std::string text_of(const shown_signal& one) {
  auto out =
      fmt::format("{} {} opened {} closed {} {} {}/{} ({}, {}]{}{}{}{}:{}", to_json(one.series), to_text(one.level),
                  format_rfc3339(one.opened_at), one.closed_at ? format_rfc3339(*one.closed_at) : "never",
                  one.reason ? to_text(*one.reason) : "", one.value, one.bound, format_rfc3339(one.window.from),
                  format_rfc3339(one.window.to), one.retrospective ? " retrospective" : "", one.late ? " late" : "",
                  one.contradicted ? " contradicted" : "", one.held ? " held" : "", join_ids(one.evidence));
  for (const auto& change : one.changes)
    out += fmt::format(" | {} {} {}", format_rfc3339(change.at), to_text(change.level), change.value);
  return out;
}

std::vector<std::string> by_engine(const rule& by, const std::vector<observation>& stream,
                                   const std::vector<feed_turn>& turns) {
  std::vector<std::string> out;
  for (const auto& one : run_backtest(set_of({by}), stream, {{}, {}, turns}).signals) {
    const auto& s = one.state;
    std::vector<std::string> ids;
    for (const auto& key : one.evidence) ids.push_back(key.id.str());
    std::sort(ids.begin(), ids.end());
    out.push_back(text_of({s.series, s.opened_at, s.closed_at, s.close_reason, s.level, s.value, s.bound, s.window,
                           s.retrospective, s.late, s.contradicted, s.held, s.changes, ids}));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> by_oracle(const rule& by, const std::vector<observation>& stream,
                                   const std::vector<feed_turn>& turns) {
  naive::engine slow{by, *reference()};
  auto turn = turns.begin();
  for (const auto& one : stream) {
    for (; turn != turns.end() && turn->at < one.received_at; ++turn) slow.hear(*turn);
    slow.observe(one);
  }
  for (; turn != turns.end(); ++turn) slow.hear(*turn);
  std::vector<std::string> out;
  for (const auto& s : slow.signals())
    out.push_back(text_of({s.series,
                           s.opened_at,
                           s.closed_at,
                           s.reason,
                           s.shown.level,
                           s.shown.value,
                           s.shown.bound,
                           s.shown.span,
                           s.retrospective,
                           s.late,
                           s.contradicted,
                           !s.closed_at && slow.is_held(),
                           s.changes,
                           {s.evidence.begin(), s.evidence.end()}}));
  std::sort(out.begin(), out.end());
  return out;
}

std::string lines(const std::vector<std::string>& all) {
  std::string out = "\n";
  for (const auto& one : all) out += one + "\n";
  return out;
}

unsigned runs() {
  return std::getenv("FOREWARN_LONG") != nullptr ? 3'000U : 200U;
} // NOLINT(concurrency-mt-unsafe)

} // namespace

TEST_CASE("the engine finds what counting everything anew finds") {
  std::size_t signals = 0;
  for (unsigned seed = 1; seed <= runs(); ++seed) {
    CAPTURE(seed);
    dice roll{seed};
    const auto by = random_rule(roll);
    const auto stream = random_stream(roll);
    const auto turns = random_turns(roll, stream);
    const auto got = by_engine(by, stream, turns);
    const auto expected = by_oracle(by, stream, turns);
    signals += expected.size();
    const auto got_lines = lines(got);
    const auto expected_lines = lines(expected);
    CAPTURE(got_lines);
    CAPTURE(expected_lines);
    REQUIRE(got == expected);
  }
  CHECK(signals > runs()); // the streams do say something
}

// Nothing in it comes later than some days after, however long it is.
std::vector<observation> long_stream(dice& roll) {
  std::vector<observation> out;
  double now = 100;
  for (int i = 0; i < 400; ++i) {
    if (!roll.once_in(5)) now += 0.25 * roll.below(20);
    if (i % 60 == 59) now += 300;
    out.push_back(random_record(roll, std::max(0, i - roll.below(10)), now));
  }
  return out;
}

// Another feed joins half way.
std::vector<observation> long_stream_of_two_feeds(dice& roll) {
  auto out = long_stream(roll);
  for (std::size_t i = out.size() / 2; i < out.size(); ++i)
    if (roll.once_in(4)) out[i].key = {feed_id{"emas"}, record_id{"e" + out[i].key.id.str()}};
  return out;
}

TEST_CASE("periods: the engine finds what laying out every series anew finds") {
  std::size_t signals = 0;
  std::map<std::string, std::size_t> by_method;
  for (unsigned seed = 1; seed <= runs() / 25; ++seed) {
    CAPTURE(seed);
    dice roll{seed + 30'000};
    const auto by = random_periodic_rule(roll);
    const auto stream = long_stream_of_two_feeds(roll);
    const auto turns = random_turns(roll, stream);
    const auto got = by_engine(by, stream, turns);
    const auto expected = by_oracle(by, stream, turns);
    signals += expected.size();
    by_method[std::get<periodic_detector>(by.detector).method] += expected.size();
    const auto got_lines = lines(got);
    const auto expected_lines = lines(expected);
    CAPTURE(got_lines);
    CAPTURE(expected_lines);
    REQUIRE(got == expected);
  }
  CHECK(signals > runs() / 25);
  if (runs() < 1000) return; // few seeds need not meet every method where it finds something
  for (const auto& [method, found] : by_method) {
    CAPTURE(method);
    CHECK(found > 0);
  }
}

std::vector<std::string> counts_of(const rules::engine& one) {
  std::vector<std::string> out;
  for (const auto& c : one.counters())
    out.push_back(fmt::format("{} {} {} {}", c.observations, c.ungrouped, c.series, c.signals));
  return out;
}

TEST_CASE(
    "an engine that forgets finds what one finds that keeps everything, while nothing comes later than it remembers") {
  std::size_t signals = 0;
  for (unsigned seed = 1; seed <= runs() / 4; ++seed) {
    CAPTURE(seed);
    dice roll{seed + 20'000};
    const auto everything = set_of({random_rule(roll)});
    auto short_memory = std::make_shared<rule_set>(*everything);
    short_memory->memory = 400h;
    const auto stream = long_stream(roll);
    const auto expected = run_backtest(everything, stream, {});
    const auto got = run_backtest(short_memory, stream, {});
    REQUIRE(to_json(got) == to_json(expected));
    signals += expected.signals.size();

    rules::engine forgetful{short_memory}, other{everything};
    std::vector<signal_event> out;
    std::string kept_by_it, kept_by_other;
    for (const auto& one : stream) {
      forgetful.observe(one, out, forgetful.may_have_forgotten(one) && other.knows(one.key));
      other.observe(one, out);
    }
    const bool short_sighted = look_back(everything->rules.front()) < 1'000h; // as against the whole stream
    if (short_sighted) CHECK(forgetful.has_forgotten());
    CHECK(counts_of(forgetful) == counts_of(other));
    for (const auto& [which, into] : {std::pair{&forgetful, &kept_by_it}, std::pair{&other, &kept_by_other}}) {
      snapshot_writer to{[into](const char* bytes, std::size_t count) { into->append(bytes, count); }};
      which->save(to);
      to.finish();
    }
    if (short_sighted) CHECK(kept_by_it.size() < kept_by_other.size());
    snapshot_reader from{kept_by_it};
    const auto back = rules::engine::restore(short_memory, from);
    CHECK(back.open_signals() == forgetful.open_signals());
    CHECK(back.forgotten() == forgetful.forgotten());
  }
  CHECK(signals > runs());
}

TEST_CASE("what an engine holds follows what its windows hold, not how long it has run") {
  auto by = count_rule();
  by.for_each = {};
  auto rules = std::make_shared<rule_set>(*set_of({by}));
  rules->memory = 400h;
  const auto kept_after = [&](int records) {
    rules::engine one{rules};
    std::vector<signal_event> out;
    for (int i = 0; i < records; ++i) one.observe(seen(std::to_string(1'000'000 + i), i), out);
    std::size_t bytes = 0;
    snapshot_writer to{[&bytes](const char*, std::size_t count) { bytes += count; }};
    one.save(to);
    to.finish();
    return bytes;
  };
  const auto some = kept_after(2'000);
  CHECK(kept_after(20'000) < some + some / 4 + 66'000); // names go by the chunk
}

TEST_CASE("a correction of what is forgotten is no arrival") {
  auto by = rule_with(every_record_detector{}, 24h);
  auto rules = std::make_shared<rule_set>(*set_of({by}));
  rules->memory = 100h;
  rules::engine one{rules};
  std::vector<signal_event> out;
  one.observe(seen("a", 10), out);
  one.observe(seen("b", 300), out);
  out.clear();
  auto corrected = seen("a", 10, 310);
  corrected.revision = 2;
  corrected.weight = 2;
  REQUIRE(one.may_have_forgotten(corrected));
  one.observe(corrected, out, true);
  CHECK(std::none_of(out.begin(), out.end(), [](const auto& event) { return event.what == signal_change::opened; }));

  SUBCASE("unless it says that it happened just now") {
    auto moved = seen("a", 320, 321);
    moved.revision = 3;
    out.clear();
    one.observe(moved, out, one.may_have_forgotten(moved));
    CHECK(std::any_of(out.begin(), out.end(), [](const auto& event) { return event.what == signal_change::opened; }));
  }
  SUBCASE("and a straggler that nobody has seen is one") {
    out.clear();
    const auto straggler = seen("c", 12, 330);
    one.observe(straggler, out, false);
    CHECK(std::any_of(out.begin(), out.end(), [](const auto& event) { return event.what == signal_change::opened; }));
  }
}

TEST_CASE("a prefix and the rest give what the whole gives, and the same again") {
  for (unsigned seed = 1; seed <= runs() / 4; ++seed) {
    CAPTURE(seed);
    dice roll{seed};
    const auto rules = set_of({random_rule(roll)});
    const auto stream = random_stream(roll);
    std::vector<signal_event> whole, again;
    rules::engine once{rules}, moved{rules};
    for (const auto& one : stream) once.observe(one, whole);
    const auto cut = static_cast<std::size_t>(roll.below(static_cast<int>(stream.size())));
    for (std::size_t i = 0; i < cut; ++i) moved.observe(stream[i], again);
    rules::engine rest{std::move(moved)};
    if (cut > 0) rest.advance(stream[cut - 1].received_at, again); // looking at the clock changes nothing
    for (std::size_t i = cut; i < stream.size(); ++i) {
      if (const auto due = rest.next_deadline(); due && *due < stream[i].received_at) rest.advance(*due, again);
      rest.observe(stream[i], again);
    }
    REQUIRE(whole.size() == again.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CHECK(whole[i].now == again[i].now);
      CHECK(whole[i].what == again[i].what);
      CHECK(whole[i].evidence_added == again[i].evidence_added);
    }
    CHECK(once.open_signals() == rest.open_signals());
  }
}

TEST_CASE("an engine that is written down and read back goes on as if nothing had happened") {
  for (unsigned seed = 1; seed <= runs() / 2; ++seed) {
    CAPTURE(seed);
    dice roll{seed + 10'000};
    auto first = random_rule(roll);
    auto second = random_rule(roll);
    second.id = rule_id{"second"};
    const auto rules = set_of({first, second});
    const auto stream = random_stream(roll);
    const auto cut = static_cast<std::size_t>(roll.below(static_cast<int>(stream.size())));
    std::vector<signal_event> whole, again;
    rules::engine once{rules};
    for (std::size_t i = 0; i < cut; ++i) once.observe(stream[i], whole);
    const auto reached = cut > 0 ? stream[cut - 1].received_at : hour(0);
    const auto turn = [&](feed_state to, instant at) {
      return feed_turn{feed_id{"yas"}, kind_id{"ambulance"}, to, at};
    };
    if (roll.once_in(2)) once.hear(turn(feed_state::overdue, reached), whole);
    if (roll.once_in(3) && !once.open_signals().empty())
      once.close_by_person(once.open_signals().front().id, reached, whole);
    whole.clear();

    std::string kept;
    snapshot_writer to{[&kept](const char* bytes, std::size_t count) { kept.append(bytes, count); }};
    once.save(to);
    to.finish();
    snapshot_reader from{kept};
    auto back = rules::engine::restore(rules, from);
    from.finish();

    CHECK(back.trail() == once.trail());
    CHECK(back.open_signals() == once.open_signals());
    for (std::size_t i = cut; i < stream.size(); ++i) {
      once.observe(stream[i], whole);
      back.observe(stream[i], again);
      if (i != (cut + stream.size()) / 2) continue;
      once.hear(turn(feed_state::current, stream[i].received_at), whole);
      back.hear(turn(feed_state::current, stream[i].received_at), again);
    }
    once.advance(stream.back().received_at + 10'000h, whole);
    back.advance(stream.back().received_at + 10'000h, again);
    REQUIRE(whole.size() == again.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CHECK(whole[i].at == again[i].at);
      CHECK(whole[i].now == again[i].now);
      CHECK(whole[i].what == again[i].what);
      CHECK(whole[i].evidence_added == again[i].evidence_added);
      CHECK(whole[i].evidence_removed == again[i].evidence_removed);
    }
    REQUIRE(once.counters().size() == back.counters().size());
    for (std::size_t i = 0; i < once.counters().size(); ++i) {
      CHECK(once.counters()[i].observations == back.counters()[i].observations);
      CHECK(once.counters()[i].ungrouped == back.counters()[i].ungrouped);
      CHECK(once.counters()[i].series == back.counters()[i].series);
      CHECK(once.counters()[i].signals == back.counters()[i].signals);
    }
  }
}

TEST_CASE("what is not a whole snapshot of these rules is refused") {
  const auto rules = set_of({count_rule()});
  rules::engine one{rules};
  std::vector<signal_event> out;
  for (int i = 0; i < 20; ++i) one.observe(seen(std::to_string(i), i), out);
  std::string kept;
  snapshot_writer to{[&kept](const char* bytes, std::size_t count) { kept.append(bytes, count); }};
  one.save(to);
  to.finish();
  const auto read_back = [](const std::shared_ptr<const rule_set>& by, const std::string& text) {
    snapshot_reader from{text};
    const auto back = rules::engine::restore(by, from);
    from.finish();
  };
  CHECK_NOTHROW(read_back(rules, kept));
  auto other = count_rule();
  other.hash = "sha256:1";
  CHECK_THROWS_AS(read_back(set_of({other}), kept), snapshot_error);
  CHECK_THROWS_AS(read_back(rules, kept + "x"), snapshot_error);
  for (const auto length : {std::size_t{0}, std::size_t{7}, kept.size() / 2, kept.size() - 1})
    CHECK_THROWS_AS(read_back(rules, kept.substr(0, length)), snapshot_error);
  for (std::size_t at = 0; at < kept.size(); at += 13) {
    auto decayed = kept;
    decayed[at] = static_cast<char>(decayed[at] ^ 0x40);
    CHECK_THROWS_AS(read_back(rules, decayed), snapshot_error);
  }
}
