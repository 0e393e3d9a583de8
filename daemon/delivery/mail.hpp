// SPDX-License-Identifier: Apache-2.0
// A message as RFC 5322 text: multipart plain and HTML in UTF-8, one thread per alert. The same bytes for SMTP and for
// a maildir, and the same on every retry. Pure.
#pragma once

#include "forewarn/delivery.hpp"
#include "forewarn/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::outbox {

struct mail {
  std::string from; // "forewarn@example.org" or "Drug alerts <forewarn@example.org>"
  std::vector<std::string> to;
  message_id id; // the left part of the Message-ID
  forewarn::message content;
};

// "Drug alerts <a@b>" -> "a@b". Nothing where there is no plain address in it.
[[nodiscard]] std::string address_of(std::string_view mailbox);

// Lines end with CRLF. Date is that of the message, not of the attempt.
[[nodiscard]] std::string render_mail(const mail& what);

// RFC 2047: unchanged where it is printable ASCII; line breaks and other control characters become spaces, so that no
// text of an alert can add a header of its own.
[[nodiscard]] std::string encode_header(std::string_view text);

// RFC 2045 quoted-printable, CRLF line ends.
[[nodiscard]] std::string quoted_printable(std::string_view text);

} // namespace forewarn::outbox
