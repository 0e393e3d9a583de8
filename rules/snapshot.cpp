// SPDX-License-Identifier: Apache-2.0
#include "rules/snapshot.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 16U;

// Block by block. Against half-written and decayed files, not against people.
std::uint64_t add_to_sum(std::uint64_t sum, std::string_view block) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15ULL;
  const auto mix = [&](std::uint64_t word) {
    sum = (sum ^ word) * factor;
    sum ^= sum >> 29U;
  };
  for (std::uint64_t word = 0; block.size() >= sizeof word; block.remove_prefix(sizeof word)) {
    std::memcpy(&word, block.data(), sizeof word);
    mix(word);
  }
  for (const auto left : block) mix(static_cast<unsigned char>(left));
  mix(block.size());
  return sum;
}

} // namespace

snapshot_writer::snapshot_writer(sink into) : into_{std::move(into)} {
  buffer_.reserve(block_bytes);
}

void snapshot_writer::bytes(const void* from, std::size_t count) {
  std::string_view rest{static_cast<const char*>(from), count};
  while (!rest.empty()) {
    const auto part = std::min(rest.size(), block_bytes - buffer_.size());
    buffer_ += rest.substr(0, part);
    rest.remove_prefix(part);
    if (buffer_.size() == block_bytes) flush();
  }
}

void snapshot_writer::flush() {
  sum_ = add_to_sum(sum_, buffer_);
  into_(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void snapshot_writer::finish() {
  flush();
  into_(reinterpret_cast<const char*>(&sum_), sizeof sum_);
}

snapshot_reader::snapshot_reader(std::string_view all) {
  std::uint64_t wanted = 0;
  if (all.size() < sizeof wanted) throw snapshot_error{"it is too short to be whole"};
  left_ = all.substr(0, all.size() - sizeof wanted);
  std::memcpy(&wanted, all.data() + left_.size(), sizeof wanted);
  std::uint64_t sum = 0;
  for (auto rest = left_;; rest.remove_prefix(block_bytes)) {
    sum = add_to_sum(sum, rest.substr(0, block_bytes));
    if (rest.size() < block_bytes) break;
  }
  if (sum != wanted) throw snapshot_error{"its checksum is wrong: it was half written, or has decayed"};
}

void snapshot_reader::bytes(void* into, std::size_t count) {
  if (count > left_.size()) throw snapshot_error{"it ends too early"};
  left_.copy(static_cast<char*>(into), count);
  left_.remove_prefix(count);
}

std::size_t snapshot_reader::size(std::size_t least_each) {
  std::uint64_t count = 0;
  plain(count);
  if (count > left_.size() / least_each) throw snapshot_error{"it names more than it holds"};
  return static_cast<std::size_t>(count);
}

void snapshot_reader::finish() const {
  if (!left_.empty()) throw snapshot_error{"it is longer than what was read of it"};
}

} // namespace forewarn::rules
