// SPDX-License-Identifier: Apache-2.0
// The outbox: claims due deliveries from the store through the desk, sends them, and writes down what came of it.
// claim -> send -> settle; a crash between send and settle repeats the same webhook-id or Message-ID.
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/desk.hpp"
#include "daemon/histogram.hpp"
#include "daemon/settings.hpp"
#include "forewarn/delivery.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace forewarn::outbox {

// What came of one attempt.
enum class attempt_result : std::uint8_t {
  delivered, // 2xx, or the mail server took it
  again,     // try again by the schedule. Every other HTTP answer, redirects and 4xx too: what a receiver answers while
             // it is being redeployed or its keys are changed must not lose an alert
  refused,   // will never be taken: dead letter at once, a person is told (SMTP 5xx, an address that is not allowed,
             // a channel that is configured no more)
  gone,      // 410: disable the destination and tell its owner
};

struct attempt {
  attempt_result result = attempt_result::again;
  std::string said;                    // "HTTP 503", "connect: Connection refused"
  std::optional<duration> retry_after; // the receiver's own wish
  bool whole_channel = false;          // not this destination failed but what carries them all: mail server, Notify
};

// A delivery is tried for this long after its first attempt, not counting the time in which its destination was known
// to be down; then it is a dead letter.
inline constexpr duration longest_trying = std::chrono::hours{72};

// When the next attempt is due after `attempts` failures; nothing once 72 hours of tries are over. `spread` in
// [0, 1) is the jitter, given by the caller so that this stays a function.
[[nodiscard]] std::optional<duration> next_gap(int attempts, duration since_first, double spread,
                                               std::optional<duration> retry_after);

// The state of a delivery after an attempt. `down_since`: its destination is down, and the clock stands still.
[[nodiscard]] delivery settle(delivery row, const attempt& came, instant now, double spread,
                              std::optional<instant> down_since = {});

// Why an attempt ended as it did, as one word of a small set: "http_503", "smtp_451", "connect", "tls", "timeout".
[[nodiscard]] std::string reason_of(const attempt& came);

// Attempts since the start, for the metrics.
struct figures {
  struct kind_of_attempt {
    std::string channel, result, reason; // "webhook", "delivered", "http_200"
    friend auto operator<=>(const kind_of_attempt&, const kind_of_attempt&) = default;
  };
  std::map<kind_of_attempt, std::uint64_t> attempts;
  histogram delivery = of_messages();         // from the delivery's creation to its arrival
  histogram record_to_notice = of_messages(); // from the record that opened or changed a signal to a notice's arrival
};

class sender {
public:
  sender(boost::asio::io_context& io, desk& state, const settings& how,
         std::shared_ptr<const alerting::service_book> services);
  ~sender();
  void start();
  void wake(); // something new was enqueued; any thread, cheap, never blocks
  // Within a transaction of the desk that leaves deliveries due: claims some where there is room, so that they need no
  // transaction of their own for it. What it answers sends them, and is to be called once that is on disk.
  [[nodiscard]] std::function<void()> claim(desk_view& view);
  // Takes nothing new and gives attempts under way `grace` to end; what does not end stays due.
  boost::asio::awaitable<void> stop(duration grace);
  void replace(std::shared_ptr<const alerting::service_book> services);
  [[nodiscard]] figures counted() const; // any thread

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace forewarn::outbox
