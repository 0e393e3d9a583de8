// SPDX-License-Identifier: Apache-2.0
// A signal's id: the same records and rules give the same id, so that a replay is recognised as one.
#pragma once

#include "forewarn/signal.hpp"

namespace forewarn::rules {

// "S-" and twelve letters and digits (60 bits). `ordinal` tells apart what one record opens at one instant.
[[nodiscard]] signal_id name_signal(const signal& opened, const observation_key& opener, std::size_t ordinal);

} // namespace forewarn::rules
