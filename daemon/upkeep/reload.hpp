// SPDX-License-Identifier: Apache-2.0
// Reading the configuration again while the daemon works: all of it or nothing. Files are read and the new rules' past
// is worked out on the caller's thread, which is never the I/O thread and never the desk's; the desk is held up only
// for what arrived meanwhile.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/in_force.hpp"
#include "daemon/reader_pool.hpp"
#include "daemon/upkeep/answers.hpp"

#include <memory>
#include <mutex>

namespace forewarn {

class reloader {
public:
  reloader(configuration_in_force& current, desk& at, reader_pool& readers)
      : current_{current}, desk_{at}, readers_{readers} {}

  // All of it is in force when this returns; who keeps parts of it (the sender, the folder watch) is told by the
  // caller.
  struct outcome {
    reload_answer answer;
    std::shared_ptr<const in_force> next; // null: refused
  };
  // Two at once: the second waits for the first, and reads the files after it.
  [[nodiscard]] outcome reload();

  // Works the engine out anew from what is stored: after a purge.
  void rebuild();

private:
  [[nodiscard]] outcome change(std::shared_ptr<const in_force> next);

  configuration_in_force& current_;
  desk& desk_;
  reader_pool& readers_;
  std::mutex one_at_a_time_;
};

} // namespace forewarn
