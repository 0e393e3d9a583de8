// SPDX-License-Identifier: Apache-2.0
// What an SMTP dialogue means for a delivery: taken, try again, or refused, for each recipient.
#include "daemon/delivery/smtp_transfer.hpp"

#include "forewarn/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace forewarn::outbox {

namespace {

constexpr std::size_t longest_reply = 200;

bool is_login_trouble(int code) {
  return code == 530 || code == 534 || code == 535 || code == 538; // RFC 4954: about us, and can be mended
}

std::string name_all(const std::map<std::string, smtp_dialogue::reply>& of, int hundred) {
  std::vector<std::string> named;
  for (const auto& [address, reply] : of)
    if (reply.code / 100 == hundred) named.push_back(fmt::format("{}: {}", address, reply.text));
  return join(named, "; ");
}

} // namespace

void smtp_dialogue::sent(std::string_view command) {
  const auto upper = ascii_lower(command.substr(0, 8));
  recipient_.clear();
  if (upper.starts_with("rcpt to:")) {
    const auto open = command.find('<');
    const auto close = command.find('>');
    if (open != std::string_view::npos && close != std::string_view::npos && close > open)
      recipient_ = std::string{command.substr(open + 1, close - open - 1)};
  }
  about_the_mail_ = upper.starts_with("mail") || upper.starts_with("rcpt") || upper.starts_with("data");
}

void smtp_dialogue::content_sent() {
  about_the_mail_ = true;
  unanswered_ = true;
}

void smtp_dialogue::heard(std::string_view line) {
  line = trim(line);
  int code = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
  if (error != std::errc{} || end != line.data() + 3) return;
  if (line.size() > 3 && line[3] == '-') return; // more lines of this reply follow
  last_ = {code, std::string{line.substr(0, longest_reply)}};
  unanswered_ = false;
  if (!recipient_.empty()) recipients_[std::exchange(recipient_, {})] = last_;
}

attempt judge_smtp(int code, std::string_view reply) {
  const bool for_good = code / 100 == 5 && !is_login_trouble(code);
  return {for_good ? attempt_result::refused : attempt_result::again, fmt::format("SMTP {}", reply), {}};
}

smtp_outcome conclude(const smtp_dialogue& said, const std::vector<std::string>& asked, std::string_view failed,
                      bool login_denied) {
  const auto later = name_all(said.recipients(), 4);
  const auto never = name_all(said.recipients(), 5);
  const bool all_refused = !never.empty() && std::ranges::all_of(asked, [&](const std::string& address) {
    const auto reply = said.recipients().find(address);
    return reply != said.recipients().end() && reply->second.code / 100 == 5;
  });
  const bool complains = said.last().code / 100 >= 4;

  smtp_outcome outcome;
  if (failed.empty())
    for (const auto& address : asked)
      if (said.recipients().contains(address) && said.recipients().at(address).code / 100 == 2)
        outcome.taken_by.push_back(address);

  if (failed.empty() && outcome.taken_by.size() == asked.size())
    outcome.came = {attempt_result::delivered, fmt::format("SMTP {}", said.last().text), {}};
  else if (!later.empty())
    outcome.came = {attempt_result::again, fmt::format("SMTP, not taken yet: {}", later), {}};
  else if (failed.empty() || all_refused)
    outcome.came = {attempt_result::refused,
                    fmt::format("SMTP, taken for {} of {}; refused: {}", outcome.taken_by.size(), asked.size(), never),
                    {}};
  else if (!login_denied && said.about_the_mail() && complains)
    outcome.came = judge_smtp(said.last().code, said.last().text);
  else if (said.unanswered())
    outcome.came = {
        attempt_result::again,
        fmt::format("SMTP: no answer to the content ({}); it may have arrived, and comes again as the same mail",
                    failed),
        {},
        true};
  else
    outcome.came = {attempt_result::again,
                    fmt::format("SMTP: {}{}", failed, complains ? fmt::format(" ({})", said.last().text) : ""),
                    {},
                    true};
  return outcome;
}

} // namespace forewarn::outbox
