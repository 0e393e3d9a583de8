// SPDX-License-Identifier: Apache-2.0
// What an attempt's result means to somebody who runs this and knows neither SMTP nor TLS by heart.
#include "daemon/delivery/outbox.hpp"
#include "daemon/delivery/stuck.hpp"

#include <array>
#include <string_view>

namespace forewarn::outbox {

namespace {

struct meaning {
  std::string_view label, words; // of reason_of; the first that the label begins with counts
};

constexpr auto meanings = std::to_array<meaning>({
    {"smtp_4", "the mail server puts it off for now (greylisting, a full queue); mostly it passes by itself"},
    {"smtp_5", "the mail server refuses it for good: check the address with whoever it belongs to"},
    {"http_3", "it answers with a redirect, and none is followed: enter the new URL in services.d"},
    {"http_401", "it does not accept our signature: check that both sides have the same key"},
    {"http_403", "it does not let us in: its owner knows why"},
    {"http_404", "there is nothing at this URL: check it with its owner"},
    {"http_410", "its owner has closed it: ask for the new address"},
    {"http_413", "the message is too large for it: its owner must allow 20 kB"},
    {"http_429", "it asks for a pause, and gets it"},
    {"http_503", "it says that it is not ready now; mostly it passes by itself"},
    {"http_5", "it is there and fails: its owner finds the reason in its log"},
    {"notify_400", "GOV.UK Notify does not take the message: the text after the number says why"},
    {"notify_403", "GOV.UK Notify does not take our key: check key_file, and this machine's clock"},
    {"notify_429", "GOV.UK Notify's limit is reached: it goes on by itself when the limit is lifted"},
    {"timeout", "it takes the connection and does not answer in time: its owner finds out why"},
    {"resolve", "its name is not known: check the URL, and this machine's name server"},
    {"connect", "nothing answers at its address: it is down, or a firewall is between"},
    {"tls", "its certificate is not accepted: it has ended, is for another name, or needs ca_file"},
    {"connection_lost",
     "the connection broke before it had answered: it may have the message, and will know it by its id"},
    {"folder", "the mail folder cannot be written to: look at its rights and its disk"},
});

} // namespace

std::string in_plain_words(const std::string& last_result) {
  if (last_result.find("no answer to the content") != std::string::npos)
    return "the mail server took the whole mail and did not say so: it may come twice, with the same Message-ID";
  if (last_result.starts_with("SMTP, not taken yet")) return std::string{meanings.front().words};
  if (last_result.starts_with("SMTP, taken for"))
    return "the mail server refuses an address for good: check it with whoever it belongs to";
  if (last_result.starts_with("SMTP: ") && last_result.find("(53") != std::string::npos)
    return "the mail server refuses our login: look at smtp.username and smtp.password_file";
  if (last_result.find("not HTTP") != std::string::npos)
    return "what answers there is no web server: check the URL and its port";
  const auto label = reason_of({attempt_result::again, last_result, {}});
  for (const auto& [begins, words] : meanings)
    if (label.starts_with(begins)) return std::string{words};
  if (label == "smtp") return "the mail server cannot be used: look at smtp: in forewarn.yaml, and at the server";
  return {};
}

} // namespace forewarn::outbox
