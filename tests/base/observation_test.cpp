// SPDX-License-Identifier: Apache-2.0
#include "forewarn/observation.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace forewarn;

TEST_CASE("an observation survives being written and read") {
  const std::string line =
      R"({"id":"123","feed":"yas","kind":"ambulance","occurred_at":"2026-03-01T10:00:00Z","received_at":"2026-03-01T10:02:00.000001Z",)"
      R"("ward":"E05011387","setting":"street","substances":["heroin"],"naloxone":true,"naloxone_doses":2,"age_band":"26-34",)"
      R"("sex":"M","person":"p:9f","incident":"i:77","revision":2,"attributes":{"ampds":"23D02A"}})";
  const auto one = parse_observation(line);
  REQUIRE(one.has_value());
  CHECK(to_json(*one) == line);
  CHECK(parse_observation(to_json(*one)) == one);
}

TEST_CASE("received_at defaults to occurred_at and is remembered as borrowed") {
  const auto one = parse_observation(R"({"id":"1","feed":"f","kind":"death","occurred_at":"2026-03-01T10:00:00Z"})");
  REQUIRE(one.has_value());
  CHECK(one->received_at == one->occurred_at);
  CHECK_FALSE(one->has_own_received_at);
}

TEST_CASE("a bad observation says which key is wrong and what it should be") {
  struct row {
    const char* name;
    const char* line;
    const char* says;
  };
  const row rows[] = {
      {"not JSON", "{", "not JSON"},
      {"not an object", "[]", "expected one JSON object"},
      {"no id", R"({"feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z"})", "'id' is missing"},
      {"null id", R"({"id":null,"feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z"})", "'id' is missing"},
      {"bad time", R"({"id":"1","feed":"f","kind":"k","occurred_at":"01/03/2026"})", "'occurred_at' must be a time"},
      {"unknown key", R"({"id":"1","feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z","nhs":"1"})",
       "no field 'nhs'"},
      {"closed set", R"({"id":"1","feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z","setting":"pub"})",
       "'setting' must be one of street"},
      {"negative weight", R"({"id":"1","feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z","weight":-1})",
       "'weight' must be 0 or more"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto one = parse_observation(r.line);
    REQUIRE_FALSE(one.has_value());
    CHECK(one.error().find(r.says) != std::string::npos);
  }
}

TEST_CASE("same content: when it was received and its revision do not matter, anything else does") {
  auto a = *parse_observation(R"({"id":"1","feed":"f","kind":"k","occurred_at":"2026-03-01T10:00:00Z"})");
  auto b = a;
  b.revision = 7;
  b.received_at += std::chrono::hours{1};
  b.has_own_received_at = true;
  CHECK(same_content(a, b));
  b.substances.emplace_back("heroin");
  CHECK_FALSE(same_content(a, b));
}
