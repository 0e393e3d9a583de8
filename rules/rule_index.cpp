// SPDX-License-Identifier: Apache-2.0
#include "rules/rule_index.hpp"

#include "rules/held_rules.hpp"

#include <algorithm>
#include <optional>

namespace forewarn::rules {
namespace {

// A rule that covers more of the map than this is found by its substances.
constexpr std::size_t areas_per_wide_rule = 4;

template <class Index> using needed = std::optional<std::vector<Index>>;

template <class Index> void add_all(std::vector<Index>& to, const std::vector<Index>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

needed<substance_index> drugs_needed_by(const test& one) {
  if (one.what.field != field::substances) return {};
  std::vector<substance_index> out;
  if (const auto* any = std::get_if<one_of_substances>(&one.is)) {
    for (const auto& value : any->values) add_all(out, value.covers);
    return out;
  }
  if (const auto* all = std::get_if<all_of_substances>(&one.is))
    if (!all->values.empty()) return all->values.front().covers;
  return {};
}

needed<area_index> places_needed_by(const test& one) {
  if (!is_area_field(one.what.field)) return {};
  const auto* any = std::get_if<one_of_areas>(&one.is);
  if (any == nullptr) return {};
  std::vector<area_index> out;
  for (const auto& value : any->values) add_all(out, value.covers);
  return out;
}

// Of which an observation must have one for the condition to hold; nothing where it may hold of any.
template <class Index, class OfTest> needed<Index> needed_of(const condition& wanted, const OfTest& of_test) {
  if (const auto* leaf = std::get_if<test>(&wanted.what)) return of_test(*leaf);
  needed<Index> out;
  if (const auto* all = std::get_if<all_parts>(&wanted.what)) {
    for (const auto& part : all->parts)
      if (auto one = needed_of<Index>(part, of_test); one && (!out || one->size() < out->size())) out = std::move(one);
    return out;
  }
  if (const auto* any = std::get_if<any_part>(&wanted.what)) {
    out.emplace();
    for (const auto& part : any->parts) {
      const auto one = needed_of<Index>(part, of_test);
      if (!one) return {};
      add_all(*out, *one);
    }
    return out;
  }
  return {};
}

template <class Index, class Map> void put(std::vector<Index> under, rule_index which, Map& into) {
  std::sort(under.begin(), under.end());
  under.erase(std::unique(under.begin(), under.end()), under.end());
  for (const auto one : under) into[one].push_back(which);
}

template <class Index, class Map> void collect(const Map& from, Index which, std::vector<rule_index>& out) {
  const auto it = from.find(which);
  if (it != from.end()) add_all(out, it->second);
}

} // namespace

void observing_rules::add(rule_index which, const condition& where, std::size_t areas) {
  all_.push_back(which);
  auto places = needed_of<area_index>(where, places_needed_by);
  if (places && places->size() * areas_per_wide_rule <= areas) return put(std::move(*places), which, by_area_);
  auto drugs = needed_of<substance_index>(where, drugs_needed_by);
  if (drugs) return put(std::move(*drugs), which, by_substance_);
  anywhere_.push_back(which);
}

void observing_rules::matching(const fact& seen, std::vector<rule_index>& out) const {
  out = anywhere_;
  if (!by_area_.empty())
    for (const auto area : seen.areas) collect(by_area_, area, out);
  if (!by_substance_.empty())
    for (const auto& drug : seen.substances)
      if (drug) collect(by_substance_, *drug, out);
  if (out.size() == anywhere_.size()) return;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

const observing_rules& rules_by_kind::of(const feed_id& feed, const kind_id& kind) {
  const auto [it, fresh] = known_.try_emplace({feed, kind});
  if (!fresh) return it->second;
  const auto areas = all_.reference->areas.rows().size();
  for (std::size_t i = 0; i < all_.rules.size(); ++i)
    if (all_.rules[i].status != rule_status::off && observes(all_.rules[i], feed, kind))
      it->second.add(static_cast<rule_index>(i), all_.rules[i].where, areas);
  return it->second;
}

} // namespace forewarn::rules
