// SPDX-License-Identifier: Apache-2.0
// Every observation the engine has taken, by a small number: which revision counts, and which rules hold it. Not its
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
  // Its number, where it changes something; nothing for a lower revision than the one known, or for the same again.
  [[nodiscard]] std::optional<observation_index> accept(const observation& seen);

  [[nodiscard]] const std::vector<rule_index>& held_by(observation_index who) const { return rows_[who].held_by; }
  void set_held_by(observation_index who, std::vector<rule_index> rules) { rows_[who].held_by = std::move(rules); }

  [[nodiscard]] const observation_key& key_of(observation_index which) const override { return *rows_[which].key; }
  [[nodiscard]] instant time_of(observation_index which) const override { return rows_[which].at; }

private:
  struct row {
    const observation_key* key = nullptr;
    instant at;
    std::int64_t revision = 0;
    std::uint64_t content = 0;
    std::vector<rule_index> held_by; // sorted
  };
  struct hash {
    std::size_t operator()(const observation_key& key) const noexcept {
      return std::hash<record_id>{}(key.id) * 31 + std::hash<feed_id>{}(key.feed);
    }
  };
  std::unordered_map<observation_key, observation_index, hash> by_key_;
  std::deque<row> rows_;
};

} // namespace forewarn::rules
