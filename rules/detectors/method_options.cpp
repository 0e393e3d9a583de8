// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/method_options.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::detectors {
namespace {

constexpr double least_alpha = 1e-12, most_alpha = 0.5;
constexpr std::size_t most_periods = 10'000;

const char* const one_sided = "chance of a false alarm per period, one-sided";

// What stands between two commas, trimmed; "[1,3,7]" as well.
std::vector<double> read_list(std::string_view text) {
  std::string plain{text};
  std::erase_if(plain, [](char c) { return c == '[' || c == ']'; });
  std::vector<double> out;
  for (std::size_t from = 0; from <= plain.size();) {
    const auto to = std::min(plain.find(',', from), plain.size());
    const auto one = read_number(std::string_view{plain}.substr(from, to - from));
    if (!one) return {};
    out.push_back(*one);
    from = to + 1;
  }
  return out;
}

result<void, std::string> read_limit54(farrington_options& by, std::string_view text) {
  const auto read = read_list(text);
  const bool right =
      read.size() == 2 && read[0] >= 0 && read[1] >= 1 && read[1] <= 1000 && read[1] == std::floor(read[1]);
  if (!right) return failure(fmt::format("limit54 is '{}': it is two numbers, cases and periods, as 5,4", text));
  by.least_cases = read[0];
  by.least_cases_in = static_cast<std::size_t>(read[1]);
  return {};
}

} // namespace

void bind(multiwindow_options& by, option_list& to) {
  to.custom({"windows",
             "1,3,7",
             "lengths of the windows that end at each period",
             {},
             [&by](std::string_view text) -> result<void, std::string> {
               const auto read = read_list(text);
               const auto wrong = [](double one) { return one < 1 || one > 366 || one != std::floor(one); };
               if (read.empty() || read.size() > 20 || std::any_of(read.begin(), read.end(), wrong))
                 return failure(
                     fmt::format("windows is '{}': it is up to 20 whole numbers from 1 to 366, as 1,3,7", text));
               by.windows.clear();
               for (const auto one : read) by.windows.push_back(static_cast<std::size_t>(one));
               return {};
             }});
  to.whole("baseline", by.baseline, 7, most_periods, "periods behind the level", {"B"});
  to.whole("guard", by.guard, 0, most_periods, "newest periods that stay out of the baseline");
  to.whole("calibration", by.calibration, 14, most_periods, "periods behind weekday factors and dispersion", {"C"});
  to.truth("weekdays", by.weekdays, "whether weekdays differ", {"dow", "weekday"});
  to.number("weekday_prior", by.weekday_prior, 0, 1e6, "cases by which weekday factors are drawn to 1", {"dow_prior"});
  to.number("alpha", by.alpha, least_alpha, most_alpha, "alarm where the smallest chance of a window is below it",
            {"threshold", "p"});
}

void bind(odds_options& by, option_list& to) {
  to.whole("baseline", by.quiet.baseline, 7, most_periods, "periods behind the level", {"B"});
  to.whole("guard", by.quiet.guard, 0, most_periods, "newest periods that stay out of the baseline");
  to.whole("calibration", by.quiet.calibration, 14, most_periods, "periods behind weekday factors and dispersion",
           {"C"});
  to.truth("weekdays", by.quiet.weekdays, "whether weekdays differ", {"dow", "weekday"});
  to.number("weekday_prior", by.quiet.weekday_prior, 0, 1e6, "cases by which weekday factors are drawn to 1",
            {"dow_prior"});
  to.truth("season", by.season, "a trend and a yearly wave, once there are two years");
  to.number("season_prior", by.season_prior, 0, 1e9, "cases by which the level is drawn to trend and season");
  to.number("alpha", by.alpha, least_alpha, most_alpha, "alarm where 1 / odds is below it", {"threshold", "p"});
  to.truth("bounds", by.bounds, "whether the bound is worked out, which takes half the time");
}

void bind(tail_options& by, option_list& to, bool with_dist) {
  if (with_dist)
    to.choice("dist", by.model,
              {{"poisson", tail_model::poisson},
               {"nb_moments", tail_model::nb_moments},
               {"gamma_poisson", tail_model::gamma_poisson}},
              "what counts are drawn from");
  to.whole("baseline", by.baseline, 2, most_periods, "periods before", {"B"});
  to.whole("guard", by.guard, 0, most_periods, "newest periods that stay out of the baseline");
  to.number("alpha", by.alpha, least_alpha, most_alpha, one_sided);
  to.truth("same_weekday", by.same_weekday, "compares with the same weekday only", {"same_dow"});
  to.number("least_mean", by.least_mean, 0, 1e6, "mean of a history without cases", {"mu_min"});
  to.number("a0", by.a0, 1e-6, 1e6, "gamma prior: cases");
  to.number("b0", by.b0, 0, 1e6, "gamma prior: periods");
}

void bind(beta_binomial_options& by, option_list& to) {
  to.whole("baseline", by.baseline, 1, most_periods, "periods before", {"B"});
  to.whole("guard", by.guard, 0, most_periods, "newest periods that stay out of the baseline");
  to.number("alpha", by.alpha, least_alpha, most_alpha, one_sided);
  to.number("prior", by.prior, 1e-6, 1e6, "both parameters of the beta prior");
  to.number("least_tests", by.least_tests, 1, 1e9, "tests in the baseline, or nothing is said");
}

void bind(mean_ksd_options& by, option_list& to) {
  to.whole("window", by.window, 2, most_periods, "periods before");
  to.number("k", by.k, 0, 1000, "standard deviations above the mean");
}

void bind(holt_winters_options& by, option_list& to) {
  to.whole("period", by.period, 2, 400, "periods of one rhythm");
  to.number("level", by.level, 0, 1, "smoothing of the level", {"a"});
  to.number("trend", by.trend, 0, 1, "smoothing of the trend", {"beta"});
  to.number("season", by.season, 0, 1, "smoothing of the rhythm", {"gamma"});
  to.number("alpha", by.alpha, least_alpha, most_alpha, one_sided);
}

void bind(ears_options& by, option_list& to) {
  to.choice("method", by.method, {{"C1", ears_method::c1}, {"C2", ears_method::c2}, {"C3", ears_method::c3}}, "which");
  to.whole("baseline", by.baseline, 2, most_periods, "periods before", {"B"});
  to.number("min_sigma", by.min_sigma, 0, 1e6, "least standard deviation");
  to.number("alpha", by.alpha, least_alpha, most_alpha, one_sided);
}

void bind(essence_options& by, option_list& to) {
  to.choice("method", by.method,
            {{"ewma", essence_method::ewma},
             {"regression", essence_method::regression},
             {"switch", essence_method::switching}},
            "which");
  to.whole("baseline", by.baseline, 11, most_periods, "days before", {"B"});
  to.whole("guard", by.guard, 0, most_periods, "newest days that stay out of the baseline", {"g"});
  to.number("first_weight", by.first_weight, 0.01, 1, "weight of the slow chart", {"w1"});
  to.number("second_weight", by.second_weight, 0.01, 1, "weight of the quick chart", {"w2"});
  to.number("alpha", by.alpha, least_alpha, most_alpha, one_sided);
}

void bind(historical_options& by, option_list& to) {
  to.choice("method", by.method,
            {{"cdc", historical_method::cdc},
             {"rki", historical_method::rki},
             {"bayes", historical_method::bayes},
             {"outbreak_p", historical_method::outbreak_p}},
            "which");
  to.whole("years", by.years, 0, 50, "years looked back (cdc, rki, bayes)", {"b"});
  to.whole("half_window", by.half_window, 1, 1000, "periods on each side (rki, bayes)", {"w"});
  to.whole("months", by.months, 0, 12, "four-week blocks on each side (cdc)", {"m"});
  to.whole("frequency", by.frequency, 2, 400, "periods a year (rki, bayes)", {"freq"});
  to.truth("this_year", by.this_year, "the periods just before count (rki, bayes)", {"actY"});
  to.number("alpha", by.alpha, least_alpha, most_alpha, "cdc: two-sided, bayes: one-sided");
  to.number("limit", by.limit, 1, 1e12, "of outbreak_p", {"k"});
}

void bind(farrington_options& by, option_list& to) {
  to.choice("version", by.version,
            {{"original", farrington_version::original}, {"improved", farrington_version::improved}}, "which");
  to.custom({"years",
             std::to_string(by.years),
             "years looked back; said, they must be there; else 3 do",
             {"b"},
             [&by](std::string_view text) -> result<void, std::string> {
               const auto read = read_number(text);
               if (!read || *read < 1 || *read > 50 || *read != std::floor(*read))
                 return failure(fmt::format("years is '{}': it is a whole number from 1 to 50", text));
               by.years = by.least_years = static_cast<std::size_t>(*read);
               return {};
             }});
  to.whole("half_window", by.half_window, 0, 100, "periods on each side of the same one a year before", {"w"});
  to.whole("frequency", by.frequency, 2, 400, "periods a year", {"freq"});
  to.truth("use_dates", by.use_dates, "the same week by calendar, where periods are dates");
  to.number("alpha", by.alpha, least_alpha, most_alpha, "improved: one-sided; original: two-sided");
  to.truth("trend", by.trend, "whether a trend is fitted");
  to.truth("reweight", by.reweight, "whether past outbreaks count less");
  to.choice("power", by.power,
            {{"none", power_transform::none}, {"1/2", power_transform::half}, {"2/3", power_transform::two_thirds}},
            "transform of the bound (delta)", {"powertrans"});
  to.custom({"limit54",
             fmt::format("{:g},{}", by.least_cases, by.least_cases_in),
             "cases that the newest periods must have together",
             {"least_cases"},
             [&by](std::string_view text) { return read_limit54(by, text); }});
  to.whole("seasons", by.seasons, 1, 50, "levels of the year (improved)", {"noPeriods"});
  to.whole("left_out", by.left_out, 0, 1000, "newest periods that stay out (improved)", {"pastWeeksNotIncluded"});
  to.number("weights_threshold", by.weights_threshold, 0.1, 100, "residual from which a period counts less (improved)");
  to.number("p_threshold_trend", by.p_threshold_trend, 0, 1, "keeps a trend below this p; 1: always");
  to.choice("threshold", by.threshold,
            {{"delta", farrington_threshold::delta},
             {"nb_plugin", farrington_threshold::nb_plugin},
             {"muan", farrington_threshold::muan}},
            "how the bound is made (improved)", {"thresholdMethod"});
  to.truth("population_offset", by.population_offset, "rates instead of counts (improved)");
}

} // namespace forewarn::detectors
