// SPDX-License-Identifier: Apache-2.0
// One series' observations in order of time, and the count in a window of them. What a count means (incidents,
// people, weights) is decided before an entry gets here; what a count is worth is decided after.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/signal.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace forewarn::rules {

// An observation's place in the engine's memory.
using observation_index = std::uint32_t;

// Millionths: sums of decimal weights stay exact however often entries come and go.
using amount = std::int64_t;
[[nodiscard]] amount to_amount(double value);
[[nodiscard]] double to_value(amount sum);

struct entry {
  instant at;
  observation_index who = 0;
  std::uint32_t shared_id = 0; // of the incident, person or site; 0 = counts by itself
  amount weight = 0;           // where it counts by itself
};

// The count over a bag of entries: distinct shared ids, plus the weights of those without one.
class tally {
public:
  void add(const entry& one);
  void remove(const entry& one);
  void clear();
  [[nodiscard]] amount total() const noexcept { return loose_ + to_amount(static_cast<double>(times_.size())); }

private:
  std::unordered_map<std::uint32_t, std::uint32_t> times_;
  amount loose_ = 0;
};

struct counted_window {
  instant end;
  amount count = 0;  // in (end - within, end]
  amount before = 0; // in (end - within, end): what it was just before
};

// Entries by time, with the count of the newest window kept running so that a stream in order costs no recount.
class timeline {
public:
  explicit timeline(duration within) : within_{within} {}

  void insert(const entry& one);
  void erase(instant at, observation_index who);

  // The windows that end at an entry's time in [first, last), in order.
  void windows(instant first, instant last, std::vector<counted_window>& out);

  // Who lies in (after, to].
  void members(instant after, instant to, std::vector<observation_index>& out) const;

  [[nodiscard]] duration within() const noexcept { return within_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
  void recount_newest();
  void append(const entry& one);

  duration within_;
  std::vector<entry> entries_; // by time; of one time in order of arrival
  tally newest_;               // over (newest - within, newest]
  std::size_t newest_first_ = 0;
  amount before_newest_ = 0;
  bool newest_known_ = true;
};

} // namespace forewarn::rules
