// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/kept_day_table.hpp"
#include "daemon/store/tables.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::sqlite {
namespace {

observation read_body(const std::string& body) {
  auto read = parse_observation(body);
  if (!read) throw store_error{fmt::format("the database holds an observation that cannot be read: {}", read.error())};
  return std::move(*read);
}

} // namespace

void each_revision(connection& db, const std::function<void(const observation&)>& take) {
  (void)each_revision_after(db, 0, take);
}

std::int64_t each_revision_after(connection& db, std::int64_t after,
                                 const std::function<void(const observation&)>& take) {
  query rows{db, "SELECT seq, body FROM revision WHERE seq > ? ORDER BY seq", after};
  std::string body;
  while (rows.next()) {
    rows.into(after, body);
    take(read_body(body));
  }
  return after;
}

bool has_form_before(connection& db, const observation_key& key, instant taken) {
  query rows{db, "SELECT 1 FROM revision WHERE feed = ? AND record = ? AND received_at < ? LIMIT 1", key.feed, key.id,
             taken};
  return rows.next();
}

std::optional<observation> latest(connection& db, const observation_key& key) {
  query rows{db, "SELECT body FROM revision WHERE feed = ? AND record = ? ORDER BY seq DESC LIMIT 1", key.feed, key.id};
  if (!rows.next()) return {};
  std::string body;
  rows.into(body);
  return read_body(body);
}

namespace {

// Revisions lie in the order they were taken, so the first one taken after an instant is found by halving.
std::int64_t last_before(connection& db, instant received) {
  std::int64_t low = 0, high = 0;
  if (query newest{db, "SELECT coalesce(max(seq), 0) FROM revision"}; newest.next()) newest.into(high);
  while (low < high) {
    const auto middle = low + (high - low + 1) / 2;
    query at{db, "SELECT received_at FROM revision WHERE seq >= ? ORDER BY seq LIMIT 1", middle};
    std::optional<instant> taken;
    if (at.next()) at.into(taken);
    if (taken && *taken < received)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

// The revision after which forms of what occurred since then begin: nothing is taken before it occurred, save for a
// clock that runs ahead.
std::int64_t first_look(connection& db, instant from) {
  return from < instant{} + std::chrono::hours{1} ? 0 : last_before(db, from - std::chrono::hours{1});
}

} // namespace

void each_standing(connection& db, const std::vector<kind_id>& kinds, instant from, instant to,
                   const std::function<void(observation)>& take) {
  query rows{db,
             "SELECT kind, body FROM revision AS one WHERE seq > ? AND occurred_at >= ? AND occurred_at < ? "
             "AND withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM revision AS later WHERE later.feed = one.feed AND "
             "later.record = one.record AND later.seq > one.seq)",
             first_look(db, from), from, to};
  kind_id kind;
  std::string body;
  while (rows.next()) {
    rows.into(kind, body);
    if (kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) take(read_body(body));
  }
}

std::vector<record_id> standing_records(connection& db, const feed_id& feed, instant from, instant to) {
  const auto after = first_look(db, from);
  query rows{db,
             "SELECT record FROM revision AS one WHERE seq > ? AND feed = ? AND occurred_at >= ? AND occurred_at < ? "
             "AND withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM revision AS later WHERE later.feed = one.feed AND "
             "later.record = one.record AND later.seq > one.seq) ORDER BY record",
             after,
             feed,
             from,
             to};
  std::vector<record_id> out;
  while (rows.next()) {
    record_id id;
    rows.into(id);
    out.push_back(std::move(id));
  }
  return out;
}

void each_standing(connection& db, const feed_id& feed, instant from, instant to, instant received,
                   const std::function<void(const observation&)>& take) {
  const auto after = last_before(db, from - std::chrono::hours{1});
  const auto last = last_before(db, received);
  query rows{db,
             "SELECT body FROM revision AS one WHERE seq > ? AND seq <= ? AND feed = ? AND occurred_at >= ? AND "
             "occurred_at < ? AND withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM revision AS later WHERE later.feed = "
             "one.feed AND later.record = one.record AND later.seq > one.seq) ORDER BY seq",
             after,
             last,
             feed,
             from,
             to};
  std::string body;
  while (rows.next()) {
    rows.into(body);
    take(read_body(body));
  }
}

std::optional<std::string> partner_reference(connection& db, const observation_key& record) {
  query rows{db, "SELECT sealed FROM partner_reference WHERE feed = ? AND record = ?", record.feed, record.id};
  if (!rows.next()) return {};
  std::string out;
  rows.into(out);
  return out;
}

void save_partner_reference(connection& db, const observation_key& record, const std::string& sealed) {
  execute(db, "INSERT OR REPLACE INTO partner_reference (feed, record, sealed) VALUES (?, ?, ?)", record.feed,
          record.id, sealed);
}

std::optional<instant> last_received_at(connection& db) {
  query rows{db, "SELECT received_at FROM revision ORDER BY seq DESC LIMIT 1"};
  std::optional<instant> at;
  if (rows.next()) rows.into(at);
  return at;
}

std::int64_t last_revision(connection& db) {
  query rows{db, "SELECT max(seq) FROM revision"};
  std::optional<std::int64_t> last;
  if (rows.next()) rows.into(last);
  return last.value_or(0);
}

void append(connection& db, const observation& revision) {
  execute(db,
          "INSERT INTO revision (feed, record, revision, withdrawn, kind, occurred_at, received_at, body) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          revision.key.feed, revision.key.id, revision.revision, revision.withdrawn, revision.kind,
          revision.occurred_at, revision.received_at, to_json(revision));
}

} // namespace forewarn::sqlite
