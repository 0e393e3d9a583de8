// SPDX-License-Identifier: Apache-2.0
#include "rules/observation_book.hpp"

#include "rules/digest.hpp"

#include <algorithm>

namespace forewarn::rules {

std::optional<observation_book::accepted> observation_book::accept(const observation& seen) {
  const auto [it, fresh] = by_key_.try_emplace(seen.key, static_cast<observation_index>(rows_.size()));
  if (fresh) {
    rows_.push_back({.key = &it->first});
    trail_ = (trail_ ^ hash{}(seen.key)) * 0x9e3779b97f4a7c15U + 1;
  }
  auto& known = rows_[it->second];
  if (!fresh && seen.revision < known.revision) return {};
  const auto content = content_digest(seen);
  known.revision = seen.revision;
  if (!fresh && content == known.content) return {};
  known.content = content;
  known.at = seen.occurred_at;
  const auto kind = number_of(seen.kind);
  const bool other_kind = !fresh && kind != known.kind;
  known.kind = kind;
  return accepted{it->second, other_kind};
}

std::uint32_t observation_book::number_of(const kind_id& kind) {
  const auto it = std::find(kinds_.begin(), kinds_.end(), kind);
  if (it != kinds_.end()) return static_cast<std::uint32_t>(it - kinds_.begin());
  kinds_.push_back(kind);
  return static_cast<std::uint32_t>(kinds_.size() - 1);
}

} // namespace forewarn::rules
