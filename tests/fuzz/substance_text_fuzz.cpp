// SPDX-License-Identifier: Apache-2.0
// Any text as a substance's name, as a list of names and as free text, with the vocabulary that is shipped: every
// finding has an id, what is known stays known under its own name, and reading is the same every time.
#include "connectors/mapping/substance_words.hpp"
#include "fuzz/input.hpp"
#include "fuzz/shipped_vocabulary.hpp"

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

void check(const substance_findings& found, const vocabulary& words, bool may_be_new) {
  for (const auto& one : found.found) {
    fuzz::promise(!one.str().empty(), "a finding has an id");
    fuzz::promise(may_be_new || words.find(one).has_value(), "free text yields only what the vocabulary knows");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto words = fuzz::shipped_vocabulary();
  static const substance_words reader{words};
  const auto text = fuzz::text_of(data, size);
  substance_findings name, list, free, again;
  reader.read_name(text, unlisted_name::own_value, name);
  check(name, words, true);
  reader.read_list(text, {",", ";"}, unlisted_name::own_value, {"none"}, list);
  check(list, words, true);
  reader.read_text(text, free);
  check(free, words, false);
  reader.read_text(text, again);
  fuzz::promise(free.found == again.found && free.unlisted == again.unlisted, "reading is the same every time");
  return 0;
}
