// SPDX-License-Identifier: Apache-2.0
// A person's decision, from the command line to the daemon: the running daemon decides and answers, so that what is
// printed as done is on disk.
#pragma once

#include "daemon/commands/command.hpp"
#include "forewarn/result.hpp"

#include <string>

#include <boost/json.hpp>

namespace forewarn::commands {

// Adds `--reason` (also `--why`) to a verb that decides something.
void add_reason(CLI::App& verb, std::string& reason);

// POSTs {"who", "reason"} and what `more` holds to `target`. What went wrong is said on stderr;
// the outcome is what the verb then ends with.
[[nodiscard]] result<boost::json::object, outcome> decide(const context& shared, const std::string& target,
                                                          const std::string& reason, boost::json::object more = {});

} // namespace forewarn::commands
