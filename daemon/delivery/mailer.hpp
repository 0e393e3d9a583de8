// SPDX-License-Identifier: Apache-2.0
// Sends mail by SMTP through libcurl, on threads of its own, so that a slow mail server holds up nothing else.
// STARTTLS (or smtps://) with a verified certificate unless the settings say that plain is meant.
#pragma once

#include "daemon/delivery/mail.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/settings.hpp"
#include "forewarn/sensitive.hpp"

#include <functional>
#include <memory>
#include <string>

namespace forewarn::outbox {

struct mail_server {
  std::string url; // smtp://host:587 or smtps://host:465
  std::string username;
  sensitive<std::string> password;
  std::string ca_file;     // trust only this authority; empty = the system's
  bool require_tls = true; // false: TLS where it is offered
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{15};
  std::chrono::milliseconds total_timeout = std::chrono::seconds{60};
};

// What a mail server's last reply means. `recipients` failed in a way of their own: see mailer::send.
[[nodiscard]] attempt judge_smtp(int code, std::string_view reply);

class mailer {
public:
  using done = std::function<void(attempt)>; // called on one of the mailer's threads, exactly once

  mailer();
  mailer(const mailer&) = delete;
  mailer& operator=(const mailer&) = delete;
  ~mailer(); // gives up what is under way: those attempts end as `again`

  // Any thread. Each recipient is accepted or refused by the server on its own: those that took the mail are
  // remembered, and only the others are tried again. Delivered means that all have it; refused for good by some and
  // taken by the rest ends as `refused`, naming them, because a person must hear of it.
  void send(mail_server by, mail what, done tell);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace forewarn::outbox
