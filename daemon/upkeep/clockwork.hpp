// SPDX-License-Identifier: Apache-2.0
// What the daemon does for itself by the clock: looks at its disk and says so when nothing can be written, hands in
// again the notices that could not be, sends the daily mail and the sign of life, purges what may be kept no longer.
//
// Every member is called on the I/O thread; what blocks runs on a thread of its own.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/in_force.hpp"
#include "daemon/onward_clock.hpp"
#include "daemon/operator_notices.hpp"
#include "daemon/reader_pool.hpp"
#include "daemon/upkeep/answers.hpp"
#include "daemon/upkeep/reload.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>

namespace forewarn {

class clockwork {
public:
  // All of them outlive it.
  struct surroundings {
    boost::asio::io_context& io;
    configuration_in_force& current;
    desk& state;
    reader_pool& readers;
    operator_notices& notices;
    reloader& reloads;
    const onward_clock& time;
  };
  explicit clockwork(const surroundings& with);
  clockwork(const clockwork&) = delete;
  clockwork& operator=(const clockwork&) = delete;
  ~clockwork();

  void start();
  [[nodiscard]] boost::asio::awaitable<void> stop();
  // Not only at its hour.
  [[nodiscard]] boost::asio::awaitable<purge_answer> purge();

  struct state;

private:
  std::shared_ptr<state> state_;
};

} // namespace forewarn
