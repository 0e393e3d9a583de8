// SPDX-License-Identifier: Apache-2.0
// A machine whose clock is wrong, for tests of whole programs: loaded before libc (LD_PRELOAD), the wall clock is the
// kernel's plus the seconds in the file that SHIFTED_CLOCK names, read anew each time. No memory is allocated, so that
// it works under the sanitizers, where libfaketime does not. Durations (CLOCK_MONOTONIC) stay as they are.
#include <cstdlib>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h> // NOLINT(modernize-deprecated-headers): the functions below are C's
#include <unistd.h>

namespace {

long shift() {
  const char* path = std::getenv("SHIFTED_CLOCK"); // NOLINT(concurrency-mt-unsafe)
  if (path == nullptr) return 0;
  const auto file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return 0;
  char text[32] = {};
  const auto size = ::syscall(SYS_read, file, text, sizeof text - 1);
  ::syscall(SYS_close, file);
  return size > 0 ? std::strtol(text, nullptr, 10) : 0;
}

} // namespace

extern "C" {

int clock_gettime(clockid_t which, timespec* out) noexcept {
  const auto result = ::syscall(SYS_clock_gettime, which, out);
  if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) out->tv_sec += shift();
  return static_cast<int>(result);
}

int gettimeofday(timeval* out, void* /*zone*/) noexcept {
  timespec now{};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
}
