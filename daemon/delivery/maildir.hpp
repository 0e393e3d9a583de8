// SPDX-License-Identifier: Apache-2.0
// A maildir as a channel: needs no mail server, and any mail program reads it. Durable before it says so.
#pragma once

#include "daemon/delivery/mail.hpp"
#include "daemon/delivery/outbox.hpp"

#include <filesystem>

namespace forewarn::outbox {

// Writes into tmp/, syncs, links into new/, syncs the folder. The file's name comes from the delivery's id, so that
// a repeat finds what is there, in new/ or moved to cur/ by a reader, and adds nothing. A folder that cannot be written
// is tried again: a full disk or a missing mount can be mended.
[[nodiscard]] attempt deliver_to_maildir(const std::filesystem::path& folder, const mail& what);

} // namespace forewarn::outbox
