// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_forecast.hpp"

#include "daemon/engine_memory.hpp"
#include "daemon/rule_change.hpp"
#include "daemon/rule_versions.hpp"

#include <map>
#include <set>

namespace forewarn {
namespace {

constexpr std::size_t everything = 1'000'000;

// Of the new rules those that are in force already, as the store has it written down.
rules::rule_set in_force_among(const rules::rule_set& all, const store_reader& stored) {
  std::map<rule_id, rule_version> last;
  for (auto& one : stored.rule_versions({})) last.insert_or_assign(one.rule, std::move(one));
  rules::rule_set out;
  for (const auto& one : all.rules) {
    const auto known = last.find(one.id);
    if (known == last.end() || known->second.hash != one.hash) continue;
    const bool was_off = known->second.status == to_words(rules::rule_status::off);
    if (was_off == (one.status == rules::rule_status::off)) out.rules.push_back(one);
  }
  return out;
}

} // namespace

rule_forecast forecast(std::shared_ptr<const rules::rule_set> to, const store_reader& stored) {
  const auto same = in_force_among(*to, stored);
  std::set<rule_id> unchanged;
  for (const auto& one : same.rules) unchanged.insert(one.id);
  rule_change change{std::move(to), &same};
  rule_forecast out;
  out.rules = change.fresh_rules()->rules.size();
  if (out.rules > 0) {
    change.read(stored);
    if (const auto until = engine_time(stored)) change.advance(*until);
  }
  // One that goes on under another id (its window's first record changed) is the same to people.
  std::map<std::pair<rule_id, series_key>, std::size_t> open;
  std::set<signal_id> known;
  for (const auto& one : stored.signals(true, {.limit = everything}))
    if (!unchanged.contains(one.rule)) {
      ++open[{one.rule, one.series}];
      ++out.closes;
    }
  for (const auto& one : change.fresh().open_signals()) {
    const auto was = open.find({one.rule, one.series});
    if (was == open.end() || was->second == 0) {
      ++out.opens;
      continue;
    }
    --was->second;
    --out.closes;
  }
  return out;
}

} // namespace forewarn
