// SPDX-License-Identifier: Apache-2.0
// A request and its answer as the daemon's own code sees them: no Beast, no sockets, nothing left to parse.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::http {

// Everything before the body. Names of fields are lower case.
struct head {
  std::string method;                // "GET"; HEAD is answered like GET, without a body
  std::string path;                  // decoded: "/v1/alerts/FW-2026-0007"
  std::vector<std::string> segments; // of the path: {"v1", "alerts", "FW-2026-0007"}
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> fields; // the last one of a name counts
  std::optional<std::uint64_t> length;       // absent: chunked
  bool local = false;                        // came over the Unix socket: the system has already said who may

  [[nodiscard]] std::string field(const std::string& name) const {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string{} : it->second;
  }
};

struct request {
  http::head head;
  std::string body;
};

struct response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
};

// RFC 9457: `code` is stable and for programs, `detail` says what to do and is for people.
[[nodiscard]] response problem(unsigned status, const std::string& code, const std::string& detail);

// What a server asks. `admit` hears the head before the body is read and may refuse it there; `answer` gets it all.
// Both run on the I/O thread; `answer` must not block it.
struct service {
  std::function<std::optional<response>(const head&)> admit;
  std::function<boost::asio::awaitable<response>(request)> answer;
};

[[nodiscard]] std::string_view phrase_of(unsigned status); // "Not Found"

} // namespace forewarn::http
