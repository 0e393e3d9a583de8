// SPDX-License-Identifier: Apache-2.0
// Every observation the engine has taken, by a small number: which revision counts, and of which kind it was. Not its
// content: rules keep what they need of it.
#pragma once

#include "rules/life.hpp"
#include "rules/text_pool.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::rules {

class observation_book final : public observation_names {
public:
  observation_book() = default;
  observation_book(const observation_book&) = delete; // the index looks back at its book
  observation_book& operator=(const observation_book&) = delete;

  struct accepted {
    observation_index who = 0;
    bool is_new = false;     // never taken before, in any form
    bool other_kind = false; // than the form before: rules that observe the new kind no more may hold the old form
    instant was_at;          // of the form before
  };
  // Where it changes something; nothing for a lower revision than the one known, or for the same again.
  [[nodiscard]] std::optional<accepted> accept(const observation& seen);

  // One of long ago of which only a count was kept: it begins what is known of its feed and kind.
  void remember(const observation& past);

  // The earliest that is known of each feed and kind, and a number that changes with any of them.
  template <class Each> void each_beginning(const Each& tell) const {
    for (const auto& [what, at] : first_) tell(feeds_[what.first], kinds_[what.second], at);
    for (const auto& [what, at] : first_remembered_) tell(what.first, what.second, at);
  }
  [[nodiscard]] std::uint64_t beginnings_version() const noexcept { return beginnings_version_; }

  // Equal for two books that numbered the same observations alike.
  [[nodiscard]] std::uint64_t trail() const noexcept { return trail_; }

  // Whether any form of it was ever taken.
  [[nodiscard]] bool knows(const observation_key& key) const;

  [[nodiscard]] observation_key key_of(observation_index which) const override;
  [[nodiscard]] instant time_of(observation_index which) const override { return rows_[which].at; }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.rows_, me.ids_, me.feeds_, me.kinds_, me.trail_, me.first_, me.first_remembered_);
    if constexpr (Archive::reads) {
      ++me.beginnings_version_;
      me.numbers_.reserve(me.rows_.size());
      for (observation_index which = 0; which < me.rows_.size(); ++which) me.numbers_.insert(which);
    }
  }

private:
  struct row {
    instant at;
    std::int64_t revision = 0;
    std::uint64_t content = 0;
    text_pool::place id = 0;
    std::uint16_t feed = 0;
    std::uint16_t kind : 15 = 0;
    std::uint16_t withdrawn : 1 = 0;
  };
  using feed_and_kind = std::pair<std::uint16_t, std::uint16_t>;
  void begins(const row& with);
  void ended(const row& was);
  struct name {
    std::uint16_t feed = 0;
    std::string_view id;
    friend bool operator==(const name&, const name&) = default;
  };
  [[nodiscard]] name name_of(observation_index which) const { return {rows_[which].feed, ids_.at(rows_[which].id)}; }

  struct by_name {
    using is_transparent = void;
    const observation_book* book;
    [[nodiscard]] std::size_t operator()(const name& one) const noexcept;
    [[nodiscard]] std::size_t operator()(observation_index which) const { return (*this)(book->name_of(which)); }
    [[nodiscard]] bool operator()(const name& a, observation_index b) const { return a == book->name_of(b); }
    [[nodiscard]] bool operator()(observation_index a, const name& b) const { return book->name_of(a) == b; }
    [[nodiscard]] bool operator()(observation_index a, observation_index b) const { return a == b; }
  };

  std::deque<row> rows_;
  text_pool ids_;
  std::vector<feed_id> feeds_; // few
  std::vector<kind_id> kinds_; // few
  boost::unordered_flat_set<observation_index, by_name, by_name> numbers_{0, by_name{this}, by_name{this}};
  std::uint64_t trail_ = 0;
  std::map<feed_and_kind, instant> first_;                          // few
  std::map<std::pair<feed_id, kind_id>, instant> first_remembered_; // by name: `trail` must not know of them
  std::uint64_t beginnings_version_ = 1;
};

} // namespace forewarn::rules
