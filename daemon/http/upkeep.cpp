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
  if (parts.state.healthy()) co_return response{200, "text/plain; charset=utf-8", "ready\n", {}};
  auto out = problem(503, "not-ready",
                     "nothing can be written: look at the disk of the state folder and at the log. It is tried again "
                     "every second, and nothing is taken meanwhile");
  out.fields.emplace_back("Retry-After", "5");
  co_return out;
}

boost::asio::awaitable<response> reload(const api_parts& parts, request, words) {
  const auto answer = co_await parts.reload();
  if (answer.good) co_return response{200, "text/plain; charset=utf-8", answer.text, {}};
  auto out = problem(422, "configuration-refused",
                     "the configuration was not taken and the old one stays in force:\n" + answer.text);
  boost::json::array errors;
  for (const auto& one : answer.found)
    if (one.how == severity::error)
      errors.push_back({{"path", one.path},
                        {"line", one.at.line},
                        {"column", one.at.column},
                        {"code", one.code},
                        {"message", one.message}});
  auto body = boost::json::parse(out.body).as_object();
  body["errors"] = std::move(errors);
  out.body = boost::json::serialize(body);
  co_return out;
}

boost::asio::awaitable<response> purge(const api_parts& parts, request, words) {
  const auto answer = co_await parts.purge();
  if (!answer.wrong.empty()) co_return problem(503, "not-purged", answer.wrong);
  co_return response{200,
                     "application/json",
                     boost::json::serialize(boost::json::object{{"records", answer.records}, {"text", answer.text}}),
                     {}};
}

boost::asio::awaitable<response> show_status(const api_parts& parts, request, words) {
  co_return response{200, "application/json", boost::json::serialize(parts.status()), {}};
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
