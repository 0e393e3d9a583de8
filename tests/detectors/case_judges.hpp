// SPDX-License-Identifier: Apache-2.0
// From an algorithm as the reference names it, with its parameters, to the detector that is it here.
#pragma once

#include "detectors/cases.hpp"

#include "rules/detectors/series.hpp"

#include <functional>

namespace forewarn::detector_cases {

using row = std::map<std::string, cell>;
// Fills the algorithm's own columns of period t (0-based). Asked in order.
using judge = std::function<void(std::size_t t, row& out)>;

// `of` must outlive it. Throws std::runtime_error for an algorithm or a parameter that there is not.
[[nodiscard]] judge judge_of(const reference_case& which, const detectors::series& of, detectors::span_of_periods over);

} // namespace forewarn::detector_cases
