// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quality/look.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace forewarn::detectors {
namespace {

constexpr std::size_t run_in = 120;      // periods in which what a chart remembers has long faded
constexpr std::size_t learnt_from = 364; // days whose completeness is known

method made(std::string_view name, std::span<const setting> settings) {
  auto out = make_method(name, settings);
  if (!out) throw std::invalid_argument{out.error()};
  return std::move(*out);
}

float strangeness_of(const verdict& told, const method& by) {
  if (!told.score || by.score == score_is::its_own) return least_strange;
  if (by.score == score_is::chance) return static_cast<float>(-std::log(std::max(*told.score, 1e-300)));
  return static_cast<float>(*told.score);
}

void note(said& into, const verdict& told, const method& by) {
  into.strangeness.push_back(strangeness_of(told, by));
  into.alarm.push_back(told.alarm.value_or(false) ? 1 : 0);
}

// The share of a period's cases that its own day knows of, as learnt from the year before.
double usual_share(const std::vector<double>& known, const std::vector<double>& all, std::size_t before) {
  double part = 0, whole = 0;
  for (auto t = before - std::min(before, learnt_from); t < before; ++t) {
    part += known[t];
    whole += all[t];
  }
  return std::clamp((part + 0.5) / (whole + 1), 0.05, 1.0);
}

// A detector that remembers is asked about the periods before too; Holt-Winters about every one from its first.
said look_through(const series& of, const trial& about, std::size_t from, const method& by) {
  said out;
  auto begin = from;
  if (by.remembers) begin = by.start > 0 ? 0 : from - std::min(from, run_in);
  for (auto t = begin; t <= about.to; ++t) {
    const auto told = judge_period(by, of, t);
    if (t >= from) note(out, told, by);
  }
  return out;
}

// By what each period knew of itself; the periods before it are complete.
said look_early(series of, const std::vector<double>& known, const trial& about, std::string_view name,
                std::span<const setting> settings, bool scaled) {
  const auto by = made(name, settings);
  if (by.remembers)
    throw std::invalid_argument{std::string{name} +
                                ": it cannot be asked twice about a period, so not about late data"};
  said out;
  const auto whole = of.counts;
  if (scaled) of.completeness.assign(of.size(), 1);
  for (auto t = about.from; t <= about.to; ++t) {
    of.counts[t] = known[t];
    if (scaled) of.completeness[t] = usual_share(known, whole, t);
    note(out, judge_period(by, of, t), by);
    of.counts[t] = whole[t];
    if (scaled) of.completeness[t] = 1;
  }
  return out;
}

said never(const said& like) {
  return {std::vector<float>(like.strangeness.size(), least_strange), std::vector<std::uint8_t>(like.alarm.size(), 0)};
}

// Up to the outbreak the twins are the same.
said look_at_twin(const trial& about, series of, const said& seen, std::string_view name,
                  std::span<const setting> settings) {
  of.counts = about.quiet;
  const auto by = made(name, settings);
  const bool later = !about.outbreaks.empty() && !by.remembers && about.outbreaks.front().first >= about.from;
  const auto from = later ? about.outbreaks.front().first : about.from;
  auto rest = look_through(std::move(of), about, from, by);
  if (from == about.from) return rest;
  said out = seen;
  const auto same = static_cast<std::ptrdiff_t>(from - about.from);
  std::copy(rest.strangeness.begin(), rest.strangeness.end(), out.strangeness.begin() + same);
  std::copy(rest.alarm.begin(), rest.alarm.end(), out.alarm.begin() + same);
  return out;
}

} // namespace

std::vector<setting> without_limit(std::string_view name, std::vector<setting> settings) {
  if (name == "glr") settings.insert(settings.end(), {{"limit", "1000000"}, {"bounds", "false"}});
  if (name == "outbreak_odds") settings.push_back({"bounds", "false"});
  return settings;
}

said_of_trial look_at(const trial& about, std::string_view name, std::span<const setting> settings,
                      const look_options& by) {
  said_of_trial out;
  const bool parts = by.late != lateness::none && !about.same_day.empty();
  const bool again = !parts || by.late != lateness::ignored;
  const bool quiet = by.quiet && !about.quiet.empty();
  if (again || quiet) out.seen = look_through(about.seen, about, about.from, made(name, settings));
  if (again && quiet) out.quiet = look_at_twin(about, about.seen, out.seen, name, settings);
  if (!parts) return out;
  const bool early = by.late != lateness::awaited, scaled = by.late == lateness::scaled;
  out.early = early ? look_early(about.seen, about.same_day, about, name, settings, scaled) : never(out.seen);
  if (quiet) {
    auto twin = about.seen;
    twin.counts = about.quiet;
    out.quiet_early =
        early ? look_early(std::move(twin), about.quiet_same_day, about, name, settings, scaled) : never(out.seen);
  }
  if (!again) {
    out.seen = never(out.early);
    out.quiet = quiet ? never(out.early) : said{};
  }
  return out;
}

} // namespace forewarn::detectors
