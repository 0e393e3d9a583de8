// SPDX-License-Identifier: Apache-2.0
// What may be asked of the daemon: routes, who may, and the answers. No sockets; the server calls it.
#pragma once

#include "daemon/arrival/header_watch.hpp"
#include "daemon/desk.hpp"
#include "daemon/http/message.hpp"
#include "daemon/in_force.hpp"
#include "daemon/metrics.hpp"
#include "daemon/quarantine/raw_files.hpp"
#include "daemon/reader_pool.hpp"
#include "daemon/upkeep/answers.hpp"
#include "forewarn/clock.hpp"

#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <string>

namespace forewarn::http {

// What the answers are made from; it, and all it names, outlives the server.
struct api_parts {
  configuration_in_force& current;
  desk& state;
  reader_pool& readers;
  boost::asio::thread_pool& workers;
  metrics& numbers;
  const clock& time;
  std::function<bool()> ready; // started, not stopping
  std::function<boost::asio::awaitable<reload_answer>()> reload;
  std::function<boost::asio::awaitable<purge_answer>()> purge; // what has expired, now
  std::function<boost::json::object()> status;                 // of this process, for `forewarn doctor`
  const raw_files* kept = nullptr;                             // none: bodies and files are not kept
  arrival::header_watch* headers = nullptr;
};

[[nodiscard]] service make_api(const api_parts& parts);

} // namespace forewarn::http
