// SPDX-License-Identifier: Apache-2.0
#include "forewarn/problem.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace forewarn {
namespace {

constexpr std::size_t widest_shown = 160; // characters of a line worth showing; a 1 MB scalar is not

std::string_view name_of(severity how) {
  switch (how) {
  case severity::error: return "error";
  case severity::warning: return "warning";
  case severity::advice: return "advice";
  }
  return "error";
}

std::string_view line_of(std::string_view text, int wanted) {
  for (int line = 1; line < wanted; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  auto line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string snippet(const problem& one, std::string_view text) {
  const auto line = line_of(text, one.at.line);
  const auto start = static_cast<std::size_t>(std::max(one.at.column, 1) - 1);
  const auto characters = utf8_length(line);
  if (characters == 0 || characters > widest_shown || start > characters) return {};
  const auto room = std::max<std::size_t>(characters - start, 1);
  const auto width = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(one.at.length, 1)), 1, room);
  std::string shown;
  for (char c : line) shown += c == '\t' ? ' ' : c; // a tab would move the underline
  return fmt::format("\n{:>4} | {}\n     | {}{}", one.at.line, shown, std::string(start, ' '), std::string(width, '^'));
}

} // namespace

bool has_errors(const problems& found) {
  return std::any_of(found.begin(), found.end(), [](const problem& p) { return p.how == severity::error; });
}

std::string render(const problem& one, const std::vector<source_text>& sources) {
  std::string out = fmt::format("{}:{}:{}: {}[{}]: {}", one.path, one.at.line, one.at.column, name_of(one.how),
                                one.code, one.message);
  const auto file = std::find_if(sources.begin(), sources.end(), [&](const auto& s) { return s.path == one.path; });
  if (file != sources.end()) out += snippet(one, file->text);
  return out;
}

std::string render(problems found, const std::vector<source_text>& sources) {
  std::stable_sort(found.begin(), found.end(), [](const problem& a, const problem& b) {
    return std::tie(a.path, a.at.line, a.at.column) < std::tie(b.path, b.at.line, b.at.column);
  });
  std::string out;
  for (const auto& one : found) out += render(one, sources) + '\n';
  return out;
}

} // namespace forewarn
