// SPDX-License-Identifier: Apache-2.0
// A pushed body is unpacked once, to no more than is allowed, whether Content-Encoding or its first bytes say gzip.
#include "daemon/http/body.hpp"
#include "support/gzipped.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using test::gzipped;

TEST_CASE("a body is unpacked once and never past the limit") {
  constexpr std::size_t most = 1'000;
  struct row {
    const char* name;
    std::string body;
    const char* encoding;
    unsigned status; // 0: taken
    std::string text;
  };
  const row rows[] = {
      {"plain", "a,b", "", 0, "a,b"},
      {"plain by name", "a,b", "identity", 0, "a,b"},
      {"gzip by name", gzipped("a,b"), "GZIP", 0, "a,b"},
      {"gzip by its first bytes", gzipped("a,b"), "", 0, "a,b"},
      {"members in a row", gzipped("a,") + gzipped("b"), "gzip", 0, "a,b"},
      {"as much as is allowed", gzipped(std::string(most, 'x')), "gzip", 0, std::string(most, 'x')},
      {"more", gzipped(std::string(most + 1, 'x')), "gzip", 413, ""},
      {"more, said by its first bytes", gzipped(std::string(100'000, 'x')), "", 413, ""},
      {"gzip within gzip", gzipped(gzipped("a,b")), "gzip", 400, ""},
      {"gzip within gzip, unnamed", gzipped(gzipped(std::string(100'000, 'x'))), "", 400, ""},
      {"cut", gzipped("a,b").substr(0, 12), "gzip", 400, ""},
      {"not gzip", "a,b", "gzip", 400, ""},
      {"another encoding", "a,b", "br", 415, ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto out = http::unpacked(r.body, r.encoding, most);
    CHECK((out ? 0U : out.error().status) == r.status);
    if (out) CHECK(*out == r.text);
  }
}
