// SPDX-License-Identifier: Apache-2.0
// Any bytes as a feed's YAML: a feed or problems, never both nothing, and every problem can be shown.
#include "connectors/feed.hpp"
#include "fuzz/input.hpp"
#include "rules/small_world.hpp"

using namespace forewarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<source_text> files{{"feed.yaml", fuzz::text_of(data, size)}};
  const auto loaded = connectors::load_feeds(files, test::small_reference(), {sensitive<std::string>{"a key"}});
  fuzz::promise(!loaded.feeds.empty() || !loaded.found.empty(), "a feed, or why not");
  (void)render(loaded.found, files);
  return 0;
}
