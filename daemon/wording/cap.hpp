// SPDX-License-Identifier: Apache-2.0
// An alert as OASIS CAP 1.2 (urn:oasis:names:tc:emergency:cap:1.2): elements in the schema's order, times with a
// numeric offset, and no claim that the alert does not make. Refuses an alert that nobody has issued.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>
#include <vector>

namespace forewarn::wording {

// Who sends, as machines name it: an address or a host, without spaces, commas and angle brackets.
struct publisher {
  std::string sender = "forewarn@localhost";
  std::string name = "Public health team"; // for people
};

// From the address that mail is sent from and the approved words.
[[nodiscard]] publisher publisher_of(const std::string& mail_from, const alerting::word_book& words);

// Nothing, or why it is not to be published: it is held, or was stopped.
[[nodiscard]] std::optional<std::string> not_published(const alert& about);

// `earlier`: the versions before, which it refers to; those that are not given are not made up. A retraction is a
// Cancel like a stand-down, and its note says that the alert was wrong: receivers take down what is cancelled, while an
// Error is, by CAP, the rejection of a message that could not be used.
[[nodiscard]] result<std::string, std::string> as_cap(const alert& about, const publisher& by,
                                                      const alerting::word_book& words, const reference_data& reference,
                                                      const std::vector<alert>& earlier = {});

} // namespace forewarn::wording
