// SPDX-License-Identifier: Apache-2.0
// Where a webhook goes: its URL taken apart, and which network addresses it may lead to. Pure; resolves nothing.
#pragma once

#include "forewarn/result.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>

namespace forewarn::outbox {

struct destination {
  bool tls = true;
  std::string host;      // without the brackets of an IPv6 address
  std::string port;      // "443"
  std::string authority; // for the Host header
  std::string target;    // path and query, never empty
};

// http and https only; no user name or password, no fragment.
[[nodiscard]] result<destination, std::string> parse_destination(const std::string& url);

// Whether anyone on the internet could own the address: not loopback, private, link-local, shared, multicast,
// reserved or unspecified, and no IPv4 address of those dressed up as IPv6 (mapped, NAT64, 6to4). A webhook that leads
// elsewhere needs the channel's `private_address: true`, so that a service cannot make the daemon call its own network.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

} // namespace forewarn::outbox
