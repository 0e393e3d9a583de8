// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/signature.hpp"

#include "forewarn/text.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace forewarn::outbox {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t shortest_key = 16;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data()); // NOLINT: OpenSSL's idea of bytes
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string raw(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(raw.data()), // NOLINT
                                   bytes(text), static_cast<int>(text.size()));
  if (size < 0) return {};
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  raw.resize(static_cast<std::size_t>(size) - padding);
  return raw;
}

std::string one_signature(std::string_view signed_text, const signing_key& key) {
  return "v1," + to_base64(hmac_sha256(key, signed_text));
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool any_matches(std::string_view signatures, const std::vector<std::string>& expected) {
  bool matched = false;
  while (!signatures.empty()) {
    const auto end = signatures.find(' ');
    const auto given = signatures.substr(0, end);
    for (const auto& one : expected) matched |= equal_in_constant_time(given, one);
    signatures.remove_prefix(end == std::string_view::npos ? signatures.size() : end + 1);
  }
  return matched;
}

} // namespace

std::string to_base64(std::string_view raw) {
  std::string text((raw.size() + 2) / 3 * 4 + 1, '\0'); // EVP_EncodeBlock ends with a NUL of its own
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes(raw), // NOLINT
                                     static_cast<int>(raw.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string hmac_sha256(const signing_key& key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const auto& raw = key.reveal();
  if (HMAC(EVP_sha256(), raw.data(), static_cast<int>(raw.size()), bytes(text), text.size(), digest.data(), &size) ==
      nullptr)
    throw std::runtime_error{"HMAC-SHA256 is not available in this OpenSSL"};
  return {reinterpret_cast<const char*>(digest.data()), size}; // NOLINT: OpenSSL's idea of bytes
}

result<signing_key, std::string> parse_signing_key(std::string_view text) {
  text = trim(text);
  std::string raw{text};
  if (text.starts_with(prefix)) {
    auto decoded = from_base64(text.substr(prefix.size()));
    if (!decoded) return failure(std::string{"the secret starts with whsec_ but what follows is not base64"});
    raw = std::move(*decoded);
  }
  if (raw.size() < shortest_key)
    return failure(fmt::format("the secret has {} bytes; make one of 32 with: "
                               "echo \"whsec_$(openssl rand -base64 32)\"",
                               raw.size()));
  return signing_key{std::move(raw)};
}

std::string sign(std::string_view id, std::int64_t unix_seconds, std::string_view body,
                 const std::vector<signing_key>& keys) {
  const auto signed_text = fmt::format("{}.{}.{}", id, unix_seconds, body);
  std::string all;
  for (const auto& key : keys) {
    if (!all.empty()) all += ' ';
    all += one_signature(signed_text, key);
  }
  return all;
}

std::string why_not_verified(std::string_view id, std::string_view timestamp, std::string_view signatures,
                             std::string_view body, const std::vector<signing_key>& keys, instant now) {
  if (id.empty()) return "the header webhook-id is missing";
  if (timestamp.empty()) return "the header webhook-timestamp is missing";
  if (signatures.empty()) return "the header webhook-signature is missing";

  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size() || seconds < 0)
    return fmt::format("webhook-timestamp '{}' is not a number of seconds since 1970", timestamp);
  const auto here = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto tolerated = std::chrono::seconds{signature_tolerance}.count();
  if (seconds < here - tolerated)
    return fmt::format("the message was signed {} s ago, more than the {} s allowed: a replay, or clocks that differ",
                       here - seconds, tolerated);
  if (seconds > here + tolerated)
    return fmt::format("the message was signed {} s in the future: set the clocks by NTP", seconds - here);

  std::vector<std::string> expected;
  for (const auto& key : keys) expected.push_back(one_signature(fmt::format("{}.{}.{}", id, timestamp, body), key));
  if (any_matches(signatures, expected)) return {};
  if (signatures.find("v1,") == std::string_view::npos) return "webhook-signature holds no signature of version v1";
  return "no signature matches: another secret, or the body was changed on its way (sign the raw bytes, before "
         "parsing)";
}

} // namespace forewarn::outbox
