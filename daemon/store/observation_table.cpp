// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

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

std::optional<observation> latest(connection& db, const observation_key& key) {
  query rows{db, "SELECT body FROM revision WHERE feed = ? AND record = ? ORDER BY seq DESC LIMIT 1", key.feed, key.id};
  if (!rows.next()) return {};
  std::string body;
  rows.into(body);
  return read_body(body);
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
