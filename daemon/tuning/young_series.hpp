// SPDX-License-Identifier: Apache-2.0
// Whether a signal of a periodic rule came when its series had only just the history that its method needs: its bound
// then rests on little.
#pragma once

#include "forewarn/signal.hpp"
#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <optional>

namespace forewarn::tuning {

// Since when the series could signal, where that was at most four weeks before this did. Nothing where it could for
// longer, or where the rule says `since`. Reads no more of the store than it must: of a busy series some days.
[[nodiscard]] std::optional<instant> watched_only_since(const signal& one, const rules::rule& by,
                                                        const store_reader& from, const reference_data& reference);

} // namespace forewarn::tuning
