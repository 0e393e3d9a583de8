// SPDX-License-Identifier: Apache-2.0
// For those who keep the daemon running: health, readiness, reload, metrics, and what the interface is.
#include "daemon/http/openapi.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/waiting.hpp"

#include <boost/json.hpp>

namespace forewarn::http {

boost::asio::awaitable<response> healthy(const api_parts&, request, words) {
  co_return response{200, "text/plain; charset=utf-8", "healthy\n", {}};
}

boost::asio::awaitable<response> ready(const api_parts& parts, request, words) {
  if (!parts.ready()) co_return problem(503, "not-ready", "the daemon is starting or stopping");
  if (!parts.state.healthy())
    co_return problem(503, "not-ready", "the last commit failed: look at the disk of the state folder and at the log");
  co_return response{200, "text/plain; charset=utf-8", "ready\n", {}};
}

boost::asio::awaitable<response> reload(const api_parts& parts, request, words) {
  const auto wrong = co_await parts.reload();
  if (wrong.empty()) co_return response{200, "text/plain; charset=utf-8", "reloaded\n", {}};
  co_return problem(422, "configuration-refused",
                    "the configuration was not taken and the old one stays in force:\n" + wrong);
}

boost::asio::awaitable<response> show_metrics(const api_parts& parts, request, words) {
  auto text = co_await on_pool(parts.workers, [&parts] {
    return parts.readers.with(
        [&](const store_reader& stored) { return parts.numbers.text(stored, parts.state, parts.time.now()); });
  });
  co_return response{200, "text/plain; version=0.0.4; charset=utf-8", std::move(text), {}};
}

boost::asio::awaitable<response> show_openapi(const api_parts&, request, words) {
  co_return response{200, "application/yaml", std::string{openapi_document}, {}};
}

} // namespace forewarn::http
