// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/method_needs.hpp"

#include "rules/detectors/long_view.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

constexpr std::size_t a_chart = 364;      // periods that a chart is run over
constexpr std::size_t a_short_chart = 60; // what is older weighs nothing any more in an EWMA
constexpr std::size_t two_weeks = 14;

using detectors::option;
using detectors::option_list;

bool goes_by(const option& one, std::string_view key) {
  return option_list::same_name(one.name, key) ||
         std::any_of(one.aliases.begin(), one.aliases.end(),
                     [&](const std::string& other) { return option_list::same_name(other, key); });
}

// The settings of one method, with its defaults.
class settled {
public:
  settled(std::string_view method, const method_settings& settings)
      : options_{detectors::options_of(method)}, settings_{settings} {}

  [[nodiscard]] std::string text(std::string_view name) const {
    for (const auto& one : options_) {
      if (!option_list::same_name(one.name, name)) continue;
      auto out = one.standard;
      for (const auto& said : settings_)
        if (goes_by(one, said.key)) out = said.value;
      return out;
    }
    return {};
  }
  [[nodiscard]] std::size_t whole(std::string_view name) const {
    return static_cast<std::size_t>(std::max(detectors::read_number(text(name)).value_or(0), 0.0));
  }
  [[nodiscard]] bool truth(std::string_view name) const {
    const auto said = text(name);
    return said == "true" || said == "yes" || said == "1";
  }
  // The largest of a list.
  [[nodiscard]] std::size_t largest(std::string_view name) const {
    std::size_t out = 1, number = 0;
    for (const char c : text(name)) {
      number = c >= '0' && c <= '9' ? number * 10 + static_cast<std::size_t>(c - '0') : 0;
      out = std::max(out, number);
    }
    return out;
  }

private:
  std::vector<option> options_;
  const method_settings& settings_;
};

method_needs of_history(const settled& by) {
  const auto years = by.whole("years") * by.whole("frequency");
  const auto which = by.text("method");
  if (option_list::same_name(which, "outbreak_p")) return {a_chart, two_weeks, false, false, true};
  if (!option_list::same_name(which, "cdc")) return {years + by.whole("half_window"), 1, false, false, true};
  constexpr std::size_t block = 4; // weeks
  return {52 * by.whole("years") + block * by.whole("months") + block, block, false, false, true};
}

} // namespace

method_needs needs_of(std::string_view method, const method_settings& settings) {
  const settled by{method, settings};
  const auto baseline = by.whole("guard") + by.whole("baseline");
  if (method == "nb_multiwindow")
    return {by.whole("guard") + std::max(by.whole("baseline"), by.whole("calibration")),
            by.largest("windows"),
            false,
            false,
            true,
            true};
  if (method == "outbreak_odds") { // five years of trend and season, fitted by whole weeks some days before
    constexpr std::size_t odds_window = 10;
    const auto near = by.whole("guard") + std::max(by.whole("baseline"), by.whole("calibration"));
    const auto far = detectors::long_view::reach + by.whole("guard") + std::size_t{11} * 7;
    return {by.truth("season") ? std::max(near, far) : near, odds_window, true, false, true, false, true};
  }
  if (method == "beta_binomial") return {baseline, 1, false, false, false};
  if (method == "farrington") { // and a week for the calendar, and the gap that is left out
    const auto years = by.whole("years") * by.whole("frequency");
    return {years + by.whole("half_window") + 2, 1, true, false, true};
  }
  if (method == "cusum" || method == "glr") {
    const auto fitted = option_list::same_name(by.text(method == "glr" ? "mu0" : "m"), "glm") ? a_chart : 0;
    return {baseline + a_chart + fitted, two_weeks, true, true, true, false, true};
  }
  if (method == "ears") {
    const bool adds = option_list::same_name(by.text("method"), "C3");
    return {by.whole("baseline") + 5, adds ? 3U : 1U, false, false, !adds};
  }
  if (method == "essence") return {baseline + a_short_chart, two_weeks, true, true, true};
  if (method == "mean_ksd") return {by.whole("window"), 1, false, false, true};
  if (method == "holt_winters") return {std::max(a_chart, 4 * by.whole("period")), two_weeks, true, true, true};
  if (method == "historical") return of_history(by);
  return {baseline, 1, false, false, true};
}

bool has_option(std::string_view method, std::string_view option_name) {
  const auto all = detectors::options_of(method);
  return std::any_of(all.begin(), all.end(),
                     [&](const option& one) { return option_list::same_name(one.name, option_name); });
}

bool knows_option(std::string_view method, std::string_view key) {
  const auto all = detectors::options_of(method);
  return std::any_of(all.begin(), all.end(), [&](const option& one) { return goes_by(one, key); });
}

} // namespace forewarn::rules
