// SPDX-License-Identifier: Apache-2.0
// A format on the first line and a time in the rest: a format or the reason why not, and no time that is not a time.
#include "connectors/mapping/time_format.hpp"
#include "fuzz/input.hpp"

using namespace forewarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto end = std::min(text.find('\n'), text.size());
  const auto rest = std::string_view{text}.substr(std::min(end + 1, text.size()));
  const auto format = connectors::time_format::compile(text.substr(0, end));
  if (!format) {
    fuzz::promise(!format.error().empty(), "a refusal says why");
    return 0;
  }
  const auto read = format->read(rest);
  if (!read) return 0;
  static const auto london = *zone::named("Europe/London");
  (void)london.to_instant(read->wall);
  if (read->offset)
    fuzz::promise(std::chrono::abs(*read->offset) <= std::chrono::hours{24}, "an offset is less than a day");
  return 0;
}
