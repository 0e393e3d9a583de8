// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/charts.hpp"

#include "rules/detectors/moments.hpp"
#include "rules/detectors/quiet_mean.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

namespace forewarn::detectors {
namespace {

constexpr std::size_t most_periods = 10'000;
constexpr std::size_t a_year = 364;
constexpr double least_dispersion = 1e-6;   // next to Poisson
constexpr std::size_t longest_bounded = 60; // beyond, a negative binomial's bound would cost more than its verdict

option mean_option(chart_mean& by, std::string name, std::vector<std::string> aliases) {
  return {std::move(name), "moving",
          "the mean in quiet times: moving, mean (of all before `from`), glm (a season fitted to it), or a number",
          std::move(aliases), [&by](std::string_view text) -> result<void, std::string> {
            if (const auto read = read_number(text); read && *read > 0) {
              by.source = mean_source::given;
              by.given = *read;
            } else if (option_list::same_name(text, "moving")) {
              by.source = mean_source::moving;
            } else if (option_list::same_name(text, "mean")) {
              by.source = mean_source::before;
            } else if (option_list::same_name(text, "glm")) {
              by.source = mean_source::season;
            } else {
              return failure(fmt::format("'{}' is no quiet mean: it is moving, mean, glm or a number above 0", text));
            }
            return {};
          }};
}

void bind_mean(chart_mean& by, option_list& to) {
  to.whole("from", by.from, 1, 1'000'000, "the first period that the chart looks at, from 1");
  to.whole("baseline", by.baseline, 7, most_periods, "periods behind the moving mean", {"B"});
  to.whole("guard", by.guard, 0, most_periods, "newest periods that stay out of it");
  to.whole("frequency", by.frequency, 2, 400, "periods a year, for glm", {"freq"});
  to.whole("harmonics", by.harmonics, 0, 5, "waves a year, for glm", {"S", "mu0_S"});
  to.truth("trend", by.trend, "a trend, for glm", {"mu0_trend"});
}

// Means of the quiet, period by period; what must be fitted is, when the chart begins.
class mean_finder {
public:
  mean_finder(chart_mean by, bool negative_binomial) : by_{by}, negative_binomial_{negative_binomial} {}

  [[nodiscard]] std::optional<double> at(const series& of, std::size_t t) {
    if (t < by_.history()) return {};
    if (!of.expected.empty()) return of.expected[t];
    switch (by_.source) {
    case mean_source::given: return by_.given;
    case mean_source::moving: return moving_mean(of, by_.baseline, by_.guard, t);
    case mean_source::before:
      if (!begun_) before_ = mean_before(of, by_.history());
      begun_ = true;
      return before_;
    case mean_source::season: break;
    }
    if (!begun_)
      season_ = fit_season(of, {by_.harmonics, by_.trend, static_cast<double>(by_.frequency), negative_binomial_},
                           by_.history());
    begun_ = true;
    if (!season_) return {};
    return season_->mean(t);
  }
  [[nodiscard]] double dispersion() const { return season_ ? season_->dispersion : 0; }

private:
  chart_mean by_;
  bool negative_binomial_;
  bool begun_ = false;
  std::optional<double> before_;
  std::optional<fitted_season> season_;
};

bool usable(const std::optional<double>& mean) {
  return mean && *mean > 0 && std::isfinite(*mean);
}

// a of variance mu + a mu^2, by the moments of the past year.
double moving_dispersion(const series& of, std::size_t guard, std::size_t t) {
  const auto to = t - std::min(t, guard), from = to - std::min(to, a_year);
  const auto past = moments_of(std::span{of.counts}.subspan(from, to - from));
  if (past.n < 2 || past.mean <= 0) return least_dispersion;
  return std::max((past.variance - past.mean) / (past.mean * past.mean), least_dispersion);
}

} // namespace

std::size_t chart_mean::history() const {
  const auto begins = from - 1;
  switch (source) {
  case mean_source::given: return begins;
  case mean_source::moving: return std::max(begins, baseline + guard);
  case mean_source::before:
  case mean_source::season: break;
  }
  return std::max<std::size_t>(begins, from == 1 ? frequency : 1); // nobody said: after a year
}

void bind_cusum(cusum_method& by, option_list& to) {
  to.choice("transform", by.chart.transform,
            {{"rossi", cusum_transform::rossi},
             {"standard", cusum_transform::standard},
             {"anscombe", cusum_transform::anscombe},
             {"anscombe2nd", cusum_transform::anscombe2nd},
             {"pearson_nb", cusum_transform::pearson_nb},
             {"pearsonNegBin", cusum_transform::pearson_nb},
             {"none", cusum_transform::none}},
            "of the counts", {"trans"});
  to.number("k", by.chart.k, 0, 1000, "what each period may exceed its mean by");
  to.number("h", by.chart.h, 0, 1e6, "the sum that alarms");
  to.number("dispersion", by.chart.dispersion, 0, 1e6, "a of the variance m + a m^2 (pearson_nb)", {"alpha"});
  to.custom(mean_option(by.mean, "m", {"mean"}));
  bind_mean(by.mean, to);
}

void bind_glr(glr_method& by, option_list& to) {
  to.number("limit", by.chart.limit, 0, 1e6, "the ratio that alarms", {"c.ARL"});
  to.custom({"window",
             std::to_string(by.chart.window),
             "periods that a rise may lie back; 0: all; beyond 60 no bound is told, but of a Poisson",
             {"M"},
             [&by](std::string_view text) -> result<void, std::string> {
               const auto read = read_number(text);
               if (!read || *read < -1 || *read > 1000 || *read != std::floor(*read))
                 return failure(fmt::format("window is '{}': it is a whole number from 0 (all) to 1000", text));
               by.chart.window = *read < 0 ? 0 : static_cast<std::size_t>(*read);
               return {};
             }});
  to.whole("shortest", by.chart.shortest, 1, 1000, "periods that a rise must have lasted", {"Mtilde"});
  to.custom({"theta",
             "",
             "a rise that is known: log of the ratio; empty: estimated",
             {"kappa"},
             [&by](std::string_view text) -> result<void, std::string> {
               const auto read = read_number(text);
               if (!text.empty() && (!read || std::abs(*read) > 50))
                 return failure(fmt::format("theta is '{}': it is a number from -50 to 50", text));
               by.chart.kappa = read;
               return {};
             }});
  to.custom({"dispersion",
             "moving",
             "a of the variance mu + a mu^2: moving, estimate (with glm), or a number; 0: Poisson",
             {"alpha"},
             [&by](std::string_view text) -> result<void, std::string> {
               const auto read = read_number(text);
               const bool word = option_list::same_name(text, "moving") || option_list::same_name(text, "estimate");
               if (!word && (!read || *read < 0 || *read > 1e6))
                 return failure(fmt::format("dispersion is '{}': it is moving, estimate, or a number from 0", text));
               by.dispersion = read;
               return {};
             }});
  to.choice("change", by.chart.change, {{"intercept", glr_change::intercept}, {"epi", glr_change::epidemic}},
            "a rise by a factor, or one that feeds on the count before");
  to.choice("dir", by.chart.decrease, {{"inc", false}, {"dec", true}}, "a rise or a fall");
  to.truth("bounds", by.bounds, "whether the fewest cases that alarm are worked out, which takes most of the time");
  to.custom({"ret", "cases", "what R returns; here both are always told", {}, [](std::string_view text) {
               const bool known = option_list::same_name(text, "cases") || option_list::same_name(text, "value");
               return known ? result<void, std::string>{}
                            : failure(fmt::format("ret is '{}': it is cases or value", text));
             }});
  to.custom(mean_option(by.mean, "mu0", {"mean", "m"}));
  bind_mean(by.mean, to);
}

watch watch_cusum(const cusum_method& by) {
  struct state {
    cusum_chart chart;
    mean_finder mean;
  };
  return [now = state{cusum_chart{by.chart}, mean_finder{by.mean, false}}](const series& of,
                                                                           std::size_t t) mutable -> verdict {
    const auto mean = now.mean.at(of, t);
    if (!usable(mean)) return {};
    if (of.counted(t)) return now.chart.next(of.counts[t], *mean);
    verdict out;
    out.expected = mean;
    out.bound = number_or_nothing(now.chart.bound(*mean));
    return out;
  };
}

watch watch_glr(const glr_method& by) {
  struct state {
    glr_chart chart;
    mean_finder mean;
  };
  const bool estimated = by.mean.source == mean_source::season && !by.dispersion;
  auto options = by.chart;
  options.dispersion = by.dispersion.value_or(0);
  glr_chart chart{options};
  const bool poisson = by.dispersion && *by.dispersion <= 0;
  const bool quick = poisson || by.chart.kappa || (by.chart.window > 0 && by.chart.window <= longest_bounded);
  chart.reckon_bounds(quick && by.bounds);
  return [now = state{std::move(chart), mean_finder{by.mean, estimated}}, estimated,
          follows = !by.dispersion && !estimated,
          guard = by.mean.guard](const series& of, std::size_t t) mutable -> verdict {
    const auto mean = now.mean.at(of, t);
    if (!usable(mean)) return {};
    if (estimated) now.chart.set_dispersion(now.mean.dispersion());
    if (follows) now.chart.set_dispersion(moving_dispersion(of, guard, t));
    if (of.counted(t)) return now.chart.next(of.counts[t], *mean);
    return {mean, now.chart.bound(*mean), {}, {}};
  };
}

} // namespace forewarn::detectors
