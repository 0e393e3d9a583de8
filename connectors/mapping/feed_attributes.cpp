// SPDX-License-Identifier: Apache-2.0
// The allow-list: columns that may pass as they are, under names that rules can use. Nothing else of a row does.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {

void feed_compiler::read_attributes(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("attributes");
  if (written == nullptr) return;
  if (!written->is_mapping()) return complain(*written, "wrong-type", "'attributes' is a mapping of names to columns");
  constexpr std::size_t longest = 200;
  for (const auto& e : written->entries) {
    if (!is_plain_id(e.key))
      complain(e.value, "bad-value", "an attribute's name has small letters, digits, hyphens and underscores only");
    feed_.attribute_names.push_back(e.key);
    field_ = "attributes." + e.key;
    value_source from;
    if (e.value.is_mapping()) {
      yaml::mapping_reader inner{e.value, path_, subject_, found_};
      from = source_of(e.value, &inner, nullptr);
      inner.finish();
    } else {
      from = source_of(e.value, nullptr, nullptr);
    }
    plan_->steps.push_back([from, name = e.key](mapping_pass& pass) {
      if (const auto text = read_text(from, pass))
        pass.out.attributes[name] = shortened(without_full_postcodes(trim(*text)), longest);
    });
  }
}

} // namespace forewarn::connectors
