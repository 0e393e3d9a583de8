// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/ask_local.hpp"

#include <curl/curl.h>

#include <memory>

namespace forewarn::http {
namespace {

constexpr long total_seconds = 10;

std::size_t forget(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

} // namespace

unsigned ask_local(const std::filesystem::path& socket, const std::string& method, const std::string& target) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), &curl_easy_cleanup};
  if (!handle) return 0;
  const auto url = "http://localhost" + target;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, "");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, total_seconds);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &forget);
  if (curl_easy_perform(handle.get()) != CURLE_OK) return 0;
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<unsigned>(status);
}

} // namespace forewarn::http
