// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/smtp_transfer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace forewarn::outbox {

namespace {

template <class Value> void set(CURL* handle, CURLoption option, Value value) {
  if (const auto failed = curl_easy_setopt(handle, option, value); failed != CURLE_OK) // NOLINT: C's variadic
    throw std::runtime_error{std::string{"libcurl refuses an option: "} + curl_easy_strerror(failed)};
}

} // namespace

smtp_transfer::smtp_transfer(CURL* handle, const mail_server& by, const mail& what, std::vector<std::string> addresses,
                             const std::atomic<bool>& stopping)
    : handle_{handle}, stopping_{stopping}, addresses_{std::move(addresses)}, text_{render_mail(what)},
      error_(CURL_ERROR_SIZE, '\0') {
  for (const auto& address : addresses_) {
    auto* longer = curl_slist_append(recipients_.get(), address.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)recipients_.release();
    recipients_.reset(longer);
  }
  curl_easy_reset(handle); // options, not the connection
  set(handle, CURLOPT_URL, by.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(handle, CURLOPT_USE_SSL, static_cast<long>(by.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!by.ca_file.empty()) {
    set(handle, CURLOPT_CAINFO, by.ca_file.c_str());
    set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!by.username.empty()) {
    set(handle, CURLOPT_USERNAME, by.username.c_str());
    set(handle, CURLOPT_PASSWORD, by.password.reveal().c_str());
  }
  set(handle, CURLOPT_MAIL_FROM, address_of(what.from).c_str());
  set(handle, CURLOPT_MAIL_RCPT, recipients_.get());
  set(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); // one bad address must not keep the others from the mail
  set(handle, CURLOPT_UPLOAD, 1L);
  set(handle, CURLOPT_READFUNCTION, &smtp_transfer::read);
  set(handle, CURLOPT_READDATA, static_cast<void*>(this));
  set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(text_.size()));
  set(handle, CURLOPT_VERBOSE, 1L); // to our ears only
  set(handle, CURLOPT_DEBUGFUNCTION, &smtp_transfer::listen);
  set(handle, CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set(handle, CURLOPT_ERRORBUFFER, error_.data());
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(by.connect_timeout.count()));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(by.total_timeout.count()));
  // Also bounds the wait for an answer to QUIT, which nothing else does.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(by.total_timeout).count();
  set(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(seconds));
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, &smtp_transfer::go_on);
  set(handle, CURLOPT_XFERINFODATA, static_cast<void*>(this));
}

smtp_transfer::~smtp_transfer() {
  curl_easy_reset(handle_); // it must not keep pointers to us
}

int smtp_transfer::go_on(void* self, curl_off_t /*to get*/, curl_off_t /*got*/, curl_off_t /*to send*/,
                         curl_off_t /*sent*/) {
  return static_cast<smtp_transfer*>(self)->stopping_ ? 1 : 0;
}

std::size_t smtp_transfer::read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<smtp_transfer*>(self);
  const auto most = std::min(size * count, transfer.text_.size() - transfer.read_);
  std::copy_n(transfer.text_.data() + transfer.read_, most, buffer);
  transfer.read_ += most;
  return most;
}

// Logins pass here too; only commands about recipients and the server's replies are looked at, and nothing is kept
// but those.
int smtp_transfer::listen(CURL* /*handle*/, curl_infotype kind, char* data, std::size_t size, void* self) {
  auto& dialogue = static_cast<smtp_transfer*>(self)->dialogue_;
  const std::string_view text{data, size};
  if (kind == CURLINFO_HEADER_OUT)
    dialogue.sent(text);
  else if (kind == CURLINFO_HEADER_IN)
    dialogue.heard(text);
  else if (kind == CURLINFO_DATA_OUT)
    dialogue.content_sent();
  return 0;
}

smtp_outcome smtp_transfer::perform() {
  const auto code = curl_easy_perform(handle_);
  std::string failed;
  if (code == CURLE_ABORTED_BY_CALLBACK)
    failed = "given up: the daemon was stopping";
  else if (code != CURLE_OK)
    failed = error_.front() != '\0' ? error_.substr(0, error_.find('\0')) : curl_easy_strerror(code);
  return conclude(dialogue_, addresses_, failed, code == CURLE_LOGIN_DENIED);
}

} // namespace forewarn::outbox
