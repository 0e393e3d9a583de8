// SPDX-License-Identifier: Apache-2.0
#include "daemon/in_force.hpp"

#include "forewarn/text.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace forewarn {
namespace {

using digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

digest sha256(std::string_view text) {
  digest out{};
  const std::string bytes{text};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
  return out;
}

} // namespace

const connectors::feed* in_force::feed(const feed_id& id) const {
  for (const auto& one : all.feeds)
    if (one.id == id) return &one;
  return nullptr;
}

std::shared_ptr<const in_force> put_in_force(configuration all) {
  auto out = std::make_shared<in_force>();
  const auto read = [&](const std::string& where, const std::string& path, const std::string& key) {
    auto secret = read_secret(where, all.settings.config_dir);
    if (secret) return std::move(*secret);
    all.found.push_back({path, {}, severity::error, "cannot-read", fmt::format("'{}': {}", key, secret.error())});
    return sensitive<std::string>{};
  };
  for (const auto& one : all.feeds)
    if (one.push && !one.push->token_file.empty())
      out->feed_tokens.emplace(one.id, read(one.push->token_file, one.path, "token_file"));
  if (!all.settings.api_token_file.empty())
    out->api_token =
        read(all.settings.api_token_file, (all.settings.config_dir / "forewarn.yaml").string(), "api_token_file");
  out->all = std::move(all);
  return out;
}

bool same_secret(std::string_view given, const sensitive<std::string>& wanted) {
  if (given.empty() || wanted.empty()) return false;
  const auto left = sha256(given);
  const auto right = sha256(wanted.reveal());
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() || ascii_lower(authorization.substr(0, scheme.size())) != scheme) return {};
  return trim(authorization.substr(scheme.size()));
}

} // namespace forewarn
