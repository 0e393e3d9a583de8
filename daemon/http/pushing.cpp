// SPDX-License-Identifier: Apache-2.0
// POST /v1/feeds/FEED/records: rows by HTTP. Answers after the commit. The same body twice changes nothing, so
// whoever is not sure whether it arrived sends it again.
#include "daemon/canary.hpp"
#include "daemon/content_hash.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/views.hpp"
#include "daemon/log.hpp"
#include "daemon/preview.hpp"
#include "daemon/resent_days.hpp"
#include "daemon/row_ingest.hpp"
#include "daemon/waiting.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace forewarn::http {
namespace {

constexpr std::size_t rows_at_once = 1'000;
constexpr std::size_t small_body = 64U << 10U; // mapped on the I/O thread; a hop to another costs more

struct next_rows {
  std::vector<connectors::taken_row> rows;
  bool more = false;
};

next_rows read_some(connectors::row_stream& from) {
  next_rows out;
  out.more = from.next(out.rows, rows_at_once);
  return out;
}

response with_counts(response refusal, const batch_outcome& taken) {
  auto body = boost::json::parse(refusal.body).as_object();
  for (auto& [key, value] : view(taken)) body[key] = value;
  refusal.body = boost::json::serialize(body);
  return refusal;
}

response busy(const batch_outcome& taken) {
  auto out = problem(429, "busy",
                     fmt::format("more arrives than can be written; {} rows of this body are taken. Send the same body "
                                 "again after a moment: what was taken counts once",
                                 taken.rows));
  out.fields.emplace_back("Retry-After", "1");
  return with_counts(std::move(out), taken);
}

response not_saved(const batch_outcome& taken) {
  auto out = problem(503, "not-saved",
                     "the rows could not be written to disk and are not taken; send the same body again later");
  out.fields.emplace_back("Retry-After", "5");
  return with_counts(std::move(out), taken);
}

response told(const feed_id& feed, const batch_outcome& taken, bool dry, const connectors::row_stream& stream) {
  auto body = view(taken);
  body["feed"] = feed.str();
  body["dry_run"] = dry;
  if (const auto& broken = stream.broken()) {
    auto where = fmt::format("line {}", stream.broken_line());
    if (!broken->column.empty()) where += ", " + broken->column;
    // A format that knows the place better has said it already.
    const auto what =
        broken->reason.starts_with("line ") ? broken->reason : fmt::format("{}: {}", where, broken->reason);
    auto out = problem(422, broken->code, what + "; the rows before it are taken, the rest is not");
    auto whole = boost::json::parse(out.body).as_object();
    for (auto& [key, value] : body) whole[key] = value;
    out.body = boost::json::serialize(whole);
    return out;
  }
  return {200, "application/json", boost::json::serialize(body), {}};
}

std::optional<response> check_type(const std::string& type) {
  for (const auto* known : {"", "text/csv", "application/json", "application/x-ndjson", "application/ndjson"})
    if (type == known) return {};
  return problem(
      415, "unsupported-media-type",
      fmt::format("Content-Type '{}' is not taken; send text/csv, application/json or application/x-ndjson", type));
}

// Big bodies are mapped on a worker, so that nobody else's request waits for it.
boost::asio::awaitable<next_rows> next_of(const api_parts& parts, connectors::row_stream& stream, bool big) {
  if (!big) co_return read_some(stream);
  co_return co_await on_pool(parts.workers, [&stream] { return read_some(stream); });
}

boost::asio::awaitable<response> dry_run(const api_parts& parts, const connectors::feed& to,
                                         std::shared_ptr<connectors::row_stream> stream) {
  co_return co_await on_pool(parts.workers, [&parts, &to, stream] {
    preview seen{to.conflict, parts.time.now()};
    parts.readers.with([&](const store_reader& stored) {
      for (bool more = true; more;) {
        auto some = read_some(*stream);
        more = some.more;
        for (const auto& row : some.rows) seen.take(row, stored);
      }
      return 0;
    });
    return told(to.id, seen.outcome(), true, *stream);
  });
}

// Under what a body is known when it comes again. Never that of a dropped file: the type it was sent with says how it
// was read.
std::string body_hash(const std::string& body, const std::string& type) {
  return fmt::format("push {} {}", type, content_hash(body));
}

// Absent where it says neither yes nor no: a wish for a trial is not to be guessed at.
std::optional<bool> is_dry_run(const head& asked) {
  const auto wish = asked.query.find("dry_run");
  if (wish == asked.query.end() || wish->second == "0" || wish->second == "false") return false;
  if (wish->second.empty() || wish->second == "1" || wish->second == "true") return true;
  return {};
}

boost::asio::awaitable<response> take(const api_parts& parts, const connectors::feed& to,
                                      std::shared_ptr<connectors::row_stream> stream, file_checkpoint progress,
                                      bool big, bool absent_withdrawn) {
  batch_outcome sum;
  resent_days days{to};
  for (bool more = true; more;) {
    auto some = co_await next_of(parts, *stream, big);
    more = some.more;
    if (absent_withdrawn)
      for (const auto& row : some.rows) days.add(row);
    if (progress.rows_done == 0 && parts.headers != nullptr) parts.headers->seen(to, "a push", *stream);
    const bool says_nothing_happened = some.rows.empty() && !more && sum.rows == 0 && !stream->broken();
    if (some.rows.empty() && !says_nothing_happened) continue;
    progress.rows_done += static_cast<std::int64_t>(some.rows.size());
    progress.finished = !more && !stream->broken();
    // Every body is remembered, of one row too: sent again after a correction it must not take the correction back.
    row_batch batch{to.id, "push", to.conflict, std::move(some.rows), progress};
    auto answer = co_await committed(parts.state, std::move(batch));
    if (answer.full) co_return busy(sum);
    if (answer.error) co_return not_saved(sum);
    parts.numbers.rows_taken(to.id, answer.outcome);
    add(sum, answer.outcome);
  }
  if (absent_withdrawn && !stream->broken()) {
    const auto absent = co_await on_pool(parts.workers, [&] {
      return parts.readers.with([&](const store_reader& stored) { return days.compare(stored); });
    });
    auto answer = co_await committed(parts.state, withdrawals(to, absent, "push"));
    if (answer.full) co_return busy(sum);
    if (answer.error) co_return not_saved(sum);
    sum.withdrawn += answer.outcome.withdrawn;
  }
  spdlog::info("event=push_taken feed={} rows={} accepted={} duplicate={} stale={} unselected={} quarantined={}",
               to.id.str(), sum.rows, sum.accepted, sum.duplicate, sum.stale, sum.unselected, sum.quarantined);
  co_return told(to.id, sum, false, *stream);
}

} // namespace

boost::asio::awaitable<response> push_records(const api_parts& parts, request asked, words at) {
  const auto now = parts.current.load(); // a reload meanwhile does not change the mapping under this body
  const auto* to = now->feed(feed_id{at.front()});
  if (to == nullptr) co_return problem(404, "unknown-feed", fmt::format("no feed '{}' in feeds.d", at.front()));
  // Nothing is taken: it notes that a request of this feed's comes as far as the desk, and what its mapping makes of
  // it.
  if (asked.head.query.contains("canary")) {
    auto noted = co_await committed(parts.state, [now, to, body = std::move(asked.body)](desk_view& view) {
      canary::came_through(canary::by_push(to->id), view.ledger, view.now);
      if (body.size() <= canary::largest) canary::try_mapping(*to, connectors::from_text(body), view.ledger, view.now);
    });
    if (noted.full || noted.error) co_return problem(503, "not-saved", "the canary could not be noted");
    co_return response{200, "application/json", R"({"canary":true})", {}};
  }
  const auto trial = is_dry_run(asked.head);
  if (!trial) co_return problem(400, "bad-value", "dry_run is true or false: with true nothing is kept, only said");
  const auto type = media_type(asked.head.field("content-type"));
  if (auto refusal = check_type(type)) co_return *refusal;
  const auto absent = asked.head.query.find("absent");
  const bool absent_withdrawn = absent != asked.head.query.end();
  if (absent_withdrawn && (absent->second != "withdrawn" || !to->absence || *trial))
    co_return problem(400, "bad-value",
                      to->absence ? "absent is 'withdrawn', and not for a dry run"
                                  : "this feed does not withdraw by absence: set `withdrawn_by_absence` in its file");
  const auto most = now->all.settings.largest_body;
  const auto encoding = asked.head.field("content-encoding");
  const bool packed = !encoding.empty() || is_gzip(asked.body);
  const bool big = asked.body.size() > small_body || packed;
  auto body = !packed ? result<std::string, response>{std::move(asked.body)}
                      : co_await on_pool(parts.workers, [&asked, &encoding, most] {
                          return unpacked(std::move(asked.body), encoding, most);
                        });
  if (!body) co_return body.error();
  const auto plain = type == "application/ndjson" ? std::string{"application/x-ndjson"} : type;
  file_checkpoint progress;
  progress.feed = to->id;
  progress.content_hash = body_hash(*body, plain);
  progress.name = "push";
  progress.size = static_cast<std::int64_t>(body->size());
  progress.modified_at = parts.time.now();
  // Kept before the rows are answered for: what was taken can be read again.
  if (parts.kept != nullptr && !*trial) {
    const auto kept = co_await on_pool(parts.workers, [&] {
      return parts.kept->keep_body(to->id, *body, plain, progress.content_hash, parts.time.now());
    });
    if (!kept)
      spdlog::warn("event=raw_body_not_kept feed={} error={} do=\"check the disk of the state folder\"", to->id.str(),
                   log_value(kept.error()));
  }
  std::shared_ptr<connectors::row_stream> stream =
      connectors::read_rows(*to, connectors::from_text(std::move(*body)), {plain, parts.time.now() + future_tolerance});
  if (*trial) co_return co_await dry_run(parts, *to, stream);
  co_return co_await take(parts, *to, stream, std::move(progress), big, absent_withdrawn);
}

} // namespace forewarn::http
