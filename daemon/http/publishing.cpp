// SPDX-License-Identifier: Apache-2.0
// GET of alerts in the formats that other systems read: CAP 1.2 of one, Atom of all. What nobody has received is not
// published.
#include "daemon/http/routes.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/waiting.hpp"
#include "daemon/wording/atom.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::http {
namespace {

constexpr std::size_t most_in_feed = 50;

} // namespace

boost::asio::awaitable<response> show_cap(const api_parts& parts, request asked, words at) {
  const auto now = parts.current.load();
  const auto ref = alert_ref{at.front().substr(0, at.front().size() - cap_ending.size())};
  const auto given = asked.head.query.find("version");
  const auto wanted = given == asked.head.query.end() ? std::string{} : given->second;
  co_return co_await on_pool(parts.workers, [&parts, now, ref, wanted] {
    return parts.readers.with([&](const store_reader& stored) {
      auto all = panel::of(stored).alert_versions(ref);
      const auto last =
          std::find_if(all.begin(), all.end(), [&](const alert& one) { return std::to_string(one.version) == wanted; });
      if (last != all.end()) all.erase(last + 1, all.end());
      if (all.empty() || (!wanted.empty() && std::to_string(all.back().version) != wanted))
        return problem(404, "not-found",
                       fmt::format("there is no alert '{}'{}", ref.str(),
                                   wanted.empty() ? std::string{} : " of version " + wanted));
      const auto by = wording::publisher_of(now->all.settings.smtp.from, *now->all.words);
      auto written = wording::as_cap(all.back(), by, *now->all.words, *now->all.reference, all);
      if (!written) return problem(409, "not-published", written.error());
      return response{200, "application/cap+xml; charset=utf-8", std::move(*written), {}};
    });
  });
}

boost::asio::awaitable<response> show_atom(const api_parts& parts, request, words) {
  const auto now = parts.current.load();
  const auto at = parts.time.now();
  co_return co_await on_pool(parts.workers, [&parts, now, at] {
    return parts.readers.with([&](const store_reader& stored) {
      page which;
      which.limit = most_in_feed;
      const auto by = wording::publisher_of(now->all.settings.smtp.from, *now->all.words);
      return response{200,
                      "application/atom+xml; charset=utf-8",
                      wording::as_atom(stored.alerts(false, which), by, *now->all.words, *now->all.reference, at),
                      {}};
    });
  });
}

} // namespace forewarn::http
