// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/heartbeat.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace forewarn {
namespace {

constexpr long connect_seconds = 5;
constexpr long total_seconds = 10;

std::size_t forget(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

} // namespace

std::string send_heartbeat(const std::string& url) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), &curl_easy_cleanup};
  if (!handle) return "libcurl gives no handle";
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, total_seconds);
  curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, "forewarn/" FOREWARN_VERSION);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &forget);
  const auto code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return curl_easy_strerror(code);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300 ? std::string{} : fmt::format("HTTP {}", status);
}

} // namespace forewarn
