// SPDX-License-Identifier: Apache-2.0
// Where bytes come from: a file on disk, or a text at hand.
#include "connectors/formats/bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

namespace forewarn::connectors {
namespace {

class open_descriptor {
public:
  explicit open_descriptor(const std::filesystem::path& path) : path_{path} {
    // Without O_NONBLOCK, opening a FIFO that somebody left in the folder would wait for ever.
    number_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // NOLINT(cppcoreguidelines-pro-type-vararg)
    if (number_ < 0) throw std::system_error{errno, std::generic_category(), "cannot open " + path.string()};
  }
  open_descriptor(const open_descriptor&) = delete;
  open_descriptor& operator=(const open_descriptor&) = delete;
  ~open_descriptor() { ::close(number_); }

  std::size_t read(char* buffer, std::size_t size) const {
    while (true) {
      const auto count = ::read(number_, buffer, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw std::system_error{errno, std::generic_category(), "cannot read " + path_.string()};
    }
  }

private:
  std::filesystem::path path_;
  int number_ = -1;
};

} // namespace

byte_source open_file(const std::filesystem::path& path) {
  auto file = std::make_shared<open_descriptor>(path);
  return gunzip_where_needed([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
}

byte_source from_text(std::string text) {
  auto held = std::make_shared<std::string>(std::move(text));
  return gunzip_where_needed([held, used = std::size_t{0}](char* buffer, std::size_t size) mutable {
    const auto count = std::min(size, held->size() - used);
    std::copy_n(held->data() + used, count, buffer);
    used += count;
    return count;
  });
}

} // namespace forewarn::connectors
