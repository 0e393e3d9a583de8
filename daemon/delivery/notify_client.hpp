// SPDX-License-Identifier: Apache-2.0
// GOV.UK Notify by its REST API (https://docs.notifications.service.gov.uk/rest-api.html): text messages and e-mails.
// One attempt for all recipients of a channel. What Notify takes is under way, not there: receipts (notify_receipt)
// say what became of it. It keeps no store and decides nothing about retries.
#pragma once

#include "daemon/delivery/http_connection.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/delivery/signature.hpp"
#include "forewarn/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::outbox {

// "name-SERVICE-SECRET", each of the two a UUID, as Notify hands it out.
struct notify_key {
  std::string service; // iss
  signing_key secret;
};
[[nodiscard]] result<notify_key, std::string> parse_notify_key(std::string_view text);

// The JSON web token of one request: HS256, good for 30 seconds around `now`.
[[nodiscard]] std::string notify_token(const notify_key& key, instant now);

struct notify_target {
  std::string url; // "https://api.notifications.service.gov.uk"
  std::string ca_file;
  bool private_address = false;
  notify_key key;
  std::string template_id;
  std::vector<std::string> to; // numbers or addresses
  bool text_message = false;
};

// What Notify's answer to a request to send means. 201: taken. 400: it will never take this. A daily limit waits for
// midnight UTC; what concerns the account or Notify itself concerns every message (`whole_channel`).
[[nodiscard]] attempt judge_notify(const http_answer& answer, instant now);

// `reference` of the request for the recipient number `which` (from 0), and the delivery it names.
[[nodiscard]] std::string notify_reference(const message_id& id, std::size_t which);
[[nodiscard]] message_id delivery_of_reference(std::string_view reference);

// The body of the request.
[[nodiscard]] std::string notify_body(const notify_target& by, const message& what, const std::string& recipient,
                                      const std::string& reference);

// Used on one executor.
class notify_client {
public:
  explicit notify_client(http_limits limits = {}) : limits_{limits} {}

  // From the second attempt on it asks first whether Notify took the message before (its answer may have been lost),
  // so that nobody gets a text message twice.
  boost::asio::awaitable<attempt> send(notify_target by, due_delivery what, instant now);

  void forget() { trusts_.clear(); } // certificates: after a reload

private:
  class line;

  http_limits limits_;
  std::map<std::string, std::shared_ptr<boost::asio::ssl::context>> trusts_; // by ca_file
};

} // namespace forewarn::outbox
