// SPDX-License-Identifier: Apache-2.0
// One series' observations in order of time, and the count in a window of them. What a count means (incidents,
// people, weights) is decided before an entry gets here; what a count is worth is decided after.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/signal.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace forewarn::rules {

// An observation's place in the engine's memory.
using observation_index = std::uint32_t;

// Millionths: sums of decimal weights stay exact however often entries come and go.
using amount = std::int64_t;
[[nodiscard]] amount to_amount(double value);
[[nodiscard]] double to_value(amount sum);

// What one observation adds to a count: its own amount, or one with all others that share an incident, person or site.
class share {
public:
  share() = default;
  [[nodiscard]] static share alone(amount weight) { return share{(static_cast<std::uint64_t>(weight) << 1U) | 1U}; }
  // `id` is a digest: two ids of one window are taken for one with a chance of one in 2^63.
  [[nodiscard]] static share with(std::uint64_t id) { return share{id & ~std::uint64_t{1}}; }

  [[nodiscard]] bool is_alone() const noexcept { return (bits_ & 1U) != 0; }
  [[nodiscard]] amount weight() const noexcept { return static_cast<amount>(bits_) >> 1U; }
  [[nodiscard]] std::uint64_t id() const noexcept { return bits_; }

private:
  friend class entry;
  explicit share(std::uint64_t bits) : bits_{bits} {}
  std::uint64_t bits_ = 0;
};

// In 20 bytes: there is one for each observation in each series of each rule.
class entry {
public:
  entry() = default;
  entry(instant at, observation_index who, share adds)
      : at_{halves(static_cast<std::uint64_t>(at.time_since_epoch().count()))}, adds_{halves(adds.bits_)}, who_{who} {}

  [[nodiscard]] instant at() const noexcept { return instant{duration{static_cast<std::int64_t>(whole(at_))}}; }
  [[nodiscard]] observation_index who() const noexcept { return who_; }
  [[nodiscard]] share adds() const noexcept { return share{whole(adds_)}; }

private:
  using halved = std::array<std::uint32_t, 2>;
  [[nodiscard]] static halved halves(std::uint64_t all) noexcept { return std::bit_cast<halved>(all); }
  [[nodiscard]] static std::uint64_t whole(halved both) noexcept { return std::bit_cast<std::uint64_t>(both); }

  halved at_{}, adds_{};
  observation_index who_ = 0;
};

// The count over a bag of entries: distinct shared ids, plus the weights of those without one.
class tally {
public:
  void add(share one);
  void remove(share one);
  void clear();
  [[nodiscard]] amount total() const noexcept { return loose_ + to_amount(static_cast<double>(times_.size())); }

private:
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> times_;
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
  // What it added; nothing where it was not there.
  std::optional<share> erase(instant at, observation_index who);

  // Those of long ago.
  template <class Forgotten> void forget(instant before, const Forgotten& gone) {
    const auto end = std::lower_bound(entries_.begin(), entries_.end(), before,
                                      [](const entry& one, instant when) { return one.at() < when; });
    const auto kept =
        std::remove_if(entries_.begin(), end, [&](const entry& one) { return gone(one.at(), one.who()); });
    if (kept == end) return;
    entries_.erase(kept, end);
    entries_.shrink_to_fit();
    newest_known_ = false;
  }

  // The windows that end at an entry's time in [first, last), in order.
  void windows(instant first, instant last, std::vector<counted_window>& out);

  // Who lies in (after, to].
  void members(instant after, instant to, std::vector<observation_index>& out) const;

  // Those in (after, to], by time.
  [[nodiscard]] std::span<const entry> between(instant after, instant to) const;

  [[nodiscard]] duration within() const noexcept { return within_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.entries_);
    if constexpr (Archive::reads) me.newest_known_ = false;
  }

private:
  void recount_newest();
  void recount_before();
  void append(const entry& one);
  void make_room();

  duration within_;
  std::vector<entry> entries_; // by time; of one time in order of arrival
  tally newest_;               // over (newest - within, newest]
  std::size_t newest_first_ = 0;
  amount before_newest_ = 0;
  bool newest_known_ = true;
};

} // namespace forewarn::rules
