// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/keeper.hpp"

#include "daemon/folder_watch.hpp"
#include "daemon/log.hpp"
#include "daemon/waiting.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <map>

namespace forewarn {
namespace {

namespace fs = std::filesystem;
namespace net = boost::asio;

constexpr auto between_rounds = std::chrono::minutes{1};
constexpr int rounds_between_clearing = 60;
constexpr std::size_t rows_per_round = 1'000;
constexpr auto receipts_kept = std::chrono::hours{24 * 30};

void clear_receipts(const fs::path& folder) {
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - receipts_kept;
  for (fs::directory_iterator it{folder, error}; !error && it != fs::directory_iterator{}; it.increment(error)) {
    std::error_code failed;
    if (it->path().filename().string().ends_with(".receipt.csv") && it->last_write_time(failed) < oldest && !failed)
      fs::remove(it->path(), failed);
  }
}

// What a round does must not end the rounds.
void safely(const char* what, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& why) {
    spdlog::warn("event={} error={} do=\"nothing; it is tried again\"", what, log_value(why.what()));
  }
}

} // namespace

void retry_what_is_due(const quarantine_parts& parts) {
  const auto rows = parts.readers.with(
      [&](const store_reader& stored) { return stored.quarantined_due(parts.time.now(), rows_per_round); });
  if (rows.empty()) return;
  const auto now = parts.current.load();
  std::map<feed_id, std::vector<quarantined_row>> by_feed;
  for (const auto& row : rows) by_feed[row.feed].push_back(row);
  const auto raw = raw_vault::open(now->all.settings.state_dir, now->all.quarantine_key);
  if (!raw) throw std::runtime_error{raw.error()};
  for (auto& [id, of_feed] : by_feed) {
    const auto* of = now->feed(id);
    if (of == nullptr) continue;
    const auto done =
        retry_rows(*of, std::move(of_feed), **raw, [&](row_batch batch) { return parts.state.run(std::move(batch)); });
    spdlog::info("event=future_rows_retried feed={} rows={} accepted={} quarantined={} lost={}", id.str(),
                 done.sum.rows, done.sum.accepted, done.sum.quarantined, done.lost);
  }
}

void forget_what_is_old(const quarantine_parts& parts, const raw_files* kept) {
  const auto now = parts.current.load();
  const auto& how = now->all.settings;
  const auto time = parts.time.now();
  if (const auto raw = raw_vault::open(how.state_dir, now->all.quarantine_key))
    if (const auto gone = (*raw)->forget_before(time - how.quarantine_retention); gone > 0)
      spdlog::info("event=raw_rows_forgotten rows={}", gone);
  if (kept != nullptr)
    if (const auto gone = kept->forget_before(time - how.raw_files_retention); gone > 0)
      spdlog::info("event=raw_files_forgotten files={}", gone);
  for (const auto& feed : now->all.feeds)
    if (const auto folder = drop_folder(how, feed)) clear_receipts(*folder);
}

net::awaitable<void> keep_quarantine(quarantine_parts parts, const raw_files* kept, net::thread_pool& workers) {
  net::steady_timer wake{co_await net::this_coro::executor};
  for (int round = 0;; ++round) {
    const bool clearing = round % rounds_between_clearing == 0;
    co_await on_pool(workers, [&] {
      safely("quarantine_retry_failed", [&] { retry_what_is_due(parts); });
      if (clearing) safely("quarantine_clearing_failed", [&] { forget_what_is_old(parts, kept); });
      return true;
    });
    wake.expires_after(between_rounds);
    const auto [error] = co_await wake.async_wait(net::as_tuple(net::use_awaitable));
    if (error) co_return;
  }
}

} // namespace forewarn
