// SPDX-License-Identifier: Apache-2.0
// The link by which a person says that they have a message, put into each of its forms. Pure: the same link gives the
// same bytes, so that every retry is the same.
#pragma once

#include "forewarn/delivery.hpp"

#include <string>

namespace forewarn::outbox {

// In the webhook's body as `data.acknowledge`; left out of the body or of the text message where it would make that
// one too long to be taken.
[[nodiscard]] message with_ack_link(message what, const std::string& url);

} // namespace forewarn::outbox
