// SPDX-License-Identifier: Apache-2.0
// What an alert or a notice says about a signal, for one audience.
#pragma once

#include "daemon/alerting/words.hpp"

namespace forewarn::alerting {

// The audience a rule's alert is written for. An automatic alert is never for people who use drugs or the public,
// whatever the rule says: it is written for professionals.
[[nodiscard]] audience audience_of(const rules::rule* rule);

[[nodiscard]] alert_content compose_for(const signal_facts& facts, audience to, const word_book& words,
                                        const reference_data& reference);

} // namespace forewarn::alerting
