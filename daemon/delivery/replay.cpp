// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/replay.hpp"

#include "daemon/audit/note.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::outbox {

namespace {

constexpr std::size_t rows_at_once = 500;

void make_due(delivery row, const alerting::decision& by, store& ledger, instant now) {
  row.last_result = fmt::format("asked for again by {} ({}); before that {}: {}", by.who, by.reason, to_text(row.state),
                                row.last_result.empty() ? "no answer" : row.last_result);
  row.state = delivery_state::due;
  row.due_at = now;
  row.leased_until.reset();
  row.attempts = 0;
  row.first_attempt_at.reset();
  row.settled_at.reset();
  ledger.save(row);
  audit::note(ledger, now, {by.who, "delivery.replayed", {row.id.str(), row.service.str()}, by.reason, {}});
  ledger.set_mark(disabled_mark(row), "");
}

} // namespace

std::string disabled_mark(const delivery& row) {
  return "delivery.disabled." + row.service.str() + "/" + row.channel;
}

replayed replay(const replay_wish& wish, const alerting::decision& by, store& ledger, instant now) {
  replayed out;
  page which{.after = 0, .limit = rows_at_once, .after_id = {}};
  for (bool more = true; more;) {
    const auto rows = ledger.deliveries(wish.to, which); // the newest first
    more = rows.size() == which.limit;
    for (const auto& one : rows) {
      if (one.row.created_at < wish.since) return out;
      which.after_id = one.row.id.str();
      if (one.row.state == delivery_state::due) {
        ++out.waiting;
      } else if (!wish.only || one.row.state == *wish.only) {
        make_due(one.row, by, ledger, now);
        ++out.again;
      }
    }
  }
  return out;
}

result<delivery, std::string> replay(const message_id& id, const alerting::decision& by, store& ledger, instant now) {
  const auto one = ledger.delivery_by_id(id);
  if (!one) return failure(fmt::format("no delivery '{}'; `forewarn deliveries list` shows their ids", id.str()));
  if (one->row.state == delivery_state::due)
    return failure(fmt::format("delivery {} has not arrived yet and is tried again by itself", id.str()));
  make_due(one->row, by, ledger, now);
  return ledger.delivery_by_id(id)->row;
}

} // namespace forewarn::outbox
