// SPDX-License-Identifier: Apache-2.0
// Text as it stands in HTML and XML.
#pragma once

#include <string>
#include <string_view>

namespace forewarn {

[[nodiscard]] inline std::string escaped_markup(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  return out;
}

} // namespace forewarn
