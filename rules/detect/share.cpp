// SPDX-License-Identifier: Apache-2.0
// `share: {of: WHERE, within, at_least: 30%, min_count, measure}`: how large a part of what happens is of one sort.
#include "rules/compile/canonical.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"
#include "rules/syntax/where.hpp"

namespace forewarn::rules {
namespace {

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  share_detector out;
  std::optional<condition> of;
  if (const auto* wanted = keys.required("of")) of = read_where(from, *wanted, so_far.observe);
  const auto within = require_duration(from, keys, "within");
  out.at_least = read_thresholds(from, keys, "at_least", threshold_kind::percentage, so_far.level);
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  const auto measured = read_measure(from, keys);
  keys.finish();
  if (!of || !within || out.at_least.empty() || !least || !measured) return {};
  out.of = std::move(*of);
  out.within = *within;
  out.min_count = *least;
  out.measure = *measured;
  return out;
}

std::optional<duration> window(const detector& made) {
  return std::get<share_detector>(made).within;
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& share = std::get<share_detector>(one.detector);
  return fmt::format("share {} of {} least={} {}{}", share.within.count(), canonical_text(share.of, reference),
                     canonical_number(share.min_count), canonical(share.measure), canonical(share.at_least));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& reference) {
  const auto& share = std::get<share_detector>(one.detector);
  auto part = one;
  part.where = share.of;
  const auto or_more = [](double more) { return percent_words(more) + " or more"; };
  return fmt::format(
      "when {} of the {} within {} are {} {}, out of {} or more: {}", or_more(share.at_least.front().at_least),
      counted_words(share.measure, words), spell_duration(share.within), words_of(part, reference).many,
      words_of(part, reference).qualified.substr(1), share.min_count, levels_words(share.at_least, or_more));
}

} // namespace

const detector_kind share_kind{"share", read, window, meaning, sentence};

} // namespace forewarn::rules
