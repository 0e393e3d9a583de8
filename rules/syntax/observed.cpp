// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/observed.hpp"

#include "rules/syntax/values.hpp"

namespace forewarn::rules {

observed read_observed(const reading& from, yaml::mapping_reader& keys, bool required) {
  observed out;
  const bool given = keys.where().find("observe") != nullptr || keys.where().find("feeds") != nullptr;
  const auto refuse_empty = [&](std::string_view key, const auto& items) {
    const auto* entry = keys.where().find(key);
    if (entry != nullptr && entry->value.is_sequence() && items.empty() && entry->value.items.empty())
      from.complain(entry->value.at, "impossible-condition", fmt::format("an empty list: '{}' observes nothing", key));
  };
  const auto kinds = keys.optional_list("observe");
  refuse_empty("observe", kinds);
  for (const auto* kind : kinds)
    if (const auto id = read_kind(from, *kind)) out.kinds.push_back(*id);
  const auto feeds = keys.optional_list("feeds");
  refuse_empty("feeds", feeds);
  for (const auto* feed : feeds)
    if (const auto id = read_feed(from, *feed)) out.feeds.push_back(*id);
  if (!given && required)
    from.complain(keys.where().at, "missing-key",
                  "a rule says what it looks at: 'observe' with kinds, such as [ambulance], or 'feeds'");
  return out;
}

} // namespace forewarn::rules
