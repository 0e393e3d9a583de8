// SPDX-License-Identifier: Apache-2.0
// The past that a verb is asked about: a file of NDJSON, or, where none is named, what the store holds. Every revision
// and withdrawal in the order taken, with the silences of feeds.
#pragma once

#include "daemon/commands/command.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/commands/rule_files.hpp"
#include "forewarn/zone.hpp"

#include <memory>
#include <optional>
#include <string>

namespace forewarn::commands {

// `path` empty: the store of the configuration folder. Nothing after saying on stderr what was wrong, or that there is
// no record at all.
[[nodiscard]] std::optional<observations_read> past_records(const context& shared, const std::string& path);

// Where that past lies, for the head of a table: "past.ndjson", "the store".
[[nodiscard]] std::string past_name(const std::string& path);

// The rules at `where` (empty: rules.d of the configuration folder). Nothing after saying what is wrong with them.
[[nodiscard]] std::shared_ptr<const rules::rule_set> rules_from(const reference_at_hand& known,
                                                                const std::string& where);

// A time of the command line into `out`; false after saying on stderr that it is none. Empty text is no time.
[[nodiscard]] bool read_option_time(const char* option, const std::string& text, const zone& local,
                                    std::optional<instant>& out);

// The rule of that id, or null after saying that there is none, with the nearest.
[[nodiscard]] const rules::rule* rule_named(const rules::rule_set& all, const std::string& id);

// "ward=Armley" as field and value, the value as the engine knows it. Nothing after saying what is wrong.
[[nodiscard]] std::optional<series_key> read_series(const std::vector<std::string>& written,
                                                    const reference_data& reference);

} // namespace forewarn::commands
