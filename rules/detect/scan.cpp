// SPDX-License-Identifier: Apache-2.0
// `scan: {areas, max_days, baseline, model, recurrence, min_count, share, radius, min_history, replicates, seed,
// measure}`: as each day ends, the circle of areas and the last days of it that hold most beyond what chance gives.
#include "rules/compile/canonical.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detect/options.hpp"
#include "rules/read/names.hpp"
#include "rules/scan/area_layout.hpp"

#include "forewarn/text.hpp"

#include <array>
#include <cmath>

namespace forewarn::rules {
namespace {

constexpr std::chrono::hours a_day{24};
constexpr std::array scanned_areas{field::ward, field::msoa, field::lsoa, field::lad};
constexpr std::int64_t longest_cluster = 64;
constexpr double widest = 20'000; // km: half way round the earth

// The scan says where by itself: a series is of something else.
bool no_place_is_grouped(const reading& from, const location& at, const rule& so_far) {
  for (const auto& by : so_far.for_each)
    if (is_area_field(by.by.field) || by.by.field == field::site) {
      from.complain(at, "bad-value",
                    fmt::format("'for_each' has {}, and the scan itself says where: take it out of 'for_each'; group "
                                "by something that is no place, such as {{substances: {{by: class}}}}",
                                to_text(by.by)));
      return false;
    }
  return true;
}

// As the rule asks for them: two at least, and somebody knows which lie together, and who lives there.
bool areas_are_known(const reading& from, const yaml::node& options, const rule& so_far, const scan_detector& made) {
  const auto layout = lay_out(by_area(so_far, made.areas), from.reference());
  const auto& at = options.find("areas")->value.at;
  if (!layout) {
    from.complain(at, "no-places", layout.error());
    return false;
  }
  if (made.poisson && !layout->has_population) {
    from.complain(options.find("model")->value.at, "no-population",
                  "`model: poisson` compares with residents, and some of these areas have no `population:` in areas/; "
                  "leave 'model' out: the permutation model needs none");
    return false;
  }
  if (!made.most_radius || layout->neighbours.empty()) return true;
  from.complain(options.find("radius")->value.at, "no-places",
                "'radius' needs 'latitude' and 'longitude' of every one of these areas, and some have none: leave it "
                "out; 'share' limits a cluster as well");
  return false;
}

bool read_places(const reading& from, yaml::mapping_reader& keys, scan_detector& out) {
  const auto& options = keys.where();
  const auto* areas = keys.required("areas");
  const auto which = areas == nullptr ? std::nullopt : read_word(from, keys, "areas", {"ward", "msoa", "lsoa", "lad"});
  if (which) out.areas = scanned_areas.at(*which);
  const auto model = read_word(from, keys, "model", {"permutation", "poisson"});
  out.poisson = model.value_or(0) == 1;
  const auto share = read_percentage(from, keys, "share", 1);
  if (share) out.most_share = *share;
  const auto radius = keys.optional("radius") == nullptr ? std::nullopt : read_amount(from, keys, "radius", 0);
  if (radius && *radius > widest) {
    from.complain(options.find("radius")->value.at, "too-large", "'radius' is in kilometres, at most 20000");
    return false;
  }
  out.most_radius = radius;
  const auto absent = [&](const char* key) { return options.find(key) == nullptr; };
  return which && (model || absent("model")) && (share || absent("share")) && (radius || absent("radius"));
}

// A number under `key` into `out`, where it is there; false after a complaint.
bool read_whole(yaml::mapping_reader& keys, std::string_view key, std::int64_t least, std::int64_t most,
                std::size_t& out) {
  const auto number = keys.optional_integer(key, least, most);
  if (number) out = static_cast<std::size_t>(*number);
  return number || keys.where().find(key) == nullptr;
}

bool read_baseline(const reading& from, yaml::mapping_reader& keys, scan_detector& out) {
  const auto* value = keys.optional("baseline");
  if (value == nullptr) return true;
  const auto length = read_duration(from, keys, "baseline");
  if (!length) return false;
  const auto least = std::max<std::size_t>(2 * out.most_days, 8);
  if (*length % a_day == duration{} && *length >= static_cast<int>(least) * a_day) {
    out.baseline_days = static_cast<std::size_t>(*length / a_day);
    return true;
  }
  from.complain(value->at, "bad-value",
                fmt::format("'baseline' is whole days, {} at least: twice 'max_days', and no less than 8", least));
  return false;
}

bool read_days(const reading& from, yaml::mapping_reader& keys, scan_detector& out) {
  const bool days = read_whole(keys, "max_days", 1, longest_cluster, out.most_days);
  const bool baseline = days && read_baseline(from, keys, out);
  if (!days) (void)keys.optional("baseline");
  return read_whole(keys, "min_history", 1, 10'000, out.min_history) && baseline;
}

bool read_least(const reading& from, yaml::mapping_reader& keys, scan_detector& out) {
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  if (!least) return false;
  out.min_count = *least;
  if (*least >= 2) return true;
  from.complain(keys.where().find("min_count")->value.at, "bad-value",
                "'min_count' is 2 or more: one case is no cluster");
  return false;
}

bool read_counted(const reading& from, yaml::mapping_reader& keys, scan_detector& out) {
  const auto measured = read_measure(from, keys);
  if (!measured) return false;
  out.measure = *measured;
  if (measured->what != measure_kind::sites && measured->what != measure_kind::sum) return true;
  from.complain(keys.where().find("measure")->value.at, "bad-value",
                "a scan asks where cases lie, and neither sites nor sums are cases; write incidents, people or "
                "observations");
  return false;
}

std::optional<detector> read(const reading& from, const yaml::node& options, const rule& so_far) {
  auto keys = from.keys(options);
  if (!options.is_mapping()) return {};
  scan_detector out;
  const bool places = read_places(from, keys, out);
  const bool days = read_days(from, keys, out);
  if (keys.optional("recurrence") != nullptr)
    out.recurrence = read_thresholds(from, keys, "recurrence", threshold_kind::recurrence, so_far.level);
  const bool least = read_least(from, keys, out);
  std::size_t seed = out.seed;
  const bool worlds = read_whole(keys, "replicates", 99, 9'999, out.replicates);
  const bool seeded = read_whole(keys, "seed", 0, std::numeric_limits<std::int32_t>::max(), seed);
  out.seed = seed;
  const bool counted = read_counted(from, keys, out);
  keys.finish();
  const bool grouped = no_place_is_grouped(from, options.at, so_far);
  if (!places || !days || out.recurrence.empty() || !least || !worlds || !seeded || !counted || !grouped) return {};
  if (!areas_are_known(from, options, so_far, out)) return {};
  return out;
}

std::optional<duration> window(const detector& /*made*/) {
  return a_day;
}

// Where the areas lie, and who adjoins whom, decide what is found.
std::string layout_text(const rule& one, const scan_detector& made, const reference_data& reference) {
  const auto layout = lay_out(by_area(one, made.areas), reference);
  if (!layout) return {};
  std::string out;
  for (std::size_t at = 0; at < layout->areas.size(); ++at) {
    const auto& place = layout->places[at];
    out += fmt::format(" {}@{},{}", reference.areas.row(layout->areas[at]).code.str(), canonical_number(place.x),
                       canonical_number(place.y));
    if (made.poisson) out += "*" + canonical_number(place.population);
    if (layout->neighbours.empty()) continue;
    for (const auto other : layout->neighbours[at]) out += fmt::format("+{}", other);
  }
  return out;
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& made = std::get<scan_detector>(one.detector);
  return fmt::format("scan {} days={} baseline={} model={} least={} share={} radius={} history={} worlds={} seed={} "
                     "{} zone={}{} over{}",
                     to_text(field_name{made.areas, {}}), made.most_days, made.baseline_days, made.poisson ? 1 : 0,
                     canonical_number(made.min_count), canonical_number(made.most_share),
                     made.most_radius ? canonical_number(*made.most_radius) : "none", made.min_history, made.replicates,
                     made.seed, canonical(made.measure), reference.local_zone.name(), canonical(made.recurrence),
                     layout_text(one, made, reference));
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& /*reference*/) {
  const auto& made = std::get<scan_detector>(one.detector);
  const auto once_in = [](double days) { return fmt::format("less than once in {} days", whole_words(days)); };
  const auto noun = value_noun({made.areas, {}});
  const auto against = made.poisson ? fmt::format("by the residents of each {}", noun.one)
                                    : fmt::format("by the {} days up to then", made.baseline_days);
  const auto near = made.most_radius ? fmt::format(", no further than {} km from one of them", *made.most_radius) : "";
  const auto days =
      made.most_days == 1 ? std::string{"on that day"} : fmt::format("in its last 1 to {} days", made.most_days);
  return fmt::format("when a day ends and, {}, {} or more {} lie together in one or more neighbouring {}{}, and "
                     "chance alone, judged {}, would show as strong a cluster {}: {}. With less than {} days of "
                     "history it says nothing",
                     days, made.min_count, counted_words(made.measure, words), noun.many, near, against,
                     once_in(made.recurrence.front().at_least), levels_words(made.recurrence, once_in),
                     made.min_history);
}

} // namespace

const detector_kind scan_kind{"scan", read, window, meaning, sentence};

} // namespace forewarn::rules
