// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON and as NDJSON, with and without keyed records: ends, and breaks only by saying so.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/json.hpp"

#include <cstdint>

using namespace forewarn::connectors;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<wanted_column> wanted{{"id", false}, {"/a/b", false}, {"$key", false}};
  json_options how;
  how.lines = (data[0] & 1U) != 0;
  how.keyed = (data[0] & 2U) != 0;
  how.records = (data[0] & 4U) != 0 ? "/items" : "";
  const auto rows = read_json(from_text(std::string(data + 1, data + size)), how, wanted);
  raw_row row;
  while (rows->next(row)) {
  }
  return 0;
}
