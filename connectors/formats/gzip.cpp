// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/limits.hpp"

#include <zlib.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace forewarn::connectors {
namespace {

constexpr std::size_t inflated_at_once = std::size_t{64} * 1024;

class inflater {
public:
  explicit inflater(byte_source bytes) : bytes_{std::move(bytes)}, held_(inflated_at_once) {}
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() {
    if (compressed_) inflateEnd(&stream_);
  }

  std::size_t read(char* buffer, std::size_t size) {
    if (!started_) start();
    if (!compressed_) return pass_on(buffer, size);
    return inflate_into(buffer, size);
  }

private:
  void start() {
    started_ = true;
    while (available_ < 2) {
      const auto more = bytes_(held_.data() + available_, held_.size() - available_);
      if (more == 0) break;
      available_ += more;
    }
    compressed_ = available_ >= 2 && held_[0] == '\x1f' && held_[1] == '\x8b';
    if (!compressed_) return;
    constexpr int gzip_only = 15 + 16;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc{};
  }

  std::size_t pass_on(char* buffer, std::size_t size) {
    if (used_ == available_) return bytes_(buffer, size);
    const auto count = std::min(size, available_ - used_);
    std::copy_n(held_.data() + used_, count, buffer);
    used_ += count;
    return count;
  }

  bool refill() {
    if (used_ < available_) return true;
    used_ = 0;
    available_ = bytes_(held_.data(), held_.size());
    return available_ > 0;
  }

  std::size_t inflate_into(char* buffer, std::size_t size) {
    std::size_t written = 0;
    while (written == 0) {
      if (damage_) throw unreadable_bytes{*damage_};
      if (between_members_ && !next_member()) return 0;
      if (!refill())
        throw unreadable_bytes{"truncated-gzip", "the gzip data ends before its end mark; send the file again"};
      stream_.next_in = reinterpret_cast<Bytef*>(held_.data() + used_); // NOLINT: zlib's own types
      stream_.avail_in = static_cast<uInt>(available_ - used_);
      stream_.next_out = reinterpret_cast<Bytef*>(buffer); // NOLINT
      stream_.avail_out = static_cast<uInt>(size);
      const int answer = inflate(&stream_, Z_NO_FLUSH);
      packed_ += available_ - stream_.avail_in - used_;
      used_ = available_ - stream_.avail_in;
      written = size - stream_.avail_out;
      unpacked_ += written;
      refuse_bomb();
      if (answer == Z_STREAM_END)
        between_members_ = true;
      else if (answer != Z_OK && answer != Z_BUF_ERROR)
        // What was unpacked before the damage comes first, wherever the bytes were cut.
        damage_.emplace("broken-gzip", std::string{"the gzip data is damaged ("} +
                                           (stream_.msg != nullptr ? stream_.msg : "unknown defect") +
                                           "); send the file again");
    }
    return written;
  }

  void refuse_bomb() const {
    if (unpacked_ <= limits::unpacked_free || unpacked_ / limits::unpacked_ratio <= packed_) return;
    throw unreadable_bytes{
        "gzip-bomb",
        fmt::format("the gzip data unpack to more than {} times their size and more than {}, which no list of records "
                    "does: a mistake or an attack. If it is meant, send the file unpacked",
                    limits::unpacked_ratio, limits::spell(limits::unpacked_free))};
  }

  bool next_member() {
    while (refill() && held_[used_] == '\0') ++used_; // tapes and some tools pad with zeros
    if (!refill()) return false;
    between_members_ = false;
    if (inflateReset(&stream_) != Z_OK) throw std::bad_alloc{};
    return true;
  }

  byte_source bytes_;
  std::vector<char> held_;
  std::size_t used_ = 0;
  std::size_t available_ = 0;
  std::size_t packed_ = 0, unpacked_ = 0; // bytes so far
  z_stream stream_{};
  std::optional<unreadable_bytes> damage_;
  bool started_ = false;
  bool compressed_ = false;
  bool between_members_ = false;
};

} // namespace

byte_source gunzip_where_needed(byte_source bytes) {
  auto held = std::make_shared<inflater>(std::move(bytes));
  return [held](char* buffer, std::size_t size) { return size == 0 ? 0 : held->read(buffer, size); };
}

} // namespace forewarn::connectors
