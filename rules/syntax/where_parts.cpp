// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/where_parts.hpp"

#include "rules/check/satisfiable.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

std::optional<impossible> contradiction(const std::vector<const condition*>& wanted,
                                        const std::vector<location>& places, const observed& among,
                                        const reference_data& reference) {
  if (wanted.empty() || !field_left_empty(wanted, among, reference)) return {};
  for (std::size_t count = 1; count <= wanted.size(); ++count) {
    const std::span first{wanted.data(), count};
    const auto field = field_left_empty(first, among, reference);
    if (!field) continue;
    const bool observed_alone = field_left_empty(std::span{wanted.data() + count - 1, 1}, among, reference).has_value();
    const std::string against = observed_alone && (*field == "kind" || *field == "feed") ? "of what the rule observes"
                                : count > 1 ? "together with what stands before it"
                                            : "as it is written";
    return impossible{places[count - 1],
                      fmt::format("nothing can satisfy this {}: no value of '{}' is left", against, *field)};
  }
  return {};
}

} // namespace

where_part join(const reading& from, std::vector<where_part> parts, const location& at, const observed& among) {
  where_part out{{}, at, {}};
  std::vector<const condition*> wanted;
  std::vector<location> places;
  bool complete = true;
  for (const auto& one : parts) {
    if (one.cannot && !out.cannot) out.cannot = one.cannot;
    complete = complete && one.what.has_value();
    if (!one.what) continue;
    wanted.push_back(&*one.what);
    places.push_back(one.at);
  }
  if (!out.cannot) out.cannot = contradiction(wanted, places, among, from.reference());
  if (!complete) return out;
  if (parts.size() == 1)
    out.what = std::move(parts.front().what);
  else {
    all_parts all;
    for (auto& one : parts) all.parts.push_back(std::move(*one.what));
    out.what = condition{std::move(all)};
  }
  return out;
}

where_part either(const reading& from, std::vector<where_part> parts, const location& at) {
  where_part out{{}, at, {}};
  if (std::all_of(parts.begin(), parts.end(), [](const where_part& one) { return one.cannot.has_value(); })) {
    out.cannot = impossible{at, "none of the alternatives can be satisfied: " + parts.front().cannot->why};
  } else {
    for (const auto& one : parts)
      if (one.cannot) from.complain(one.cannot->at, "impossible-condition", one.cannot->why, severity::warning);
  }
  if (!std::all_of(parts.begin(), parts.end(), [](const where_part& one) { return one.what.has_value(); })) return out;
  if (parts.size() == 1)
    out.what = std::move(parts.front().what);
  else {
    any_part any;
    for (auto& one : parts) any.parts.push_back(std::move(*one.what));
    out.what = condition{std::move(any)};
  }
  return out;
}

where_part none_of(const reading& from, where_part inner, const location& at) {
  if (inner.cannot)
    from.complain(inner.cannot->at, "impossible-condition", "this `not` always holds: " + inner.cannot->why,
                  severity::warning);
  where_part out{{}, at, {}};
  if (inner.what) {
    negated denied;
    denied.inner.push_back(std::move(*inner.what));
    out.what = condition{std::move(denied)};
  }
  return out;
}

} // namespace forewarn::rules
