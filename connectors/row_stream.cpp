// SPDX-License-Identifier: Apache-2.0
// Bytes -> text -> rows -> observations, pulled from the end: nothing is read before somebody asks.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "forewarn/text.hpp"

namespace forewarn::connectors {
namespace {

// Refused rows are handed out as they came, and the whole batch is bounded by this: it ends early beyond.
constexpr std::size_t most_raw = 4U << 20U; // bytes

class mapped_rows final : public row_stream {
public:
  mapped_rows(std::shared_ptr<const feed_plan> plan, std::unique_ptr<raw_reader> rows, file_format format,
              std::optional<instant> keep_raw_after)
      : plan_{std::move(plan)}, rows_{std::move(rows)}, format_{format}, keep_raw_after_{keep_raw_after} {}

  bool next(std::vector<taken_row>& out, std::size_t most) override {
    std::size_t raw = 0;
    for (std::size_t i = 0; i < most && raw < most_raw; ++i) {
      if (!rows_->next(row_)) return false;
      auto& taken = out.emplace_back(map_row(*plan_, row_));
      if (!may_be_read_again(taken)) continue;
      taken.raw = as_it_came();
      raw += taken.raw.reveal().size(); // with the header before it, which may be the longer part
    }
    return true;
  }
  const std::optional<rejected>& broken() const override { return rows_->broken(); }
  std::int64_t broken_line() const override { return rows_->broken_line(); }
  const std::vector<std::string>& header() const override { return rows_->header(); }

private:
  [[nodiscard]] bool may_be_read_again(const taken_row& taken) const {
    if (!keep_raw_after_ || row_.raw.empty()) return false;
    if (const auto* seen = std::get_if<observation>(&taken.what)) return seen->occurred_at > *keep_raw_after_;
    return std::holds_alternative<rejected>(taken.what);
  }

  // "csv,\nID,When\n1,x" or "json\n{...}": see read_raw.
  [[nodiscard]] sensitive<std::string> as_it_came() const {
    std::string out{format_ == file_format::csv ? std::string{"csv"} + plan_->read.delimiter : std::string{"json"}};
    out += '\n';
    if (const auto head = rows_->raw_head(); !head.empty()) (out += head) += '\n';
    out += row_.raw;
    return sensitive<std::string>{std::move(out)};
  }

  std::shared_ptr<const feed_plan> plan_; // before the reader, which refers to its columns
  std::unique_ptr<raw_reader> rows_;
  file_format format_;
  std::optional<instant> keep_raw_after_;
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

std::unique_ptr<row_stream> read_rows(const feed& from, byte_source bytes, const read_options& how) {
  const auto& plan = *from.plan;
  auto text = as_utf8(std::move(bytes), plan.read.encoding);
  std::unique_ptr<raw_reader> rows;
  const auto format = format_of(plan, how.content_type);
  if (format == file_format::csv) {
    csv_options options;
    options.dialect.delimiter = plan.read.delimiter;
    options.header = plan.read.header;
    options.skip_lines = plan.read.skip_lines;
    rows = read_csv(std::move(text), std::move(options), plan.columns);
  } else {
    rows =
        read_json(std::move(text), {format == file_format::ndjson, plan.read.records, plan.read.keyed}, plan.columns);
  }
  return std::make_unique<mapped_rows>(from.plan, std::move(rows), format, how.keep_raw_after);
}

std::unique_ptr<row_stream> read_rows(const feed& from, byte_source bytes, std::string_view content_type) {
  return read_rows(from, std::move(bytes), read_options{content_type, {}});
}

std::unique_ptr<row_stream> read_raw(const feed& from, const sensitive<std::string>& raw) {
  const auto& plan = *from.plan;
  const auto& text = raw.reveal();
  const auto end = text.find('\n');
  const auto tag = text.substr(0, end);
  auto record = from_text(end == std::string::npos ? std::string{} : text.substr(end + 1));
  std::unique_ptr<raw_reader> rows;
  const bool csv = tag.starts_with("csv") && tag.size() == 4;
  if (csv) {
    csv_options options;
    options.dialect.delimiter = tag.back();
    rows = read_csv(std::move(record), std::move(options), plan.columns);
  } else {
    rows = read_json(std::move(record), {false, "", plan.read.keyed}, plan.columns);
  }
  return std::make_unique<mapped_rows>(from.plan, std::move(rows), csv ? file_format::csv : file_format::json,
                                       std::nullopt);
}

} // namespace forewarn::connectors
