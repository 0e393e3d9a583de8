// SPDX-License-Identifier: Apache-2.0
// `expect:` of a feed's file, the arrival contract: {every: 15m}, {by: "09:00"}, {every: 7d, by: "09:00", min_rows: 1}.
#include "connectors/mapping/feed_compiler.hpp"
#include "forewarn/zone.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

constexpr duration one_day = std::chrono::hours{24};
constexpr duration shortest = std::chrono::seconds{1};
constexpr std::int64_t most_rows = 1'000'000'000;

} // namespace

void feed_compiler::read_expect(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("expect");
  if (written == nullptr) return;
  if (!written->is_mapping())
    return complain(*written, "wrong-type", "'expect' is a mapping such as {every: 1d, by: \"09:00\"}");
  yaml::mapping_reader inner{*written, path_, subject_ + "expect: ", found_};
  arrival_contract out;
  const auto every = inner.optional_text("every");
  if (every) {
    const auto length = parse_duration(*every);
    const auto& at = written->find("every")->value;
    if (!length)
      complain(at, "bad-duration", fmt::format("expect: '{}' is no length of time; write 15m, 2h or 1d", *every));
    else if (*length < shortest)
      complain(at, "bad-value", "expect: 'every' must be longer than nothing");
    out.every = length.value_or(one_day);
  }
  if (const auto by = inner.optional_text("by")) {
    const auto& at = written->find("by")->value;
    out.by = parse_time_of_day(*by);
    if (!out.by) complain(at, "bad-value", fmt::format("expect: '{}' is no time of day; write it like \"09:00\"", *by));
    if (!every) out.every = one_day;
    if (out.every % one_day != duration{})
      complain(at, "bad-value", "expect: with 'by', 'every' must be whole days, such as 1d or 7d");
  }
  if (!every && written->find("by") == nullptr)
    complain(*written, "missing-key",
             "expect: give 'every' (15m: rows come at least that often), 'by' (\"09:00\": each day by then) or both");
  out.min_rows = inner.optional_integer("min_rows", 0, most_rows).value_or(0);
  inner.finish();
  feed_.expect = out;
}

} // namespace forewarn::connectors
