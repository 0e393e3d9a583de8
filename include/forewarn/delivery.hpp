// SPDX-License-Identifier: Apache-2.0
// A delivery: one message to one service by one channel. Written in the transaction that creates the message, so
// that what was decided either reaches the service or a person hears that it did not.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace forewarn {

enum class channel_kind : std::uint8_t {
  webhook,
  email,
  maildir,
  notify // GOV.UK Notify: a text message or an e-mail
};
template <> struct spelling_of<channel_kind> {
  static constexpr std::array words = std::to_array<std::string_view>({"webhook", "email", "maildir", "notify"});
};

enum class delivery_state : std::uint8_t {
  due, // waits for its (next) attempt
  delivered,
  dead,      // 72 hours of tries, or refused for good: a person is told
  disabled,  // the receiver said 410: not tried again until the operator says so
  in_digest, // what it says went out in a digest after its destination had been down
};
template <> struct spelling_of<delivery_state> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"due", "delivered", "dead", "disabled", "in_digest"});
};

// What is sent, rendered once when it is decided: every retry carries the same bytes.
struct message {
  std::string type;                               // "alert.issued", "signal.opened", ... as in the contract, section 4
  std::string about;                              // alert reference with version, or signal id: what `deliveries` shows
  std::string thread;                             // equal for all messages of one alert: e-mail References
  forewarn::level level = forewarn::level::amber; // red goes first
  instant created_at;
  std::string subject; // e-mail
  std::string text;    // e-mail, plain part
  std::string html;    // e-mail, HTML part
  std::string json;    // webhook body: {"type", "timestamp", "data"}
  std::string sms;     // text message; empty: the subject serves
};

struct delivery {
  message_id id;            // `webhook-id`, and the left part of the Message-ID; the same over all retries
  std::int64_t message = 0; // row of the message
  service_id service;
  std::string channel; // the channel's name within the service: "webhook", "email", "duty-phone"
  channel_kind kind = channel_kind::webhook;
  delivery_state state = delivery_state::due;
  instant created_at;
  instant due_at;                      // of the next attempt
  std::optional<instant> leased_until; // an attempt is under way
  int attempts = 0;
  std::optional<instant> first_attempt_at;
  duration stood_still{0}; // since then, the time in which its destination was known to be down
  std::optional<instant> settled_at;
  std::string last_result;           // "200", "503", "connect: refused": for people
  std::optional<instant> not_before; // its service is closed until then
};

} // namespace forewarn
