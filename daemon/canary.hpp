// SPDX-License-Identifier: Apache-2.0
// The daily canary: something that is known to be nothing, sent down every way by which records come and messages go,
// to see that the way is open. By each feed's folder a file, by each pushed feed a request, with one made-up record
// that goes through the feed's mapping and is thrown away; by each channel of the services for exercises a marked
// message. What did not come through is told to operators. It never makes an observation and never reaches a service
// that takes real messages.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/alerting/outgoing.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/settings.hpp"
#include "forewarn/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::canary {

// How long a canary has for its way.
inline constexpr duration patience = std::chrono::minutes{30};

inline constexpr std::size_t largest = 64U << 10U; // bytes of a canary's record that are looked at

inline constexpr const char* message_type = "exercise.canary";

// A dropped file with such a name is a canary, whatever the feed's pattern.
[[nodiscard]] bool is_canary_file(std::string_view name);

// "folder:ambulance", "push:ambulance", "mapping:ambulance", "channel:training/email".
[[nodiscard]] std::string by_folder(const feed_id& feed);
[[nodiscard]] std::string by_push(const feed_id& feed);
[[nodiscard]] std::string by_mapping(const feed_id& feed);
[[nodiscard]] std::string by_channel(const service_id& to, const std::string& channel);

// Every way that a canary takes under this configuration.
[[nodiscard]] std::vector<std::string> ways(const std::vector<connectors::feed>& feeds,
                                            const alerting::service_book& services);
// Kinds of channel that real services have and no service for exercises has: no canary goes by them.
[[nodiscard]] std::vector<std::string> untried(const alerting::service_book& services);

// What a canary's file or request holds: one record as the feed's partner would write it, with an id that says what it
// is. A sentence where none can be made up.
[[nodiscard]] std::string content_for(const connectors::feed& of, const std::string& day);
// What keeps the feed's mapping from making an observation of that record: nothing, where it does. Touches no store.
[[nodiscard]] std::optional<std::string> objection_to(const connectors::feed& of, connectors::byte_source bytes);
// Feeds whose mapping no canary can try, and why: a `select` that cannot be met by example, for one.
[[nodiscard]] std::vector<std::pair<feed_id, std::string>> unmappable(const std::vector<connectors::feed>& feeds);

// Lays today's canary into each feed's folder. Answers what could not be written, for the log.
[[nodiscard]] std::vector<std::string> drop_files(const settings& how, const std::vector<connectors::feed>& feeds,
                                                  const std::string& day);
// In the desk's transaction: the message to each service for exercises.
void send_messages(const alerting::setup& with, const std::string& day, store& ledger, instant now);

void came_through(const std::string& way, store& ledger, instant now);
// A canary's record through the feed's mapping: notes that it came through, or what was in its way.
void try_mapping(const connectors::feed& of, connectors::byte_source bytes, store& ledger, instant now);
// When each way's canary last came through; ways without one are not in it.
[[nodiscard]] std::map<std::string, instant> last(const std::vector<std::string>& of, const store_reader& stored);

// Half an hour after the canaries were sent: what did not come through is raised as a notice, or the notice cleared.
void judge(const std::vector<std::string>& of, instant sent_at, alerting::process& process, store& ledger, instant now);

} // namespace forewarn::canary
