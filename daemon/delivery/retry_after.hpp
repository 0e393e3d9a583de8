// SPDX-License-Identifier: Apache-2.0
// How long a receiver asks us to wait. Pure.
#pragma once

#include "forewarn/instant.hpp"

#include <optional>
#include <string_view>

namespace forewarn::outbox {

// RFC 9110 section 10.2.3: whole seconds, or an HTTP date in any of its three forms, of which two are obsolete. A date
// gone by is no wait at all. Nothing where it is neither.
[[nodiscard]] std::optional<duration> parse_retry_after(std::string_view value, instant now);

} // namespace forewarn::outbox
