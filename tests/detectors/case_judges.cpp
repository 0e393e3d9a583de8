// SPDX-License-Identifier: Apache-2.0
#include "detectors/case_judges.hpp"

#include "rules/detectors/cusum.hpp"
#include "rules/detectors/ears.hpp"
#include "rules/detectors/essence.hpp"
#include "rules/detectors/exact_tail.hpp"
#include "rules/detectors/farrington.hpp"
#include "rules/detectors/glr.hpp"
#include "rules/detectors/historical.hpp"
#include "rules/detectors/holt_winters.hpp"
#include "rules/detectors/mean_ksd.hpp"
#include "rules/detectors/nb_multiwindow.hpp"
#include "rules/detectors/quiet_mean.hpp"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::detector_cases {
namespace {

namespace json = boost::json;
using namespace detectors;

// The parameters of one case, by name.
class parameters {
public:
  explicit parameters(const json::object& from) : from_{from} {}
  [[nodiscard]] bool has(const char* name) const {
    const auto* found = from_.if_contains(name);
    return found != nullptr && !found->is_null();
  }
  [[nodiscard]] double number(const char* name) const {
    if (!has(name)) throw std::runtime_error{std::string{"parameter "} + name + " is missing"};
    return from_.at(name).to_number<double>();
  }
  [[nodiscard]] double number(const char* name, double otherwise) const { return has(name) ? number(name) : otherwise; }
  [[nodiscard]] std::size_t whole(const char* name) const { return static_cast<std::size_t>(number(name)); }
  [[nodiscard]] bool truth(const char* name) const { return has(name) && from_.at(name).as_bool(); }
  [[nodiscard]] std::string text(const char* name) const {
    return has(name) && from_.at(name).is_string() ? std::string{from_.at(name).as_string()} : std::string{};
  }
  [[nodiscard]] std::vector<double> numbers(const char* name) const {
    std::vector<double> out;
    for (const auto& one : from_.at(name).as_array()) out.push_back(one.to_number<double>());
    return out;
  }

private:
  const json::object& from_;
};

template <class Choice>
Choice chosen(const std::string& text, std::initializer_list<std::pair<const char*, Choice>> of) {
  for (const auto& [name, choice] : of)
    if (text == name) return choice;
  throw std::runtime_error{"parameter value '" + text + "' is not known"};
}

cell maybe(const std::optional<double>& value) {
  return value ? number(*value) : cell{0, "NA"};
}
cell maybe(const std::optional<bool>& value) {
  return value ? number(*value ? 1 : 0) : cell{0, "NA"};
}

row told(const verdict& from) {
  return {{"alarm", maybe(from.alarm)}, {"upperbound", maybe(from.bound)}};
}

judge judge_ears(const series& of, const parameters& p, span_of_periods over) {
  ears_options by;
  by.method = chosen<ears_method>(p.text("method"),
                                  {{"C1", ears_method::c1}, {"C2", ears_method::c2}, {"C3", ears_method::c3}});
  by.baseline = p.whole("baseline");
  by.min_sigma = p.number("minSigma");
  by.alpha = p.number("alpha");
  return [first = over.first, all = ears(of, by, over)](std::size_t t, row& out) {
    out.merge(told(all[t - first]));
    if (out["upperbound"].missing()) out["upperbound"] = {0, "NaN"};
  };
}

void read_farrington(farrington_options& by, const parameters& p) {
  by.years = by.least_years = p.whole("b");
  by.half_window = p.whole("w");
  by.frequency = p.whole("freq");
  by.alpha = p.number("alpha");
  by.trend = p.truth("trend");
  by.reweight = p.truth("reweight");
  by.power = chosen<power_transform>(
      p.text("powertrans"),
      {{"none", power_transform::none}, {"1/2", power_transform::half}, {"2/3", power_transform::two_thirds}});
  const auto limit = p.numbers("limit54");
  by.least_cases = limit.at(0);
  by.least_cases_in = static_cast<std::size_t>(limit.at(1));
}

judge judge_original(const series& of, const parameters& p) {
  auto by = original_farrington();
  read_farrington(by, p);
  const auto model = std::make_shared<farrington>(by);
  return [&of, model](std::size_t t, row& out) {
    const auto found = model->judge(of, t);
    if (!found || found->failed) return;
    out.merge(told(found->told));
    out["trend"] = number(found->trend ? 1 : 0);
    out["pnorm_y"] = found->p ? number(1 - *found->p) : cell{0, "NA"};
    out["median"] = number(found->fitted);
  };
}

judge judge_improved(const series& of, const parameters& p) {
  farrington_options by;
  read_farrington(by, p);
  by.use_dates = p.truth("use_dates");
  by.seasons = p.whole("noPeriods");
  by.left_out = p.whole("pastWeeksNotIncluded");
  by.weights_threshold = p.number("weightsThreshold");
  by.p_threshold_trend = p.number("pThresholdTrend");
  by.population_offset = p.truth("populationOffset");
  by.threshold = chosen<farrington_threshold>(p.text("thresholdMethod"), {{"delta", farrington_threshold::delta},
                                                                          {"nbPlugin", farrington_threshold::nb_plugin},
                                                                          {"muan", farrington_threshold::muan}});
  const auto model = std::make_shared<farrington>(by);
  return [&of, model](std::size_t t, row& out) {
    const auto found = model->judge(of, t);
    if (!found || found->failed) return;
    out.merge(told(found->told));
    out["expected"] = maybe(found->told.expected);
    out["mu0"] = number(found->mu0);
    out["phi"] = number(found->phi);
    out["trend"] = number(found->trend ? 1 : 0);
    out["trend_coef"] = maybe(found->trend_coefficient);
    out["pvalue"] = maybe(found->p);
    out["score"] = maybe(found->raw_score);
  };
}

judge judge_historical(const series& of, const parameters& p, historical_method method) {
  historical_options by;
  by.method = method;
  if (p.has("b")) by.years = p.whole("b");
  if (p.has("w")) by.half_window = p.whole("w");
  if (p.has("m")) by.months = p.whole("m");
  if (p.has("freq")) by.frequency = p.whole("freq");
  if (p.has("actY")) by.this_year = p.truth("actY");
  by.alpha = p.number("alpha", by.alpha);
  by.limit = p.number("k", by.limit);
  const bool value = p.text("ret") == "value";
  return [&of, by, value](std::size_t t, row& out) {
    const auto found = historical(of, by, t);
    out.merge(told(found));
    if (by.method == historical_method::cdc) out["aggr4"] = maybe(found.score);
    if (by.method == historical_method::outbreak_p && value) out["upperbound"] = maybe(found.score);
  };
}

judge judge_cusum(const series& of, const parameters& p, span_of_periods over) {
  cusum_options by;
  by.transform = chosen<cusum_transform>(p.text("trans"), {{"none", cusum_transform::none},
                                                           {"standard", cusum_transform::standard},
                                                           {"rossi", cusum_transform::rossi},
                                                           {"anscombe", cusum_transform::anscombe},
                                                           {"anscombe2nd", cusum_transform::anscombe2nd},
                                                           {"pearsonNegBin", cusum_transform::pearson_nb}});
  by.k = p.number("k");
  by.h = p.number("h");
  by.dispersion = p.number("alpha", by.dispersion);
  std::function<double(std::size_t)> mean;
  if (p.text("m") == "glm") {
    const auto season = fit_season(of, {1, false, p.number("freq"), false}, over.first);
    if (!season) throw std::runtime_error{"the season could not be fitted"};
    mean = [season](std::size_t t) { return season->mean(t); };
  } else {
    const auto fixed = p.has("m") ? p.number("m") : mean_before(of, over.first).value_or(0);
    mean = [fixed](std::size_t) { return fixed; };
  }
  return [&of, mean, chart = cusum_chart{by}](std::size_t t, row& out) mutable {
    const auto found = chart.next(of.counts[t], mean(t));
    out.merge(told(found));
    out["m"] = maybe(found.expected);
    out["cusum"] = maybe(found.score);
  };
}

judge judge_glr(const series& of, const parameters& p, span_of_periods over) {
  glr_options by;
  by.limit = p.number("c.ARL");
  by.shortest = p.whole("Mtilde");
  by.window = p.number("M") < 0 ? 0 : p.whole("M");
  by.decrease = p.text("dir") == "dec";
  by.change =
      chosen<glr_change>(p.text("change"), {{"intercept", glr_change::intercept}, {"epi", glr_change::epidemic}});
  if (p.has("theta")) by.kappa = p.number("theta");
  std::function<double(std::size_t)> mean = [&of](std::size_t t) { return of.expected.at(t); };
  by.dispersion = p.number("alpha", 0);
  if (of.expected.empty()) {
    const auto season =
        fit_season(of, {p.whole("mu0_S"), p.truth("mu0_trend"), p.number("freq"), !p.has("alpha")}, over.first);
    if (!season) throw std::runtime_error{"the season could not be fitted"};
    mean = [season](std::size_t t) { return season->mean(t); };
    if (!p.has("alpha")) by.dispersion = season->dispersion;
  }
  const bool cases = p.text("ret") == "cases";
  glr_chart chart{by};
  chart.reckon_bounds(cases);
  return [&of, mean, chart, cases, a = by.dispersion](std::size_t t, row& out) mutable {
    const auto found = chart.next(of.counts[t], mean(t));
    out["alarm"] = maybe(found.alarm);
    out["mu0"] = maybe(found.expected);
    out["alpha_nb"] = number(a);
    out["stat"] = cases ? maybe(found.bound) : maybe(found.score);
  };
}

judge judge_tail(const series& of, const parameters& p) {
  tail_options by;
  by.model = chosen<tail_model>(p.text("dist"), {{"poisson", tail_model::poisson},
                                                 {"nb_moments", tail_model::nb_moments},
                                                 {"gamma_poisson", tail_model::gamma_poisson}});
  by.baseline = p.whole("B");
  by.guard = p.whole("guard");
  by.alpha = p.number("alpha");
  by.same_weekday = p.truth("same_dow");
  by.least_mean = p.number("mu_min");
  by.a0 = p.number("a0");
  by.b0 = p.number("b0");
  return [&of, by](std::size_t t, row& out) {
    const auto found = exact_tail(of, by, t);
    out.merge(told(found.told));
    out["mu"] = maybe(found.told.expected);
    out["size"] = by.model == tail_model::poisson ? cell{0, "NA"} : maybe(found.size);
    out["pvalue"] = maybe(found.told.score);
  };
}

judge judge_mean_ksd(const series& of, const parameters& p) {
  const mean_ksd_options by{p.whole("window"), p.number("k"), p.number("min_count")};
  return [&of, by](std::size_t t, row& out) {
    const auto found = mean_ksd(of, by, t);
    out.merge(told(found.told));
    out["mean"] = maybe(found.told.expected);
    out["sd"] = maybe(found.sd);
  };
}

judge judge_holt_winters(const series& of, const parameters& p, span_of_periods over) {
  const holt_winters_options by{p.whole("period"), p.number("a"), p.number("beta"), p.number("gamma")};
  auto model = holt_winters{by};
  for (auto t = by.period; t < over.first; ++t) (void)model.next(of, t);
  return [&of, model](std::size_t t, row& out) mutable {
    const auto found = model.next(of, t);
    out["fitted"] = maybe(found.told.expected);
    out["level"] = number(found.level);
    out["trend"] = number(found.trend);
    out["season"] = number(found.season);
  };
}

judge judge_essence(const series& of, const parameters& p, essence_method method, span_of_periods over) {
  essence_options by;
  by.method = method;
  by.baseline = p.whole("B");
  by.guard = p.whole("g");
  by.first_weight = p.number("w1", by.first_weight);
  by.second_weight = p.number("w2", by.second_weight);
  auto model = essence{by};
  for (std::size_t t = 0; t < over.first; ++t) (void)model.next(of, t);
  return [&of, model](std::size_t t, row& out) mutable {
    const auto found = model.next(of, t);
    const auto p_value = found.told.score;
    out["expected"] = maybe(found.told.expected);
    out["stat"] = maybe(found.statistic);
    out["pvalue"] = maybe(p_value);
    out["sigma"] = maybe(found.sigma);
    out["adj_r2"] = maybe(found.adjusted_r2);
    out["level"] = word(!p_value ? "none" : *p_value < 0.01 ? "alert" : *p_value < 0.05 ? "warning" : "normal");
    out["detector"] = word(!p_value ? "none" : found.by_regression ? "regression" : "ewma");
  };
}

judge judge_multiwindow(const series& of, const parameters& p) {
  multiwindow_options by;
  by.windows.clear();
  for (const auto one : p.numbers("windows")) by.windows.push_back(static_cast<std::size_t>(one));
  by.baseline = p.whole("B");
  by.guard = p.whole("guard");
  by.calibration = p.whole("C");
  by.weekdays = p.truth("dow");
  by.weekday_prior = p.number("dow_prior");
  by.alpha = p.number("threshold");
  return [&of, by](std::size_t t, row& out) {
    const auto found = nb_multiwindow(of, by, t);
    if (!found) return;
    out["alarm"] = maybe(found->told.alarm);
    out["level"] = number(found->level);
    out["dow_factor"] = number(found->weekday_factor);
    out["phi"] = number(found->phi);
    out["p_min"] = maybe(found->told.score);
    for (std::size_t i = 0; i < by.windows.size(); ++i)
      out[fmt::format("p_{}d", by.windows[i])] = number(found->windows[i].p);
  };
}

} // namespace

judge judge_of(const reference_case& which, const detectors::series& of, detectors::span_of_periods over) {
  const parameters p{which.params};
  const auto& algo = which.algorithm;
  if (algo == "earsC") return judge_ears(of, p, over);
  if (algo == "algo.farrington") return judge_original(of, p);
  if (algo == "farringtonFlexible") return judge_improved(of, p);
  if (algo == "algo.cdc") return judge_historical(of, p, historical_method::cdc);
  if (algo == "algo.bayes") return judge_historical(of, p, historical_method::bayes);
  if (algo == "algo.rki") return judge_historical(of, p, historical_method::rki);
  if (algo == "algo.outbreakP") return judge_historical(of, p, historical_method::outbreak_p);
  if (algo == "algo.cusum") return judge_cusum(of, p, over);
  if (algo == "glrnb") return judge_glr(of, p, over);
  if (algo == "exact_tail") return judge_tail(of, p);
  if (algo == "mean_ksd") return judge_mean_ksd(of, p);
  if (algo == "holt_winters") return judge_holt_winters(of, p, over);
  if (algo == "essence_ewma") return judge_essence(of, p, essence_method::ewma, over);
  if (algo == "essence_regression") return judge_essence(of, p, essence_method::regression, over);
  if (algo == "essence_switch") return judge_essence(of, p, essence_method::switching, over);
  if (algo == "nb_multiwindow") return judge_multiwindow(of, p);
  throw std::runtime_error{"no algorithm '" + algo + "'"};
}

} // namespace forewarn::detector_cases
