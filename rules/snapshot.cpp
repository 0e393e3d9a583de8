// SPDX-License-Identifier: Apache-2.0
#include "rules/snapshot.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

// Against half-written and decayed files, not against people.
std::uint64_t add_to_sum(std::uint64_t sum, const char* from, std::size_t count) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15ULL;
  std::uint64_t word = 0;
  for (; count >= sizeof word; from += sizeof word, count -= sizeof word) {
    std::memcpy(&word, from, sizeof word);
    sum = (sum ^ word) * factor;
    sum ^= sum >> 29U;
  }
  word = count + 1;
  std::memcpy(&word, from, count);
  sum = (sum ^ word) * factor;
  return sum ^ (sum >> 29U);
}

} // namespace

void snapshot_writer::bytes(const void* from, std::size_t count) {
  const auto* const first = static_cast<const char*>(from);
  if (count >= buffer_bytes) {
    if (!buffer_.empty()) into_(buffer_.data(), buffer_.size());
    buffer_.clear();
    into_(first, count);
  } else {
    if (buffer_.size() + count > buffer_bytes) {
      into_(buffer_.data(), buffer_.size());
      buffer_.clear();
    }
    buffer_.insert(buffer_.end(), first, first + count);
  }
  sum_ = add_to_sum(sum_, first, count);
}

void snapshot_writer::finish() {
  const auto sum = sum_;
  plain(sum);
  into_(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void snapshot_reader::bytes(void* into, std::size_t count) {
  if (count > left_) throw snapshot_error{"it ends too early"};
  auto* const first = static_cast<char*>(into);
  from_(first, count);
  left_ -= count;
  sum_ = add_to_sum(sum_, first, count);
}

std::size_t snapshot_reader::size(std::size_t least_each) {
  std::uint64_t count = 0;
  plain(count);
  if (count > left_ / least_each) throw snapshot_error{"it names more than it holds"};
  return static_cast<std::size_t>(count);
}

void snapshot_reader::finish() {
  const auto wanted = sum_;
  std::uint64_t sum = 0;
  plain(sum);
  if (left_ != 0) throw snapshot_error{"it is longer than what was read of it"};
  if (sum != wanted) throw snapshot_error{"its checksum is wrong"};
}

} // namespace forewarn::rules
