// SPDX-License-Identifier: Apache-2.0
// What lists have in common: `?after=ID&limit=N`, newest first, read from the store on a worker.
#pragma once

#include "daemon/http/api.hpp"
#include "daemon/waiting.hpp"
#include "forewarn/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace forewarn::http {

inline constexpr std::size_t usual_page = 100;
inline constexpr std::size_t largest_page = 1'000;

struct wanted_page {
  page which;
  bool open_only = false;
};

inline result<wanted_page, response> read_page(const head& asked) {
  wanted_page out;
  out.which.limit = usual_page;
  for (const auto& [key, value] : asked.query) {
    if (key == "after")
      out.which.after_id = value;
    else if (key == "open")
      out.open_only = value != "0" && value != "false";
    else if (key == "limit") {
      const auto end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, out.which.limit);
      if (read.ec != std::errc{} || read.ptr != end || out.which.limit < 1 || out.which.limit > largest_page)
        return failure(problem(400, "bad-limit", fmt::format("'limit' must be a number from 1 to {}", largest_page)));
    }
  }
  return out;
}

inline response unknown(std::string_view what, const std::string& ref) {
  return problem(404, "not-found", fmt::format("there is no {} '{}'", what, ref));
}

// A cursor that nobody was given is a mistake, and an empty page would hide it.
inline response bad_cursor(const page& which) {
  return problem(
      400, "bad-cursor",
      fmt::format("'after' is '{}', which is no 'next' of an earlier page; begin without it", which.after_id));
}

// {"items": [...], "next": cursor or null}: `next` goes into `?after=`.
template <class Items, class View> response paged(const Items& items, std::size_t limit, View look, const char* id) {
  boost::json::array out;
  for (const auto& one : items) out.push_back(look(one));
  boost::json::value next = nullptr;
  if (items.size() == limit && !out.empty()) next = out.back().at(id);
  const boost::json::object body{{"items", std::move(out)}, {"next", std::move(next)}};
  return {200, "application/json", boost::json::serialize(body), {}};
}

template <class Read> boost::asio::awaitable<response> from_store(const api_parts& parts, Read read) {
  co_return co_await on_pool(parts.workers, [&parts, read] { return parts.readers.with(read); });
}

} // namespace forewarn::http
