// SPDX-License-Identifier: Apache-2.0
// Rows on their way from a partner to us: each waits for the file it comes in, and files are handed over in the order
// of time. Holds what is still on its way and nothing else, so that a nation's year needs no more room than its late
// rows.
#pragma once

#include "daemon/simulate/dice.hpp"
#include "daemon/simulate/plan.hpp"
#include "daemon/simulate/rates.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace forewarn::simulate {

// How a file's rows are made up. rows = fresh + late + revised + duplicate + cancelled + unusable.
struct row_counts {
  std::int64_t rows = 0;
  std::int64_t fresh = 0;
  std::int64_t late = 0;      // later than the partner's usual delay
  std::int64_t revised = 0;   // sent before, now with other content
  std::int64_t duplicate = 0; // sent before, the same
  std::int64_t cancelled = 0; // nothing to count: the feed takes them as withdrawn
  std::int64_t unusable = 0;  // no id, no such date, cells missing
  row_counts& operator+=(const row_counts& more);
};

enum class row_sort : std::uint8_t {
  fresh,
  late,
  revised,
  cancelled
};

// One line of a file, with what stands beside it.
struct outgoing_row {
  civil_time ready; // when the partner's system lets it go
  std::string id;
  std::string line;     // without its line end
  std::string bad_line; // an unusable row that follows it; empty: none
  bool twice = false;
  row_sort sort = row_sort::fresh;
  std::optional<std::size_t> outbreak;
};

struct outbreak_row {
  std::size_t outbreak = 0;
  std::string id;
};

struct sent_file {
  std::string_view feed;
  std::string name; // ambulance-2026-01-18.csv
  std::string text;
  row_counts counts;
  civil_time handed_over;
  std::vector<outbreak_row> outbreak_rows;
};

// How a partner's files look. The rates' habits say when rows come.
struct partner {
  rates::habits habits;
  std::string_view ending;             // of file names
  std::string head, between, tail;     // before all rows, between two, after all
  std::chrono::minutes every{24 * 60}; // one file per this long, from midnight
  std::string line_end;                // after each row
};

class post_office {
public:
  using receiver = std::function<void(const sent_file&)>;
  post_office(const plan& wanted, std::vector<partner> partners, receiver each);

  // A row of a partner that the plan leaves out is dropped.
  void send(std::string_view feed, outgoing_row row);
  // Hands over every file that is complete by then. At the plan's end what is begun is handed over too, and what is
  // still on its way stays there.
  void hand_over(civil_time by);
  [[nodiscard]] std::size_t on_its_way() const;

private:
  struct counter { // of one partner
    partner of;
    civil_time next;                                         // the file that is handed over next begins here
    std::map<civil_time, std::vector<outgoing_row>> waiting; // by the beginning of their file
  };
  [[nodiscard]] civil_time file_of(const counter& at, civil_time ready) const;
  [[nodiscard]] bool silent(const counter& at, civil_time moment) const;
  [[nodiscard]] sent_file written(counter& at, civil_time begin, civil_time end) const;

  plan wanted_;
  std::vector<counter> counters_;
  receiver each_;
};

} // namespace forewarn::simulate
