// SPDX-License-Identifier: Apache-2.0
#include "forewarn/yaml.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace forewarn;

namespace {

yaml::node read(std::string text) {
  auto document = yaml::parse({"t.yaml", std::move(text)});
  REQUIRE(document.has_value());
  return std::move(*document);
}

problems refuse(std::string text, const yaml::limits& allowed = {}) {
  const auto document = yaml::parse({"t.yaml", std::move(text)}, allowed);
  REQUIRE_FALSE(document.has_value());
  return document.error();
}

} // namespace

TEST_CASE("every node knows its line and column, counted from 1 in characters") {
  const auto document = read("a: 1\nrules:\n  - id: x\n    title: \"Größe\"\n    where: {ü: opiod}\n");
  const auto& rule = document.find("rules")->value.items.at(0);
  CHECK(rule.find("title")->value.at.line == 4);
  CHECK(rule.find("title")->value.at.column == 12);
  CHECK(rule.find("title")->value.quoted);
  const auto& inner = rule.find("where")->value.entries.at(0);
  CHECK(inner.key_at.column == 13);
  CHECK(inner.value.at.line == 5);
  CHECK(inner.value.at.column == 16);
  CHECK(inner.value.at.length == 5);
}

TEST_CASE("scalars stay text until somebody says what they should be") {
  const auto document = read("a: no\nb: \"no\"\nc: 010\nd: 1e3\ne: 12\nf: ~\ng: nan\nh: -5\ni: 0x10\n");
  const auto at = [&](const char* key) -> const yaml::node& { return document.find(key)->value; };
  CHECK(yaml::as_bool(at("a")) == false);
  CHECK_FALSE(yaml::as_bool(at("b")).has_value());
  CHECK_FALSE(yaml::as_integer(at("c")).has_value());
  CHECK_FALSE(yaml::as_integer(at("d")).has_value());
  CHECK(yaml::as_number(at("d")) == 1000.0);
  CHECK(yaml::as_integer(at("e")) == 12);
  CHECK(at("f").is_null());
  CHECK_FALSE(yaml::as_number(at("g")).has_value());
  CHECK(yaml::as_integer(at("h")) == -5);
  CHECK_FALSE(yaml::as_number(at("i")).has_value());
}

TEST_CASE("what YAML would let pass silently is refused, and says where") {
  struct row {
    const char* name;
    std::string text;
    const char* code;
    int line;
  };
  const row rows[] = {
      {"duplicate key", "a: 1\nb: 2\na: 3\n", "duplicate-key", 3},
      {"duplicate key deeper", "x:\n  a: 1\n  a: 2\n", "duplicate-key", 3},
      {"unclosed flow", "a: [1, 2\nb: 3\n", "yaml-syntax", 2},
      {"tab indentation", "a:\n\tb: 1\n", "yaml-syntax", 2},
      {"tab after spaces", "a:\n  \tb: 1\n", "yaml-syntax", 2},
      {"tag", "a: !!python/object 1\n", "yaml-syntax", 1},
      {"second document", "a: 1\n---\nb: 2\n", "yaml-syntax", 3},
      {"list as key", "? [a, b]\n: 1\n", "yaml-syntax", 1},
      {"NUL", std::string{"a: 1\0b", 6}, "yaml-syntax", 1},
      {"Latin-1", "a: caf\xe9\n", "yaml-syntax", 1},
      {"unknown alias", "a: *nothing\n", "yaml-syntax", 1},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto found = refuse(r.text);
    CHECK(found.at(0).code == r.code);
    CHECK(found.at(0).at.line == r.line);
  }
}

TEST_CASE("hostile documents end quickly") {
  SUBCASE("an alias bomb") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
      const auto now = "a" + std::to_string(i);
      const auto before = "*a" + std::to_string(i - 1);
      bomb += now + ": &" + now + " [" + before;
      for (int k = 0; k < 9; ++k) bomb += ", " + before;
      bomb += "]\n";
    }
    CHECK(refuse(bomb).at(0).code == "too-large");
  }
  SUBCASE("deep nesting") {
    CHECK(refuse(std::string(100'000, '[')).at(0).code == "too-large");
  }
  SUBCASE("a large file") {
    CHECK(refuse("a: " + std::string(5U << 20U, 'x')).at(0).code == "too-large");
  }
}

TEST_CASE("an alias is a copy of what it names") {
  const auto document = read("a: &x {b: 1}\nc: *x\n");
  CHECK(yaml::as_integer(document.find("c")->value.find("b")->value) == 1);
}

TEST_CASE("a mapping reader calls what nobody asked for unknown, with a suggestion") {
  const auto document = read("titel: x\nowner: y\n");
  problems found;
  yaml::mapping_reader keys{document, "t.yaml", "rule 'a': ", found};
  CHECK(keys.optional_text("owner") == "y");
  CHECK_FALSE(keys.required_text("title").has_value());
  keys.finish();
  REQUIRE(found.size() == 2);
  CHECK(found[0].code == "missing-key");
  CHECK(found[1].code == "unknown-key");
  CHECK(found[1].message == "rule 'a': no key 'titel' here; did you mean 'title'?");
  CHECK(found[1].at.length == 5);
}
