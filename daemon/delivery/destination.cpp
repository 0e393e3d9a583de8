// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/destination.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <array>

namespace forewarn::outbox {

namespace {

namespace ip = boost::asio::ip;

struct block {
  std::uint32_t network;
  int bits;
};

// IANA IPv4 special-purpose registry: what is not globally reachable.
constexpr std::array blocks = std::to_array<block>({
    {0x00000000U, 8},  // this network
    {0x0A000000U, 8},  // private
    {0x64400000U, 10}, // shared by carriers
    {0x7F000000U, 8},  // loopback
    {0xA9FE0000U, 16}, // link-local, and clouds' metadata service
    {0xAC100000U, 12}, // private
    {0xC0000000U, 24}, // protocol assignments
    {0xC0000200U, 24}, // documentation
    {0xC0A80000U, 16}, // private
    {0xC6120000U, 15}, // benchmarks
    {0xC6336400U, 24}, // documentation
    {0xCB007100U, 24}, // documentation
    {0xE0000000U, 3},  // multicast, reserved, broadcast
});

bool is_public_v4(std::uint32_t address) {
  for (const auto& one : blocks) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - one.bits);
    if ((address & mask) == one.network) return false;
  }
  return true;
}

std::uint32_t v4_at(const ip::address_v6::bytes_type& bytes, std::size_t from) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | bytes.at(from + i);
  return value;
}

bool is_public_v6(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  if (address.is_v4_mapped()) return is_public_v4(v4_at(bytes, 12));
  if (v4_at(bytes, 0) == 0x0064FF9BU) return is_public_v4(v4_at(bytes, 12));          // 64:ff9b::/96, NAT64
  if (bytes[0] == 0x20U && bytes[1] == 0x02U) return is_public_v4(v4_at(bytes, 2));   // 2002::/16, 6to4
  if (v4_at(bytes, 0) == 0x20010DB8U || v4_at(bytes, 0) == 0x20010000U) return false; // documentation, Teredo
  return (bytes[0] & 0xE0U) == 0x20U; // 2000::/3, the only global unicast space there is
}

} // namespace

result<destination, std::string> parse_destination(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return failure(fmt::format("'{}' is not a URL; write https://host/path", url));
  const auto& parts = *parsed;
  destination to;
  if (parts.scheme_id() == boost::urls::scheme::https)
    to.tls = true;
  else if (parts.scheme_id() == boost::urls::scheme::http)
    to.tls = false;
  else
    return failure(fmt::format("'{}': a webhook's URL starts with https://", url));
  if (parts.has_userinfo())
    return failure(std::string{"the URL holds a user name or password; messages are signed instead: remove it"});
  if (parts.has_fragment()) return failure(fmt::format("'{}': remove the part after #", url));
  to.host = parts.host_address();
  if (to.host.empty()) return failure(fmt::format("'{}' names no host", url));
  to.port = parts.has_port() && !parts.port().empty() ? std::string{parts.port()} : to.tls ? "443" : "80";
  to.authority = std::string{parts.encoded_host_and_port()};
  to.target = std::string{parts.encoded_path()};
  if (to.target.empty()) to.target = "/";
  if (parts.has_query()) to.target += "?" + std::string{parts.encoded_query()};
  return to;
}

bool is_public(const boost::asio::ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint()) : is_public_v6(address.to_v6());
}

} // namespace forewarn::outbox
