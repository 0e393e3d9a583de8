// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/table.hpp"

#include "forewarn/text.hpp"

#include <algorithm>

namespace forewarn::commands {
namespace {

// A cell is one line: a tab or a line break in a partner's value must not break the table.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20U || c == 0x7fU; }, ' ');
  return text;
}

} // namespace

std::string as_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(header.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], utf8_length(cells[i]));
  };
  measure(header);
  for (const auto& row : rows) measure(row);

  std::string out;
  const auto write = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out += one_line(cells[i]);
      if (i + 1 == cells.size()) break;
      out.append(widths[i] - utf8_length(cells[i]) + 2, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  };
  write(header);
  for (const auto& row : rows) write(row);
  return out;
}

} // namespace forewarn::commands
