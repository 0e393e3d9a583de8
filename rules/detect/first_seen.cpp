// SPDX-License-Identifier: Apache-2.0
// `first_seen: {of, not_seen_for, scope, min_history, certainty}`: a value, or a pair of them, that is news.
#include "rules/detect/detector_kind.hpp"
#include "rules/read/names.hpp"
#include "rules/syntax/values.hpp"

namespace forewarn::rules {
namespace {

bool has_values_to_see(field what) {
  switch (what) {
  case field::fatal:
  case field::naloxone:
  case field::naloxone_doses:
  case field::days_since_release:
  case field::age:
  case field::weight:
  case field::hour:
  case field::weekday:
  case field::calendar: return false;
  default: return true;
  }
}

std::vector<field_name> read_of(const reading& from, yaml::mapping_reader& keys) {
  if (keys.required("of") == nullptr) return {};
  std::vector<field_name> out;
  const auto items = keys.optional_list("of");
  const auto& at = keys.where().find("of")->value.at;
  bool complete = !items.empty();
  for (const auto* item : items) {
    const auto what = item->is_scalar() ? read_field(from, item->text, item->at) : std::nullopt;
    if (!what)
      complete = false;
    else if (!has_values_to_see(what->field)) {
      from.complain(item->at, "bad-value", fmt::format("'{}' has no values that can be new", to_text(*what)));
      complete = false;
    } else
      out.push_back(*what);
  }
  if (!complete) {
    if (items.empty() && keys.where().find("of")->value.is_sequence())
      from.complain(at, "bad-value", "'of' is an empty list; write a field, such as substances");
    return {};
  }
  if (out.size() == 1) return out;
  if (out.size() == 2 && out[0] == out[1] && is_set_field(out[0].field)) return out;
  from.complain(at, "bad-value",
                "'of' is one field, or the same one twice for pairs that are first seen together: [substances, "
                "substances]");
  return {};
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& /*so_far*/) {
  auto keys = from.keys(options);
  first_seen_detector out;
  out.of = read_of(from, keys);
  constexpr duration ages = std::chrono::hours{24 * 366 * 100};
  out.not_seen_for = read_duration(from, keys, "not_seen_for", false, ages);
  const auto scope = read_word(from, keys, "scope", {"series", "all"});
  const auto history = read_duration(from, keys, "min_history", true, ages);
  const auto certainty = read_word(from, keys, "certainty", {"any"});
  keys.finish();
  const bool complete =
      (out.not_seen_for || options.find("not_seen_for") == nullptr) && (scope || options.find("scope") == nullptr) &&
      (history || options.find("min_history") == nullptr) && (certainty || options.find("certainty") == nullptr);
  if (out.of.empty() || !complete) return {};
  out.scope_all = scope.value_or(0) == 1;
  out.min_history = history.value_or(duration{0});
  out.any_certainty = certainty.has_value();
  return out;
}

std::optional<duration> window(const detector& /*made*/) {
  return {};
}

std::string canonical(const rule& one, const reference_data& /*reference*/) {
  const auto& seen = std::get<first_seen_detector>(one.detector);
  std::string out = "first_seen";
  for (const auto& what : seen.of) out += " " + to_text(what);
  return out + fmt::format(" for={} scope={} history={} certainty={} {}",
                           seen.not_seen_for ? std::to_string(seen.not_seen_for->count()) : "ever",
                           seen.scope_all ? "all" : "series", seen.min_history.count(),
                           seen.any_certainty ? "any" : "told", to_text(one.level));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& seen = std::get<first_seen_detector>(one.detector);
  const auto value = value_noun(seen.of.front());
  std::string out = fmt::format("when {} ", words.plural());
  if (seen.of.size() == 2)
    out += fmt::format("show two {} that have not been seen together", value.many);
  else
    out += fmt::format("show {} {} not seen", article_of(value.one), value.one);
  const bool series = !one.for_each.empty() && !seen.scope_all;
  if (series)
    out += " there";
  else if (!one.for_each.empty())
    out += " in any series of this rule";
  out += seen.not_seen_for ? fmt::format(" in the {} before", spell_duration(*seen.not_seen_for)) : " before";
  if (seen.of.front().field == field::substances)
    out += seen.any_certainty ? " (confirmed or not)" : " (a first laboratory confirmation counts as new)";
  if (seen.min_history > duration{0})
    out += fmt::format(", once there are {} of history", spell_duration(seen.min_history));
  return out + fmt::format(": {}", to_text(one.level));
}

} // namespace

const detector_kind first_seen_kind{"first_seen", read, window, canonical, sentence};

} // namespace forewarn::rules
