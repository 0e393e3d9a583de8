// SPDX-License-Identifier: Apache-2.0
// Who is on call when: turns that hand over at a wall-clock time of a named zone, bank holidays that others cover, and
// swaps that people agreed. A turn over a change of clocks is an hour longer or shorter; nobody is ever on call by none
// or two rules at once: a swap goes before a holiday, a holiday before the turn.
#pragma once

#include "forewarn/calendar.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/yaml.hpp"
#include "forewarn/zone.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::on_call {

// Somebody takes over from somebody, for once.
struct swap {
  instant from, until; // half open
  service_id who;
  std::string why;
};

struct rota {
  zone local = zone::utc();
  // The first of `order` began at `hand_over` of the day `first`; after `days_each` the next takes over, and so round.
  std::chrono::local_days first;
  std::chrono::minutes hand_over{};
  int days_each = 7;
  std::vector<service_id> order;
  std::vector<swap> swaps; // a later one of the file goes before an earlier
  // The days of this calendar, from hand-over to hand-over, go round among these instead.
  std::optional<calendar> holidays;
  std::vector<service_id> holiday_order;
  // Of a notice that nobody has read: when the same person's next channel is used, and after the last, the next person.
  std::optional<duration> unread_after;
  std::string path;                                     // of the file, for messages
  std::vector<std::pair<service_id, location>> named{}; // where each name stands in it

  // Everyone it names, in order, each once.
  [[nodiscard]] std::vector<service_id> people() const;
};

struct duty {
  service_id who;
  instant from, until;
  std::string why; // "turn of the week from 2026-11-02", "bank holiday", "swap: annual leave"
};

// Nothing before the first turn.
[[nodiscard]] std::optional<duty> on_duty(const rota& by, instant at);

// Whoever is on duty first, then the others in the order of the turns: who is asked when nobody reads.
[[nodiscard]] std::vector<service_id> chain(const rota& by, instant at);

// The turns, holidays and swaps from `from` to `until`, joined where the same person goes on for the same reason.
[[nodiscard]] std::vector<duty> duties(const rota& by, instant from, instant until);

// `rota:` of a file of services.d. Whether the people are services is checked where all are known.
[[nodiscard]] std::optional<rota> read_rota(const yaml::node& from, const std::string& path,
                                            const reference_data& reference, problems& found);

// "2026-03-01T03:00:00Z", "2026-03-01 03:00" or "2026-03-01" in the zone, "sunday 03:00" (the next one after `now`),
// "03:00" (the next one), "now".
[[nodiscard]] std::optional<instant> parse_when(const std::string& text, const zone& local, instant now);

// "2026-03-01"; "2026-03-01 03:00" or with a T.
[[nodiscard]] std::optional<std::chrono::local_days> parse_day(std::string_view text);
[[nodiscard]] std::optional<instant> parse_local(std::string_view text, const zone& local);

} // namespace forewarn::on_call
