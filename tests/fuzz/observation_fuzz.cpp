// SPDX-License-Identifier: Apache-2.0
// Any bytes as a line of exported observations: an observation or the reason why not; what is read is written so that
// it reads the same.
#include "forewarn/observation.hpp"
#include "fuzz/input.hpp"

using namespace forewarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = parse_observation(fuzz::text_of(data, size));
  if (!read) {
    fuzz::promise(!read.error().empty(), "a refusal says why");
    return 0;
  }
  const auto again = parse_observation(to_json(*read));
  fuzz::promise(again.has_value() && *again == *read, "written and read again it is the same");
  return 0;
}
