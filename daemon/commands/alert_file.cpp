// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/alert_file.hpp"

#include "daemon/alerting/alert_json.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/panel/ledger.hpp"

#include <algorithm>
#include <filesystem>
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

// "FW-2026-0007": a prefix, a year, a number.
bool is_reference(const std::string& text) {
  const auto number = text.rfind('-');
  const auto year = number == std::string::npos || number == 0 ? number : text.rfind('-', number - 1);
  return year != std::string::npos && year > 0 && number - year == 5 && number + 1 < text.size() &&
         text.find_first_not_of("0123456789-", year) == std::string::npos;
}

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

} // namespace

std::optional<alert> find_alert(const std::string& what, int version, const context& shared) {
  std::error_code error;
  if (what == "-" || std::filesystem::exists(what, error) || !is_reference(what)) {
    auto one = read_alert(what);
    if (!one || version == 0 || one->version == version) return one;
    std::cerr << fmt::format("forewarn: {} holds version {}; give the reference instead of a file for another: --alert "
                             "{} --version {}\n",
                             what, one->version, one->ref.str(), version);
    return {};
  }
  const auto from = open_stored(shared);
  if (!from) return {};
  auto all = panel::of(*from->reader).alert_versions(alert_ref{what});
  if (all.empty()) {
    std::cerr << fmt::format("forewarn: no alert '{}'; `forewarn alerts list --all` shows all\n", what);
    return {};
  }
  if (version == 0) return std::move(all.back());
  const auto it = std::find_if(all.begin(), all.end(), [&](const alert& one) { return one.version == version; });
  if (it != all.end()) return std::move(*it);
  std::cerr << fmt::format("forewarn: {} has no version {}; its newest is {}\n", what, version, all.back().version);
  return {};
}

} // namespace forewarn::commands
