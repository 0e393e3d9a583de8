// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/series_book.hpp"

#include <utility>

namespace forewarn::rules {

namespace {

constexpr std::uint32_t several = 0x8000'0000U;

} // namespace

series_index series_book::index_of(const series_values& values) {
  std::string text;
  for (const auto& value : values) {
    text += value;
    text += '\x1f';
  }
  const auto [it, fresh] = by_text_.try_emplace(std::move(text), static_cast<series_index>(values_.size()));
  if (fresh) values_.push_back(values);
  return it->second;
}

series_book::list_index series_book::list_of(const series_list& all) {
  if (all.size() == 1) return all.front();
  const auto [it, fresh] = by_list_.try_emplace(all, several | static_cast<list_index>(lists_.size()));
  if (fresh) lists_.push_back(all);
  return it->second;
}

series_list series_book::listed(list_index which) const {
  if ((which & several) == 0) return {which};
  return lists_[which & ~several];
}

std::optional<held_form> series_book::replace(const arrival& what) {
  std::optional<held_form> old;
  if (!what.is_new)
    if (const auto known = forms_.find(what.who)) {
      old = {what.was_at, listed(*known)};
      if (old->series.empty()) --ungrouped_;
      if (what.form == nullptr) forms_.erase(what.who);
    }
  if (what.form == nullptr) return old;
  const auto fresh = series_for(*what.form);
  if (fresh.empty()) ++ungrouped_;
  forms_.put(what.who, list_of(fresh));
  return old;
}

series_list series_book::series_for(const fact& seen) {
  const auto place = place_of(seen);
  if (!place) return worked_out(seen);
  if (known_for_ != reference_) {
    known_.clear();
    known_for_ = reference_;
  }
  const auto known = known_.find(*place);
  if (known != known_.end()) return known->second;
  return known_.emplace(*place, worked_out(seen)).first->second;
}

// Where the series follow from one place, or from nothing, they are worked out once for each place.
std::optional<area_index> series_book::place_of(const fact& seen) const {
  if (by_.for_each.empty()) return area_index{0};
  if (by_.for_each.size() > 1) return {};
  switch (by_.for_each.front().by.field) {
  case field::ward: return seen.ward;
  case field::msoa: return seen.msoa;
  case field::lsoa: return seen.lsoa;
  case field::lad: return seen.lad;
  default: return {};
  }
}

series_list series_book::worked_out(const fact& seen) {
  series_list out;
  for (const auto& values : series_of(by_, seen, *reference_)) out.push_back(index_of(values));
  return out;
}

std::optional<held_form> series_book::form_of(const arrival& what) const {
  if (what.form == nullptr) return {};
  const auto known = forms_.find(what.who);
  if (!known) return {};
  return held_form{what.form->source->occurred_at, listed(*known)};
}

void series_book::forget(const forgetting& gone, const observation_names& names) {
  forgotten_ += forms_.erase_if([&](observation_index who) { return names.is_gone(gone, who); });
}

rule_counters series_book::counters(const life& signals) const {
  return {by_.id, forms_.size() + forgotten_, ungrouped_, values_.size(), signals.opened()};
}

} // namespace forewarn::rules
