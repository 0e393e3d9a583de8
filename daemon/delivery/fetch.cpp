// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/fetch.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace forewarn::outbox {
namespace {

constexpr std::size_t largest_document = 2U << 20U;
constexpr long fetch_seconds = 30;
constexpr long local_seconds = 10;

using curl_handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

std::size_t keep(char* data, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + size * count > largest_document) return 0;
  text.append(data, size * count);
  return size * count;
}

std::size_t forget(char* /*data*/, std::size_t size, std::size_t count, void* /*into*/) {
  return size * count;
}

} // namespace

result<std::string, std::string> fetch_document(const std::string& url, const std::string& ca_file) {
  const curl_handle handle{curl_easy_init(), &curl_easy_cleanup};
  if (!handle) return failure(std::string{"libcurl gives no handle"});
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle.get(), CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_MAXREDIRS, 3L);
  if (!ca_file.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, fetch_seconds);
  curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, "forewarn/" FOREWARN_VERSION);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &keep);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, static_cast<void*>(&body));
  if (const auto code = curl_easy_perform(handle.get()); code != CURLE_OK)
    return failure(std::string{code == CURLE_WRITE_ERROR ? "it is larger than 2 MB" : curl_easy_strerror(code)});
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return failure(fmt::format("HTTP {}", status));
  return body;
}

unsigned ask_local(const std::filesystem::path& socket, const std::string& method, const std::string& target,
                   const std::string& body) {
  const curl_handle handle{curl_easy_init(), &curl_easy_cleanup};
  if (!handle) return 0;
  const auto url = "http://localhost" + target;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, local_seconds);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &forget);
  if (curl_easy_perform(handle.get()) != CURLE_OK) return 0;
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<unsigned>(status);
}

} // namespace forewarn::outbox
