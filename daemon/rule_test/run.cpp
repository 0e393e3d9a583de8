// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_test/run.hpp"

#include "rules/backtest.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::rule_test {
namespace {

using rule_set = std::shared_ptr<const rules::rule_set>;

std::string in_words(const signal& one, const zone& local) {
  auto out = fmt::format("{}{} opened {} {}", one.rule.str(), one.series.empty() ? "" : " " + to_json(one.series),
                         local.format(one.opened_at), to_text(one.level));
  for (const auto& change : one.changes)
    out += fmt::format(", {} at {}", to_text(change.level), local.format(change.at));
  if (one.closed_at) out += fmt::format(", closed {}", local.format(*one.closed_at));
  if (one.close_reason) out += fmt::format(" ({})", to_text(*one.close_reason));
  return one.retrospective ? out + ", retrospective" : out;
}

bool has_series(const signal& one, const series_key& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    return std::find(one.series.begin(), one.series.end(), pair) != one.series.end();
  });
}

// The state of every signal of that rule and series at an instant.
std::vector<signal> signals_at(const test_case& test, const rule_set& rules, const expectation& about, instant at) {
  std::vector<signal> out;
  for (const auto& one : run_backtest(rules, test.observations, {{}, at}).signals)
    if (one.state.rule == about.rule && has_series(one.state, about.series) &&
        one.state.retrospective == about.retrospective)
      out.push_back(one.state);
  return out;
}

instant end_of(const test_case& test) {
  instant out{};
  const auto later = [&](const std::optional<instant>& at) { out = std::max(out, at.value_or(out)); };
  for (const auto& one : test.observations) later(one.received_at);
  for (const auto& one : test.expect) {
    later(one.opens);
    later(one.when);
    later(one.closes);
  }
  return out;
}

std::string list_of(const std::vector<signal>& all, const zone& local) {
  if (all.empty()) return "no such signal";
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : "; ") + in_words(one, local);
  return out;
}

class examiner {
public:
  examiner(const test_case& test, rule_set rules)
      : test_{test}, rules_{std::move(rules)}, local_{rules_->reference->local_zone}, end_{end_of(test)} {}

  void examine(const expectation& one) {
    if (!known(one.rule, one.at)) return;
    if (one.opens || (!one.becomes && !one.closes))
      check(one, one.opens.value_or(end_), opening_words(one), [&](const signal& found) {
        return (!one.opens || found.opened_at == *one.opens) &&
               (!one.opens_at_level || found.level == *one.opens_at_level);
      });
    if (one.becomes)
      check(one, *one.when, fmt::format("becomes {} at {}", to_text(*one.becomes), local_.format(*one.when)),
            [&](const signal& found) {
              return !found.changes.empty() && found.changes.back().at == *one.when &&
                     found.changes.back().level == *one.becomes;
            });
    if (one.closes)
      check(one, *one.closes, fmt::format("closes {}", local_.format(*one.closes)), [&](const signal& found) {
        return found.closed_at == one.closes && (!one.because || found.close_reason == one.because);
      });
  }

  void examine(const unexpected_rule& one) {
    if (!known(one.rule, one.at)) return;
    const auto found =
        signals_at(test_, rules_, expectation{one.at, one.rule, {}, {}, {}, {}, {}, {}, {}, false}, end_);
    if (!found.empty())
      out_.push_back({one.at, fmt::format("no signal of {}", one.rule.str()), list_of(found, local_)});
  }

  [[nodiscard]] std::vector<test_failure> take() { return std::move(out_); }

private:
  bool known(const rule_id& rule, const location& at) {
    if (std::any_of(rules_->rules.begin(), rules_->rules.end(), [&](const auto& one) { return one.id == rule; }))
      return true;
    out_.push_back({at, fmt::format("a rule '{}'", rule.str()), "none of that name in the test's rules"});
    return false;
  }

  std::string opening_words(const expectation& one) const {
    std::string out = one.retrospective ? "is told as retrospective" : "opens";
    if (one.opens) out += " " + local_.format(*one.opens);
    if (one.opens_at_level) out += fmt::format(" {}", to_text(*one.opens_at_level));
    return out;
  }

  template <class Holds> void check(const expectation& one, instant at, const std::string& what, const Holds& holds) {
    const auto then = signals_at(test_, rules_, one, at);
    if (std::any_of(then.begin(), then.end(), holds)) return;
    out_.push_back({one.at,
                    fmt::format("{}{} {}", one.rule.str(), one.series.empty() ? "" : " " + to_json(one.series), what),
                    list_of(signals_at(test_, rules_, one, end_), local_)});
  }

  const test_case& test_;
  rule_set rules_;
  const zone& local_;
  instant end_;
  std::vector<test_failure> out_;
};

} // namespace

std::vector<test_failure> run(const test_case& test, std::shared_ptr<const rules::rule_set> rules) {
  examiner looking{test, std::move(rules)};
  for (const auto& one : test.expect) looking.examine(one);
  for (const auto& one : test.expect_none) looking.examine(one);
  return looking.take();
}

} // namespace forewarn::rule_test
