// SPDX-License-Identifier: Apache-2.0
// The detectors that look at windows of one length.
#pragma once

#include "rules/machines/machine.hpp"

namespace forewarn::rules {

[[nodiscard]] std::unique_ptr<machine> make_count(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_rate(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_share(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_spike(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_unusual(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_together(const surroundings& where);
[[nodiscard]] std::unique_ptr<machine> make_sequence(const surroundings& where);

} // namespace forewarn::rules
