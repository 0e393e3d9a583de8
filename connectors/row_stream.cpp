// SPDX-License-Identifier: Apache-2.0
// Bytes -> text -> rows -> observations, pulled from the end: nothing is read before somebody asks.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "forewarn/text.hpp"

namespace forewarn::connectors {
namespace {

class mapped_rows final : public row_stream {
public:
  mapped_rows(std::shared_ptr<const feed_plan> plan, std::unique_ptr<raw_reader> rows)
      : plan_{std::move(plan)}, rows_{std::move(rows)} {}

  bool next(std::vector<taken_row>& out, std::size_t most) override {
    for (std::size_t i = 0; i < most; ++i) {
      if (!rows_->next(row_)) return false;
      out.push_back(map_row(*plan_, row_));
    }
    return true;
  }
  const std::optional<rejected>& broken() const override { return rows_->broken(); }
  std::int64_t broken_line() const override { return rows_->broken_line(); }

private:
  std::shared_ptr<const feed_plan> plan_; // before the reader, which refers to its columns
  std::unique_ptr<raw_reader> rows_;
  raw_row row_;
};

file_format format_of(const feed_plan& plan, std::string_view content_type) {
  const auto type = ascii_lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "text/csv") return file_format::csv;
  if (type == "application/json") return file_format::json;
  if (type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl")
    return file_format::ndjson;
  return plan.read.format;
}

} // namespace

std::unique_ptr<row_stream> read_rows(const feed& from, byte_source bytes, std::string_view content_type) {
  const auto& plan = *from.plan;
  auto text = as_utf8(std::move(bytes), plan.read.encoding);
  std::unique_ptr<raw_reader> rows;
  if (const auto format = format_of(plan, content_type); format == file_format::csv) {
    csv_options how;
    how.dialect.delimiter = plan.read.delimiter;
    how.header = plan.read.header;
    how.skip_lines = plan.read.skip_lines;
    rows = read_csv(std::move(text), std::move(how), plan.columns);
  } else {
    rows =
        read_json(std::move(text), {format == file_format::ndjson, plan.read.records, plan.read.keyed}, plan.columns);
  }
  return std::make_unique<mapped_rows>(from.plan, std::move(rows));
}

} // namespace forewarn::connectors
