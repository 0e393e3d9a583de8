// SPDX-License-Identifier: Apache-2.0
// `every_record: {}`: one signal for each matching observation.
#include "rules/detect/detector_kind.hpp"

namespace forewarn::rules {
namespace {

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& /*so_far*/) {
  if (!options.is_mapping() && !options.is_null()) {
    from.complain(options.at, "wrong-type",
                  fmt::format("'every_record' has no options; write {{}}, found {}", yaml::describe(options)));
    return {};
  }
  from.keys(options).finish();
  return every_record_detector{};
}

std::optional<duration> window(const detector& /*made*/) {
  return {};
}

std::string canonical(const rule& one, const reference_data& /*reference*/) {
  return fmt::format("every_record {}", to_text(one.level));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  return fmt::format("every {}{}{} raises a signal of its own: {}", words.one, words.qualified,
                     words.closing_comma ? "," : "", to_text(one.level));
}

} // namespace

const detector_kind every_record_kind{"every_record", read, window, canonical, sentence};

} // namespace forewarn::rules
