// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/look_back.hpp"

#include "forewarn/text.hpp"
#include "rules/kept_counts.hpp"
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
    const auto looks = rules::look_back(one);
    const auto records = rules::look_back_at_records(one, *rules.reference);
    const auto by_counts = looks == records ? rules::not_in_counts(one, *rules.reference) : std::vector<std::string>{};
    const auto why = by_counts.empty() ? std::string{}
                                       : fmt::format(". Of older records only counts by day, place and drug outlive "
                                                     "retention, and those do not tell '{}'",
                                                     join_and(by_counts));
    for (const auto& from : feeds) {
      if (!from.retention || !observes(one, from)) continue;
      const auto kept = spell_duration(*from.retention);
      if (*from.retention < records)
        out.push_back({one.path, one.at, severity::error, "retention-too-short",
                       fmt::format("rule '{}' looks back {}, but feed '{}' keeps records for {} only: shorten the "
                                   "rule's windows, or lengthen the feed's retention{}",
                                   one.id.str(), spell_duration(records), from.id.str(), kept, why)});
      else if (*from.retention < records + one.clear_after)
        out.push_back(
            {one.path, one.at, severity::advice, "retention-short",
             fmt::format("rule '{}' looks back {} and stays open for {} more, but feed '{}' keeps records "
                         "for {}: late corrections of an old signal find its records gone",
                         one.id.str(), spell_duration(records), spell_duration(one.clear_after), from.id.str(), kept)});
    }
  }
  return out;
}

} // namespace forewarn::retention
