// SPDX-License-Identifier: Apache-2.0
// Withdrawal by absence: which records of a day that is sent again the new file lacks. Only where the feed says so
// (`identity: {withdrawn_by_absence: ...}`); whether few enough are lacking to take them back unasked is said here,
// too. Writes nothing.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/desk.hpp"
#include "forewarn/store.hpp"
#include "forewarn/zone.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace forewarn {

// Records of one civil day of the feed's zone that are stored and stand, and that the file does not hold.
struct absent_records {
  std::chrono::local_days day;
  std::int64_t stored = 0; // of that day before the file
  std::vector<observation_key> keys;

  // Fewer than one in twenty: a correction, not half a day or somebody else's file.
  [[nodiscard]] bool few() const { return static_cast<std::int64_t>(keys.size()) * 20 < stored; }
};

// Remembers whom the rows of one file or body name: their ids, day by day.
class resent_days {
public:
  // Nothing is remembered where the feed does not withdraw by absence.
  explicit resent_days(const connectors::feed& of);

  void add(const connectors::taken_row& row);
  // A row that could not be used may be any record: then a person is asked, however few are absent.
  [[nodiscard]] bool all_read() const noexcept { return refused_ == 0; }

  // Of days that the file holds enough rows of to be the whole day; empty where nothing is absent.
  [[nodiscard]] std::vector<absent_records> compare(const store_reader& stored) const;

private:
  const connectors::feed& of_;
  std::map<std::chrono::local_days, std::set<record_id>> days_;
  std::set<record_id> ids_; // of all days: a record may have moved to another
  std::int64_t refused_ = 0;
};

// "2026-11-01".
[[nodiscard]] std::string to_text(std::chrono::local_days day);

// Rows that take these records back, as if the partner had sent them.
[[nodiscard]] row_batch withdrawals(const connectors::feed& of, const std::vector<absent_records>& absent,
                                    const std::string& source);

// Asks a person: nothing is taken back until somebody says so.
[[nodiscard]] operator_notice ask_about(const connectors::feed& of, const std::string& file,
                                        const std::vector<absent_records>& absent, bool all_read);

} // namespace forewarn
