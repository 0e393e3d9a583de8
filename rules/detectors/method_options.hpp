// SPDX-License-Identifier: Apache-2.0
// Which options each detector has, by which names, within which limits. CUSUM's and GLR's stand with their charts.
#pragma once

#include "rules/detectors/beta_binomial.hpp"
#include "rules/detectors/ears.hpp"
#include "rules/detectors/essence.hpp"
#include "rules/detectors/exact_tail.hpp"
#include "rules/detectors/farrington.hpp"
#include "rules/detectors/historical.hpp"
#include "rules/detectors/holt_winters.hpp"
#include "rules/detectors/mean_ksd.hpp"
#include "rules/detectors/nb_multiwindow.hpp"
#include "rules/detectors/outbreak_odds.hpp"
#include "rules/detectors/settings.hpp"

namespace forewarn::detectors {

void bind(multiwindow_options& by, option_list& to);
void bind(odds_options& by, option_list& to);
void bind(tail_options& by, option_list& to, bool with_dist);
void bind(beta_binomial_options& by, option_list& to);
void bind(mean_ksd_options& by, option_list& to);
void bind(holt_winters_options& by, option_list& to);
void bind(ears_options& by, option_list& to);
void bind(essence_options& by, option_list& to);
void bind(historical_options& by, option_list& to);
void bind(farrington_options& by, option_list& to);

} // namespace forewarn::detectors
