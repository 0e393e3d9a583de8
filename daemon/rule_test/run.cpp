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
  for (const auto& one : test.messages) later(one.when);
  return out;
}

// Long enough for what an automatic rule holds back.
duration longest_hold(const rules::rule_set& rules) {
  duration out{};
  for (const auto& one : rules.rules) out = std::max(out, one.alert.hold);
  return out;
}

bool goes_by(const told_message& one, const std::string& by) {
  return by.empty() || one.channel == by || to_text(one.by) == by;
}

bool holds_text(const told_message& one, const std::string& text) {
  return one.what.subject.find(text) != std::string::npos || one.what.text.find(text) != std::string::npos;
}

std::string quoted_list(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "'" : ", '") + one + "'";
  return out;
}

// Subjects, and the words of the first: what a person needs to mend the test.
std::string list_of(const std::vector<const told_message*>& all, const zone& local) {
  if (all.empty()) return "nothing to that service";
  std::string out;
  for (const auto* one : all)
    out += fmt::format("{}{} by {}: {} \"{}\"", out.empty() ? "" : "; ", local.format(one->at), one->channel,
                       one->what.type, one->what.subject);
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

  void examine_messages(const telling* with) {
    if (test_.messages.empty() && test_.no_messages.empty()) return;
    if (with == nullptr || !with->services || !with->words) {
      const auto at = test_.messages.empty() ? test_.no_messages.front().at : test_.messages.front().at;
      out_.push_back({at, "services and templates to tell with", "the configuration folder has none"});
      return;
    }
    const auto told = messages_of(test_, rules_, *with, end_ + longest_hold(*rules_));
    for (const auto& one : test_.messages)
      if (known_service(one.to, *with, one.at)) examine(one, told);
    for (const auto& one : test_.no_messages) {
      if (!known_service(one.to, *with, one.at)) continue;
      const auto found = to_service(told, one.to, one.by);
      if (!found.empty())
        out_.push_back({one.at, fmt::format("no message to {}{}", one.to.str(), one.by.empty() ? "" : " by " + one.by),
                        list_of(found, local_)});
    }
  }

  [[nodiscard]] std::vector<test_failure> take() { return std::move(out_); }

private:
  bool known(const rule_id& rule, const location& at) {
    if (std::any_of(rules_->rules.begin(), rules_->rules.end(), [&](const auto& one) { return one.id == rule; }))
      return true;
    out_.push_back({at, fmt::format("a rule '{}'", rule.str()), "none of that name in the test's rules"});
    return false;
  }

  bool known_service(const service_id& to, const telling& with, const location& at) {
    if (with.services->find(to) != nullptr) return true;
    out_.push_back({at, fmt::format("a service '{}'", to.str()), "none of that name is configured"});
    return false;
  }

  static std::vector<const told_message*> to_service(const std::vector<told_message>& told, const service_id& to,
                                                     const std::string& by) {
    std::vector<const told_message*> out;
    for (const auto& one : told)
      if (one.to == to && goes_by(one, by)) out.push_back(&one);
    return out;
  }

  void examine(const expected_message& wanted, const std::vector<told_message>& told) {
    const auto fits = [&](const told_message& one) {
      const auto says = [&](const std::string& text) { return holds_text(one, text); };
      return one.to == wanted.to && goes_by(one, wanted.by) && (!wanted.when || one.at == *wanted.when) &&
             std::all_of(wanted.says.begin(), wanted.says.end(), says) &&
             std::none_of(wanted.says_not.begin(), wanted.says_not.end(), says);
    };
    if (std::any_of(told.begin(), told.end(), fits)) return;
    auto words = fmt::format("a message to {}", wanted.to.str());
    if (!wanted.by.empty()) words += " by " + wanted.by;
    if (wanted.when) words += " at " + local_.format(*wanted.when);
    if (!wanted.says.empty()) words += " that says " + quoted_list(wanted.says);
    if (!wanted.says_not.empty()) words += " and does not say " + quoted_list(wanted.says_not);
    out_.push_back({wanted.at, std::move(words), list_of(to_service(told, wanted.to, {}), local_)});
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

std::vector<test_failure> run(const test_case& test, std::shared_ptr<const rules::rule_set> rules,
                              const telling* with) {
  examiner looking{test, std::move(rules)};
  for (const auto& one : test.expect) looking.examine(one);
  for (const auto& one : test.expect_none) looking.examine(one);
  looking.examine_messages(with);
  return looking.take();
}

} // namespace forewarn::rule_test
