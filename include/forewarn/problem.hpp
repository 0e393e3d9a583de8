// SPDX-License-Identifier: Apache-2.0
// What is wrong with a file that a person wrote: where, what, and what to do. Shown as design rule 1 of the
// project demands: every problem of every file in one run, each pointing at the character.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

// A file as read: kept so that problems can show the line.
struct source_text {
  std::string path; // as the person named it
  std::string text;
};

struct location {
  int line = 1;   // 1-based
  int column = 1; // 1-based, in characters (not bytes)
  int length = 1; // characters to underline
};

enum class severity : std::uint8_t {
  error,
  warning,
  advice
};

struct problem {
  std::string path;
  location at;
  severity how = severity::error;
  std::string code;    // stable, kebab-case: "unknown-substance"
  std::string message; // "rule 'x': no substance 'opiod'; did you mean 'opioid'?"
};

using problems = std::vector<problem>;

[[nodiscard]] bool has_errors(const problems& found);

// "path:line:col: error[code]: message", then the line and its underline where `sources` holds the file.
[[nodiscard]] std::string render(const problem& one, const std::vector<source_text>& sources);

// All, ordered by path, line, column.
[[nodiscard]] std::string render(problems found, const std::vector<source_text>& sources);

} // namespace forewarn
