// SPDX-License-Identifier: Apache-2.0
// How a partner writes a time: strptime's letters, "iso", "unix" or "unix-ms". Strict: what does not fit whole is no
// time, so that 31/02/2026 is refused and not the 3rd of March.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/zone.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace forewarn::connectors {

struct time_reading {
  civil_time wall;                            // as written
  std::optional<std::chrono::minutes> offset; // where the text itself gives one
};

class time_format {
public:
  // %d %m %Y %y %b %B %H %I %p %M %S %f %z %a %F %T %R %%; the error says which letter is not known.
  [[nodiscard]] static result<time_format, std::string> compile(std::string_view pattern);
  [[nodiscard]] std::optional<time_reading> read(std::string_view text) const;
  [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }

private:
  explicit time_format(std::string pattern) : pattern_{std::move(pattern)} {}
  std::string pattern_;  // as written in the feed's file
  std::string expanded_; // without %F, %T, %R; empty for the named ones
};

} // namespace forewarn::connectors
