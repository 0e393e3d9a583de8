// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/method.hpp"

#include "forewarn/text.hpp"
#include "rules/detectors/beta_binomial.hpp"
#include "rules/detectors/charts.hpp"
#include "rules/detectors/ears.hpp"
#include "rules/detectors/essence.hpp"
#include "rules/detectors/exact_tail.hpp"
#include "rules/detectors/farrington.hpp"
#include "rules/detectors/historical.hpp"
#include "rules/detectors/holt_winters.hpp"
#include "rules/detectors/mean_ksd.hpp"
#include "rules/detectors/nb_multiwindow.hpp"

#include <algorithm>
#include <memory>

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

result<void, std::string> read_limit54(farrington_options& by, std::string_view text) {
  const auto read = read_list(text);
  const bool right =
      read.size() == 2 && read[0] >= 0 && read[1] >= 1 && read[1] <= 1000 && read[1] == std::floor(read[1]);
  if (!right) return failure(fmt::format("limit54 is '{}': it is two numbers, cases and periods, as 5,4", text));
  by.least_cases = read[0];
  by.least_cases_in = static_cast<std::size_t>(read[1]);
  return {};
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

const std::vector<method_info> known{
    {"nb_multiwindow", "the main daily detector: negative-binomial tails over 1, 3 and 7 days",
     "score: the smallest chance; bound: the largest count today that stays quiet, -1 where none does", "alpha=0.0027"},
    {"gamma_poisson", "exact tail with a gamma prior: short history, rare drugs", "score: the chance",
     "baseline=28 guard=2"},
    {"poisson_tail", "exact tail of a Poisson with the past's mean", "score: the chance", "baseline=28 alpha=0.01"},
    {"nb_tail", "exact tail of a negative binomial with the past's mean and variance", "score: the chance",
     "baseline=84 same_weekday=true"},
    {"exact_tail", "any of the three tails, by `dist`", "score: the chance", "dist=nb_moments"},
    {"beta_binomial", "share of positive tests; `population` holds the tests of each period", "score: the chance",
     "baseline=90"},
    {"farrington", "season, trend and past outbreaks; weekly, needs three years", "score: (y - mu) / (U - mu)",
     "version=improved"},
    {"cusum", "small excesses that add up", "score: the sum; bound: about the count that alarms, then `>=` does",
     "transform=rossi h=2.26"},
    {"glr", "likelihood ratio of a rise at some period before", "score: the ratio; bound: the fewest cases that alarm",
     "window=28 limit=5"},
    {"ears", "C1, C2 and C3 of the CDC", "score: standard deviations above the mean", "method=C2"},
    {"essence", "EWMA, regression and switch of CDC's ESSENCE", "score: p", "method=switch"},
    {"mean_ksd", "mean and k standard deviations, as overdose maps have it",
     "score: standard deviations above the mean", "window=365 k=2"},
    {"holt_winters", "level, trend and weekly rhythm, smoothed", "score: error over its usual size", "period=7"},
    {"historical", "cdc, rki, bayes and outbreak_p",
     "cdc: expected, bound and score (the sum) are of four weeks; outbreak_p: bound is the fewest cases that alarm",
     "method=cdc"},
};

// Options in their place and the list that is bound to them: both live as long as the method.
template <class Options> struct bound {
  Options options;
  option_list list;
};

using by_name = std::shared_ptr<void>;

// A method of which the options are known and the work is not begun.
struct prepared {
  option_list* list = nullptr;
  by_name holder;
  std::function<void(method&)> finish;
};

template <class Options, class Bind, class Finish>
prepared prepare(Options start, const Bind& bind_all, Finish finish) {
  auto held = std::make_shared<bound<Options>>(bound<Options>{std::move(start), {}});
  bind_all(held->options, held->list);
  auto* list = &held->list;
  auto* options = &held->options;
  return {list, held, [held, options, finish](method& out) { finish(*options, out); }};
}

// For detectors that look at nothing but the series.
template <class Judge> auto simply(Judge judge) {
  return [judge](const auto& by, method& out) {
    out.history = by.history();
    out.judge = [by, judge](const series& of, std::size_t t) { return judge(of, by, t); };
  };
}

template <class Options> void bind_all(Options& by, option_list& to) {
  bind(by, to);
}

prepared prepare_tail(tail_model model, bool any) {
  tail_options start;
  start.model = model;
  return prepare(
      start, [any](tail_options& by, option_list& to) { bind(by, to, any); },
      simply([](const series& of, const tail_options& by, std::size_t t) { return exact_tail(of, by, t).told; }));
}

prepared prepare_ears() {
  return prepare(ears_options{}, bind_all<ears_options>, [](const ears_options& by, method& out) {
    out.history = by.history();
    out.judge = [by](const series& of, std::size_t t) { return ears(of, by, {t, t}).front(); };
  });
}

prepared prepare_farrington(farrington_options start) {
  return prepare(start, bind_all<farrington_options>, [](const farrington_options& by, method& out) {
    out.history = by.history();
    out.wants_population = by.population_offset;
    out.judge = [model = std::make_shared<farrington>(by)](const series& of, std::size_t t) {
      const auto found = model->judge(of, t);
      return found ? found->told : verdict{};
    };
  });
}

prepared prepare_essence() {
  return prepare(essence_options{}, bind_all<essence_options>, [](const essence_options& by, method& out) {
    out.history = by.history();
    out.judge = [model = std::make_shared<essence>(by)](const series& of, std::size_t t) {
      return model->next(of, t).told;
    };
  });
}

prepared prepare_holt_winters() {
  return prepare(holt_winters_options{}, bind_all<holt_winters_options>,
                 [](const holt_winters_options& by, method& out) {
                   out.history = by.history();
                   out.start = by.start();
                   out.judge = [by, model = std::make_shared<holt_winters>(by)](const series& of, std::size_t t) {
                     return t < by.period ? verdict{} : model->next(of, t).told;
                   };
                 });
}

prepared prepare_beta_binomial() {
  return prepare(beta_binomial_options{}, bind_all<beta_binomial_options>,
                 [](const beta_binomial_options& by, method& out) {
                   out.history = by.history();
                   out.wants_population = true;
                   out.judge = [by](const series& of, std::size_t t) { return beta_binomial(of, by, t); };
                 });
}

prepared prepare_multiwindow() {
  return prepare(multiwindow_options{}, bind_all<multiwindow_options>, [](multiwindow_options by, method& out) {
    out.history = by.history();
    by.min_count = out.min_count;
    out.min_count = 0; // it is of a window, not of today
    out.judge = [by](const series& of, std::size_t t) {
      const auto found = nb_multiwindow(of, by, t);
      return found ? found->told : verdict{};
    };
  });
}

// Farrington's defaults are those of its version, wherever that stands among the settings.
farrington_options farrington_start(std::span<const setting> settings) {
  for (const auto& one : settings)
    if (option_list::same_name(one.key, "version") && option_list::same_name(one.value, "original"))
      return original_farrington();
  return {};
}

std::optional<prepared> prepare_named(std::string_view name, std::span<const setting> settings) {
  if (name == "nb_multiwindow") return prepare_multiwindow();
  if (name == "gamma_poisson") return prepare_tail(tail_model::gamma_poisson, false);
  if (name == "poisson_tail") return prepare_tail(tail_model::poisson, false);
  if (name == "nb_tail") return prepare_tail(tail_model::nb_moments, false);
  if (name == "exact_tail") return prepare_tail(tail_model::gamma_poisson, true);
  if (name == "beta_binomial") return prepare_beta_binomial();
  if (name == "farrington") return prepare_farrington(farrington_start(settings));
  if (name == "cusum")
    return prepare(cusum_method{}, bind_cusum, [](const cusum_method& by, method& out) {
      out.history = by.mean.history();
      out.judge = watch_cusum(by);
    });
  if (name == "glr")
    return prepare(glr_method{}, bind_glr, [](const glr_method& by, method& out) {
      out.history = by.mean.history();
      out.judge = watch_glr(by);
    });
  if (name == "ears") return prepare_ears();
  if (name == "essence") return prepare_essence();
  if (name == "mean_ksd")
    return prepare(
        mean_ksd_options{}, bind_all<mean_ksd_options>,
        simply([](const series& of, const mean_ksd_options& by, std::size_t t) { return mean_ksd(of, by, t).told; }));
  if (name == "holt_winters") return prepare_holt_winters();
  if (name == "historical")
    return prepare(
        historical_options{}, bind_all<historical_options>,
        simply([](const series& of, const historical_options& by, std::size_t t) { return historical(of, by, t); }));
  return {};
}

void bind_common(method& out, option_list& to) {
  to.number("min_count", out.min_count, 0, 1e9, "the least count that may alarm");
  to.whole("min_history", out.min_history, 0, 100'000, "periods before the first that is judged, if more than needed");
}

} // namespace

std::span<const method_info> all_methods() {
  return known;
}

result<method, std::string> make_method(std::string_view name, std::span<const setting> settings) {
  std::string found;
  std::vector<std::string> names;
  for (const auto& one : known) {
    names.push_back(one.name);
    if (option_list::same_name(one.name, name)) found = one.name;
  }
  auto ready = prepare_named(found, settings);
  if (!ready) {
    const auto hint = suggestion(name, names);
    return failure(
        fmt::format("there is no method '{}'{} There are: {}", name, hint.empty() ? "." : hint, join(names, ", ")));
  }
  method out;
  out.name = found;
  bind_common(out, *ready->list);
  for (const auto& one : settings)
    if (const auto set = ready->list->apply(one); !set) return failure(fmt::format("{}: {}", found, set.error()));
  ready->finish(out);
  return out;
}

std::vector<option> options_of(std::string_view name) {
  auto ready = prepare_named(name, {});
  method common;
  if (!ready) return {};
  bind_common(common, *ready->list);
  auto out = ready->list->all();
  for (auto& one : out) one.set = nullptr; // what it would set is gone when this returns
  return out;
}

std::vector<verdict> judge_all(const method& by, const series& of) {
  std::vector<verdict> out(of.size());
  if (of.size() < by.start) return out;
  for (std::size_t t = 0; t < of.size(); ++t) out[t] = judge_period(by, of, t);
  return out;
}

verdict judge_period(const method& by, const series& of, std::size_t t) {
  auto told = by.judge(of, t);
  if (t < by.min_history) return {};
  if (told.alarm && *told.alarm && of.counts[t] < by.min_count) told.alarm = false;
  return told;
}

} // namespace forewarn::detectors
