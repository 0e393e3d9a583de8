// SPDX-License-Identifier: Apache-2.0
#include "daemon/in_force.hpp"

#include "daemon/log.hpp"
#include "forewarn/text.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <spdlog/spdlog.h>

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
  // A feed whose token is not there yet can still be read from its folder: only pushes by TCP are refused.
  for (const auto& one : all.feeds) {
    if (!one.push || one.push->token_file.empty()) continue;
    auto token = read_secret(one.push->token_file, all.settings.config_dir);
    if (token)
      out->feed_tokens.emplace(one.id, std::move(*token));
    else
      spdlog::warn("event=feed_token_missing feed={} why={} do=\"give the token to accept pushes by TCP, or take push "
                   "out of the feed\"",
                   one.id.str(), log_value(token.error()));
  }
  const auto read_token = [&](const char* setting, const std::string& file, sensitive<std::string>& into) {
    if (file.empty()) return;
    auto token = read_secret(file, all.settings.config_dir);
    if (token)
      into = std::move(*token);
    else
      all.found.push_back({(all.settings.config_dir / "forewarn.yaml").string(),
                           {},
                           severity::error,
                           "cannot-read",
                           fmt::format("'{}': {}", setting, token.error())});
  };
  read_token("api_token_file", all.settings.api_token_file, out->api_token);
  read_token("notify_callback_token_file", all.settings.notify_callback_token_file, out->notify_token);
  out->all = std::move(all);
  return out;
}

bool same_secret(std::string_view given, const sensitive<std::string>& wanted) {
  if (given.empty() || wanted.empty()) return false;
  const auto left = sha256(given);
  const auto right = sha256(wanted.reveal());
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() || ascii_lower(authorization.substr(0, scheme.size())) != scheme) return {};
  return std::string{trim(authorization.substr(scheme.size()))};
}

} // namespace forewarn
