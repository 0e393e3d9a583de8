// SPDX-License-Identifier: Apache-2.0
// POST under /v1/quarantine and /v1/feeds/FEED/reread: refused rows once more, or given up; kept files once more.
#include "daemon/audit/note.hpp"
#include "daemon/http/deciding.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/log.hpp"
#include "daemon/quarantine/wishes.hpp"
#include "daemon/waiting.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>

namespace forewarn::http {
namespace {

result<quarantine_wish, response> read_wish(const head& asked) {
  quarantine_wish out;
  for (const auto& [key, value] : asked.query) {
    if (key == "feed") out.feed = feed_id{value};
    if (key == "code") out.code = value;
    if (key != "id") continue;
    std::int64_t id = 0;
    const auto* end = value.data() + value.size();
    if (const auto read = std::from_chars(value.data(), end, id); read.ec != std::errc{} || read.ptr != end)
      return failure(problem(400, "bad-id", fmt::format("'{}' is not the number of a row in quarantine", value)));
    out.id = id;
  }
  if (!out.feed && !out.id)
    return failure(problem(400, "missing-parameter", "say which rows: ?id=NUMBER or ?feed=FEED"));
  return out;
}

response answered(const boost::json::object& body) {
  return {200, "application/json", boost::json::serialize(body), {}};
}

// What was given up, by feed and reason; never what stood in it.
void note_discarded(const std::vector<quarantined_row>& rows, const std::string& who, desk_view& at) {
  boost::json::array numbers;
  for (const auto& row : rows) numbers.emplace_back(row.id);
  if (rows.empty()) return;
  audit::note(at.ledger, at.now,
              {who, "quarantine.discarded", {rows.front().feed.str()}, {}, {{"rows", std::move(numbers)}}});
}

take_batch through(desk& at) {
  return [&at](row_batch batch) { return at.run(std::move(batch)); };
}

} // namespace

boost::asio::awaitable<response> retry_quarantine(const api_parts& parts, request asked, words) {
  const auto wish = read_wish(asked.head);
  if (!wish) co_return wish.error();
  const auto done = co_await on_pool(parts.workers, [&parts, &wish] {
    const auto now = parts.current.load();
    return retry_wished(now->all, parts.readers, through(parts.state), *wish);
  });
  if (!done) co_return problem(409, "not-retried", done.error());
  co_return answered(view(*done));
}

boost::asio::awaitable<response> discard_quarantine(const api_parts& parts, request asked, words) {
  const auto wish = read_wish(asked.head);
  if (!wish) co_return wish.error();
  const auto step = read_step(asked);
  const auto who = step ? step->by.who : std::string{"somebody who gave no name"};
  const auto count = co_await on_pool(parts.workers, [&parts, &wish, &who] {
    const auto now = parts.current.load();
    const auto rows = parts.readers.with([&wish](const store_reader& stored) { return wished_rows(stored, *wish); });
    parts.state.run([&rows, &who](desk_view& at) {
      release_rows(rows, at.ledger);
      note_discarded(rows, who, at);
    });
    forget_raw(now->all, rows);
    return rows.size();
  });
  spdlog::info("event=quarantine_discarded rows={}", count);
  co_return answered({{"discarded", count}});
}

boost::asio::awaitable<response> reread_feed(const api_parts& parts, request, words at) {
  const auto now = parts.current.load();
  const auto* of = now->feed(feed_id{at.front()});
  if (of == nullptr) co_return problem(404, "unknown-feed", fmt::format("no feed '{}' in feeds.d", at.front()));
  if (parts.kept == nullptr) co_return problem(409, "nothing-kept", no_files_kept());
  const auto done =
      co_await on_pool(parts.workers, [&parts, of] { return reread(*of, *parts.kept, through(parts.state)); });
  spdlog::info("event=feed_reread feed={} files={} rows={} accepted={} duplicate={} quarantined={}", of->id.str(),
               done.files, done.rows, done.changed.accepted, done.changed.duplicate, done.quarantined);
  co_return answered(view(done));
}

} // namespace forewarn::http
