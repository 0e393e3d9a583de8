// SPDX-License-Identifier: Apache-2.0
// GET of what the panel works with. A report is shown without its source and contact, and one with handling conditions
// without its words: who needs them asks by POST .../read, which is written down.
#include "daemon/http/deciding.hpp"
#include "daemon/http/paging.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/reports.hpp"

#include <algorithm>

namespace forewarn::http {
namespace {

namespace json = boost::json;

json::object shown(const panel::report& one) {
  return panel::as_json(panel::without_confidences(one));
}

json::value shown(const panel::resemblance& one) {
  return json::object{{"reference", one.ref},
                      {"what", one.what},
                      {"state", one.state},
                      {"at", format_rfc3339(one.at)},
                      {"alike", one.alike}};
}

} // namespace

boost::asio::awaitable<response> list_reports(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  const auto like = asked.head.query.find("like");
  const auto text = like == asked.head.query.end() ? std::string{} : like->second;
  co_return co_await from_store(parts, [w = *want, text](const store_reader& stored) {
    if (!text.empty()) {
      json::array out;
      for (const auto& one : panel::like(text, stored)) out.push_back(shown(one));
      return ok({{"items", std::move(out)}, {"next", nullptr}});
    }
    const auto& kept = panel::of(stored);
    if (!w.which.after_id.empty() && !kept.report_by_ref(panel::report_ref{w.which.after_id}))
      return bad_cursor(w.which);
    return paged(
        kept.reports(w.open_only, w.which), w.which.limit, [](const panel::report& one) { return shown(one); },
        "reference");
  });
}

boost::asio::awaitable<response> show_report(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [ref = panel::report_ref{at.front()}](const store_reader& stored) {
    const auto one = panel::of(stored).report_by_ref(ref);
    if (!one) return unknown("report", ref.str());
    auto out = ok(shown(*one));
    out.fields.emplace_back("ETag", fmt::format("\"{}\"", one->version));
    return out;
  });
}

boost::asio::awaitable<response> show_case(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [ref = assessment_ref{at.front()}](const store_reader& stored) {
    if (!stored.assessment_by_ref(ref)) return unknown("assessment", ref.str());
    const auto& kept = panel::of(stored);
    auto out = panel::as_json(panel::file_of(ref, stored));
    out["corroboration"] = panel::detail::written(kept.corroborations(ref));
    out["gradings"] = panel::detail::written(kept.gradings(ref));
    const auto clock = kept.clock_of(panel::clock_kind::assess, ref.str());
    out["due_at"] = clock ? json::value(format_rfc3339(clock->due_at)) : json::value(nullptr);
    return ok(out);
  });
}

boost::asio::awaitable<response> show_actions(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [ref = alert_ref{at.front()}](const store_reader& stored) {
    const auto one = stored.alert_by_ref(ref);
    if (!one) return unknown("alert", ref.str());
    const auto& kept = panel::of(stored);
    json::array actions;
    for (const auto& action : one->content.actions) actions.emplace_back(action);
    return ok({{"reference", ref.str()},
               {"version", one->version},
               {"actions", std::move(actions)},
               {"sent_to", panel::detail::written(kept.receivers(ref))},
               {"answers", panel::detail::written(kept.action_answers(ref))},
               {"evaluations", panel::detail::written(kept.evaluations(ref))}});
  });
}

} // namespace forewarn::http
