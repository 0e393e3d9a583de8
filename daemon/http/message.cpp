// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/message.hpp"

#include <boost/beast/http/status.hpp>
#include <boost/json.hpp>

namespace forewarn::http {

std::string_view phrase_of(unsigned status) {
  const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {text.data(), text.size()};
}

response problem(unsigned status, const std::string& code, const std::string& detail) {
  boost::json::object body{
      {"type", "about:blank"}, {"title", phrase_of(status)}, {"status", status}, {"code", code}, {"detail", detail}};
  return {status, "application/problem+json", boost::json::serialize(body), {}};
}

} // namespace forewarn::http
