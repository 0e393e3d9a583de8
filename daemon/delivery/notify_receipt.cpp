// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/notify_receipt.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/delivery/notify_client.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::outbox {

namespace json = boost::json;

result<notify_report, std::string> parse_notify_report(const std::string& body) {
  boost::system::error_code wrong;
  const auto read = json::parse(body, wrong);
  const auto* from = wrong ? nullptr : read.if_object();
  if (from == nullptr) return failure(std::string{"the body must be the JSON object that GOV.UK Notify sends"});
  const auto text = [&](const char* key) {
    const auto* value = from->if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  };
  notify_report out{text("reference"), text("status")};
  if (out.status.empty()) return failure(std::string{"'status' is missing"});
  return out;
}

bool take_notify_report(const notify_report& said, desk_view& view) {
  auto one = view.ledger.delivery_by_id(delivery_of_reference(said.reference));
  if (!one || one->row.kind != channel_kind::notify) return false;
  auto& row = one->row;
  const auto words = fmt::format("Notify: {}", said.status);
  if (said.status == "delivered") {
    if (row.state != delivery_state::delivered) return true; // to another of its recipients it was not
    row.last_result = words;
    view.ledger.save(row);
    return true;
  }
  if (said.status.find("failure") == std::string::npos || row.state != delivery_state::delivered) return true;
  row.state = delivery_state::dead;
  row.settled_at = view.now;
  row.last_result = words;
  view.ledger.save(row);
  audit::note(view.ledger, view.now,
              {audit::nobody, "delivery.dead", {one->message.about, row.id.str()}, {}, {{"said", words}}});
  view.process.delivery_failed(*one, view.ledger, view.now);
  return true;
}

} // namespace forewarn::outbox
