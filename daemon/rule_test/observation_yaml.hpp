// SPDX-License-Identifier: Apache-2.0
// An observation as people write it in a test: `{kind: ambulance, at: 2026-03-01T10:00, ward: Armley, substances:
// [heroin], repeat: 5, every: 1h}`. Everything else is as in the NDJSON form.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/yaml.hpp"

#include <string>
#include <vector>

namespace forewarn::rule_test {

// Appends one observation, or as many as `repeat` says. Without `id` and `feed` they are numbered, of a feed named
// after the kind; without `received` they arrive when they occur.
void read_observation(const yaml::node& row, const std::string& path, const std::string& test,
                      const reference_data& reference, std::vector<observation>& to, problems& found);

// A word of that field as the engine knows it: an area's code, a site's or substance's id; the text where it is none.
[[nodiscard]] std::string resolved(std::string_view field, const std::string& text, const reference_data& reference);

} // namespace forewarn::rule_test
