// SPDX-License-Identifier: Apache-2.0
// The parts of `forewarn deliveries` that deal with what does not get through: what is stuck, a person's word that they
// have it, and a webhook's new key.
#pragma once

#include "daemon/commands/command.hpp"

namespace forewarn::commands {

void add_delivery_steps(CLI::App& deliveries, context& shared);

} // namespace forewarn::commands
