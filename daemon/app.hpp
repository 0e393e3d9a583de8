// SPDX-License-Identifier: Apache-2.0
// The daemon: everything built in order, run on one I/O thread, stopped in reverse.
#pragma once

#include "daemon/settings.hpp"
#include "forewarn/clock.hpp"

#include <memory>
#include <string>

namespace forewarn {

class app {
public:
  // Opens the store, rebuilds the engine's memory, listens. The error says what to do. `config` must be usable.
  [[nodiscard]] static result<std::unique_ptr<app>, std::string> start(configuration config, const clock& time);
  app(const app&) = delete;
  app& operator=(const app&) = delete;
  ~app();

  // Serves until it was asked to stop and all that was taken is written down.
  void run();
  // SIGTERM and SIGINT stop, SIGHUP reloads; a second SIGTERM ends the process at once. Before `run`.
  void heed_signals();
  // From any thread, any number of times.
  void stop();

  [[nodiscard]] unsigned short port() const noexcept; // of the HTTP listener

private:
  struct parts;
  explicit app(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

} // namespace forewarn
