// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/purge.hpp"

#include "daemon/engine_snapshot.hpp"
#include "daemon/retention/remembered.hpp"

#include <fmt/format.h>

namespace forewarn::retention {
namespace {

constexpr std::size_t records_at_once = 500;

std::string counted(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

} // namespace

std::vector<expired_feed> what_expired(const std::vector<connectors::feed>& feeds, const store_reader& from,
                                       instant now) {
  std::vector<expired_feed> out;
  for (const auto& one : feeds) {
    if (!one.retention) continue;
    const auto before = now - *one.retention;
    out.push_back({one.id, *one.retention, before, from.expired(one.id, before)});
  }
  return out;
}

std::int64_t remove(const feed_id& feed, instant before, const std::vector<record_id>& records, const zone& local,
                    store& ledger) {
  std::int64_t removed = 0;
  for (const auto& id : records) {
    const auto newest = ledger.latest({feed, id});
    if (!newest || newest->received_at >= before) continue;
    if (!newest->withdrawn)
      for (const auto& count : counts_of(*newest, local)) ledger.add(count);
    ledger.forget({feed, id});
    ++removed;
  }
  if (removed > 0) engine_snapshot::distrust(ledger);
  return removed;
}

std::int64_t purge(const std::vector<expired_feed>& what, const zone& local, const store_reader& from,
                   const transaction& in_transaction) {
  std::int64_t removed = 0;
  for (const auto& one : what) {
    if (one.counts.quarantined + one.counts.unknown_words > 0)
      in_transaction([&](store& ledger) { ledger.forget_refused(one.feed, one.before); });
    for (;;) {
      const auto records = from.expired_records(one.feed, one.before, records_at_once);
      std::int64_t gone = 0;
      if (!records.empty())
        in_transaction([&](store& ledger) { gone = remove(one.feed, one.before, records, local, ledger); });
      removed += gone;
      if (gone == 0) break;
    }
  }
  return removed;
}

std::string to_text(const std::vector<expired_feed>& what, const zone& local) {
  std::string out;
  for (const auto& one : what)
    out +=
        fmt::format("{:<20} kept {}, received before {}: {}, {}, {}\n", one.feed.str(), spell_duration(one.kept),
                    local.format(one.before), counted(one.counts.records, "record"),
                    counted(one.counts.quarantined, "refused row"), counted(one.counts.unknown_words, "unknown word"));
  return out;
}

} // namespace forewarn::retention
