// SPDX-License-Identifier: Apache-2.0
// A pushed body as the text that was meant: unpacked where Content-Encoding or its first bytes say so, never larger
// than allowed. What comes out is never gzip again: behind this door nobody unpacks once more, past the limit.
#pragma once

#include "daemon/http/message.hpp"
#include "forewarn/result.hpp"

namespace forewarn::http {

[[nodiscard]] bool is_gzip(std::string_view body) noexcept; // by its first two bytes

// The refusal is ready to send: 415 for an encoding we do not know, 400 for a gzip that is broken or packed twice, 413
// for what unpacks to more than `most` bytes.
[[nodiscard]] result<std::string, response> unpacked(std::string body, const std::string& encoding, std::size_t most);

// The media type without its parameters, lower case: "text/csv; charset=utf-8" -> "text/csv".
[[nodiscard]] std::string media_type(std::string_view content_type);

} // namespace forewarn::http
