// SPDX-License-Identifier: Apache-2.0
#include "daemon/crash_point.hpp"

#ifdef FOREWARN_CRASH_POINTS

#include <atomic>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace forewarn {
namespace {

struct wanted_crash {
  std::string name;
  long passing = 1;
};

wanted_crash read_environment() {
  const char* text = std::getenv("FOREWARN_CRASH_AT"); // NOLINT(concurrency-mt-unsafe): read once, nobody sets it
  if (text == nullptr) return {};
  const std::string whole{text};
  const auto colon = whole.rfind(':');
  if (colon == std::string::npos) return {whole, 1};
  return {whole.substr(0, colon), std::strtol(whole.c_str() + colon + 1, nullptr, 10)};
}

} // namespace

void crash_point(std::string_view name) {
  static const wanted_crash wanted = read_environment();
  static std::atomic<long> passed{0};
  if (wanted.name != name) return;
  if (++passed == wanted.passing) ::_exit(137);
}

} // namespace forewarn

#endif
