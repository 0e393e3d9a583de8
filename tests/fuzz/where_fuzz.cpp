// SPDX-License-Identifier: Apache-2.0
// Any text as the `where` of a rule that is good otherwise. What compiles holds of an observation or does not, `not` of
// it is the opposite, and reading it twice gives the same meaning.
#include "fuzz/input.hpp"
#include "rules/fact.hpp"
#include "rules/small_world.hpp"

#include <algorithm>

using namespace forewarn;

namespace {

const std::vector<rules::fact>& some_facts() {
  static const auto made = [] {
    std::vector<rules::fact> out;
    for (const auto* more :
         {"", R"(,"substances":["heroin","diazepam"],"ward":"E05011387","age":30,"sex":"F")",
          R"(,"substances":["protonitazene"],"setting":"prison","fatal":true,"naloxone_doses":2)",
          R"(,"confirmed":["metonitazene"],"sold_as":["diazepam"],"age_band":"16-17","lad":"E08000032")"}) {
      const auto read = parse_observation(
          std::string{R"({"id":"1","feed":"yas","kind":"ambulance","occurred_at":"2026-03-01T23:30:00Z")"} + more +
          "}");
      fuzz::promise(read.has_value(), "the fuzzer's own observations are good");
      out.push_back(rules::make_fact(std::make_shared<const observation>(*read), *test::small_reference()));
    }
    return out;
  }();
  return made;
}

std::string with_where(std::string where) {
  std::replace(where.begin(), where.end(), '\r', ' ');
  for (std::size_t at = 0; (at = where.find('\n', at)) != std::string::npos; at += 7) where.insert(at + 1, 6, ' ');
  return test::file_with("~where") + "    where:\n      " + where + "\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = with_where(fuzz::text_of(data, size));
  const auto loaded = test::load(text);
  (void)render(loaded.found, {{"rules.yaml", text}});
  if (loaded.rules->rules.size() != 1) return 0;
  const auto& where = loaded.rules->rules.front().where;
  const rules::condition denied{rules::negated{{where}}};
  for (const auto& one : some_facts()) {
    fuzz::promise(rules::holds(where, one) != rules::holds(denied, one), "not is the opposite");
    for (const auto set : {rules::field::substances, rules::field::confirmed, rules::field::sold_as})
      for (const auto member : rules::matching_members(where, one, set)) fuzz::promise(member < 8, "a member there is");
  }
  fuzz::promise(test::load(text).rules->hash == loaded.rules->hash, "the same text has the same meaning");
  return 0;
}
