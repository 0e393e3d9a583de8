// SPDX-License-Identifier: Apache-2.0
// Records of a JSON document or of NDJSON lines, streamed: only the members a feed asked for are kept, one record at
// a time, so a document of any size needs little memory. Numbers keep the digits they were written with.
#pragma once

#include "connectors/formats/raw_row.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn::connectors {

struct json_options {
  bool lines = false;  // NDJSON: one record per line; a bad line costs that line
  std::string records; // pointer to the records, "" for the document itself
  bool keyed = false;  // each record stands under a key of its own, {ID: {...}}: read as "$key"
};

// A document: the list (or with `keyed` also the object) at `records`. A single object is one record.
[[nodiscard]] std::unique_ptr<raw_reader> read_json(byte_source utf8, const json_options& options,
                                                    const std::vector<wanted_column>& wanted);

} // namespace forewarn::connectors
