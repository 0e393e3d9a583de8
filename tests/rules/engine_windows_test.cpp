// SPDX-License-Identifier: Apache-2.0
// The detectors that look at windows, by small cases counted by hand: what opens, at which value and bound.
#include "rules/backtest.hpp"
#include "rules/chance.hpp"
#include "rules/detect/parts.hpp"
#include "tests/rules/engine_world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

using times = std::vector<double>;

std::vector<observation> at(const times& hours, const char* drug = "heroin") {
  std::vector<observation> out;
  for (const auto one : hours) {
    out.push_back(seen(fmt::format("{}-{}", drug, out.size()), one));
    out.back().substances = {substance_id{drug}};
  }
  return out;
}

std::vector<observation> both(std::vector<observation> a, const std::vector<observation>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::stable_sort(a.begin(), a.end(), [](const auto& x, const auto& y) { return x.received_at < y.received_at; });
  return a;
}

// "amber at 5h value/bound, ..." of the signals, by hour of opening.
std::string found(const rules::detector& how, const std::vector<observation>& stream, bool by_ward = false) {
  auto by = rule_with(how, 24h);
  if (by_ward) by.for_each = {{{field::ward, {}}, false, false, false}};
  observe_parts(by);
  std::string out;
  for (const auto& one : run_backtest(set_of({by}), stream, {}).signals) {
    const auto& s = one.state;
    const auto opened = std::chrono::duration<double, std::ratio<3600>>{s.opened_at - hour(0)}.count();
    out += fmt::format("{}{} at {:g}h {:.4g}/{:.4g} of {}", out.empty() ? "" : ", ", to_text(s.level), opened, s.value,
                       s.bound, one.evidence.size());
  }
  return out;
}

const std::vector<threshold> amber_at_2{{level::amber, 2}};

rule_part part(const char* drug, double least = 1) {
  return {drug, {{kind_id{"ambulance"}}, {}}, drugs_of(drug), least};
}

} // namespace

TEST_CASE("rate: so many for so many residents, and never fewer than the least count") {
  const rate_detector how{24h, {{level::amber, 200}, {level::red, 400}}, 100'000, 2, {}};
  CHECK(found(how, at({1}), true) == ""); // 100 per 100,000 of W1's thousand
  CHECK(found(how, at({1, 2}), true) == "amber at 2h 200/200 of 2");
  CHECK(found(how, at({1, 2, 3, 4}), true) == "red at 2h 400/400 of 4");
  CHECK(found(rate_detector{24h, {{level::amber, 50}}, 100'000, 3, {}}, at({1, 2}), true) == "");
  CHECK(found(how, at({1, 2})) == ""); // no root area: residents are not known
}

TEST_CASE("share: a part of what is counted") {
  const share_detector how{24h, {{level::amber, 0.5}}, drugs_of("heroin"), 4, {}};
  CHECK(found(how, both(at({3, 4}), at({1, 2}, "cocaine"))) == "amber at 4h 0.5/0.5 of 4");
  CHECK(found(how, both(at({3}), at({1, 2, 4}, "cocaine"))) == "");
  CHECK(found(how, both(at({3, 4}), at({1}, "cocaine"))) == ""); // three are too few to say
  // What comes after may lower the share, and does not unsay what was found.
  CHECK(found(how, both(at({3, 4}), at({1, 2, 5, 6}, "cocaine"))) == "amber at 4h 0.5/0.5 of 4");
}

TEST_CASE("spike: against the mean of the windows before") {
  const spike_detector how{10h, 30h, {{level::amber, 3}, {level::red, 6}}, 3, {}};
  // Three windows before (50, 60] hold 2, 1 and 0: a mean of 1.
  const times usual{5, 21, 22, 35};
  auto burst = usual;
  for (const auto one : {56.0, 57.0, 58.0}) burst.push_back(one);
  CHECK(found(how, at(burst)) == "amber at 58h 3/3 of 3"); // (48, 58]; (18, 28] 2, (28, 38] 1, (38, 48] 0
  auto late = burst;
  late.push_back(59);
  late.push_back(59.5);
  late.push_back(59.75);
  CHECK(found(how, at(late)) == "red at 58h 6/6 of 6");
  // Not before there is a past as long as window and baseline.
  CHECK(found(how, at({19, 20, 21, 22})) == "");
  CHECK(found(how, at({1, 39, 39.5, 40})) == "");
  // A mean of nothing leaves the least count alone: any level is reached.
  CHECK(found(how, at({1, 52, 53, 54})) == "red at 54h 3/0 of 3");
}

TEST_CASE("unusual: by chance, after what was before") {
  unusual_detector how{10h, 40h, {}, {{level::amber, 0.01}}, 2, chance_model::gamma_poisson, {}};
  // Four in four windows before: size 4.5, probability 4/5. P(X >= 5) = 0.0145, P(X >= 6) = 0.0045.
  const times usual{0.5, 12, 22, 32, 40.5};
  auto burst = usual;
  for (int i = 0; i < 5; ++i) burst.push_back(51 + 0.1 * i);
  CHECK(found(how, at(burst)) == "");
  burst.push_back(51.9);
  CHECK(found(how, at(burst)) == "amber at 51.9h 6/6 of 6");
  how.guard = 3h; // then 40.5 does not count and 0.5 does: still four
  CHECK(found(how, at(burst)) == "amber at 51.9h 6/6 of 6");
}

TEST_CASE("chances are those of the distributions") {
  // pnbinom(y - 1, size = S + 1/2, prob = B / (B + 1), lower.tail = FALSE) and ppois, summed up by hand.
  const auto by_sum = [](chance_model model, int count, double past, double windows) {
    const auto size = past + 0.5, mean = past / windows;
    const bool gamma = model == chance_model::gamma_poisson;
    double term = gamma ? std::pow(windows / (windows + 1), size) : std::exp(-mean), below = 0;
    for (int k = 0; k < count; ++k) {
      below += term;
      term *= gamma ? (size + k) / ((k + 1) * (windows + 1)) : mean / (k + 1);
    }
    return 1 - below;
  };
  for (const auto model : {chance_model::gamma_poisson, chance_model::poisson})
    for (const double past : {1.0, 7.0, 40.0})
      for (const double windows : {1.0, 28.0, 4.5})
        for (const int count : {0, 1, 2, 5, 9})
          CHECK(chance_of(model, count, past, windows) == doctest::Approx(by_sum(model, count, past, windows)));
  CHECK(chance_of(chance_model::poisson, 1, 0, 28) == 0);
  CHECK(chance_of(chance_model::gamma_poisson, 2.5, 7, 28) == chance_of(chance_model::gamma_poisson, 3, 7, 28));
}

TEST_CASE("together: parts that reach their count in one window") {
  const together_detector how{24h, amber_at_2, {part("heroin", 2), part("cocaine")}, {}};
  CHECK(found(how, both(at({1, 2}), at({30}, "cocaine"))) == ""); // never in one window
  CHECK(found(how, both(at({1, 2}), at({20}, "cocaine"))) == "amber at 20h 2/2 of 3");
  CHECK(found(how, both(at({1}), at({2, 3}, "cocaine"))) == "");
  // One record may serve several parts.
  const together_detector overlap{24h, amber_at_2, {part("heroin"), part("opioid")}, {}};
  CHECK(found(overlap, at({1})) == "amber at 1h 2/2 of 1");
}

TEST_CASE("sequence: one after the other, each strictly later") {
  const sequence_detector how{24h, {part("heroin"), part("cocaine")}};
  CHECK(found(how, both(at({1}), at({5}, "cocaine"))) == "amber at 5h 1/1 of 2");
  CHECK(found(how, both(at({5}), at({1}, "cocaine"))) == "");
  CHECK(found(how, both(at({1}), at({1}, "cocaine"))) == "");
  CHECK(found(how, both(at({1}), at({25}, "cocaine"))) == ""); // last minus first is not under 24 hours
  // The chain that starts latest is the evidence; what lies between is none.
  CHECK(found(how, both(at({1, 2, 3}), at({5}, "cocaine"))) == "amber at 5h 1/1 of 2");
  const auto late = [&] { // the first part comes after the second did, and happened before it
    auto stream = at({5}, "cocaine");
    stream.push_back(seen("late", 1, 6));
    return stream;
  };
  CHECK(found(how, late()) == "amber at 6h 1/1 of 2");
}
