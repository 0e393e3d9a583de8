// SPDX-License-Identifier: Apache-2.0
// The words of an attempt made a label: few enough that a time series per label is no burden.
#include "daemon/delivery/outbox.hpp"

#include "forewarn/text.hpp"

#include <array>

namespace forewarn::outbox {

namespace {

// "503" of "503 Service Unavailable"; empty where no three digits stand there.
std::string_view code_at(std::string_view text) {
  const auto code = text.substr(0, 3);
  return code.size() == 3 && code.find_first_not_of("0123456789") == std::string_view::npos ? code : std::string_view{};
}

} // namespace

std::string reason_of(const attempt& came) {
  const std::string_view said = came.said;
  for (const std::string_view wire : {"HTTP ", "SMTP ", "Notify "})
    if (said.starts_with(wire))
      if (const auto code = code_at(said.substr(wire.size())); !code.empty())
        return ascii_lower(wire.substr(0, wire.size() - 1)) + '_' + std::string{code};
  if (said.find("no answer in time") != std::string_view::npos) return "timeout";
  struct word {
    std::string_view begins, label;
  };
  static constexpr auto words = std::to_array<word>({{"resolve ", "resolve"},
                                                     {"connect ", "connect"},
                                                     {"TLS", "tls"},
                                                     {"write: ", "connection_lost"},
                                                     {"read: ", "connection_lost"},
                                                     {"closed ", "connection_lost"},
                                                     {"SMTP", "smtp"},
                                                     {"maildir ", "folder"},
                                                     {"written ", "written"},
                                                     {"is in the folder", "written"},
                                                     {"not sent", "not_sent"}});
  for (const auto& [begins, label] : words)
    if (said.starts_with(begins)) return std::string{label};
  return came.result == attempt_result::refused ? "not_allowed" : "other";
}

} // namespace forewarn::outbox
