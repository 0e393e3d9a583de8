// SPDX-License-Identifier: Apache-2.0
// `forewarn feeds new-key` and `unseal`: for a partner, the key that seals its own references, and what reads them
// again. Needs no daemon and no configuration: it runs on the partner's machine.
#pragma once

#include "daemon/commands/command.hpp"

namespace forewarn::commands {

// Under `feeds`.
void add_feed_references(CLI::App& feeds, context& shared);

} // namespace forewarn::commands
