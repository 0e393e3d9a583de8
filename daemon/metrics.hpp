// SPDX-License-Identifier: Apache-2.0
// What Prometheus reads at /metrics. Counters of what this process did are kept here; the state of things (signals,
// outbox, feeds) is read from the store when it is asked for, so that it cannot drift from the truth.
#pragma once

#include "daemon/delivery/outbox.hpp"
#include "daemon/desk.hpp"
#include "daemon/settings.hpp"
#include "forewarn/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace forewarn {

class metrics {
public:
  metrics();
  ~metrics();

  // From any thread.
  void rows_taken(const feed_id& feed, const batch_outcome& outcome);
  void file_done(const feed_id& feed, std::string_view result); // "done", "duplicate", "failed"
  void request_answered(unsigned status);
  void reloaded(bool good, const std::string& configuration_hash);

  // Where the outbox's counts come from; before the first `text`.
  void deliveries_from(std::function<outbox::figures()> counted);

  // The ways that a canary takes now; before the first `text`.
  void canaries_by(std::function<std::vector<std::string>()> ways);

  [[nodiscard]] std::string text(const store_reader& stored, const desk& at, instant now) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace forewarn
