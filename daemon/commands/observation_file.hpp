// SPDX-License-Identifier: Apache-2.0
// Observations from and to a file of NDJSON. Reads plain or gzipped, or standard input: a line that cannot be used is
// told with its number, the rest goes on. Writes whole or not at all.
#pragma once

#include "forewarn/feed_turn.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/result.hpp"
#include "rules/backtest.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace forewarn::commands {

struct observations_read {
  std::vector<observation> taken; // in the order of the file
  std::vector<feed_turn> turns;   // what an export says between them of the feeds themselves; in order
  std::size_t refused = 0;
  rules::purged_teller purged = {}; // of a store: what is known of records that are there no more
};

// `path` "-" is standard input. `complain` hears of each line that is refused, "FILE:12: 'kind' is missing". An error
// where the file itself cannot be read.
[[nodiscard]] result<observations_read, std::string>
read_observations(const std::string& path, const std::function<void(const std::string&)>& complain);

using line_writer = std::function<void(const std::string&)>;

// `all` is called once and hands every line to the writer it is given; what it throws passes on. A reader of `file`
// sees the whole or nothing. An error is a sentence with the file's name.
[[nodiscard]] result<void, std::string> write_lines(const std::filesystem::path& file,
                                                    const std::function<void(const line_writer&)>& all);

using observation_writer = std::function<void(const observation&)>;

// The same of observations alone. Answers how many there were.
[[nodiscard]] result<std::size_t, std::string>
write_observations(const std::filesystem::path& file, const std::function<void(const observation_writer&)>& all);

} // namespace forewarn::commands
