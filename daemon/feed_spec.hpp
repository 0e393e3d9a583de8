// SPDX-License-Identifier: Apache-2.0
// What a partner must know to send a feed, on a page, made from the feed's own file so that it cannot disagree with
// it. Markdown that also reads well as plain text. Names no secret and no other feed.
#pragma once

#include "connectors/feed.hpp"

#include <string>

namespace forewarn {

[[nodiscard]] std::string feed_spec(const connectors::feed& of);

} // namespace forewarn
