// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/attempts.hpp"

#include "daemon/delivery/ack_link.hpp"
#include "daemon/delivery/maildir.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace forewarn::outbox {

namespace {

namespace net = boost::asio;

// Runs `work(tell)` somewhere else and resumes with what it tells, on the executor that waits.
template <class Work> net::awaitable<attempt> elsewhere(Work work) {
  return net::async_initiate<decltype(net::use_awaitable), void(attempt)>(
      [](auto handler, Work begin) {
        auto waiting = net::get_associated_executor(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        begin([waiting, shared, guard = net::make_work_guard(waiting)](attempt came) {
          net::post(waiting, [shared, came = std::move(came)]() mutable { (*shared)(std::move(came)); });
        });
      },
      net::use_awaitable, std::move(work));
}

attempt refused(std::string why) {
  return {attempt_result::refused, std::move(why), {}};
}

attempt again(std::string why) {
  return {attempt_result::again, std::move(why), {}};
}

} // namespace

attempts::attempts(settings how, std::shared_ptr<const alerting::service_book> services)
    : how_{std::move(how)}, services_{std::move(services)} {}

net::awaitable<attempt> attempts::make(claimed what, instant now) {
  const auto self = shared_from_this();
  const auto& row = what.due.row;
  const auto* service = services_->find(row.service);
  if (service == nullptr) co_return refused(fmt::format("service '{}' is configured no more", row.service.str()));
  const auto found = std::ranges::find(service->channels, row.channel, &alerting::channel::name);
  if (found == service->channels.end())
    co_return refused(fmt::format("service '{}' has no channel '{}' any more", row.service.str(), row.channel));
  alerting::channel to = *found; // a reload may come while we wait
  if (!what.token.empty() && !how_.public_url.empty())
    what.due.message = with_ack_link(std::move(what.due.message), how_.public_url + "/ack/" + what.token);
  switch (to.kind) {
  case channel_kind::webhook: co_return co_await by_webhook(std::move(to), std::move(what), now);
  case channel_kind::email: co_return co_await by_mail(std::move(to), std::move(what));
  case channel_kind::maildir: co_return co_await by_maildir(std::move(to), std::move(what));
  case channel_kind::notify: co_return co_await by_notify(std::move(to), std::move(what), now);
  }
  co_return refused("a channel of a kind that this version does not know");
}

net::awaitable<attempt> attempts::by_webhook(alerting::channel to, claimed what, instant now) {
  const auto& message = what.due.message;
  // Exercises still go out: one that arrives is how an operator opens the channel again.
  if (what.disabled_url == to.url && !to.url.empty() && !message.type.starts_with("exercise."))
    co_return attempt{attempt_result::gone,
                      "not sent: the receiver said 410 before; once `forewarn services test` arrives, it is used again",
                      {}};
  auto keys = keys_of(to);
  if (!keys) co_return again(keys.error());
  webhook_target target{to.url, to.ca_file, to.private_address};
  if (!target.ca_file.empty()) target.ca_file = (how_.config_dir / target.ca_file).string();
  webhook_post post{what.due.row.id.str(), now, message.json, std::move(*keys)};
  co_return co_await webhooks_.post(std::move(target), std::move(post));
}

net::awaitable<attempt> attempts::by_mail(alerting::channel to, claimed what) {
  auto by = server();
  if (!by) co_return attempt{attempt_result::again, by.error(), {}, true};
  if (!mailer_) mailer_ = std::make_unique<mailer>();
  mail letter{how_.smtp.from, std::move(to.to), what.due.row.id, std::move(what.due.message)};
  co_return co_await elsewhere([this, by = std::move(*by), letter = std::move(letter)](auto tell) mutable {
    mailer_->send(std::move(by), std::move(letter), std::move(tell));
  });
}

net::awaitable<attempt> attempts::by_maildir(alerting::channel to, claimed what) {
  auto folder = how_.state_dir / to.folder; // an absolute one stays as it is
  if (to.to.empty()) to.to.push_back(how_.smtp.from);
  mail letter{how_.smtp.from, std::move(to.to), what.due.row.id, std::move(what.due.message)};
  co_return co_await elsewhere([this, folder = std::move(folder), letter = std::move(letter)](auto tell) mutable {
    net::post(disk_, [folder = std::move(folder), letter = std::move(letter), tell = std::move(tell)] {
      tell(deliver_to_maildir(folder, letter));
    });
  });
}

net::awaitable<attempt> attempts::by_notify(alerting::channel to, claimed what, instant now) {
  const auto secret = read_secret(to.secret_files.empty() ? std::string{} : to.secret_files.front(), how_.config_dir);
  if (!secret) co_return again("Notify API key: " + secret.error());
  auto key = parse_notify_key(secret->reveal());
  if (!key) co_return again("Notify API key: " + key.error());
  notify_target target;
  target.url = to.url;
  target.ca_file = to.ca_file.empty() ? std::string{} : (how_.config_dir / to.ca_file).string();
  target.private_address = to.private_address;
  target.key = std::move(*key);
  target.template_id = to.template_id;
  target.to = to.to;
  target.text_message = to.text_message;
  co_return co_await notify_.send(std::move(target), std::move(what.due), now);
}

result<std::vector<signing_key>, std::string> attempts::keys_of(const alerting::channel& to) {
  std::vector<signing_key> keys;
  for (const auto& file : to.secret_files) {
    if (const auto known = keys_.find(file); known != keys_.end()) {
      keys.push_back(known->second);
      continue;
    }
    const auto secret = read_secret(file, how_.config_dir);
    if (!secret) return failure("signing key: " + secret.error());
    auto key = parse_signing_key(secret->reveal());
    if (!key) return failure(fmt::format("signing key {}: {}", file, key.error()));
    keys.push_back(keys_.emplace(file, std::move(*key)).first->second);
  }
  if (keys.empty()) return failure(fmt::format("channel '{}' names no secret_file to sign with", to.name));
  return keys;
}

result<mail_server, std::string> attempts::server() const {
  if (how_.smtp.url.empty()) return failure(std::string{"no mail server is configured: set smtp.url in forewarn.yaml"});
  mail_server by;
  by.url = how_.smtp.url;
  by.username = how_.smtp.username;
  by.require_tls = how_.smtp.require_tls;
  by.total_timeout = std::chrono::ceil<std::chrono::milliseconds>(how_.smtp.timeout);
  by.connect_timeout = std::min(by.connect_timeout, by.total_timeout);
  if (!how_.smtp.ca_file.empty()) by.ca_file = (how_.config_dir / how_.smtp.ca_file).string();
  if (!how_.smtp.password_file.empty()) {
    auto password = read_secret(how_.smtp.password_file, how_.config_dir);
    if (!password) return failure("mail password: " + password.error());
    by.password = std::move(*password);
  }
  return by;
}

void attempts::replace(std::shared_ptr<const alerting::service_book> services) {
  services_ = std::move(services);
  keys_.clear();
  webhooks_.forget();
  notify_.forget();
}

void attempts::stop() {
  mailer_.reset();
  disk_.join();
}

} // namespace forewarn::outbox
