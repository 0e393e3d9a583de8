// SPDX-License-Identifier: Apache-2.0
// Standard Webhooks 1.0.0 signatures: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`. Signing with several
// keys while they rotate; verifying as a receiver does. It keeps no keys and reads no files.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"
#include "forewarn/sensitive.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::outbox {

using signing_key = sensitive<std::string>; // the raw bytes

// A secret as people hand it over: `whsec_` and base64, or, without that prefix, the text itself as raw bytes.
// Refused: base64 that is not, and keys under 16 bytes. The standard asks for 24 to 64; shorter ones exist.
[[nodiscard]] result<signing_key, std::string> parse_signing_key(std::string_view text);

// The value of `webhook-signature`: one `v1,...` per key, separated by a space. `unix_seconds` is `webhook-timestamp`.
[[nodiscard]] std::string sign(std::string_view id, std::int64_t unix_seconds, std::string_view body,
                               const std::vector<signing_key>& keys);

// The raw 32 bytes.
[[nodiscard]] std::string hmac_sha256(const signing_key& key, std::string_view text);
[[nodiscard]] std::string to_base64(std::string_view raw);

// How far a timestamp may be from the receiver's clock, either way: what the standard's libraries allow.
inline constexpr std::chrono::minutes signature_tolerance{5};

// Nothing wrong: an empty text. Otherwise why not, for the person who integrates. Compares in constant time.
[[nodiscard]] std::string why_not_verified(std::string_view id, std::string_view timestamp, std::string_view signatures,
                                           std::string_view body, const std::vector<signing_key>& keys, instant now);

} // namespace forewarn::outbox
