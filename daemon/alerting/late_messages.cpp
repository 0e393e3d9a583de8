// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/late_messages.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr const char* type = "delivery.late";

bool is_down(const service& to, const channel& by, const store_reader& ledger) {
  const auto marked = [&](const std::string& key) { return !ledger.mark("delivery.down." + key).value_or("").empty(); };
  return marked(to.id.str() + '/' + by.name) || marked(std::string{to_text(by.kind)});
}

// Another of the service's channels brought it: what is late is a second copy.
bool came_otherwise(const due_delivery& late, const service& to, const store_reader& ledger) {
  const auto rows = ledger.deliveries(to.id, {});
  return std::any_of(rows.begin(), rows.end(), [&](const due_delivery& one) {
    return one.row.message == late.row.message && one.row.state == delivery_state::delivered;
  });
}

// Since it could first have arrived: a service that is closed is not late.
instant since_when(const delivery& row) {
  return row.first_attempt_at.value_or(row.not_before.value_or(row.created_at));
}

bool is_urgent(const due_delivery& one, const service& to, instant now) {
  const auto& [row, message] = one;
  if (message.type.starts_with("delivery.") || message.type.starts_with("exercise.")) return false;
  if (message.level < level::red && !to.on_call && !to.by_turns) return false;
  return now - since_when(row) >= urgent_within;
}

bool tell(const due_delivery& late, const service& to, const setup& with, store& ledger, instant now) {
  const auto& [row, message] = late;
  const auto key = fmt::format("{}|{}", type, row.id.str());
  if (ledger.newest_message(key)) return false;
  tell_of_fault(type, key, fmt::format("NOT YET DELIVERED to {}: {}", to.name, message.subject),
                fmt::format("{} has not received this by {} after {} tries in {} minutes; the last one: {}\n\n{}\n\nIt "
                            "is tried again, and you will not hear of it until it is given up: if it cannot wait, tell "
                            "them another way now.\n\nTo see every try: forewarn deliveries show {}",
                            to.name, row.channel, row.attempts,
                            std::chrono::duration_cast<std::chrono::minutes>(now - since_when(row)).count(),
                            row.last_result.empty() ? "no answer" : row.last_result, message.subject, row.id.str()),
                with, ledger, now, to.id.str() + '/' + row.channel);
  return true;
}

} // namespace

std::size_t tell_of_late(const setup& with, store& ledger, instant now) {
  std::size_t told = 0;
  for (const auto& to : with.services->services)
    for (const auto& by : to.channels) {
      if (is_down(to, by, ledger)) continue; // that was told, for all that waits
      for (const auto& one : ledger.undelivered(to.id, by.name))
        if (is_urgent(one, to, now) && !came_otherwise(one, to, ledger) && tell(one, to, with, ledger, now)) ++told;
    }
  return told;
}

} // namespace forewarn::alerting
