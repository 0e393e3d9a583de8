// SPDX-License-Identifier: Apache-2.0
// Named moments at which a test may kill the process as the power would: FOREWARN_CRASH_AT="desk.before-commit:3"
// ends it at the third passing, without unwinding. Compiled only with FOREWARN_CRASH_POINTS (debug builds).
#pragma once

#include <string_view>

namespace forewarn {

#ifdef FOREWARN_CRASH_POINTS
void crash_point(std::string_view name);
#else
constexpr void crash_point(std::string_view /*name*/) noexcept {}
#endif

} // namespace forewarn
