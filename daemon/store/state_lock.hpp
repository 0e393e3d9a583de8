// SPDX-License-Identifier: Apache-2.0
// One writer per state folder, kept by the operating system: the lock goes with the process, however it ends.
#pragma once

#include "forewarn/result.hpp"

#include <filesystem>
#include <string>

namespace forewarn {

class state_lock {
public:
  // Fails, naming the process that holds it, where another writes to this folder.
  [[nodiscard]] static result<state_lock, std::string> take(const std::filesystem::path& state_dir);

  state_lock(state_lock&& other) noexcept;
  state_lock& operator=(state_lock&& other) noexcept;
  ~state_lock();

private:
  explicit state_lock(int descriptor) : descriptor_{descriptor} {}
  int descriptor_ = -1;
};

} // namespace forewarn
