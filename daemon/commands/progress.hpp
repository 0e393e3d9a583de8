// SPDX-License-Identifier: Apache-2.0
// How far a long run is, on one line of a terminal's stderr. Says nothing where stderr is no terminal, and leaves
// nothing behind.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

namespace forewarn::commands {

class progress_bar {
public:
  // `what` is counted, "records"; `total` 0: not known.
  progress_bar(std::size_t total, std::string what) : total_{total}, what_{std::move(what)} {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() {
    if (drawn_) std::cerr << '\r' << std::string(longest, ' ') << '\r' << std::flush;
  }

  void at(std::size_t done) {
    if (!shown_ || total_ == 0) return;
    const auto part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    const auto full = static_cast<std::size_t>(part * width);
    const auto spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    auto line = fmt::format("[{}{}] {:3.0f} %  {} of {} {}", std::string(full, '#'), std::string(width - full, '.'),
                            part * 100, done, total_, what_);
    if (part > 0.02 && spent > 1) line += fmt::format(", {:.0f} s left", spent / part - spent);
    line.resize(longest, ' ');
    std::cerr << '\r' << line << std::flush;
    drawn_ = true;
  }
  // For what counts from 0 again and again: `at(before + done)`.
  [[nodiscard]] std::function<void(std::size_t)> from(std::size_t before) {
    if (!shown_) return {};
    return [this, before](std::size_t done) { at(before + done); };
  }

private:
  static constexpr std::size_t width = 30, longest = 96;
  std::size_t total_;
  std::string what_;
  bool shown_ = isatty(STDERR_FILENO) != 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace forewarn::commands
