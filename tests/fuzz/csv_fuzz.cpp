// SPDX-License-Identifier: Apache-2.0
// Any bytes as CSV: the tokenizer ends, makes progress, its lines only grow, and where the bytes are cut changes
// nothing.
#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"

#include "fuzz/cut_source.hpp"

#include <vector>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

struct seen_record {
  std::int64_t line;
  std::vector<std::string> fields;
  friend bool operator==(const seen_record&, const seen_record&) = default;
};

std::vector<seen_record> records(byte_source bytes, std::size_t most) {
  csv_tokenizer tokens{as_utf8(gunzip_where_needed(std::move(bytes)), text_encoding::utf8), {',', 256}};
  csv_record record;
  std::vector<seen_record> out;
  try {
    while (tokens.next(record)) {
      fuzz::promise(out.empty() || record.line > out.back().line, "lines grow");
      fuzz::promise(out.size() <= most, "a record takes at least a byte");
      out.push_back({record.line, {record.fields.begin(), record.fields.end()}});
    }
  } catch (const unreadable_bytes&) { // damaged gzip is an answer
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const bool packed = size > 1 && data[0] == 0x1f && data[1] == 0x8b;
  const auto most = packed ? size * 1100 : size; // deflate packs a thousandfold at best
  fuzz::promise(records(from_text(text), most) == records(fuzz::cut_source(text), most), "cuts change nothing");
  return 0;
}
