// SPDX-License-Identifier: Apache-2.0
// A feed's file, compiled: how its bytes are read, which rows matter, who a row is, and one step per mapped field.
// Immutable and shared; nothing in it knows a file, a clock or the store.
#pragma once

#include "connectors/formats/bytes.hpp"
#include "connectors/formats/raw_row.hpp"
#include "connectors/mapping/condition.hpp"
#include "connectors/mapping/sealing.hpp"
#include "connectors/mapping/value_source.hpp"
#include "forewarn/reference.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::connectors {

enum class file_format : std::uint8_t {
  csv,
  json,
  ndjson
};

struct read_plan {
  file_format format = file_format::csv;
  text_encoding encoding = text_encoding::utf8;
  char delimiter = ',';
  std::vector<std::string> header; // given where files have none
  int skip_lines = 0;
  std::string records; // JSON pointer to the list of records; empty = the document itself
  bool keyed = false;  // {ID: {...}}: the key is the column "$key"
};

struct identity_plan {
  std::vector<std::size_t> columns;
  bool fingerprint = false; // nothing numbers the records: the columns together tell one from another
  std::string shown;
  std::vector<std::string> absent;
  std::optional<std::size_t> revision;
  std::string revision_shown;
  std::optional<row_condition> withdrawn;
  std::string withdrawn_shown; // as the feed's file writes it
};

// The partner's own reference, kept where only the partner can read it.
struct reference_plan {
  std::size_t column = 0;
  std::string shown;
  sealing_key sealed_for;
};

// What the partner's data people are told of one source of a field; see `feeds spec`.
struct field_note {
  std::string field; // "occurred_at", "attributes.form"
  std::vector<std::string> columns;
  bool optional = false;           // the column may be missing from the file
  std::vector<std::string> values; // their words that are known, lower case
  bool refuses_unknown = false;
  std::vector<std::string> formats; // of a time
  std::string zone;
  std::string codes; // title of the code system
  bool free_text = false;
};

using mapping_step = std::function<void(mapping_pass&)>;

class feed_plan {
public:
  feed_id feed;
  kind_id kind;
  read_plan read;
  std::vector<wanted_column> columns;
  std::optional<row_condition> select;
  std::string select_shown;                                        // as the feed's file writes it
  std::vector<std::pair<std::string, std::string>> select_example; // columns and values that its simple parts ask for
  identity_plan identity;
  std::optional<reference_plan> reference_kept;
  std::vector<mapping_step> steps; // in the order they must run: time first
  std::vector<field_note> notes;
  zone local = zone::utc();        // of times without an offset
  std::vector<std::string> absent; // words that mean "not given"
  sensitive<std::string> pseudonym_key;
  std::shared_ptr<const reference_data> reference;
};

// The last step: what the site itself says of the place.
void settle_place(mapping_pass& pass);

// One row through the plan.
[[nodiscard]] taken_row map_row(const feed_plan& plan, const raw_row& row);

} // namespace forewarn::connectors
