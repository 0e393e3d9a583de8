// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rules/machines/series_book.hpp"

namespace forewarn::rules {

[[nodiscard]] std::unique_ptr<machine> make_scan(const surroundings& where);

} // namespace forewarn::rules
