// SPDX-License-Identifier: Apache-2.0
// `read` of a feed: format, encoding, header, where the records stand.
#include "connectors/mapping/feed_compiler.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {

void feed_compiler::read_records_keys(yaml::mapping_reader& keys) {
  auto& read = plan_->read;
  if (const auto* at = keys.optional("records"); at != nullptr) {
    if (!at->is_scalar() || (!at->text.empty() && at->text.front() != '/'))
      complain(*at, "bad-value", "'records' is a JSON pointer to the list, such as /data/items");
    read.records = at->text == "/" ? "" : at->text;
  }
  read.keyed = keys.optional_bool("keyed").value_or(false);
}

void feed_compiler::read_format_keys(const yaml::node& written) {
  auto& read = plan_->read;
  yaml::mapping_reader keys{written, path_, subject_, found_};
  if (const auto name = keys.optional_text("encoding")) {
    const auto word = ascii_lower(*name);
    if (word == "windows-1252" || word == "cp1252")
      read.encoding = text_encoding::windows_1252;
    else if (word == "latin-1" || word == "iso-8859-1")
      read.encoding = text_encoding::latin_1;
    else if (word == "utf-16")
      read.encoding = text_encoding::utf16;
    else if (word != "utf-8")
      complain(written.find("encoding")->value, "bad-value",
               fmt::format("no encoding '{}'; one of utf-8, utf-16, windows-1252, latin-1", *name));
  }
  if (read.format == file_format::csv) {
    if (const auto* mark = keys.optional("delimiter")) {
      if (mark->text == "tab" || mark->text == "\\t")
        read.delimiter = '\t';
      else if (mark->text.size() == 1 && mark->text != "\"")
        read.delimiter = mark->text.front();
      else
        complain(*mark, "bad-value", "'delimiter' is one character, or the word tab");
    }
    for (const auto* n : keys.optional_list("header")) read.header.push_back(n->text);
    read.skip_lines = static_cast<int>(keys.optional_integer("skip_lines", 0, 1'000).value_or(0));
  } else {
    read_records_keys(keys);
  }
  keys.finish();
}

void feed_compiler::read_format(yaml::mapping_reader& keys) {
  const auto* written = keys.required("read");
  if (written == nullptr) return;
  const auto by_name = [&](std::string_view name, const yaml::node& at) {
    if (name == "csv")
      plan_->read.format = file_format::csv;
    else if (name == "json")
      plan_->read.format = file_format::json;
    else if (name == "ndjson")
      plan_->read.format = file_format::ndjson;
    else
      complain(at, "bad-value", fmt::format("no format '{}'; one of csv, json, ndjson", name));
  };
  if (written->is_scalar()) return by_name(written->text, *written);
  if (!written->is_mapping() || written->entries.size() != 1)
    return complain(*written, "wrong-type",
                    "'read' is one format, such as `read: csv` or `read: {csv: {delimiter: \";\"}}`");
  const auto& one = written->entries.front();
  by_name(one.key, *written);
  if (!one.value.is_null()) read_format_keys(one.value);
}

} // namespace forewarn::connectors
