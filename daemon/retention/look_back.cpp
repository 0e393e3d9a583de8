// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/look_back.hpp"

#include "rules/look_back.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::retention {
namespace {

template <class Id> bool none_or_one_of(const std::vector<Id>& wanted, const Id& given) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), given) != wanted.end();
}

bool observes(const rules::rule& one, const connectors::feed& from) {
  return none_or_one_of(one.observe.feeds, from.id) && none_or_one_of(one.observe.kinds, from.kind);
}

} // namespace

problems check(const std::vector<connectors::feed>& feeds, const rules::rule_set& rules) {
  problems out;
  for (const auto& one : rules.rules) {
    if (one.status == rules::rule_status::off) continue;
    const auto needed = rules::look_back(one) + one.clear_after;
    for (const auto& from : feeds) {
      if (!from.retention || !observes(one, from)) continue;
      if (*from.retention < rules::look_back(one))
        out.push_back({one.path, one.at, severity::error, "retention-too-short",
                       fmt::format("rule '{}' looks back {}, but feed '{}' keeps records for {} only: shorten the "
                                   "rule's windows, or lengthen the feed's retention",
                                   one.id.str(), spell_duration(rules::look_back(one)), from.id.str(),
                                   spell_duration(*from.retention))});
      else if (*from.retention < needed)
        out.push_back({one.path, one.at, severity::advice, "retention-short",
                       fmt::format("rule '{}' looks back {} and stays open for {} more, but feed '{}' keeps records "
                                   "for {}: late corrections of an old signal find its records gone",
                                   one.id.str(), spell_duration(rules::look_back(one)), spell_duration(one.clear_after),
                                   from.id.str(), spell_duration(*from.retention))});
    }
  }
  return out;
}

} // namespace forewarn::retention
