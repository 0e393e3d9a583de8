// SPDX-License-Identifier: Apache-2.0
// What the audit holds about one alert: its own lines, and those of the assessment, report, signal and alerts behind
// it.
#pragma once

#include "daemon/panel/ledger.hpp"

#include <set>
#include <string>
#include <vector>

namespace forewarn::audit {

// The alert, its signal, its assessment and their report, and every alert it was merged with.
[[nodiscard]] std::set<std::string> behind(const alert& one, const store_reader& stored);

// Lines that name one of them, in order.
[[nodiscard]] std::vector<entry> lines_about(const std::set<std::string>& subjects, const store_reader& stored);

} // namespace forewarn::audit
