// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/webhook.hpp"

#include "daemon/delivery/retry_after.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include <deque>
#include <map>

namespace forewarn::outbox {

namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t most_kept = 8;             // idle connections of one destination
constexpr std::chrono::seconds longest_kept{50}; // most servers and load balancers close at 60 s

// Beast could serialise a request object, at ten seconds of compile time; the text is this.
std::string request_text(const destination& to, const webhook_post& what) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(what.sent_at).time_since_epoch().count();
  return fmt::format("POST {} HTTP/1.1\r\n"
                     "Host: {}\r\n"
                     "User-Agent: forewarn/" FOREWARN_VERSION "\r\n"
                     "Content-Type: application/json\r\n"
                     "Content-Length: {}\r\n"
                     "webhook-id: {}\r\n"
                     "webhook-timestamp: {}\r\n"
                     "webhook-signature: {}\r\n"
                     "\r\n"
                     "{}",
                     to.target, to.authority, what.body.size(), what.id, seconds,
                     sign(what.id, seconds, what.body, what.keys), what.body);
}

attempt failed_attempt(const http_fault& fault) {
  return {fault.not_allowed ? attempt_result::refused : attempt_result::again, fault.why, {}};
}

} // namespace

attempt judge(unsigned status, std::string_view retry_after, instant now) {
  attempt came;
  came.said = fmt::format("HTTP {}", status);
  const auto reason = http::obsolete_reason(http::int_to_status(status));
  if (reason != "<unknown-status>") came.said += fmt::format(" {}", std::string_view{reason.data(), reason.size()});
  if (status / 100 == 2)
    came.result = attempt_result::delivered;
  else if (status == 410)
    came.result = attempt_result::gone;
  else if (status / 100 == 3)
    came.said += ": redirects are not followed; configure the final URL";
  if (status == 429 || status == 503) came.retry_after = parse_retry_after(retry_after, now);
  return came;
}

struct webhook_client::state {
  using steady = std::chrono::steady_clock;
  struct idle {
    std::unique_ptr<http_connection> connection;
    steady::time_point since;
  };

  http_limits limits;
  std::map<std::string, std::shared_ptr<net::ssl::context>> trusts; // by ca_file
  std::map<std::string, std::deque<idle>> kept;                     // by destination
  std::uint64_t opened = 0;
  std::uint64_t generation = 0; // of the trusts: a connection opened before `forget` is not kept after it

  result<std::shared_ptr<net::ssl::context>, std::string> trust_for(const std::string& ca_file) {
    if (const auto known = trusts.find(ca_file); known != trusts.end()) return known->second;
    auto made = make_trust(ca_file);
    if (made) trusts.emplace(ca_file, *made);
    return made;
  }

  std::unique_ptr<http_connection> take(const std::string& key) {
    auto& idles = kept[key];
    while (!idles.empty()) {
      auto newest = std::move(idles.back());
      idles.pop_back();
      if (steady::now() - newest.since < longest_kept) return std::move(newest.connection);
      idles.clear(); // the others are older still
    }
    return {};
  }

  void keep(const std::string& key, std::unique_ptr<http_connection> connection) {
    auto& idles = kept[key];
    idles.push_back({std::move(connection), steady::now()});
    if (idles.size() > most_kept) idles.pop_front();
  }
};

webhook_client::webhook_client(http_limits limits) : state_{std::make_shared<state>()} {
  state_->limits = limits;
}
webhook_client::webhook_client(webhook_client&&) noexcept = default;
webhook_client& webhook_client::operator=(webhook_client&&) noexcept = default;
webhook_client::~webhook_client() = default;

void webhook_client::forget() {
  state_->kept.clear();
  state_->trusts.clear();
  ++state_->generation;
}

std::uint64_t webhook_client::connections_opened() const noexcept {
  return state_->opened;
}

net::awaitable<attempt> webhook_client::post(webhook_target target, webhook_post what) {
  const auto held = state_; // outlives the client if it must
  const auto to = parse_destination(target.url);
  if (!to) co_return attempt{attempt_result::refused, to.error(), {}};
  const auto request = request_text(*to, what);
  const auto key =
      fmt::format("{}\n{}:{}\n{}\n{}", to->tls, to->host, to->port, target.ca_file, target.private_address);
  const auto generation = held->generation;
  const auto finish = [&](std::unique_ptr<http_connection> connection, const http_answer& answer) {
    if (answer.keep && generation == held->generation) held->keep(key, std::move(connection));
    return judge(answer.status, answer.retry_after, what.sent_at);
  };

  if (auto kept = held->take(key)) {
    const auto answer = co_await kept->exchange(request);
    if (answer) co_return finish(std::move(kept), *answer);
    if (!answer.error().silent) co_return failed_attempt(answer.error());
    // Gone stale: the receiver closed it while it was idle. Once more on a new one, with the same webhook-id.
  }

  std::shared_ptr<net::ssl::context> trust;
  if (to->tls) {
    auto made = held->trust_for(target.ca_file);
    if (!made) co_return attempt{attempt_result::again, made.error(), {}};
    trust = std::move(*made);
  }
  ++held->opened;
  auto connection = co_await http_connection::open(*to, std::move(trust), target.private_address, held->limits);
  if (!connection) co_return failed_attempt(connection.error());
  const auto answer = co_await (*connection)->exchange(request);
  if (!answer) co_return failed_attempt(answer.error());
  co_return finish(std::move(*connection), *answer);
}

} // namespace forewarn::outbox
