// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/panel_words.hpp"

#include "forewarn/alert.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace forewarn::commands {

void add_parts(CLI::App& verb, typed_parts& parts) {
  verb.add_option("--set", parts.set,
                  "a part of the alert, such as drugs=protonitazene or headline=TEXT; again for more")
      ->type_name("PART=TEXT")
      ->expected(1)
      ->take_all();
  verb.add_option("--content", parts.file, "a JSON file with the parts to replace")->type_name("FILE");
}

result<boost::json::object, outcome> parts_of(const typed_parts& parts) {
  boost::json::object out;
  if (!parts.file.empty()) {
    std::ifstream in{parts.file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    boost::system::error_code error;
    auto read = boost::json::parse(text, error);
    if (!in.is_open() || error || !read.is_object()) {
      std::cerr << fmt::format("forewarn: {}: {}\n", parts.file, in.is_open() ? "not a JSON object" : "cannot be read");
      return failure(outcome::failed);
    }
    out = std::move(read.get_object());
  }
  const auto known = boost::json::parse(to_json(alert_content{})).get_object();
  for (const auto& one : parts.set) {
    const auto mark = one.find('=');
    if (mark == std::string::npos || mark == 0) {
      std::cerr << fmt::format("forewarn: --set {}: write PART=TEXT, such as headline=\"...\"\n", one);
      return failure(outcome::usage);
    }
    const auto key = one.substr(0, mark);
    const auto value = one.substr(mark + 1);
    const auto* like = known.if_contains(key);
    if (like == nullptr || !like->is_array()) {
      out[key] = value;
      continue;
    }
    auto& list = out[key];
    if (!list.is_array()) list = boost::json::array{};
    list.get_array().emplace_back(value);
  }
  return out;
}

void add_seen(CLI::App& verb, std::int64_t& version) {
  verb.add_option("--version", version, "the version you have read: refused if it has changed since")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
}

void put_seen(boost::json::object& body, std::int64_t version) {
  if (version > 0) body["version"] = version;
}

} // namespace forewarn::commands
