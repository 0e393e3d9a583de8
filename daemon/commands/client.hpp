// SPDX-License-Identifier: Apache-2.0
// A verb's question to the running daemon, over the Unix socket of the state folder. Blocking; one request, one answer.
#pragma once

#include "daemon/commands/command.hpp"
#include "forewarn/result.hpp"

#include <optional>
#include <string>

namespace forewarn::commands {

struct daemon_request {
  std::string method = "GET";
  std::string target; // "/v1/alerts?limit=20"; parts of it already percent-encoded where they need it
  std::string body;
  std::string content_type = "application/json";
};

struct daemon_answer {
  unsigned status = 0;
  std::string body;
  [[nodiscard]] bool good() const { return status >= 200 && status < 300; }
};

// The error says what to do: the daemon does not run, or its socket may not be used by this person.
[[nodiscard]] result<daemon_answer, std::string> ask_daemon(const context& shared, const daemon_request& question);

// True where a daemon listens on the state folder of this configuration.
[[nodiscard]] bool daemon_runs(const context& shared);

// "the reason (code)" of a problem+json answer; the plain status where it is none.
[[nodiscard]] std::string what_was_wrong(const daemon_answer& answer);

// For the usual verb: prints what was wrong on stderr and answers nothing, else the body of the answer.
[[nodiscard]] std::optional<std::string> ask_or_complain(const context& shared, const daemon_request& question);

} // namespace forewarn::commands
