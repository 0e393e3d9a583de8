// SPDX-License-Identifier: Apache-2.0
#include "rules/machines/sightings.hpp"

#include <algorithm>
#include <tuple>

namespace forewarn::rules {
namespace {

bool sooner(const sighting& a, const sighting& b) {
  return std::tie(a.at, a.order) < std::tie(b.at, b.order);
}

void put(std::vector<sighting>& list, const sighting& one) {
  if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 4 + 4);
  list.insert(std::upper_bound(list.begin(), list.end(), one, sooner), one);
}

std::optional<sighting> drop(std::vector<sighting>& list, instant at, observation_index who, series_index series) {
  auto it =
      std::lower_bound(list.begin(), list.end(), at, [](const sighting& one, instant when) { return one.at < when; });
  while (it != list.end() && it->at == at && (it->who != who || it->series != series)) ++it;
  if (it == list.end() || it->at != at) return {};
  const auto out = *it;
  list.erase(it);
  return out;
}

void forget_in(std::vector<sighting>& list, const forgetting& gone) {
  std::optional<sighting> newest;
  std::erase_if(list, [&](const sighting& one) {
    if (one.who == remembered ? one.at >= gone.before : !gone(one.at, one.who)) return false;
    newest = one;
    return true;
  });
  if (!newest) return;
  newest->who = remembered;
  put(list, *newest);
  list.shrink_to_fit();
}

} // namespace

void sightings::enter(instant at) {
  times_.insert(std::upper_bound(times_.begin(), times_.end(), at), at);
}

void sightings::leave(instant at) {
  const auto it = std::lower_bound(times_.begin(), times_.end(), at);
  if (it != times_.end() && *it == at) times_.erase(it);
}

std::optional<instant> sightings::first() const {
  const auto first = times_.empty() ? began_ : std::min(began_, times_.front());
  if (first == instant::max()) return {};
  return first;
}

void sightings::forget(const forgetting& gone) {
  const auto old = std::lower_bound(times_.begin(), times_.end(), gone.before);
  if (old != times_.begin()) began_ = std::min(began_, times_.front());
  times_.erase(times_.begin(), old);
  for (auto& [value, lists] : values_) {
    forget_in(lists.all, gone);
    forget_in(lists.confirmed, gone);
  }
}

void sightings::add(value_index value, const sighting& one) {
  auto& lists = values_[value];
  put(lists.all, one);
  if (one.confirmed) put(lists.confirmed, one);
}

std::optional<sighting> sightings::remove(value_index value, instant at, observation_index who, series_index series) {
  auto& lists = values_[value];
  const auto out = drop(lists.all, at, who, series);
  if (out && out->confirmed) drop(lists.confirmed, at, who, series);
  return out;
}

const sighting* sightings::before(value_index value, const sighting& one, bool only_confirmed) const {
  const auto lists = values_.find(value);
  if (lists == values_.end()) return nullptr;
  const auto& list = only_confirmed ? lists->second.confirmed : lists->second.all;
  auto it = std::lower_bound(list.begin(), list.end(), one, sooner);
  while (it != list.begin()) {
    --it;
    if (it->who != one.who) return &*it;
  }
  return nullptr;
}

void sightings::after(value_index value, const sighting& one, bool only_confirmed, std::vector<sighting>& out) const {
  const auto lists = values_.find(value);
  if (lists == values_.end()) return;
  const auto& list = only_confirmed ? lists->second.confirmed : lists->second.all;
  auto it = std::upper_bound(list.begin(), list.end(), one, sooner);
  while (it != list.end() && it->who == one.who) ++it;
  if (it == list.end()) return;
  for (const auto next = it->who; it != list.end() && it->who == next; ++it) out.push_back(*it);
}

} // namespace forewarn::rules
