// SPDX-License-Identifier: Apache-2.0
// Which destination is down is kept as marks in the store, so that it outlives the process; the breakers' own counts
// do not.
#include "daemon/delivery/bookkeeping.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/alerting/receipts.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/canary.hpp"
#include "daemon/delivery/replay.hpp"
#include "daemon/panel/ledger.hpp"

#include <algorithm>
#include <array>

namespace forewarn::outbox {

namespace {

using namespace std::chrono_literals;

constexpr duration lease = 10min;      // only a dead process lets it run out; the next start releases it
constexpr duration hand_back_for = 5s; // when a destination has enough waiting

std::string destination_of(const delivery& row) {
  return row.service.str() + '/' + row.channel;
}

std::string down_mark(const std::string& key) {
  return "delivery.down." + key;
}

// Of the versions of alerts alone ("FW-2026-0007 v1"): notices to on-call and drills are in the list of deliveries.
void note_settled(const due_delivery& one, desk_view& view) {
  const auto version = alerting::version_in(one.message);
  if (!version || one.message.type.starts_with("exercise.")) return;
  audit::note(view.ledger, view.now,
              {audit::nobody,
               "delivery." + std::string{to_text(one.row.state)},
               {version->ref.str(), one.row.id.str()},
               {},
               {{"type", one.message.type},
                {"about", one.message.about},
                {"service", one.row.service.str()},
                {"channel", one.row.channel},
                {"said", one.row.last_result}}});
}

// One mail server carries every mail, one GOV.UK Notify everything that goes by it.
bool has_one_carrier(channel_kind by) {
  return by == channel_kind::email || by == channel_kind::notify;
}

// What must work for this delivery to arrive.
std::vector<std::string> keys_of(const delivery& row) {
  std::vector<std::string> out{destination_of(row)};
  if (has_one_carrier(row.kind)) out.emplace_back(to_text(row.kind));
  return out;
}

} // namespace

bool bookkeeping::put_off(desk_view& view, delivery row) {
  for (const auto& key : keys_of(row)) {
    if (const auto since = parse_rfc3339(view.ledger.mark(down_mark(key)).value_or("")))
      down_.restore(key, *since, view.now);
    const auto until = down_.wait_for(key, view.now);
    if (!until) continue;
    row.leased_until.reset();
    row.due_at = *until;
    view.ledger.save(row);
    return true;
  }
  return false;
}

void bookkeeping::claim(desk_view& view, std::size_t most, claim_result& out) {
  out = {};
  out.now = view.now;
  auto due = view.ledger.claim_due(view.now, view.now + lease, most);
  out.more = due.size() == most;
  for (auto& one : due) {
    const bool drill = one.message.type.starts_with("exercise."); // how an operator tries whether it is back
    if (!drill && put_off(view, one.row)) continue;
    auto disabled = view.ledger.mark(disabled_mark(one.row)).value_or("");
    const auto asked = panel::of(view.ledger).receipt_of(one.row.message, one.row.service);
    out.rows.push_back({std::move(one), std::move(disabled), asked ? asked->token : std::string{}});
  }
  out.next = view.ledger.next_due();
}

std::optional<instant> bookkeeping::down_since(const delivery& row) const {
  std::optional<instant> first;
  for (const auto& key : keys_of(row))
    if (const auto since = down_.down_since(key); since && (!first || *since < *first)) first = since;
  return first;
}

// The mark, not the breaker, says whether people were told: a transaction that was lost is told again.
void bookkeeping::learn(desk_view& view, const delivery& row, const attempt& came) {
  if (came.result == attempt_result::delivered) {
    for (const auto& key : keys_of(row)) {
      (void)down_.delivered(key);
      const auto since = parse_rfc3339(view.ledger.mark(down_mark(key)).value_or(""));
      if (!since) continue;
      view.ledger.set_mark(down_mark(key), "");
      if (key == to_text(row.kind))
        view.ledger.resume(row.kind, *since, view.now);
      else
        view.ledger.resume(row.service, row.channel, *since, view.now);
      view.process.destination_back(key, *since, view.ledger, view.now);
    }
  } else if (came.result == attempt_result::again) {
    const auto key = came.whole_channel ? std::string{to_text(row.kind)} : destination_of(row);
    (void)down_.failed(key, row.id, view.now, came.retry_after);
    const auto since = down_.down_since(key);
    if (!since || !view.ledger.mark(down_mark(key)).value_or("").empty()) return;
    view.ledger.set_mark(down_mark(key), format_rfc3339(*since));
    view.process.destination_down(key, came.said, *since, view.ledger, view.now);
  }
}

delivery bookkeeping::write_down(desk_view& view, const unsettled& one) {
  auto row = one.what.due.row;
  if (!one.came) {
    row.leased_until.reset();
    row.due_at = view.now + hand_back_for;
    view.ledger.save(row);
    return row;
  }
  learn(view, row, *one.came);
  const auto since = down_since(row);
  row = settle(std::move(row), *one.came, view.now, one.spread, since);
  // While it is down, each waits no longer than until the next try, so that there is always one to try with.
  if (since && row.state == delivery_state::due)
    for (const auto& key : keys_of(row))
      if (const auto next = down_.next_try(key); next && down_.down_since(key))
        row.due_at = std::min(row.due_at, *next);
  view.ledger.save(row);
  if (row.state != delivery_state::due) note_settled({row, one.what.due.message}, view);
  if (row.state == delivery_state::disabled && !one.url.empty()) view.ledger.set_mark(disabled_mark(row), one.url);
  if (row.state == delivery_state::delivered && !one.what.disabled_url.empty())
    view.ledger.set_mark(disabled_mark(row), "");
  if (row.state == delivery_state::delivered && one.what.due.message.type == canary::message_type)
    canary::came_through(canary::by_channel(row.service, row.channel), view.ledger, view.now);
  if (row.state == delivery_state::dead || row.state == delivery_state::disabled)
    view.process.delivery_failed({row, one.what.due.message}, view.ledger, view.now);
  return row;
}

} // namespace forewarn::outbox
