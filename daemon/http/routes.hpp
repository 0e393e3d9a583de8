// SPDX-License-Identifier: Apache-2.0
// The handlers behind the routes, one group per file. A handler gets what the pattern's "*" segments held.
#pragma once

#include "daemon/http/api.hpp"

#include <vector>

namespace forewarn::http {

using words = std::vector<std::string>;
using handler = boost::asio::awaitable<response> (*)(const api_parts&, request, words);

enum class gate : std::uint8_t {
  open,   // anyone: health and metrics say nothing about people
  feed,   // the local socket, or the feed's own token
  owner,  // the local socket, or the api token
  link,   // whoever has the link, with a body that is a form's
  notify, // GOV.UK Notify, by its own token
};

struct route {
  std::string_view method;
  std::string_view pattern; // "/v1/alerts/*"
  gate needs;
  handler answer;
};

// pushing.cpp
boost::asio::awaitable<response> push_records(const api_parts& parts, request asked, words at);

// quarantining.cpp
boost::asio::awaitable<response> retry_quarantine(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> discard_quarantine(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> reread_feed(const api_parts& parts, request asked, words at);

// looking.cpp
boost::asio::awaitable<response> list_feeds(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_rules(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_signals(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_signal(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_assessments(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_assessment(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_alerts(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_mutes(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_deliveries(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_delivery(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_stuck(const api_parts& parts, request asked, words at);

// publishing.cpp; `show_alert` hands over what ends so
inline constexpr std::string_view cap_ending = ".cap.xml";
boost::asio::awaitable<response> show_cap(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_atom(const api_parts& parts, request asked, words at);

// deciding.cpp
boost::asio::awaitable<response> acknowledge(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> dismiss(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> have_read(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> stop_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> replay_service(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> replay_delivery(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> set_mute(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> end_mute(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> test_service(const api_parts& parts, request asked, words at);

// acknowledging.cpp
boost::asio::awaitable<response> show_ack(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> take_ack(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> confirm_receipt(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> take_notify_receipt(const api_parts& parts, request asked, words at);

// panelling.cpp
boost::asio::awaitable<response> enter_report(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> add_to_report(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> reply_to_report(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> read_report(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> issue(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> validate(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> ask_stakeholders(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> answer_stakeholder(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> grade(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> update_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> stand_down_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> retract_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> merge_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> review_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> answer_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> evaluate_alert(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> note_read(const api_parts& parts, request asked, words at);

// panel_looking.cpp
boost::asio::awaitable<response> list_reports(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_report(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_case(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_actions(const api_parts& parts, request asked, words at);

// figuring.cpp
boost::asio::awaitable<response> show_figures(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> list_lessons(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> add_lesson(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> finish_lesson(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> enter_figure(const api_parts& parts, request asked, words at);

// upkeep.cpp
boost::asio::awaitable<response> healthy(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> ready(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> reload(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> purge(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_status(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_metrics(const api_parts& parts, request asked, words at);
boost::asio::awaitable<response> show_openapi(const api_parts& parts, request asked, words at);

} // namespace forewarn::http
