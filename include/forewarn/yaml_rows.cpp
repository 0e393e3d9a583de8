// SPDX-License-Identifier: Apache-2.0
#include "forewarn/yaml_rows.hpp"

#include <fmt/format.h>

namespace forewarn::yaml {

void each_row(const std::vector<source_text>& files, std::string_view key, problems& found,
              const std::function<void(const node& row, const std::string& path)>& take) {
  for (const auto& file : files) {
    const auto document = parse(file);
    if (!document) {
      found.insert(found.end(), document.error().begin(), document.error().end());
      continue;
    }
    mapping_reader keys{*document, file.path, "", found};
    (void)keys.optional("version");
    const auto* rows = keys.required(key);
    keys.finish();
    if (rows == nullptr) continue;
    if (!rows->is_sequence() && !rows->is_null())
      keys.complain(rows->at, "wrong-type", fmt::format("'{}' is a list, found {}", key, describe(*rows)));
    for (const auto& row : rows->items) take(row, file.path);
  }
}

} // namespace forewarn::yaml
