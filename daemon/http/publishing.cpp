// SPDX-License-Identifier: Apache-2.0
// GET of alerts in the formats that other systems read: CAP 1.2 of one, Atom of all. What nobody has received is not
// published.
#include "daemon/http/routes.hpp"
#include "daemon/waiting.hpp"
#include "daemon/wording/atom.hpp"

#include <fmt/format.h>

namespace forewarn::http {
namespace {

constexpr std::size_t most_in_feed = 50;

} // namespace

boost::asio::awaitable<response> show_cap(const api_parts& parts, request, words at) {
  const auto now = parts.current.load();
  const auto ref = alert_ref{at.front().substr(0, at.front().size() - cap_ending.size())};
  co_return co_await on_pool(parts.workers, [&parts, now, ref] {
    return parts.readers.with([&](const store_reader& stored) {
      const auto one = stored.alert_by_ref(ref);
      if (!one) return problem(404, "not-found", fmt::format("there is no alert '{}'", ref.str()));
      const auto by = wording::publisher_of(now->all.settings.smtp.from, *now->all.words);
      auto written = wording::as_cap(*one, by, *now->all.words, *now->all.reference);
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
