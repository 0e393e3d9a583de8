// SPDX-License-Identifier: Apache-2.0
#include "forewarn/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace forewarn;

TEST_CASE("names are folded so that the same drug spelled by two laboratories meets") {
  struct row {
    const char* name;
    const char* text;
    const char* folded;
  };
  const row rows[] = {
      {"case", "Diazepam", "diazepam"},
      {"hyphens of every kind", "N\u2011Desethyl-Isotonitazene", "n desethyl isotonitazene"},
      {"white space", "  2C  -  B \t", "2c b"},
      {"no-break space", "para\u00A0fluorofentanyl", "para fluorofentanyl"},
      {"Greek", "\u03B1-PVP", "alpha pvp"},
      {"quotes vanish", "Decedent\u2019s \"blues\"", "decedents blues"},
      {"commas of chemical names stay", "2,4-Dinitrophenol", "2,4 dinitrophenol"},
      {"empty", "", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(fold(r.text) == r.folded);
    CHECK(fold(fold(r.text)) == r.folded);
  }
}

TEST_CASE("did you mean: a slip of the finger is recognised, another word is not") {
  const std::vector<std::string> words{"opioid", "benzodiazepine", "within", "at_least"};
  CHECK(did_you_mean("opiod", words) == "opioid");
  CHECK(did_you_mean("Opioid", words) == "opioid");
  CHECK(did_you_mean("wihtin", words) == "within");
  CHECK(did_you_mean("atleast", words) == "at_least");
  CHECK_FALSE(did_you_mean("ketamine", words).has_value());
  CHECK_FALSE(did_you_mean("", words).has_value());
  CHECK_FALSE(did_you_mean(std::string(100'000, 'o'), words).has_value());
}

TEST_CASE("UTF-8 is checked as the standard says") {
  for (const char* good : {"", "abc", "\u00e9", "\u20ac", "\U0001F600", "\u07ff"}) CHECK(is_valid_utf8(good));
  for (const char* bad :
       {"\xe9", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf8\x88\x80\x80\x80"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_utf8(bad));
  }
}

TEST_CASE("lists are said as people say them") {
  const std::vector<std::string> three{"a", "b", "c"};
  CHECK(join_and(three) == "a, b and c");
  CHECK(join_or(std::vector<std::string>{"a", "b"}) == "a or b");
  CHECK(join_and(std::vector<std::string>{"a"}) == "a");
  CHECK(join_and(std::vector<std::string>{}).empty());
}
