// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/value_source.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {

void mapping_pass::refuse(const value_source& from, std::string code, std::string reason, std::string_view value) {
  if (refused) return;
  refused = rejected{from.shown, std::move(code), std::move(reason), redacted(value)};
}

void mapping_pass::not_understood(const value_source& from, std::string code, std::string reason,
                                  std::string_view value) {
  if (from.unknown == unknown_value::quarantine)
    refuse(from, std::move(code), std::move(reason), value);
  else
    unknown.push_back({from.shown, redacted(value), std::move(code)});
}

namespace {

std::string joined_cells(const value_source& from, const raw_row& row) {
  std::string out;
  for (const auto slot : from.columns) {
    const auto& cell = row.cells[slot];
    const auto text = cell ? trim(*cell) : std::string_view{};
    if (text.empty() || std::find(from.absent.begin(), from.absent.end(), ascii_lower(text)) != from.absent.end())
      continue;
    if (!out.empty()) out += from.joined_by;
    out += text;
  }
  return out;
}

} // namespace

std::optional<std::string> read_text(const value_source& from, mapping_pass& pass) {
  auto text = joined_cells(from, pass.row);
  if (text.empty()) return from.otherwise;
  if (from.extract) {
    std::string part;
    const bool grouped = from.extract->NumberOfCapturingGroups() > 0;
    re2::StringPiece whole;
    const bool found = grouped ? RE2::PartialMatch(text, *from.extract, &part)
                               : from.extract->Match(text, 0, text.size(), RE2::UNANCHORED, &whole, 1);
    if (!found) return from.otherwise;
    text = grouped ? part : std::string{whole.data(), whole.size()};
    if (trim(text).empty()) return from.otherwise;
  }
  if (!from.words_beside_values)
    for (auto mark = text.find(list_mark); mark != std::string::npos; mark = text.find(list_mark, mark))
      text.replace(mark, 1, ", ");
  if (from.values.empty()) return text;
  const auto it = from.values.find(ascii_lower(trim(text)));
  if (it != from.values.end()) return it->second ? it->second : from.otherwise;
  if (from.words_beside_values) return text;
  pass.not_understood(from, "unknown-value",
                      fmt::format("'{}' is not in the value table of this column", redacted(text)), text);
  return from.otherwise;
}

} // namespace forewarn::connectors
