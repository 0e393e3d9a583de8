// SPDX-License-Identifier: Apache-2.0
// What on-call and operators hear when messages do not arrive: always by the channels that still work.
#include "daemon/alerting/news.hpp"
#include "daemon/alerting/receipts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// "Duty desk by webhook", "e-mail as a whole".
std::string name_destination(const std::string& key, const setup& with) {
  const auto slash = key.find('/');
  if (key == "email") return "e-mail as a whole";
  if (key == "notify") return "GOV.UK Notify";
  if (slash == std::string::npos) return key;
  const auto* service = with.services->find(service_id{key.substr(0, slash)});
  return fmt::format("{} by {}", service == nullptr ? key.substr(0, slash) : service->name, key.substr(slash + 1));
}

} // namespace

void process::delivery_failed(const due_delivery& lost, store& ledger, instant now) {
  // A fault that cannot be told of is seen in `forewarn deliveries`; telling of it for ever would be a fault itself.
  if (lost.message.type == "delivery.failed") return;
  const auto& with = parts_->now;
  const auto* service = with.services->find(lost.row.service);
  const auto& name = service == nullptr ? lost.row.service.str() : service->name;
  const auto instead = fall_back(lost, with, ledger, now);
  tell_of_fault("delivery.failed", "delivery.failed|" + lost.row.id.str(),
                fmt::format("NOT DELIVERED to {}: {}", name, lost.message.subject),
                fmt::format("{} did not receive this by {}, after {} attempts: {}\n\n{}\n\n{} "
                            "To see every attempt: forewarn deliveries show {}",
                            name, lost.row.channel, lost.row.attempts,
                            lost.row.last_result.empty() ? "no answer" : lost.row.last_result, lost.message.subject,
                            instead ? fmt::format("It goes out by their {} now.", *instead)
                                    : std::string{"Tell them another way now."},
                            lost.row.id.str()),
                with, ledger, now, lost.row.service.str() + '/' + lost.row.channel);
}

void process::destination_down(const std::string& key, const std::string& said, instant since, store& ledger,
                               instant now) {
  const auto& with = parts_->now;
  const auto name = name_destination(key, with);
  tell_of_fault("delivery.held_up", fmt::format("delivery.held_up|{}|{}", key, format_rfc3339(since)),
                fmt::format("MESSAGES WAIT: {} does not work", name),
                fmt::format("Message after message failed there; the last one: {}\n\nMessages to it are kept and wait. "
                            "It is tried every few minutes, and all of them go out as soon as one arrives; you will be "
                            "told. If something there cannot wait, tell them another way now.\n\nTo see what waits: "
                            "forewarn deliveries list --state due",
                            said),
                with, ledger, now, key);
}

void process::destination_back(const std::string& key, instant since, store& ledger, instant now) {
  const auto& with = parts_->now;
  const auto name = name_destination(key, with);
  if (now - since > with.times.outage_after)
    for (const auto& to : with.services->services)
      for (const auto& by : to.channels)
        if ((to.on_call || to.by_turns) && (key == to.id.str() + '/' + by.name || key == to_text(by.kind)))
          fold_waiting(to, by, since, false, with, ledger, now);
  tell_of_fault("delivery.resumed", fmt::format("delivery.resumed|{}|{}", key, format_rfc3339(since)),
                fmt::format("Messages go out again: {} works", name),
                fmt::format("It had not worked since {}. What waited for it goes out now.",
                            with.reference().local_zone.format(since)),
                with, ledger, now);
}

} // namespace forewarn::alerting
