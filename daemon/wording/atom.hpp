// SPDX-License-Identifier: Apache-2.0
// Alerts as an Atom feed (RFC 4287): one entry per alert under an id that never changes, `updated` moving with its
// versions, each with a link to its CAP. Alerts that nobody has received are not in it.
#pragma once

#include "daemon/wording/cap.hpp"

#include <vector>

namespace forewarn::wording {

// `alerts` newest first; `now` is the feed's time where it is empty.
[[nodiscard]] std::string as_atom(const std::vector<alert>& alerts, const publisher& by,
                                  const alerting::word_book& words, const reference_data& reference, instant now);

} // namespace forewarn::wording
