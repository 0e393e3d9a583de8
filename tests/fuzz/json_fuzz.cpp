// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON and as NDJSON, with and without keyed records: it ends, breaks only by saying so, and where the
// bytes are cut changes nothing. The first byte says how the rest is read.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/json.hpp"

#include "fuzz/cut_source.hpp"

#include <optional>
#include <vector>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

std::vector<std::string> rows(byte_source bytes, const json_options& how) {
  const std::vector<wanted_column> wanted{{"id", false}, {"/a/b", false}, {"$key", false}};
  const auto reader = read_json(std::move(bytes), how, wanted);
  std::vector<std::string> out;
  raw_row row;
  while (reader->next(row)) {
    std::string shown = std::to_string(row.line);
    for (const auto& cell : row.cells) shown += "|" + std::string{cell.value_or("-")};
    out.push_back(std::move(shown));
  }
  out.push_back(reader->broken() ? reader->broken()->code : "whole");
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  json_options how;
  how.lines = (data[0] & 1U) != 0;
  how.keyed = (data[0] & 2U) != 0;
  how.records = (data[0] & 4U) != 0 ? "/items" : "";
  const auto text = fuzz::text_of(data + 1, size - 1);
  fuzz::promise(rows(from_text(text), how) == rows(fuzz::cut_source(text), how), "cuts change nothing");
  return 0;
}
