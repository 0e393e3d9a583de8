// SPDX-License-Identifier: Apache-2.0
// Every observation the engine has taken, by a small number: which revision counts, and of which kind it was. Not its
// content: rules keep what they need of it.
#pragma once

#include "rules/life.hpp"

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace forewarn::rules {

class observation_book final : public observation_names {
public:
  struct accepted {
    observation_index who = 0;
    bool other_kind = false; // than the form before: rules that observe the new kind no more may hold the old form
  };
  // Where it changes something; nothing for a lower revision than the one known, or for the same again.
  [[nodiscard]] std::optional<accepted> accept(const observation& seen);

  // Equal for two books that numbered the same observations alike.
  [[nodiscard]] std::uint64_t trail() const noexcept { return trail_; }

  [[nodiscard]] const observation_key& key_of(observation_index which) const override { return *rows_[which].key; }
  [[nodiscard]] instant time_of(observation_index which) const override { return rows_[which].at; }

private:
  struct row {
    const observation_key* key = nullptr;
    instant at;
    std::int64_t revision = 0;
    std::uint64_t content = 0;
    std::uint32_t kind = 0;
  };
  struct hash {
    std::size_t operator()(const observation_key& key) const noexcept {
      return std::hash<record_id>{}(key.id) * 31 + std::hash<feed_id>{}(key.feed);
    }
  };
  [[nodiscard]] std::uint32_t number_of(const kind_id& kind);

  std::unordered_map<observation_key, observation_index, hash> by_key_;
  std::deque<row> rows_;
  std::vector<kind_id> kinds_; // few
  std::uint64_t trail_ = 0;
};

} // namespace forewarn::rules
