// SPDX-License-Identifier: Apache-2.0
// Any bytes as CSV: the tokenizer ends, makes progress, and its lines only grow.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"

#include <cstdint>
#include <cstdlib>

using namespace forewarn::connectors;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  csv_tokenizer tokens{as_utf8(from_text(text), text_encoding::utf8), {',', 256}};
  csv_record record;
  std::int64_t line = 0;
  std::size_t records = 0;
  try {
    while (tokens.next(record)) {
      if (record.line <= line || ++records > size + 1) std::abort();
      line = record.line;
    }
  } catch (const unreadable_bytes&) { // damaged gzip is an answer
  }
  return 0;
}
