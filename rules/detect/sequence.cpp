// SPDX-License-Identifier: Apache-2.0
// `sequence: {within, of: [{observe, where}, ...]}`: one thing after the other.
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/parts.hpp"

#include "forewarn/text.hpp"

namespace forewarn::rules {
namespace {

constexpr std::size_t most_parts = 20;

std::vector<rule_part> read_parts(const reading& from, yaml::mapping_reader& keys, const rule& so_far) {
  const auto* of = keys.required("of");
  if (of == nullptr) return {};
  if (!of->is_sequence()) {
    from.complain(of->at, "wrong-type",
                  fmt::format("'of' is a list of what happens, in order, such as [{{observe: [custody]}}, {{observe: "
                              "[ambulance]}}]; found {}",
                              yaml::describe(*of)));
    return {};
  }
  if (of->items.size() < 2 || of->items.size() > most_parts) {
    from.complain(of->at, of->items.size() < 2 ? "bad-value" : "too-large",
                  fmt::format("'of' has {} parts; write 2 to {}", of->items.size(), most_parts));
    return {};
  }
  std::vector<rule_part> out;
  for (const auto& item : of->items)
    if (auto part = read_part(from, item, fmt::format("{}", out.size() + 1), so_far, false))
      out.push_back(std::move(*part));
  if (out.size() != of->items.size()) out.clear();
  return out;
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  sequence_detector out;
  const auto within = require_duration(from, keys, "within");
  out.parts = read_parts(from, keys, so_far);
  keys.finish();
  if (!within || out.parts.empty()) return {};
  out.within = *within;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<sequence_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& sequence = std::get<sequence_detector>(one.detector);
  auto out = fmt::format("sequence {} {}", sequence.within.count(), to_text(one.level));
  for (const auto& part : sequence.parts) out += " " + canonical(part, reference);
  return out;
}

std::string sentence(const rule& one, const observed_words& /*words*/, const reference_data& reference) {
  const auto& sequence = std::get<sequence_detector>(one.detector);
  std::vector<std::string> parts;
  for (const auto& part : sequence.parts) {
    const auto words = words_of(part, reference);
    parts.push_back(fmt::format("{} {}{}", article_of(words.one), words.one, words.qualified));
  }
  return fmt::format("when, within {}, {} is followed by {}: {}", spell_duration(sequence.within), parts.front(),
                     join({parts.begin() + 1, parts.end()}, ", and then by "), to_text(one.level));
}

} // namespace

const detector_kind sequence_kind{"sequence", read, window, meaning, sentence};

} // namespace forewarn::rules
