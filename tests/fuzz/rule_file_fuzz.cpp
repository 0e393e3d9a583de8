// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule file: never a crash, every problem can be shown, every good rule has its sentence and hash.
#include "rules/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

std::shared_ptr<const forewarn::reference_data> small_reference() {
  using namespace forewarn;
  problems found;
  auto out = std::make_shared<reference_data>();
  out->substances = parse_vocabulary({{"v", "classes: [{id: opioid}, {id: nitazene, parent: opioid}]\n"
                                            "substances: [{id: heroin, class: opioid}]\n"}},
                                     found);
  out->kinds = parse_kinds({{"k", "kinds: [{id: ambulance, title: A, one: call-out, many: call-outs}]\n"}}, found);
  out->areas = parse_areas({{"a", "areas: [{code: E08000035, name: Leeds, level: lad},\n"
                                  "  {code: E05011387, name: Armley, level: ward, parent: E08000035}]\n"}},
                           found);
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto reference = small_reference();
  const std::vector<forewarn::source_text> files{{"rules.yaml", std::string(data, data + size)}};
  const auto loaded = forewarn::rules::load_rules(files, reference);
  (void)forewarn::render(loaded.found, files);
  for (const auto& one : loaded.rules->rules)
    if (one.sentence.empty() || one.hash.size() != 71) std::abort();
  return 0;
}
