// SPDX-License-Identifier: Apache-2.0
#include "rules/sliding_count.hpp"

#include <algorithm>
#include <array>

namespace forewarn::rules {
namespace {

// So few are counted at once: most series are quiet, and need no memory of it.
constexpr std::size_t few = 24;

amount count_few(std::span<const entry> line) {
  std::array<std::uint64_t, few> met{};
  std::size_t shared = 0;
  amount loose = 0;
  for (const auto& one : line) {
    const auto adds = one.adds();
    if (adds.is_alone()) {
      loose += adds.weight();
      continue;
    }
    const auto end = met.begin() + static_cast<std::ptrdiff_t>(shared);
    if (std::find(met.begin(), end, adds.id()) == end) met.at(shared++) = adds.id();
  }
  return loose + to_amount(static_cast<double>(shared));
}

} // namespace

void sliding_count::stretch::start(const timeline& line, instant from, instant until) {
  counted.clear();
  for (const auto& one : line.between(from, until)) counted.add(one.adds());
  after = from;
  to = until;
  known = true;
}

void sliding_count::stretch::move_to(const timeline& line, instant new_after, instant new_to) {
  for (const auto& one : line.between(after, new_after)) counted.remove(one.adds());
  for (const auto& one : line.between(to, new_to)) counted.add(one.adds());
  after = new_after;
  to = new_to;
}

amount sliding_count::over(const timeline& line, instant after, instant to) {
  const auto all = line.between(after, to);
  if (all.size() <= few) return count_few(all);
  if (front_.can_move_to(after, to)) {
    front_.move_to(line, after, to);
    behind_ = {};
    return front_.counted.total();
  }
  auto& which = !front_.known || to > front_.to ? front_ : behind_;
  if (which.can_move_to(after, to))
    which.move_to(line, after, to);
  else
    which.start(line, after, to);
  return which.counted.total();
}

void sliding_count::inserted(const entry& one) {
  for (auto* which : {&front_, &behind_})
    if (which->holds(one.at())) which->counted.add(one.adds());
}

void sliding_count::erased(instant at, share adds) {
  for (auto* which : {&front_, &behind_})
    if (which->holds(at)) which->counted.remove(adds);
}

} // namespace forewarn::rules
