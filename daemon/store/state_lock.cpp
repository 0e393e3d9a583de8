// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/state_lock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace forewarn {
namespace {

std::string holder(int descriptor) {
  char text[32] = {};
  const auto length = ::pread(descriptor, text, sizeof text - 1, 0);
  std::string pid{text, length > 0 ? static_cast<std::size_t>(length) : 0};
  while (!pid.empty() && (pid.back() < '0' || pid.back() > '9')) pid.pop_back();
  return pid.empty() ? "another process" : "process " + pid;
}

} // namespace

result<state_lock, std::string> state_lock::take(const std::filesystem::path& state_dir) {
  const auto file = state_dir / "forewarn.lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0)
    return failure(
        fmt::format("{}: cannot open the lock file: {}", file.string(), std::generic_category().message(errno)));
  state_lock lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return failure(fmt::format("{}: {} already writes to this state folder; stop it first, or name another folder as "
                               "state_dir",
                               file.string(), holder(descriptor)));
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0)
    return failure(
        fmt::format("{}: cannot write to the lock file: {}", file.string(), std::generic_category().message(errno)));
  return lock;
}

state_lock::state_lock(state_lock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

state_lock& state_lock::operator=(state_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

state_lock::~state_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace forewarn
