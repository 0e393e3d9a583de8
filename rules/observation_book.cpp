// SPDX-License-Identifier: Apache-2.0
#include "rules/observation_book.hpp"

#include "rules/digest.hpp"

namespace forewarn::rules {

std::optional<observation_index> observation_book::accept(const observation& seen) {
  const auto [it, fresh] = by_key_.try_emplace(seen.key, static_cast<observation_index>(rows_.size()));
  if (fresh) rows_.push_back({.key = &it->first});
  auto& known = rows_[it->second];
  if (!fresh && seen.revision < known.revision) return {};
  const auto content = content_digest(seen);
  known.revision = seen.revision;
  if (!fresh && content == known.content) return {};
  known.content = content;
  known.at = seen.occurred_at;
  return it->second;
}

} // namespace forewarn::rules
