// SPDX-License-Identifier: Apache-2.0
// The periodic methods as detectors of a rule: one kind under many names.
#pragma once

#include "rules/detect/detector_kind.hpp"

#include <optional>
#include <string_view>

namespace forewarn::rules {

[[nodiscard]] bool is_periodic(std::string_view name);
[[nodiscard]] std::optional<detector> read_periodic(const reading& from, std::string_view method,
                                                    const yaml::node& options, const rule& so_far);

// Periods of history below which a series is warming up.
[[nodiscard]] std::size_t least_periods(const periodic_detector& made);

// Its `read` is null: it is read by `read_periodic`, which knows the name.
extern const detector_kind periodic_kind;

} // namespace forewarn::rules
