// SPDX-License-Identifier: Apache-2.0
// One line per event to stderr, key=value, for journald and for grep. Never personal data: ids of deliveries, feeds,
// files and rules, no values of rows. Every warning says what to do.
#pragma once

#include <string>
#include <string_view>

namespace forewarn {

void start_log(const std::string& level); // debug | info | warning | error

// A value as it stands in a line: quoted where it holds spaces or quotes, line breaks escaped.
[[nodiscard]] std::string log_value(std::string_view text);

} // namespace forewarn
