// SPDX-License-Identifier: Apache-2.0
#include "daemon/series/csv_table.hpp"

#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "forewarn/text.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace forewarn::series_file {
namespace {

constexpr std::size_t widest_row = 4U << 20U; // a row may have a field per series

} // namespace

bool says_nothing(std::string_view text) {
  const auto word = ascii_lower(trim(text));
  return word.empty() || word == "na" || word == "nan" || word == "null";
}

std::optional<std::size_t> csv_table::column(std::string_view name) const {
  for (std::size_t i = 0; i < header.size(); ++i)
    if (ascii_lower(header[i]) == name) return i;
  return {};
}

std::string csv_table::at(const csv_row& row, std::string_view what) const {
  return fmt::format("{}:{}: {}", file, row.line, what);
}

result<csv_table, std::string> read_csv_table(const std::string& file) {
  if (!std::filesystem::is_regular_file(file)) return failure(fmt::format("{}: there is no such file", file));
  connectors::csv_tokenizer tokens{connectors::as_utf8(connectors::open_file(file), connectors::text_encoding::utf8),
                                   {',', widest_row}};
  csv_table out;
  out.file = file;
  bool begun = false;
  for (connectors::csv_record record; tokens.next(record);) {
    csv_row one{record.line, {}};
    if (record.defect != connectors::csv_defect::none)
      return failure(out.at(one, "this row is no CSV: a quote that is not closed, or text behind one"));
    for (const auto& field : record.fields) one.fields.emplace_back(trim(field));
    if (!begun) {
      begun = true;
      out.header = std::move(one.fields);
      continue;
    }
    if (one.fields.size() != out.header.size())
      return failure(
          out.at(one, fmt::format("{} fields, where the header has {}", one.fields.size(), out.header.size())));
    out.rows.push_back(std::move(one));
  }
  if (!begun) return failure(fmt::format("{}: is empty", file));
  return out;
}

} // namespace forewarn::series_file
