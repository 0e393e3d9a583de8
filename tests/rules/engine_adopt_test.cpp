// SPDX-License-Identifier: Apache-2.0
// New rules in a running engine: rules whose meaning is unchanged go on as if nothing had happened, the others are as
// if they had always been there. What is beyond retention is known, and is no news.
#include "rules/engine_world.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

rule named(rule one, const char* id, const char* hash) {
  one.id = rule_id{id};
  one.hash = hash;
  return one;
}

observation nth(int number, int hours, int kind) {
  auto out = seen(std::to_string(number), hours);
  out.received_at = hour(hours) + duration{number};
  out.ward = area_code{kind % 2 == 0 ? "W1" : "W2"};
  if (kind % 3 == 0) out.substances = {substance_id{"cocaine"}};
  if (kind % 5 == 0) out.kind = kind_id{"drug_test"};
  return out;
}

std::vector<observation> a_stream() {
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      60, rc::gen::pair(rc::gen::inRange(0, 4), rc::gen::inRange(0, 30)));
  std::vector<observation> out;
  int at = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    at += steps[i].first;
    // Some are revisions of earlier ones, and may be of another kind.
    auto one = nth(static_cast<int>(i), at, steps[i].second);
    if (steps[i].second > 24 && i > 4) {
      one.key.id = record_id{std::to_string(i - 3)};
      one.revision = 2;
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<signal_event> tell(engine& to, const std::vector<observation>& all, std::size_t from, std::size_t until) {
  std::vector<signal_event> out;
  for (auto i = from; i < until; ++i) to.observe(all[i], out);
  return out;
}

std::vector<signal_event> of_rule(std::vector<signal_event> all, const char* id) {
  std::erase_if(all, [&](const signal_event& one) { return one.now.rule != rule_id{id}; });
  return all;
}

void same(const std::vector<signal_event>& a, const std::vector<signal_event>& b) {
  RC_ASSERT(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    RC_ASSERT(a[i].what == b[i].what);
    RC_ASSERT(a[i].at == b[i].at);
    RC_ASSERT(a[i].now == b[i].now);
    RC_ASSERT(a[i].evidence_added == b[i].evidence_added);
  }
}

} // namespace

TEST_SUITE("new rules in a running engine") {

  TEST_CASE("kept rules go on, changed ones are as if they had always been there") {
    const bool holds = rc::check([] {
      const auto stream = a_stream();
      const auto half = static_cast<std::size_t>(*rc::gen::inRange(0, 60));
      const auto kept = named(count_rule(), "kept", "k");
      const auto old_rule = named(count_rule(24h, 2, 5), "changed", "old");
      const auto new_rule = named(count_rule(12h, 2, 4), "changed", "new");
      const auto added = named(first_seen_rule(48h), "added", "a"); // comes first: every number moves
      const auto before = set_of({old_rule, named(count_rule(), "gone", "g"), kept});
      const auto after = set_of({added, new_rule, kept});

      engine running{before};
      tell(running, stream, 0, half);
      const auto fresh_rules = rules_new_in(*after, *before);
      RC_ASSERT(fresh_rules->rules.size() == 2U);
      engine fresh{fresh_rules};
      tell(fresh, stream, 0, half);
      running.adopt(after, std::move(fresh));

      engine always{after};
      tell(always, stream, 0, half);
      RC_ASSERT(running.open_signals() == always.open_signals());
      RC_ASSERT(running.next_deadline() == always.next_deadline());
      const auto told = tell(running, stream, half, stream.size());
      const auto expected = tell(always, stream, half, stream.size());
      for (const auto* id : {"kept", "changed", "added"}) same(of_rule(told, id), of_rule(expected, id));
      same(told, expected);
    });
    CHECK(holds);
  }

  TEST_CASE("what the other engine did not see is not taken over") {
    const auto before = set_of({named(count_rule(), "a", "1")});
    const auto after = set_of({named(count_rule(), "a", "2")});
    engine running{before};
    std::vector<signal_event> out;
    running.observe(seen("1", 1), out);
    CHECK_THROWS_AS(running.adopt(after, engine{rules_new_in(*after, *before)}), std::invalid_argument);
  }

  TEST_CASE("a reload may change what is not meaning") {
    auto off = named(count_rule(), "a", "1");
    off.status = rule_status::off;
    auto titled = named(count_rule(), "a", "1");
    titled.title = "Another title";
    CHECK(same_meaning(titled, named(count_rule(), "a", "1")));
    CHECK_FALSE(same_meaning(off, named(count_rule(), "a", "1")));
    const auto before = set_of({named(count_rule(), "a", "1")});
    const auto after = set_of({titled});
    engine running{before};
    std::vector<signal_event> out;
    for (int i = 0; i < 3; ++i) running.observe(seen(std::to_string(i), 1 + i), out);
    running.adopt(after, engine{rules_new_in(*after, *before)});
    CHECK(running.open_signals().size() == 1);
    CHECK(running.rules().rules.front().title == "Another title");
  }

  TEST_CASE("what was seen before its records were purged is no news") {
    auto by_class = first_seen_rule({});
    auto in_prison = first_seen_rule({});
    in_prison.where = {test{{field::setting, {}}, one_of_texts{{"prison"}}}};
    auto of_stimulants = first_seen_rule({});
    of_stimulants.where = drugs_of("stimulant");
    auto by_ward = first_seen_rule({});
    by_ward.for_each = {{{field::ward, {}}, false, false, false}};
    struct {
      const char* name;
      rule of;
      const char* past_ward;
      std::size_t signals; // heroin is recorded in W1, in prison
    } const rows[] = {
        {"any", by_class, "W2", 0},
        {"a condition on what is not kept may have held", in_prison, "W2", 0},
        {"a condition that heroin never met", of_stimulants, "W1", 0},
        {"the same ward", by_ward, "W1", 0},
        {"another ward", by_ward, "W2", 1},
    };
    for (const auto& r : rows) {
      CAPTURE(r.name);
      engine running{set_of({named(r.of, "a", "1")})};
      auto past = seen("", -10'000);
      past.ward.reset();
      past.area = area_code{r.past_ward};
      running.remember(past);
      auto one = seen("1", 1);
      one.setting = setting::prison;
      std::vector<signal_event> out;
      running.observe(one, out);
      CHECK(running.open_signals().size() == r.signals);
    }
  }
}
