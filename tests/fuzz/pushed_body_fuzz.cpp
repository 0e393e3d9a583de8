// SPDX-License-Identifier: Apache-2.0
// A pushed body as the HTTP door takes it: unpacked where the input's first byte, or the body itself, says gzip, and
// read by the feed's mapping as the media type of that byte. It ends, unpacks to no more than is allowed and never to
// gzip again, and where the bytes are cut changes no row.
#include "daemon/http/body.hpp"
#include "fuzz/cut_source.hpp"
#include "rules/small_world.hpp"

#include <array>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

constexpr std::size_t largest = 1U << 20U;

const feed& ambulance() {
  static const auto loaded = load_feeds({{"feed.yaml", R"(version: 1
id: ambulance
partner: an ambulance service
kind: ambulance
purpose: early warning
lawful_basis: to be agreed
retention: 730d
fetch: {folder: {path: ambulance, pattern: "*.csv"}}
read: {csv: {encoding: utf-8, delimiter: ","}}
zone: Europe/London
identity: {id: Call ID, same_id: latest wins, withdrawn: {Outcome: [Cancelled]}}
map:
  occurred_at: {column: Call time, formats: ["%d/%m/%Y %H:%M", iso]}
  ward: Ward
  substances: {column: Drugs reported, as: text}
  naloxone: {column: Naloxone given, values: {Y: true, N: false, U: absent}}
  age_band: Age
select: {Outcome: {not: Duplicate}}
)"}},
                                        test::small_reference(), {sensitive<std::string>{"a key"}});
  static const auto said = render(loaded.found, {});
  fuzz::promise(loaded.feeds.size() == 1, said.c_str());
  return loaded.feeds.front();
}

std::string shown(const taken_row& row) {
  if (const auto* seen = std::get_if<observation>(&row.what)) return to_json(*seen);
  if (const auto* no = std::get_if<rejected>(&row.what)) return no->column + "|" + no->code + "|" + no->reason;
  return "unselected";
}

std::vector<std::string> rows(byte_source bytes, std::string_view type) {
  const auto stream = read_rows(ambulance(), std::move(bytes), type);
  std::vector<taken_row> taken;
  while (stream->next(taken, 7)) {
  }
  std::vector<std::string> out;
  for (const auto& row : taken) out.push_back(std::to_string(row.line) + "|" + shown(row));
  out.push_back(stream->broken() ? stream->broken()->code : "whole");
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array<std::string_view, 4> types{"", "text/csv", "application/json", "application/x-ndjson"};
  const auto type = types.at(data[0] & 3U);
  const auto body = http::unpacked(fuzz::text_of(data + 1, size - 1), (data[0] & 4U) != 0 ? "gzip" : "", largest);
  if (!body) {
    fuzz::promise(body.error().status >= 400, "a refusal is one");
    return 0;
  }
  fuzz::promise(body->size() <= largest, "no more than is allowed");
  fuzz::promise(!http::is_gzip(*body), "unpacked is unpacked");
  fuzz::promise(rows(from_text(*body), type) == rows(fuzz::cut_source(*body), type), "cuts change nothing");
  return 0;
}
