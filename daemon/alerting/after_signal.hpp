// SPDX-License-Identifier: Apache-2.0
// Whether on-call hears of a signal now, and if not, why and until when: mutes, an outage just over, `stale_after`,
// `inhibit`, `quiet` and `budget` of its rule. Decides only; what comes of it is news.cpp.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "forewarn/after_signal.hpp"

#include <optional>
#include <string>

namespace forewarn::alerting {

struct wait {
  wait_reason why = wait_reason::quiet;
  std::string by;
  std::optional<instant> until; // absent: until what inhibits it has ended
  instant look_at;
};

// What is asked: a change of a signal, at `now`. `arrived` is the engine's time of what brought it.
struct question {
  const signal_facts& facts;
  signal_change what = signal_change::opened;
  bool first = false; // on-call has not heard of this signal yet
  instant arrived;
};

// Nothing where on-call hears now. `catching_up_until`: an outage is just over.
[[nodiscard]] std::optional<wait> reason_to_wait(const question& about, const std::optional<instant>& catching_up_until,
                                                 const setup& with, const store_reader& ledger, instant now);

// Of a notice that has waited for `row`: what it waits for next, or nothing. The next morning, once it has come, and a
// budget are not asked again.
[[nodiscard]] std::optional<wait> still_waits(const waiting_notice& row, const signal_facts& facts,
                                              const std::optional<instant>& catching_up_until, const setup& with,
                                              const store_reader& ledger, instant now);

// Where a retrospective signal is told: the next morning for deaths and drug tests, else the week's digest.
[[nodiscard]] instant digest_for_late(const signal_facts& facts, const setup& with, instant now);
[[nodiscard]] instant next_morning(const setup& with, instant now);
[[nodiscard]] instant next_weekly(const setup& with, instant now);

// The mute that names the signal and ends last.
[[nodiscard]] std::optional<mute> muted_by(const signal_facts& facts, const store_reader& ledger, instant now);

// "quiet hours until 2026-03-02 07:00 GMT": for people.
[[nodiscard]] std::string spell_wait(wait_reason why, const std::string& by, const std::optional<instant>& until,
                                     const zone& local);

} // namespace forewarn::alerting
