// SPDX-License-Identifier: Apache-2.0
// Makes one attempt at one delivery by whatever channel it goes. Finds the channel in services.d/, reads its keys,
// and hands over to webhook, mail or maildir. It neither claims nor settles.
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/delivery/lane.hpp"
#include "daemon/delivery/mailer.hpp"
#include "daemon/delivery/notify_client.hpp"
#include "daemon/delivery/webhook.hpp"
#include "daemon/settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <map>
#include <memory>
#include <string>

namespace forewarn::outbox {

// Used on one executor. Attempts hold it by shared_ptr.
class attempts : public std::enable_shared_from_this<attempts> {
public:
  attempts(settings how, std::shared_ptr<const alerting::service_book> services);

  // `now` stamps the signature. Never throws for what a channel does.
  boost::asio::awaitable<attempt> make(claimed what, instant now);

  void replace(std::shared_ptr<const alerting::service_book> services);
  void stop(); // ends the threads of mail and maildir; mail under way ends as `again`

private:
  boost::asio::awaitable<attempt> by_webhook(alerting::channel to, claimed what, instant now);
  boost::asio::awaitable<attempt> by_mail(alerting::channel to, claimed what);
  boost::asio::awaitable<attempt> by_maildir(alerting::channel to, claimed what);
  boost::asio::awaitable<attempt> by_notify(alerting::channel to, claimed what, instant now);
  result<std::vector<signing_key>, std::string> keys_of(const alerting::channel& to);
  result<mail_server, std::string> server() const;

  settings how_;
  std::shared_ptr<const alerting::service_book> services_;
  webhook_client webhooks_;
  notify_client notify_;
  std::map<std::string, signing_key> keys_; // by file, as read since the last reload
  std::unique_ptr<mailer> mailer_;          // started with the first mail
  boost::asio::thread_pool disk_{1};        // maildir: fsync must not stop the network
};

} // namespace forewarn::outbox
