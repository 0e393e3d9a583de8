// SPDX-License-Identifier: Apache-2.0
// The parts of a service's file that say by which ways it is reached. Refuses what would fail only on the day it is
// needed: a web address without a host, a webhook without a signing key, an address that is none.
#pragma once

#include "daemon/alerting/services.hpp"
#include "forewarn/yaml.hpp"

#include <optional>
#include <string>

namespace forewarn::alerting {

// One of `channels:`. Nothing where it is of no kind; what is wrong with it is in `found`.
[[nodiscard]] std::optional<channel> read_channel(const yaml::node& row, const std::string& path,
                                                  const std::string& subject, problems& found);

// `fallback_after`, `confirm` and `hours` of a service whose roles are read already.
void read_ways(service& into, yaml::mapping_reader& keys, const reference_data& reference, problems& found);

} // namespace forewarn::alerting
