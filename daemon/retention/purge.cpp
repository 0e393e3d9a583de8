// SPDX-License-Identifier: Apache-2.0
#include "daemon/retention/purge.hpp"

#include "daemon/engine_snapshot.hpp"
#include "daemon/retention/kept_days.hpp"
#include "daemon/retention/remembered.hpp"

#include <fmt/format.h>

namespace forewarn::retention {
namespace {

constexpr std::size_t records_at_once = 500;
// Records of one incident come within minutes; what comes later than this is an incident of its own, once it is purged.
constexpr duration brothers_come_within = std::chrono::hours{24 * 31};

std::string counted(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// What else the store holds of the days on which these happened, near enough to be of one incident with one of them.
std::vector<observation> brothers_of(const std::vector<observation>& these, const feed_id& feed, const zone& local,
                                     const kept_days_reader& from) {
  std::vector<observation> out;
  std::optional<instant> first, last, received;
  for (const auto& one : these) {
    if (!one.incident) continue;
    first = std::min(first.value_or(one.occurred_at), one.occurred_at);
    last = std::max(last.value_or(one.occurred_at), one.occurred_at);
    received = std::max(received.value_or(one.received_at), one.received_at);
  }
  if (!first) return out;
  const auto midnight = [&](instant at, int days_on) {
    const auto day = std::chrono::floor<std::chrono::days>(local.to_civil(at)) + std::chrono::days{days_on};
    return local.to_instant(civil_time{day.time_since_epoch()}).at;
  };
  from.each_standing(feed, midnight(*first, 0), midnight(*last, 1), *received + brothers_come_within,
                     [&](const observation& one) {
                       if (one.incident) out.push_back(one);
                     });
  return out;
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

std::int64_t remove(const feed_id& feed, instant before, const std::vector<record_id>& records,
                    const reference_data& reference, store& ledger) {
  std::int64_t removed = 0;
  std::vector<observation> counted;
  for (const auto& id : records) {
    auto newest = ledger.latest({feed, id});
    if (!newest || newest->received_at >= before) continue;
    if (!newest->withdrawn) {
      for (const auto& count : forewarn::counts_of(*newest, reference.local_zone)) ledger.add(count);
      counted.push_back(std::move(*newest));
    }
    ++removed;
  }
  auto& kept = kept_in(ledger);
  for (const auto& day : days_of(counted, brothers_of(counted, feed, reference.local_zone, kept), reference))
    kept.add(day);
  for (const auto& id : records)
    if (const auto newest = ledger.latest({feed, id}); newest && newest->received_at < before)
      ledger.forget({feed, id});
  if (removed > 0) engine_snapshot::distrust(ledger);
  return removed;
}

std::int64_t purge(const std::vector<expired_feed>& what, const reference_data& reference, const store_reader& from,
                   const transaction& in_transaction) {
  std::int64_t removed = 0;
  for (const auto& one : what) {
    if (one.counts.quarantined + one.counts.unknown_words > 0)
      in_transaction([&](store& ledger) { ledger.forget_refused(one.feed, one.before); });
    for (;;) {
      const auto records = from.expired_records(one.feed, one.before, records_at_once);
      std::int64_t gone = 0;
      if (!records.empty())
        in_transaction([&](store& ledger) { gone = remove(one.feed, one.before, records, reference, ledger); });
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
