// SPDX-License-Identifier: Apache-2.0
// GET under /v1: lists by cursor (`?after=ID&limit=N`, newest first) and single things. Read from the store on a
// worker; nothing here changes anything.
#include "daemon/http/deciding.hpp"
#include "daemon/http/paging.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/views.hpp"
#include "daemon/panel/ledger.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace forewarn::http {
namespace {

namespace json = boost::json;

template <class One> response with_tag(const One& one) {
  auto out = ok(view(one));
  out.fields.emplace_back("ETag", fmt::format("\"{}\"", one.version));
  return out;
}

} // namespace

boost::asio::awaitable<response> list_feeds(const api_parts& parts, request, words) {
  const auto now = parts.current.load();
  co_return co_await from_store(parts, [now](const store_reader& stored) {
    const auto totals = stored.totals();
    const auto watches = stored.feed_watches();
    json::array out;
    for (const auto& feed : now->all.feeds) {
      feed_totals of;
      for (const auto& one : totals)
        if (one.feed == feed.id) of = one;
      const auto watch =
          std::find_if(watches.begin(), watches.end(), [&](const feed_watch& one) { return one.feed == feed.id; });
      out.push_back(view(feed, of, watch == watches.end() ? std::nullopt : std::optional{*watch}));
    }
    return ok({{"items", std::move(out)}, {"next", nullptr}});
  });
}

boost::asio::awaitable<response> list_rules(const api_parts& parts, request, words) {
  const auto now = parts.current.load();
  json::array out;
  for (const auto& rule : now->all.rules->rules) out.push_back(view(rule));
  co_return ok({{"items", std::move(out)}, {"next", nullptr}});
}

boost::asio::awaitable<response> list_signals(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  co_return co_await from_store(parts, [w = *want](const store_reader& stored) {
    const auto& after = w.which.after_id;
    if (!after.empty() && !stored.signal_by_id(signal_id{after})) return bad_cursor(w.which);
    return paged(
        stored.signals(w.open_only, w.which), w.which.limit,
        [&](const signal& one) { return view(one, stored.evidence(one.id), stored.waiting_notices_of(one.id)); }, "id");
  });
}

boost::asio::awaitable<response> show_signal(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [id = signal_id{at.front()}](const store_reader& stored) {
    const auto one = stored.signal_by_id(id);
    return one ? ok(view(*one, stored.evidence(id), stored.waiting_notices_of(id))) : unknown("signal", id.str());
  });
}

boost::asio::awaitable<response> list_assessments(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  co_return co_await from_store(parts, [w = *want](const store_reader& stored) {
    const auto& after = w.which.after_id;
    if (!after.empty() && !stored.assessment_by_ref(assessment_ref{after})) return bad_cursor(w.which);
    return paged(
        stored.assessments(w.open_only, w.which), w.which.limit, [](const assessment& one) { return view(one); },
        "reference");
  });
}

boost::asio::awaitable<response> show_assessment(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [ref = assessment_ref{at.front()}](const store_reader& stored) {
    const auto one = stored.assessment_by_ref(ref);
    return one ? with_tag(*one) : unknown("assessment", ref.str());
  });
}

boost::asio::awaitable<response> list_alerts(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  co_return co_await from_store(parts, [w = *want](const store_reader& stored) {
    const auto& after = w.which.after_id;
    if (!after.empty() && !stored.alert_by_ref(alert_ref{after})) return bad_cursor(w.which);
    return paged(
        stored.alerts(w.open_only, w.which), w.which.limit, [](const alert& one) { return view(one); }, "reference");
  });
}

boost::asio::awaitable<response> show_alert(const api_parts& parts, request asked, words at) {
  if (at.front().ends_with(cap_ending)) co_return co_await show_cap(parts, std::move(asked), std::move(at));
  const auto given = asked.head.query.find("version");
  const auto wanted = given == asked.head.query.end() ? std::string{} : given->second;
  co_return co_await from_store(parts, [ref = alert_ref{at.front()}, wanted](const store_reader& stored) {
    const auto newest = stored.alert_by_ref(ref);
    if (!newest) return unknown("alert", ref.str());
    if (wanted.empty() || wanted == std::to_string(newest->version)) return with_tag(*newest);
    for (const auto& one : panel::of(stored).alert_versions(ref))
      if (std::to_string(one.version) == wanted) return ok(view(one)); // no tag: no step can be taken on it
    return unknown("alert", fmt::format("{} of version {}", ref.str(), wanted));
  });
}

boost::asio::awaitable<response> list_deliveries(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  std::optional<service_id> to;
  if (const auto service = asked.head.query.find("service"); service != asked.head.query.end())
    to = service_id{service->second};
  co_return co_await from_store(parts, [w = *want, to](const store_reader& stored) {
    const auto& after = w.which.after_id;
    if (!after.empty() && !stored.delivery_by_id(message_id{after})) return bad_cursor(w.which);
    return paged(
        stored.deliveries(to, w.which), w.which.limit, [](const due_delivery& one) { return view(one); }, "id");
  });
}

boost::asio::awaitable<response> show_delivery(const api_parts& parts, request, words at) {
  co_return co_await from_store(parts, [id = message_id{at.front()}](const store_reader& stored) {
    const auto one = stored.delivery_by_id(id);
    return one ? ok(view(*one)) : unknown("delivery", id.str());
  });
}

boost::asio::awaitable<response> list_mutes(const api_parts& parts, request asked, words) {
  const auto want = read_page(asked.head);
  if (!want) co_return want.error();
  co_return co_await from_store(parts, [open_only = want->open_only](const store_reader& stored) {
    json::array out;
    for (const auto& one : stored.mutes(open_only)) out.push_back(view(one));
    return ok({{"items", std::move(out)}, {"next", nullptr}});
  });
}

} // namespace forewarn::http
