// SPDX-License-Identifier: Apache-2.0
// Once a week: what rules in shadow found, beside what live rules found of the same. Two signals are about the same
// where they rest on a record that both know, whatever each rule groups by.
#include "daemon/alerting/news.hpp"

#include "forewarn/text.hpp"
#include "rules/backtest.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr const char* due_mark = "shadow.compared_next";
constexpr duration week = std::chrono::hours{7 * 24};
constexpr std::size_t most_signals_named = 5;

bool is_in_shadow(const rules::rule& one) {
  return one.status == rules::rule_status::shadow;
}

bool watches_the_same(const rules::rule& a, const rules::rule& b) {
  return a.observe.kinds.empty() ||
         std::any_of(a.observe.kinds.begin(), a.observe.kinds.end(), [&](const kind_id& kind) {
           return b.observe.kinds.empty() ||
                  std::find(b.observe.kinds.begin(), b.observe.kinds.end(), kind) != b.observe.kinds.end();
         });
}

struct finding {
  signal state;
  std::set<observation_key> rests_on;
};

bool is_about_the_same(const finding& a, const finding& b) {
  return std::any_of(a.rests_on.begin(), a.rests_on.end(), [&](const auto& key) { return b.rests_on.contains(key); });
}

std::string spell(const std::vector<const finding*>& these, const setup& with) {
  std::vector<std::string> named;
  for (const auto* one : these) {
    if (named.size() == most_signals_named) {
      named.push_back(fmt::format("{} more", these.size() - most_signals_named));
      break;
    }
    named.push_back(fmt::format("{} ({}, opened {})", rules::series_text(one->state.series, with.reference()),
                                to_text(one->state.level), with.reference().local_zone.format(one->state.opened_at)));
  }
  return join_and(named);
}

std::string counted(std::size_t count) {
  return fmt::format("{} signal{}", count, count == 1 ? "" : "s");
}

// Empty where neither found anything.
std::string compare(const rules::rule& shadow, const std::vector<finding>& all, const setup& with) {
  std::vector<const finding*> own, live;
  for (const auto& one : all) {
    const auto* by = with.rule(one.state.rule);
    if (one.state.rule == shadow.id)
      own.push_back(&one);
    else if (by != nullptr && by->status == rules::rule_status::live && watches_the_same(shadow, *by))
      live.push_back(&one);
  }
  const auto without_match = [](const auto& these, const auto& among) {
    std::vector<const finding*> out;
    for (const auto* one : these)
      if (std::none_of(among.begin(), among.end(), [&](const auto* other) { return is_about_the_same(*one, *other); }))
        out.push_back(one);
    return out;
  };
  const auto alone = without_match(own, live);
  const auto missed = without_match(live, own);
  if (own.empty() && missed.empty()) return {};
  auto out = fmt::format("In shadow, '{}' ({}) had {} this week, and live rules that watch the same kinds had {}.",
                         shadow.title, shadow.id.str(), own.empty() ? "no signal" : counted(own.size()),
                         live.empty() ? "none" : std::to_string(live.size()));
  if (own.size() > alone.size())
    out += fmt::format(" {} of its signals rest{} on records that a live rule told of as well.",
                       own.size() - alone.size(), own.size() - alone.size() == 1 ? "s" : "");
  if (!alone.empty()) out += fmt::format(" Only the shadow rule saw {}.", spell(alone, with));
  if (!missed.empty()) {
    std::map<std::string, std::size_t> by_rule;
    for (const auto* one : missed) ++by_rule[one->state.rule.str()];
    std::vector<std::string> named;
    for (const auto& [id, count] : by_rule) named.push_back(fmt::format("{} ({})", id, count));
    out += fmt::format(" It did not see {} of the live rules': {}.", counted(missed.size()), join_and(named));
  }
  return out;
}

} // namespace

std::vector<std::string> compare_shadow(const setup& with, const store_reader& ledger, instant from, instant to) {
  std::vector<finding> all;
  for (auto& one : ledger.signals_opened(from, to)) {
    if (one.retrospective) continue;
    const auto keys = ledger.evidence(one.id);
    all.push_back({std::move(one), {keys.begin(), keys.end()}});
  }
  std::vector<std::string> out;
  for (const auto& one : with.rules->rules)
    if (is_in_shadow(one)) out.push_back(compare(one, all, with));
  std::erase(out, std::string{});
  return out;
}

bool has_shadow(const setup& with) {
  return std::any_of(with.rules->rules.begin(), with.rules->rules.end(), is_in_shadow);
}

std::optional<instant> shadow_due(const setup& with, const store_reader& ledger) {
  if (!has_shadow(with)) return {};
  const auto text = ledger.mark(due_mark);
  if (!text) return {};
  std::int64_t microseconds = 0;
  std::from_chars(text->data(), text->data() + text->size(), microseconds);
  return instant{duration{microseconds}};
}

void newsroom::plan_shadow() {
  if (!has_shadow(with()) || ledger_.mark(due_mark)) return;
  ledger_.set_mark(due_mark, std::to_string(next_weekly(with(), now_).time_since_epoch().count()));
}

void newsroom::tell_of_shadow() {
  const auto due = shadow_due(with(), ledger_);
  if (!due || now_ < *due) return;
  for (auto& one : compare_shadow(with(), ledger_, now_ - week, now_)) all_.of_shadow.push_back(std::move(one));
  ledger_.set_mark(due_mark, std::to_string(next_weekly(with(), now_).time_since_epoch().count()));
}

} // namespace forewarn::alerting
