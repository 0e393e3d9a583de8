// SPDX-License-Identifier: Apache-2.0
// From a record's cells to the rows that are sent for it: now or later, once or again, with an unusable one beside it.
#pragma once

#include "daemon/simulate/post_office.hpp"

#include <string>
#include <vector>

namespace forewarn::simulate {

using cells = std::vector<std::string>;

// A record as one row of a CSV export. The first cell is its id.
struct csv_record {
  cells now;
  cells before;              // as it is sent at first, where it is revised later; empty: never revised
  std::size_t time_cell = 1; // where an unusable row has an impossible date
  bool cancelled = false;
};

[[nodiscard]] std::string csv_line(const cells& row);

// Draws its fate from `luck` by the partner's habits. What belongs to an outbreak is not held back longer than usual.
void send_record(post_office& to, const rates::habits& by, dice& luck, civil_time at, const csv_record& what,
                 std::optional<std::size_t> outbreak);
// The same for a record whose lines are ready; `bad`, where there is one, is an unusable row that follows it.
struct line_record {
  std::string id;
  std::string now, before, bad;
  bool urgent = false; // the same day
};
void send_record(post_office& to, const rates::habits& by, dice& luck, civil_time at, const line_record& what,
                 std::optional<std::size_t> outbreak, bool cancelled = false);

// "260118-0042": a record's number, from its day and its place in it.
[[nodiscard]] std::string serial_text(civil_time at, std::uint64_t serial);

} // namespace forewarn::simulate
