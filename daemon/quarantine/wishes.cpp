// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/wishes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>

namespace forewarn {
namespace {

namespace json = boost::json;

constexpr std::size_t most_rows = 100'000; // in one go; ask again for more

void add_to(retried_rows& sum, const retried_rows& more) {
  add(sum.sum, more.sum);
  sum.lost += more.lost;
  sum.locked += more.locked;
}

} // namespace

std::vector<quarantined_row> wished_rows(const store_reader& stored, const quarantine_wish& wish) {
  std::vector<quarantined_row> out;
  if (wish.id) {
    if (auto one = stored.quarantined_by_id(*wish.id)) out.push_back(std::move(*one));
  } else {
    out = stored.quarantined(wish.feed, {.limit = most_rows});
  }
  std::erase_if(out, [&](const quarantined_row& row) {
    return (wish.feed && row.feed != *wish.feed) || (!wish.code.empty() && row.code != wish.code);
  });
  return out;
}

result<retry_answer, std::string> retry_wished(const configuration& all, reader_pool& readers, const take_batch& take,
                                               const quarantine_wish& wish) {
  const auto rows = readers.with([&](const store_reader& stored) { return wished_rows(stored, wish); });
  retry_answer out;
  if (rows.empty()) return out;
  const auto raw = raw_vault::open(all.settings.state_dir, all.quarantine_key);
  if (!raw) return failure(raw.error());
  std::map<feed_id, std::vector<quarantined_row>> by_feed;
  for (const auto& row : rows) by_feed[row.feed].push_back(row);
  for (auto& [id, of_feed] : by_feed) {
    const auto of =
        std::find_if(all.feeds.begin(), all.feeds.end(), [&id = id](const auto& feed) { return feed.id == id; });
    if (of == all.feeds.end())
      out.unknown_feeds.push_back(id.str());
    else
      add_to(out.all, retry_rows(*of, std::move(of_feed), **raw, take));
  }
  return out;
}

void release_rows(const std::vector<quarantined_row>& rows, store& ledger) {
  for (const auto& row : rows) ledger.release(row.id);
}

void forget_raw(const configuration& all, const std::vector<quarantined_row>& rows) {
  const auto raw = raw_vault::open(all.settings.state_dir, all.quarantine_key);
  if (!raw) return;
  for (const auto& row : rows) (*raw)->discard(row.raw);
  (*raw)->settle();
}

json::object view(const retry_answer& one) {
  const auto& sum = one.all.sum;
  json::array unknown;
  for (const auto& feed : one.unknown_feeds) unknown.emplace_back(feed);
  return {{"tried", sum.rows},        {"accepted", sum.accepted},     {"duplicate", sum.duplicate},
          {"stale", sum.stale},       {"unselected", sum.unselected}, {"still_refused", sum.quarantined},
          {"not_kept", one.all.lost}, {"other_key", one.all.locked},  {"unknown_feeds", std::move(unknown)}};
}

json::object view(const reread_files& one) {
  json::array unreadable;
  for (const auto& why : one.unreadable) unreadable.emplace_back(why);
  return {{"files", one.files},
          {"rows", one.rows},
          {"records", one.changed.rows},
          {"accepted", one.changed.accepted},
          {"revised", one.changed.revised},
          {"duplicate", one.changed.duplicate},
          {"stale", one.changed.stale},
          {"unselected", one.unselected},
          {"refused", one.quarantined},
          {"broken_files", one.broken},
          {"unreadable_files", std::move(unreadable)}};
}

std::string no_files_kept() {
  return "no files are kept: set `raw_files_key_file` in forewarn.yaml and restart; files taken from then on can be "
         "read again for as long as `raw_files_retention` says";
}

} // namespace forewarn
