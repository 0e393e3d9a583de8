// SPDX-License-Identifier: Apache-2.0
// What every POST by a person has in common: who decides and why, the version they have seen, and a step that runs
// inside the desk's transaction and is answered once it is on disk.
#pragma once

#include "daemon/alerting/process.hpp"
#include "daemon/desk.hpp"
#include "daemon/http/api.hpp"
#include "daemon/waiting.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

namespace forewarn::http {

inline result<std::string, response> text_of(const boost::json::object& body, const char* key) {
  const auto* value = body.if_contains(key);
  if (value == nullptr || value->is_null()) return std::string{};
  if (!value->is_string()) return failure(problem(400, "wrong-type", fmt::format("'{}' must be text", key)));
  return std::string{value->get_string()};
}

struct person_step {
  alerting::decision by;
  std::string version; // of If-Match or `version`, without quotes; empty: not asked
  boost::json::object body;
};

inline result<person_step, response> read_step(const request& asked) {
  boost::system::error_code error;
  auto body = asked.body.empty() ? boost::json::value(boost::json::object{}) : boost::json::parse(asked.body, error);
  if (error || !body.is_object())
    return failure(problem(400, "bad-json", R"(the body must be an object such as {"who": "...", "reason": "..."})"));
  person_step out;
  out.body = std::move(body.get_object());
  const auto who = text_of(out.body, "who");
  const auto reason = text_of(out.body, "reason");
  for (const auto* one : {&who, &reason})
    if (!*one) return failure(one->error());
  if (who->empty())
    return failure(problem(400, "who-missing", "'who' must name the person who decides; every change names one"));
  out.by = {*who, *reason};
  out.version = asked.head.field("if-match");
  std::erase(out.version, '"');
  if (const auto* seen = out.body.if_contains("version"); seen != nullptr && out.version.empty()) {
    if (!seen->is_int64()) return failure(problem(400, "wrong-type", "'version' must be the number you have seen"));
    out.version = std::to_string(seen->get_int64());
  }
  return out;
}

[[nodiscard]] inline bool has_changed(const std::string& seen, std::int64_t version) {
  return !seen.empty() && seen != "*" && seen != std::to_string(version);
}

inline response ok(const boost::json::object& body) {
  return {200, "application/json", boost::json::serialize(body), {}};
}

inline response changed_meanwhile(const std::string& ref) {
  return problem(412, "changed-meanwhile",
                 fmt::format("{} has changed since you looked; look again and decide then", ref));
}

// Runs the step inside the desk's transaction and answers once it is on disk.
template <class Step> boost::asio::awaitable<response> decided(const api_parts& parts, Step step) {
  const auto said = std::make_shared<response>();
  desk::job work = [said, step](desk_view& view) { *said = step(view); };
  const auto came = co_await committed(parts.state, std::move(work));
  if (came.full) {
    auto busy = problem(429, "busy", "the daemon is catching up; nothing is changed. Try again in a moment");
    busy.fields.emplace_back("Retry-After", "1");
    co_return busy;
  }
  if (came.error)
    co_return problem(503, "not-saved",
                      "the decision could not be saved and does not count; see the daemon's log, then try again");
  co_return *said;
}

} // namespace forewarn::http
