// SPDX-License-Identifier: Apache-2.0
#include "rules/standing_windows.hpp"

#include <algorithm>

namespace forewarn::rules {

standings::index standings::number_of(const standing& one) {
  const content all{one.span.to - one.span.from, one.found, one.firm};
  const auto [it, fresh] = numbers_.try_emplace(all, static_cast<index>(all_.size()));
  if (fresh) all_.push_back(all);
  return it->second;
}

standing standings::at(index which, instant end) const {
  const auto& known = all_[which];
  return {{end - known.length, end}, known.found, known.firm};
}

std::vector<standing_windows::slot>::const_iterator standing_windows::first_not_before(const window_id& id) const {
  if (slots_.empty() || window_id{slots_.back().end, slots_.back().record} < id) return slots_.end();
  return std::lower_bound(slots_.begin(), slots_.end(), id, [](const slot& one, const window_id& wanted) {
    return window_id{one.end, one.record} < wanted;
  });
}

std::optional<standing_windows::place> standing_windows::find(const window_id& id) const {
  const auto it = first_not_before(id);
  if (it == slots_.end() || it->end != id.end || it->record != id.record) return {};
  return static_cast<place>(it - slots_.begin());
}

std::pair<standing_windows::place, bool> standing_windows::find_or_add(const window_id& id) {
  const auto where = static_cast<place>(first_not_before(id) - slots_.begin());
  if (where < slots_.size() && this->id(where) == id) return {where, false};
  if (slots_.size() == slots_.capacity()) slots_.reserve(slots_.size() + slots_.size() / 4 + 2);
  slots_.insert(slots_.begin() + static_cast<std::ptrdiff_t>(where), slot{id.end, id.record, 0});
  return {where, true};
}

} // namespace forewarn::rules
