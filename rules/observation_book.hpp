// SPDX-License-Identifier: Apache-2.0
// Every observation the engine has taken, by a small number: which revision counts, and of which kind it was. Not its
// content: rules keep what they need of it.
#pragma once

#include "rules/forgetting.hpp"
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
  // What is forgotten is as if it had never been taken.
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

  [[nodiscard]] std::optional<instant> happened(const observation_key& key) const;

  [[nodiscard]] observation_key key_of(observation_index which) const override;
  [[nodiscard]] instant time_of(observation_index which) const override { return row_of(which).at; }

  [[nodiscard]] bool is_gone(const forgetting& gone, observation_index which) const override {
    return which < first_kept_ || (which < gone.below && gone(time_of(which), which));
  }

  // How many there were, with those forgotten: the number of the next.
  [[nodiscard]] observation_index count() const noexcept {
    return first_kept_ + static_cast<observation_index>(rows_.size());
  }
  // All before it are forgotten.
  [[nodiscard]] observation_index first_kept() const noexcept { return first_kept_; }
  // Those before the first that must stay. When its feed and kind began stays known.
  void forget(const forgetting& gone);

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.rows_, me.first_kept_, me.ids_, me.feeds_, me.kinds_, me.trail_, me.first_, me.first_remembered_);
    if constexpr (Archive::reads) {
      ++me.beginnings_version_;
      me.numbers_.reserve(me.rows_.size());
      for (auto which = me.first_kept_; which < me.count(); ++which) me.numbers_.insert(which);
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
  [[nodiscard]] const row& row_of(observation_index which) const { return rows_[which - first_kept_]; }
  [[nodiscard]] name name_of(observation_index which) const {
    const auto& one = row_of(which);
    return {one.feed, ids_.at(one.id)};
  }
  void began_at_latest(const feed_id& feed, const kind_id& kind, instant at);

  struct by_name {
    using is_transparent = void;
    const observation_book* book;
    [[nodiscard]] std::size_t operator()(const name& one) const noexcept;
    [[nodiscard]] std::size_t operator()(observation_index which) const { return (*this)(book->name_of(which)); }
    [[nodiscard]] bool operator()(const name& a, observation_index b) const { return a == book->name_of(b); }
    [[nodiscard]] bool operator()(observation_index a, const name& b) const { return book->name_of(a) == b; }
    [[nodiscard]] bool operator()(observation_index a, observation_index b) const { return a == b; }
  };

  std::deque<row> rows_; // from `first_kept_` on
  observation_index first_kept_ = 0;
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
