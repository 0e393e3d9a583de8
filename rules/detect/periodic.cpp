// SPDX-License-Identifier: Apache-2.0
// `nb_multiwindow: {every, alpha, min_count, min_history, since, exclude, late, measure, ...}`, and every other method
// of rules/detectors by its name: a count per calendar period against what its past leaves room for. What is not listed
// here is an option of the method, and is read by it.
#include "rules/detect/periodic.hpp"

#include "rules/compile/canonical.hpp"
#include "rules/detect/options.hpp"
#include "rules/periodic/method_needs.hpp"
#include "rules/periodic/periods.hpp"
#include "rules/read/sentence.hpp"
#include "rules/syntax/where.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace forewarn::rules {
namespace {

constexpr auto own_keys = std::to_array<std::string_view>(
    {"every", "alpha", "min_count", "min_history", "since", "exclude", "late", "measure", "of"});
constexpr std::int64_t most_periods = 10'000;

// Under another key than the method's own names.
bool is_own(std::string_view key) {
  return std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end();
}

std::optional<std::int32_t> read_day(const reading& from, const yaml::node& value) {
  if (value.is_scalar() && value.text.size() == 10)
    if (const auto at = parse_rfc3339(value.text + "T00:00:00Z"))
      return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(*at).time_since_epoch().count());
  from.complain(value.at, "bad-value",
                fmt::format("expected a day such as 2026-12-25, found {}",
                            value.is_scalar() ? "'" + shown(value.text) + "'" : std::string{yaml::describe(value)}));
  return {};
}

std::optional<span_of_days> read_span(const reading& from, const yaml::node& item) {
  if (!item.is_mapping()) {
    const auto day = read_day(from, item);
    if (!day) return {};
    return span_of_days{*day, *day};
  }
  auto keys = from.keys(item);
  const auto* first = keys.required("from");
  const auto* last = keys.required("to");
  keys.finish();
  const auto begin = first == nullptr ? std::nullopt : read_day(from, *first);
  const auto end = last == nullptr ? std::nullopt : read_day(from, *last);
  if (!begin || !end) return {};
  if (*end >= *begin) return span_of_days{*begin, *end};
  from.complain(last->at, "bad-value", "'to' must be on or after 'from'");
  return {};
}

// `exclude: [2026-12-25, {from: 2026-08-27, to: 2026-08-31}]`, as a calendar lists its days.
std::optional<std::vector<span_of_days>> read_excluded(const reading& from, yaml::mapping_reader& keys) {
  std::vector<span_of_days> out;
  const auto* value = keys.optional("exclude");
  if (value == nullptr) return out;
  const auto take = [&](const yaml::node& item) {
    const auto span = read_span(from, item);
    if (span) out.push_back(*span);
    return span.has_value();
  };
  if (!value->is_sequence()) return take(*value) ? std::optional{out} : std::nullopt;
  bool good = true;
  for (const auto& item : value->items) good = take(item) && good;
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return good ? std::optional{out} : std::nullopt;
}

// A scalar as it stands; a list as the method writes it, "1,3,7".
std::optional<std::string> setting_text(const reading& from, const yaml::entry& one) {
  if (one.value.is_scalar()) return one.value.text;
  if (one.value.is_sequence()) {
    std::vector<std::string> words;
    for (const auto& item : one.value.items)
      if (item.is_scalar()) words.push_back(item.text);
    if (words.size() == one.value.items.size()) return join(words, ",");
  }
  from.complain(one.value.at, "wrong-type",
                fmt::format("'{}' takes a value or a list of values, found {}", one.key, yaml::describe(one.value)));
  return {};
}

std::string after_name(const std::string& text) {
  const auto colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

// What the method itself is asked: each checked by it, where it stands.
bool read_settings(const reading& from, const yaml::node& options, yaml::mapping_reader& keys, periodic_detector& out) {
  bool good = true;
  for (const auto& known : detectors::options_of(out.method)) (void)keys.optional(known.name); // to be suggested
  for (const auto& one : options.entries) {
    if (is_own(one.key) || !knows_option(out.method, one.key)) continue; // `finish` complains of an unknown one
    (void)keys.optional(one.key);
    const auto text = setting_text(from, one);
    if (!text) {
      good = false;
      continue;
    }
    const std::array<detectors::setting, 1> alone{{{one.key, *text}}};
    if (const auto made = detectors::make_method(out.method, alone); made) {
      out.settings.emplace_back(one.key, *text);
    } else {
      from.complain(one.value.at, "bad-value", after_name(made.error()));
      good = false;
    }
  }
  return good;
}

bool read_levels(const reading& from, yaml::mapping_reader& keys, const rule& so_far, periodic_detector& out) {
  const auto* value = keys.where().find("alpha");
  if (value == nullptr) {
    out.levels = {{so_far.level, 0}};
    return true;
  }
  if (!has_option(out.method, "alpha")) {
    (void)keys.optional("alpha");
    std::vector<std::string> names;
    for (const auto& one : detectors::options_of(out.method)) names.push_back(one.name);
    from.complain(value->key_at, "bad-value",
                  fmt::format("{} has no chance to be told by; its bound is set by its own options: {}", out.method,
                              join_and(names)));
    return false;
  }
  out.levels = read_thresholds(from, keys, "alpha", threshold_kind::chance, so_far.level);
  for (const auto& one : out.levels) {
    const std::array<detectors::setting, 1> alone{{{"alpha", canonical_number(one.at_least)}}};
    if (const auto made = detectors::make_method(out.method, alone); !made) {
      from.complain(value->value.at, "bad-value", after_name(made.error()));
      return false;
    }
  }
  return !out.levels.empty();
}

// Only a share of positive tests is counted of something.
bool read_of(const reading& from, yaml::mapping_reader& keys, const rule& so_far, periodic_detector& out) {
  const bool wanted = out.method == "beta_binomial";
  const auto* of = wanted ? keys.required("of") : keys.optional("of");
  if (of == nullptr) return !wanted;
  if (!wanted) {
    from.complain(of->at, "bad-value",
                  fmt::format("'of' belongs to beta_binomial, which asks how many of all are so; {} counts what the "
                              "rule's 'where' takes",
                              out.method));
    return false;
  }
  out.of = read_where(from, *of, so_far.observe);
  return out.of.has_value();
}

// Years of days, where periods are days and nobody said how many make a year.
void settle_year(periodic_detector& made) {
  if (made.every == period_length::week || !has_option(made.method, "frequency")) return;
  for (const auto& [key, value] : made.settings)
    if (detectors::option_list::same_name(key, "frequency") || detectors::option_list::same_name(key, "freq")) return;
  made.settings.emplace_back("frequency", "364");
}

std::size_t looked_back(const periodic_detector& made) {
  method_settings settings;
  for (const auto& [key, value] : made.settings) settings.push_back({key, value});
  return std::max(needs_of(made.method, settings).looks_back, least_periods(made));
}

std::optional<duration> window(const detector& made) {
  return length_of(std::get<periodic_detector>(made).every);
}

std::string meaning(const rule& one, const reference_data& reference) {
  const auto& made = std::get<periodic_detector>(one.detector);
  auto out =
      fmt::format("{} every={} least={} history={} late={} {} zone={}{}", made.method, static_cast<int>(made.every),
                  canonical_number(made.min_count), made.min_history, made.scaled ? "scaled" : "whole",
                  canonical(made.measure), reference.local_zone.name(), canonical(made.levels));
  auto settings = made.settings;
  std::sort(settings.begin(), settings.end());
  for (const auto& [key, value] : settings) out += fmt::format(" {}={}", key, value);
  if (made.since) out += fmt::format(" since={}", *made.since);
  for (const auto& span : made.exclude) out += fmt::format(" without={}..{}", span.first, span.last);
  if (made.of) out += " of " + canonical_text(*made.of, reference);
  for (const auto& each : reference.calendars)
    if (each.id == "bank-holiday" && made.every == period_length::day)
      for (const auto day : each.days) out += fmt::format(",{}", day.time_since_epoch().count());
  return out;
}

// "1, 3 or 7 days", "a week".
std::string lengths_words(const periodic_detector& made, std::string_view unit) {
  if (made.method == "outbreak_odds") return fmt::format("7 {}s", unit);
  if (made.method != "nb_multiwindow") return fmt::format("a {}", unit);
  std::string windows = "1,3,7";
  for (const auto& [key, value] : made.settings)
    if (detectors::option_list::same_name(key, "windows")) windows = value;
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= windows.size();) {
    const auto to = std::min(windows.find(',', from), windows.size());
    words.emplace_back(trim(std::string_view{windows}.substr(from, to - from)));
    from = to + 1;
  }
  return fmt::format("{} {}{}", join_or(words), unit, words.size() == 1 && words.front() == "1" ? "" : "s");
}

std::string sentence(const rule& one, const observed_words& words, const reference_data& reference) {
  const auto& made = std::get<periodic_detector>(one.detector);
  const std::string_view unit = made.every == period_length::day ? "day" : "week";
  auto counted = counted_words(made.measure, words);
  if (made.of) {
    auto part = one;
    part.where = *made.of;
    counted = fmt::format("{} out of all {}", counted_words(made.measure, words_of(part, reference)), counted);
  }
  const bool weighs_odds = made.method == "outbreak_odds";
  const auto times_words = [](double alpha) {
    return fmt::format("more than {:g} times", std::round(10 / alpha) / 10);
  };
  const auto judged =
      weighs_odds
          ? fmt::format("an outbreak in the last ten {}s is {} as likely as none, judged by the {}s before ({})", unit,
                        times_words(made.levels.front().at_least), unit, made.method)
      : made.levels.front().at_least > 0
          ? fmt::format("the chance of as many, judged by the {}s before ({}), is less than {}", unit, made.method,
                        chance_words(made.levels.front().at_least))
          : fmt::format("that is more than the {}s before leave room for ({})", unit, made.method);
  const auto least = least_periods(made);
  std::string out =
      fmt::format("when there are {} or more {} in {}, and {}: {}", made.min_count, counted, lengths_words(made, unit),
                  judged, levels_words(made.levels, [&](double chance) {
                    return weighs_odds ? times_words(chance) : fmt::format("less than {}", chance_words(chance));
                  }));
  if (least > 0) out += fmt::format(". With less than {} {}s of history it says nothing", least, unit);
  if (made.scaled)
    out +=
        fmt::format(". For the newest {}s, of which not all has arrived, it expects the part that usually has", unit);
  return out;
}

} // namespace

std::size_t least_periods(const periodic_detector& made) {
  method_settings settings;
  for (const auto& [key, value] : made.settings) settings.push_back({key, value});
  const auto ready = detectors::make_method(made.method, settings);
  return ready ? std::max({ready->history, ready->start, made.min_history}) : made.min_history;
}

bool is_periodic(std::string_view name) {
  const auto all = detectors::all_methods();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
}

std::optional<detector> read_periodic(const reading& from, std::string_view method, const yaml::node& options,
                                      const rule& so_far) {
  auto keys = from.keys(options);
  periodic_detector out;
  out.method = std::string{method};
  const auto every = read_word(from, keys, "every", {"day", "week"});
  bool good = every || options.find("every") == nullptr;
  out.every = static_cast<period_length>(every.value_or(0));
  good = read_levels(from, keys, so_far, out) && good;
  const auto least = read_amount(from, keys, "min_count", out.min_count);
  const auto history = keys.optional_integer("min_history", 0, most_periods);
  if (!history && options.find("min_history") != nullptr) good = false;
  if (const auto* since = keys.optional("since")) {
    out.since = read_day(from, *since);
    good = out.since && good;
  }
  auto excluded = read_excluded(from, keys);
  if (keys.optional("late") != nullptr) out.scaled = good = read_word(from, keys, "late", {"scaled"}) && good;
  const auto measured = read_measure(from, keys);
  good = read_of(from, keys, so_far, out) && good;
  good = read_settings(from, options, keys, out) && good;
  keys.finish();
  if (!good || !least || !excluded || !measured || !options.is_mapping()) return {};
  out.min_count = *least;
  out.min_history = static_cast<std::size_t>(history.value_or(0));
  out.exclude = std::move(*excluded);
  out.measure = *measured;
  settle_year(out);
  out.looks_back = looked_back(out);
  return out;
}

const detector_kind periodic_kind{"periodic", nullptr, window, meaning, sentence};

} // namespace forewarn::rules
