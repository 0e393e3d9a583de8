// SPDX-License-Identifier: Apache-2.0
#include "rules/detect/parts.hpp"

#include "rules/compile/canonical.hpp"
#include "rules/detect/options.hpp"
#include "rules/syntax/observed.hpp"
#include "rules/syntax/where.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

template <class Id> condition one_of(field what, const std::vector<Id>& ids) {
  one_of_texts values;
  for (const auto& id : ids) values.values.push_back(id.str());
  return {test{{what, {}}, std::move(values)}};
}

// What is observed, and what must hold of it, as one condition.
condition whole_condition(const observed& among, condition where) {
  all_parts out;
  if (!among.kinds.empty()) out.parts.push_back(one_of(field::kind, among.kinds));
  if (!among.feeds.empty()) out.parts.push_back(one_of(field::feed, among.feeds));
  out.parts.push_back(std::move(where));
  return {std::move(out)};
}

template <class Id> void add_all(std::vector<Id>& to, const std::vector<Id>& from) {
  for (const auto& one : from)
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

} // namespace

bool observes_by_parts(const yaml::node& detect) {
  return detect.is_mapping() && (detect.find("together") != nullptr || detect.find("sequence") != nullptr);
}

std::optional<rule_part> read_part(const reading& from, const yaml::node& part, std::string name, const rule& so_far,
                                   bool counted) {
  rule_part out;
  out.name = std::move(name);
  if (!part.is_mapping()) {
    from.complain(
        part.at, "wrong-type",
        fmt::format("a part says what it looks at, such as {{observe: [ambulance], where: {{...}}}}; found {}",
                    yaml::describe(part)));
    return {};
  }
  auto keys = from.keys(part);
  const auto own = read_observed(from, keys, so_far.observe.kinds.empty() && so_far.observe.feeds.empty());
  out.observe = own.kinds.empty() && own.feeds.empty() ? so_far.observe : own;
  all_parts all;
  if (const auto* outer = std::get_if<all_parts>(&so_far.where.what))
    all = *outer;
  else
    all.parts.push_back(so_far.where);
  bool complete = true;
  if (const auto* where = keys.optional("where")) {
    auto wanted = read_where(from, *where, out.observe);
    complete = wanted.has_value();
    if (wanted) all.parts.push_back(std::move(*wanted));
  }
  const auto least = counted ? read_amount(from, keys, "count", 1) : std::optional{1.0};
  keys.finish();
  if (!complete || !least || (out.observe.kinds.empty() && out.observe.feeds.empty())) return {};
  out.least = *least;
  out.where = all.parts.size() == 1 ? std::move(all.parts.front()) : condition{std::move(all)};
  return out;
}

void observe_parts(rule& made) {
  const auto parts = parts_of(made.detector);
  if (parts.empty()) return;
  any_part any;
  observed all;
  bool any_kind = false, any_feed = false;
  for (const auto& part : parts) {
    any_kind = any_kind || part.observe.kinds.empty();
    any_feed = any_feed || part.observe.feeds.empty();
    add_all(all.kinds, part.observe.kinds);
    add_all(all.feeds, part.observe.feeds);
    any.parts.push_back(wanted_of(part));
  }
  if (any_kind) all.kinds.clear();
  if (any_feed) all.feeds.clear();
  made.observe = std::move(all);
  made.where = condition{std::move(any)};
}

condition wanted_of(const rule_part& part) {
  return whole_condition(part.observe, part.where);
}

std::string canonical(const rule_part& one, const reference_data& reference) {
  return fmt::format("[{} {}]", canonical_number(one.least), canonical_text(wanted_of(one), reference));
}

observed_words words_of(const rule_part& one, const reference_data& reference) {
  rule alone;
  alone.observe = one.observe;
  alone.where = one.where;
  return words_of(alone, reference);
}

} // namespace forewarn::rules
