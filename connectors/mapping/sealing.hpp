// SPDX-License-Identifier: Apache-2.0
// A partner's own reference to a record, sealed so that the partner alone can read it: a notice can be traced back to
// the case where the law wants that, and nobody here can. Sealed boxes of libsodium (X25519, XSalsa20-Poly1305,
// https://doc.libsodium.org/public-key_cryptography/sealed_boxes); keys and boxes are written in base64.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/sensitive.hpp"

#include <array>
#include <string>
#include <string_view>

namespace forewarn::connectors {

// What seals: no secret.
struct sealing_key {
  std::array<unsigned char, 32> bytes{};
};

struct sealing_pair {
  std::string seals;              // base64, for the feed's file
  sensitive<std::string> unseals; // base64, the partner's secret
};

// 44 characters of base64. Errors say what is wrong with the text.
[[nodiscard]] result<sealing_key, std::string> parse_sealing_key(std::string_view base64);

// Another text each time, also for the same reference: boxes cannot be compared.
[[nodiscard]] std::string sealed_for(const sealing_key& partner, std::string_view reference);

[[nodiscard]] sealing_pair new_sealing_pair();

// `unseals` as `new_sealing_pair` gave it. An error where it is no key, or the box was sealed for another.
[[nodiscard]] result<sensitive<std::string>, std::string> unsealed(const sensitive<std::string>& unseals,
                                                                   std::string_view box);

} // namespace forewarn::connectors
