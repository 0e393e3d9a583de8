// SPDX-License-Identifier: Apache-2.0
// A partner's reference that only the partner can read.
#include "connectors/mapping/sealing.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace forewarn;
using namespace forewarn::connectors;

TEST_CASE("what is sealed for a partner is read with the partner's key and with no other") {
  const auto partner = new_sealing_pair();
  const auto stranger = new_sealing_pair();
  const auto key = parse_sealing_key(partner.seals);
  REQUIRE(key);
  for (const std::string reference : {"C-0042", "Übergabe 7", "NHS 944 930 5552"}) {
    CAPTURE(reference);
    const auto box = sealed_for(*key, reference);
    CHECK(box.find(reference) == std::string::npos);
    CHECK(box != sealed_for(*key, reference)); // equal references do not show
    REQUIRE(unsealed(partner.unseals, box));
    CHECK(unsealed(partner.unseals, box)->reveal() == reference);
    CHECK_FALSE(unsealed(stranger.unseals, box));
    auto changed = box;
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    CHECK_FALSE(unsealed(partner.unseals, changed));
  }
  CHECK_FALSE(unsealed(partner.unseals, "not a box"));
  CHECK_FALSE(unsealed(sensitive<std::string>{"short"}, sealed_for(*key, "x")));
}

TEST_CASE("a key that cannot seal is told at its place") {
  for (const std::string text : {"", "secret", "AAAA", "not base64 at all, but long enough for one!!"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_sealing_key(text));
  }
}
