// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/method.hpp"

#include "forewarn/text.hpp"
#include "rules/detectors/charts.hpp"
#include "rules/detectors/method_options.hpp"

#include <memory>

#include <fmt/format.h>

namespace forewarn::detectors {
namespace {

const std::vector<method_info> known{
    {"nb_multiwindow", "the main daily detector: negative-binomial tails over 1, 3 and 7 days",
     "score: the smallest chance; bound: the largest count today that stays quiet, -1 where none does", "alpha=0.0027"},
    {"outbreak_odds", "the odds that an outbreak is under way: finds the most at as many false alarms",
     "score: 1 / odds, at most 1; bound: the largest count today that stays quiet, -1 where none does", "alpha=0.003"},
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

prepared prepare_odds() {
  return prepare(odds_options{}, bind_all<odds_options>, [](odds_options by, method& out) {
    out.history = by.history();
    by.min_count = out.min_count;
    out.min_count = 0; // it is of a week, not of today
    out.judge = [model = std::make_shared<outbreak_odds>(by)](const series& of, std::size_t t) {
      const auto found = model->judge(of, t);
      return found ? found->told : verdict{};
    };
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
  if (name == "outbreak_odds") return prepare_odds();
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

score_is score_of(std::string_view name) {
  for (const auto* chance : {"nb_multiwindow", "outbreak_odds", "gamma_poisson", "poisson_tail", "nb_tail",
                             "exact_tail", "beta_binomial", "essence"})
    if (name == chance) return score_is::chance;
  return name == "historical" ? score_is::its_own : score_is::measure;
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
  out.score = score_of(found);
  out.remembers = found == "cusum" || found == "glr" || found == "essence" || found == "holt_winters";
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
