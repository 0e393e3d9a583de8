// SPDX-License-Identifier: Apache-2.0
// Every rendering of one alert by its name: what `templates render` prints and what the daemon publishes.
#pragma once

#include "daemon/wording/cap.hpp"

#include <array>
#include <string>
#include <string_view>

namespace forewarn::wording {

enum class rendering : std::uint8_t {
  sms,     // one text message of up to three parts
  subject, // of the e-mail
  email,   // the whole e-mail as it travels: text, HTML and chart
  html,    // its HTML, the chart inside it
  text,    // its text: the full alert
  poster,
  json, // as the API and a webhook's `data` have it
  webhook,
  cap,
  atom,
};

} // namespace forewarn::wording

namespace forewarn {
template <> struct spelling_of<wording::rendering> {
  static constexpr std::array words = std::to_array<std::string_view>(
      {"sms", "subject", "email", "html", "text", "poster", "json", "webhook", "cap", "atom"});
};
} // namespace forewarn

namespace forewarn::wording {

// What renderings are made with.
struct press {
  const alerting::word_book& words;
  const reference_data& reference;
  std::string mail_from; // "Drug alerts <forewarn@example.org>"
  std::string mail_to;   // shown in `email`
};

// Fails with the reason a person can act on: a part that is missing, or readers it is not for.
[[nodiscard]] result<std::string, std::string> render_as(rendering how, const alert& about, const press& with);

} // namespace forewarn::wording
