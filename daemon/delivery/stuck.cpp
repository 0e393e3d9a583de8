// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/stuck.hpp"

#include "daemon/delivery/losses.hpp"
#include "daemon/delivery/replay.hpp"
#include "daemon/panel/ledger.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace forewarn::outbox {

namespace {

namespace json = boost::json;

std::optional<instant> down_since(const std::string& key, const store_reader& stored) {
  return parse_rfc3339(stored.mark("delivery.down." + key).value_or(""));
}

stuck_destination look_at(const service_id& to, const alerting::channel& by, const store_reader& stored) {
  stuck_destination out;
  out.service = to;
  out.channel = by.name;
  out.down_since = down_since(to.str() + '/' + by.name, stored);
  if (const auto all = down_since(std::string{to_text(by.kind)}, stored);
      all && (!out.down_since || *all < *out.down_since))
    out.down_since = all;
  delivery any;
  any.service = to;
  any.channel = by.name;
  out.said_gone = !by.url.empty() && stored.mark(disabled_mark(any)).value_or("") == by.url;
  for (const auto& one : stored.undelivered(to, by.name)) {
    if (one.row.attempts == 0 && !out.down_since) continue; // on its way
    ++out.waiting;
    if (one.message.level >= level::red) ++out.red;
    if (!out.oldest || one.row.created_at < *out.oldest) out.oldest = one.row.created_at;
    if (!out.next_try || one.row.due_at < *out.next_try) out.next_try = one.row.due_at;
    if (!one.row.last_result.empty()) out.last_result = one.row.last_result;
  }
  return out;
}

json::value time_or_null(const std::optional<instant>& at) {
  return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
}

} // namespace

stuck what_is_stuck(const alerting::service_book& services, const store_reader& stored, instant now) {
  stuck out;
  for (const auto& one : services.services)
    for (const auto& by : one.channels) {
      auto found = look_at(one.id, by, stored);
      if (found.waiting > 0 || found.down_since || found.said_gone) out.destinations.push_back(std::move(found));
    }
  std::stable_sort(out.destinations.begin(), out.destinations.end(), [](const auto& a, const auto& b) {
    return a.oldest.value_or(instant::max()) < b.oldest.value_or(instant::max());
  });
  out.lost = lost_since(stored, now - shown_as_lost);
  out.unconfirmed = panel::of(stored).unconfirmed();
  return out;
}

json::object as_json(const stuck& all) {
  json::array destinations, lost, unconfirmed;
  for (const auto& one : all.destinations)
    destinations.push_back(json::object{{"service", one.service.str()},
                                        {"channel", one.channel},
                                        {"waiting", one.waiting},
                                        {"red", one.red},
                                        {"oldest", time_or_null(one.oldest)},
                                        {"down_since", time_or_null(one.down_since)},
                                        {"said_gone", one.said_gone},
                                        {"next_try", time_or_null(one.next_try)},
                                        {"last_result", one.last_result},
                                        {"why", in_plain_words(one.last_result)}});
  for (const auto& [row, message] : all.lost)
    lost.push_back(json::object{{"id", row.id.str()},
                                {"service", row.service.str()},
                                {"channel", row.channel},
                                {"type", message.type},
                                {"about", message.about},
                                {"level", to_text(message.level)},
                                {"subject", message.subject},
                                {"given_up_at", time_or_null(row.settled_at)},
                                {"last_result", row.last_result},
                                {"why", in_plain_words(row.last_result)}});
  for (const auto& one : all.unconfirmed)
    unconfirmed.push_back(json::object{{"service", one.service.str()},
                                       {"about", one.about},
                                       {"asked_at", format_rfc3339(one.asked_at)},
                                       {"confirm_by", time_or_null(one.confirm_by)},
                                       {"told", one.told}});
  return {
      {"destinations", std::move(destinations)}, {"lost", std::move(lost)}, {"unconfirmed", std::move(unconfirmed)}};
}

} // namespace forewarn::outbox
