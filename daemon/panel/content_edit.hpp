// SPDX-License-Identifier: Apache-2.0
// The parts of an alert that a person words: a JSON object of the parts to replace, checked before it is taken.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>

namespace forewarn::panel {

// Unknown parts and wrong types are errors with a suggestion. `drugs` are looked up in the vocabulary; their ids and
// the approved naloxone line follow from them unless they are given as well.
[[nodiscard]] result<alert_content, std::string> edited(const alert_content& content, const std::string& parts,
                                                        const alerting::word_book& words,
                                                        const reference_data& reference);

} // namespace forewarn::panel
