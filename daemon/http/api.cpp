// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace forewarn::http {
namespace {

const std::array routes = std::to_array<route>({
    {"GET", "/-/healthy", gate::open, healthy},
    {"GET", "/-/ready", gate::open, ready},
    {"POST", "/-/reload", gate::owner, reload},
    {"POST", "/-/purge", gate::owner, purge},
    {"GET", "/-/status", gate::owner, show_status},
    {"GET", "/metrics", gate::open, show_metrics},
    {"GET", "/openapi.yaml", gate::open, show_openapi},
    {"POST", "/v1/feeds/*/records", gate::feed, push_records},
    {"POST", "/v1/feeds/*/reread", gate::owner, reread_feed},
    {"POST", "/v1/quarantine/retry", gate::owner, retry_quarantine},
    {"POST", "/v1/quarantine/discard", gate::owner, discard_quarantine},
    {"GET", "/v1/feeds", gate::owner, list_feeds},
    {"GET", "/v1/rules", gate::owner, list_rules},
    {"GET", "/v1/signals", gate::owner, list_signals},
    {"GET", "/v1/signals/*", gate::owner, show_signal},
    {"GET", "/v1/assessments", gate::owner, list_assessments},
    {"GET", "/v1/assessments/*", gate::owner, show_assessment},
    {"POST", "/v1/assessments/*/acknowledge", gate::owner, acknowledge},
    {"POST", "/v1/assessments/*/issue", gate::owner, issue},
    {"POST", "/v1/assessments/*/dismiss", gate::owner, dismiss},
    {"GET", "/v1/assessments/*/case", gate::owner, show_case},
    {"POST", "/v1/assessments/*/ask", gate::owner, ask_stakeholders},
    {"POST", "/v1/assessments/*/answer", gate::owner, answer_stakeholder},
    {"POST", "/v1/assessments/*/validate", gate::owner, validate},
    {"POST", "/v1/assessments/*/grade", gate::owner, grade},
    {"GET", "/v1/reports", gate::owner, list_reports},
    {"POST", "/v1/reports", gate::owner, enter_report},
    {"GET", "/v1/reports/*", gate::owner, show_report},
    {"POST", "/v1/reports/*/add", gate::owner, add_to_report},
    {"POST", "/v1/reports/*/reply", gate::owner, reply_to_report},
    {"POST", "/v1/reports/*/read", gate::owner, read_report},
    {"GET", "/v1/alerts", gate::owner, list_alerts},
    {"GET", "/v1/alerts.atom", gate::owner, show_atom},
    {"GET", "/v1/alerts/*", gate::owner, show_alert},
    {"POST", "/v1/alerts/*/stop", gate::owner, stop_alert},
    {"POST", "/v1/on-call/read", gate::owner, have_read},
    {"POST", "/v1/alerts/*/update", gate::owner, update_alert},
    {"POST", "/v1/alerts/*/stand-down", gate::owner, stand_down_alert},
    {"POST", "/v1/alerts/*/retract", gate::owner, retract_alert},
    {"POST", "/v1/alerts/*/merge", gate::owner, merge_alert},
    {"POST", "/v1/alerts/*/review", gate::owner, review_alert},
    {"GET", "/v1/alerts/*/actions", gate::owner, show_actions},
    {"POST", "/v1/alerts/*/answer", gate::owner, answer_alert},
    {"POST", "/v1/alerts/*/evaluate", gate::owner, evaluate_alert},
    {"POST", "/v1/reads", gate::owner, note_read},
    {"GET", "/v1/figures/*", gate::owner, show_figures},
    {"POST", "/v1/indicators/*/figures", gate::owner, enter_figure},
    {"GET", "/v1/lessons", gate::owner, list_lessons},
    {"POST", "/v1/lessons", gate::owner, add_lesson},
    {"POST", "/v1/lessons/*/done", gate::owner, finish_lesson},
    {"GET", "/v1/mutes", gate::owner, list_mutes},
    {"POST", "/v1/mutes", gate::owner, set_mute},
    {"POST", "/v1/mutes/*/end", gate::owner, end_mute},
    {"GET", "/v1/deliveries", gate::owner, list_deliveries},
    {"GET", "/v1/deliveries/*", gate::owner, show_delivery},
    {"POST", "/v1/deliveries/*/replay", gate::owner, replay_delivery},
    {"POST", "/v1/services/*/replay", gate::owner, replay_service},
    {"POST", "/v1/services/*/test", gate::owner, test_service},
    {"POST", "/v1/services/*/confirm", gate::owner, confirm_receipt},
    {"GET", "/v1/stuck", gate::owner, list_stuck},
    {"POST", "/v1/notify/receipts", gate::notify, take_notify_receipt},
    {"GET", "/ack/*", gate::open, show_ack},
    {"POST", "/ack/*", gate::link, take_ack},
});

constexpr std::uint64_t largest_form = 16U << 10U;

// What the stars held, or nothing where the pattern is another.
std::optional<words> match(std::string_view pattern, const words& segments) {
  words held;
  std::size_t at = 0;
  pattern.remove_prefix(1);
  while (true) {
    const auto end = pattern.find('/');
    const auto part = pattern.substr(0, end);
    if (at >= segments.size()) return {};
    if (part == "*")
      held.push_back(segments[at]);
    else if (part != segments[at])
      return {};
    ++at;
    if (end == std::string_view::npos) break;
    pattern.remove_prefix(end + 1);
  }
  if (at != segments.size()) return {};
  return held;
}

struct found_route {
  const route* to = nullptr;
  words held;
  std::string allowed; // methods of routes whose pattern fits
};

found_route find_route(const head& asked) {
  found_route out;
  const std::string_view method = asked.method == "HEAD" ? std::string_view{"GET"} : std::string_view{asked.method};
  for (const auto& r : routes) {
    auto held = match(r.pattern, asked.segments);
    if (!held) continue;
    out.allowed += (out.allowed.empty() ? "" : ", ") + std::string{r.method};
    if (r.method != method) continue;
    out.to = &r;
    out.held = std::move(*held);
  }
  return out;
}

response unauthorised(const std::string& detail) {
  auto out = problem(401, "unauthorised", detail);
  out.fields.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

// A feed that is not there answers like a wrong token: whoever has none learns nothing about the feeds.
std::optional<response> check_feed_token(const in_force& now, const head& asked, const std::string& feed) {
  const auto token = now.feed_tokens.find(feed_id{feed});
  const auto given = bearer_token(asked.field("authorization"));
  if (token != now.feed_tokens.end() && same_secret(given, token->second)) return {};
  return unauthorised("send the feed's own token as `Authorization: Bearer TOKEN`; it is in the token_file that the "
                      "feed's YAML names under fetch: push");
}

// Anyone may come with a link: no more of them is read than a name takes.
std::optional<response> check_size(const head& asked) {
  if (!asked.length) return problem(411, "length-missing", "send the form with its Content-Length");
  if (*asked.length <= largest_form) return {};
  return problem(413, "too-large", "a name is not that long");
}

std::optional<response> check_gate(const api_parts& parts, const head& asked, const found_route& at) {
  if (asked.local || at.to->needs == gate::open) return {};
  if (at.to->needs == gate::link) return check_size(asked);
  const auto now = parts.current.load();
  if (at.to->needs == gate::notify) {
    if (auto large = check_size(asked)) return large;
    if (same_secret(bearer_token(asked.field("authorization")), now->notify_token)) return {};
    return unauthorised("send the token of notify_callback_token_file as `Authorization: Bearer TOKEN`: it is the one "
                        "to enter at GOV.UK Notify beside the callback's address");
  }
  if (at.to->needs == gate::feed) return check_feed_token(*now, asked, at.held.front());
  if (same_secret(bearer_token(asked.field("authorization")), now->api_token)) return {};
  return unauthorised("this needs the token of api_token_file as `Authorization: Bearer TOKEN`; on this machine use "
                      "`forewarn`, which asks over the local socket");
}

std::optional<response> admit(const api_parts& parts, const head& asked) {
  const auto at = find_route(asked);
  if (at.to != nullptr) return check_gate(parts, asked, at);
  if (at.allowed.empty())
    return problem(404, "not-found",
                   fmt::format("there is nothing at {}; /openapi.yaml lists what there is", asked.path));
  auto out = problem(405, "method-not-allowed", fmt::format("{} is not for {}", asked.path, asked.method));
  out.fields.emplace_back("Allow", at.allowed);
  return out;
}

boost::asio::awaitable<response> answer(const api_parts& parts, request asked) {
  auto at = find_route(asked.head);
  auto said = co_await at.to->answer(parts, std::move(asked), std::move(at.held));
  parts.numbers.request_answered(said.status);
  co_return said;
}

} // namespace

service make_api(const api_parts& parts) {
  return {[&parts](const head& asked) {
            auto refusal = admit(parts, asked);
            if (refusal) parts.numbers.request_answered(refusal->status);
            return refusal;
          },
          [&parts](request asked) { return answer(parts, std::move(asked)); }};
}

} // namespace forewarn::http
