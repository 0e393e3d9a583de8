// SPDX-License-Identifier: Apache-2.0
// How feeds keep their arrival contracts: the turns that the engine replays, and the state of the watch.
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::vector<feed_turn> feed_turns(connection& db, instant after) {
  query rows{db, "SELECT at, feed, kind, state FROM feed_turn WHERE at > ? ORDER BY seq", after};
  std::vector<feed_turn> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.at, one.feed, one.kind, one.to);
  }
  return out;
}

void append(connection& db, const feed_turn& turn) {
  execute(db, "INSERT INTO feed_turn (at, feed, kind, state) VALUES (?, ?, ?, ?)", turn.at, turn.feed, turn.kind,
          turn.to);
}

std::vector<feed_watch> feed_watches(connection& db) {
  query rows{db, "SELECT feed, kind, kept_at, rows_before, due_at, overdue_since FROM feed_watch ORDER BY feed"};
  std::vector<feed_watch> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.feed, one.kind, one.kept_at, one.rows_before, one.due_at, one.overdue_since);
  }
  return out;
}

void save(connection& db, const feed_watch& one) {
  execute(db,
          "INSERT OR REPLACE INTO feed_watch (feed, kind, kept_at, rows_before, due_at, overdue_since) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          one.feed, one.kind, one.kept_at, one.rows_before, one.due_at, one.overdue_since);
}

void remove_feed_watch(connection& db, const feed_id& feed) {
  execute(db, "DELETE FROM feed_watch WHERE feed = ?", feed);
}

} // namespace forewarn::sqlite
