// SPDX-License-Identifier: Apache-2.0
#include "daemon/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <fmt/format.h>

namespace forewarn {

void start_log(const std::string& level) {
  auto out = spdlog::stderr_logger_mt("forewarn");
  out->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
  out->set_level(spdlog::level::from_str(level));
  out->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(out));
}

std::string log_value(std::string_view text) {
  std::string out;
  bool plain = !text.empty();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
    if (c == ' ' || c == '=' || c == '"' || c == '\\' || byte < 0x20 || byte == 0x7f) plain = false;
  }
  return plain ? out : '"' + out + '"';
}

} // namespace forewarn
