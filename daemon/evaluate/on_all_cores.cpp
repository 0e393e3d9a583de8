// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/on_all_cores.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace forewarn::evaluate {

void run_on_all_cores(std::size_t n, const std::function<void(std::size_t)>& job,
                      const std::function<void(std::size_t)>& done) {
  std::atomic<std::size_t> next{0}, finished{0};
  std::exception_ptr wrong;
  std::mutex guard;
  const auto work = [&](bool tells) {
    for (auto i = next++; i < n; i = next++) {
      try {
        job(i);
      } catch (...) {
        const std::lock_guard hold{guard};
        if (!wrong) wrong = std::current_exception();
        next = n;
        return;
      }
      const auto so_far = ++finished;
      if (tells && done) done(so_far);
    }
  };
  {
    const auto cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 64);
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(cores, n); ++i) others.emplace_back([&] { work(false); });
    work(true);
  }
  if (wrong) std::rethrow_exception(wrong);
}

} // namespace forewarn::evaluate
