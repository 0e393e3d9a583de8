// SPDX-License-Identifier: Apache-2.0
#include "connectors/feed.hpp"

#include "connectors/mapping/feed_compiler.hpp"

#include <map>

#include <fmt/format.h>

namespace forewarn::connectors {

loaded_feeds load_feeds(const std::vector<source_text>& files, const std::shared_ptr<const reference_data>& reference,
                        const mapping_secrets& secrets) {
  loaded_feeds out;
  // The words refer to the vocabulary: whoever holds them holds the reference data too.
  const std::shared_ptr<const substance_words> words{new substance_words{reference->substances},
                                                     [reference](const substance_words* held) { delete held; }};
  const std::shared_ptr<const site_words> sites{new site_words{reference->sites},
                                                [reference](const site_words* held) { delete held; }};
  const shared_reference shared{reference, words, sites, secrets.pseudonym_key};
  std::map<feed_id, std::string> seen;
  for (const auto& file : files) {
    const auto document = yaml::parse(file);
    if (!document) {
      out.found.insert(out.found.end(), document.error().begin(), document.error().end());
      continue;
    }
    auto one = feed_compiler{shared, file.path, out.found}.compile(*document);
    if (!one) continue;
    const auto [other, fresh] = seen.emplace(one->id, file.path);
    if (!fresh) {
      out.found.push_back({file.path, document->find("id")->value.at, severity::error, "duplicate-id",
                           fmt::format("feed '{}' is already in {}", one->id.str(), other->second)});
      continue;
    }
    out.feeds.push_back(std::move(*one));
  }
  return out;
}

} // namespace forewarn::connectors
