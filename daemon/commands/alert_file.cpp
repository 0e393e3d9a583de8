// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/alert_file.hpp"

#include "daemon/alerting/alert_json.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

std::optional<std::string> text_of(const std::string& path) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
  std::ifstream in{path, std::ios::binary};
  if (!in) return {};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

std::optional<alert> read_alert(const std::string& path) {
  const auto text = text_of(path);
  if (!text) {
    std::cerr << fmt::format("forewarn: cannot read {}\n", path);
    return {};
  }
  auto one = alerting::parse_alert(*text);
  if (!one) {
    std::cerr << fmt::format("forewarn: {}: {}\n", path, one.error());
    return {};
  }
  return std::move(*one);
}

} // namespace forewarn::commands
