// SPDX-License-Identifier: Apache-2.0
// Any bytes as a feed's YAML: a feed or problems, never both nothing.
#include "connectors/feed.hpp"

#include <cstdint>
#include <cstdlib>

using namespace forewarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto reference = std::make_shared<const reference_data>();
  const auto loaded = connectors::load_feeds({{"feed.yaml", std::string(data, data + size)}}, reference, {});
  if (loaded.feeds.empty() && loaded.found.empty()) std::abort();
  return 0;
}
