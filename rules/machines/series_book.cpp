// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/series_book.hpp"

#include <utility>

namespace forewarn::rules {

series_index series_book::index_of(series_values values) {
  std::string text;
  for (const auto& value : values) {
    text += value;
    text += '\x1f';
  }
  const auto [it, fresh] = by_text_.try_emplace(std::move(text), static_cast<series_index>(values_.size()));
  if (fresh) values_.push_back(std::move(values));
  return it->second;
}

std::optional<held_form> series_book::replace(observation_index who, const fact* form) {
  std::optional<held_form> old;
  if (const auto it = forms_.find(who); it != forms_.end()) {
    old = std::move(it->second);
    if (old->series.empty()) --ungrouped_;
    forms_.erase(it);
  }
  if (form == nullptr) return old;
  held_form fresh{form->source->occurred_at, {}};
  for (auto& values : series_of(by_, *form, *reference_)) fresh.series.push_back(index_of(std::move(values)));
  if (fresh.series.empty()) ++ungrouped_;
  forms_.emplace(who, std::move(fresh));
  return old;
}

std::vector<series_index> series_book::series_for(const fact& seen) {
  std::vector<series_index> out;
  for (auto& values : series_of(by_, seen, *reference_)) out.push_back(index_of(std::move(values)));
  return out;
}

const held_form* series_book::find(observation_index who) const {
  const auto it = forms_.find(who);
  return it == forms_.end() ? nullptr : &it->second;
}

rule_counters series_book::counters(const life& signals) const {
  return {by_.id, forms_.size(), ungrouped_, values_.size(), signals.opened()};
}

} // namespace forewarn::rules
