// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/mean_ksd.hpp"

#include "rules/detectors/moments.hpp"

#include <span>

namespace forewarn::detectors {

mean_ksd_verdict mean_ksd(const series& of, const mean_ksd_options& by, std::size_t t) {
  if (t < by.history()) return {};
  const auto past = moments_of(std::span{of.counts}.subspan(t - by.window, by.window));
  if (past.n < 2) return {};
  mean_ksd_verdict out;
  out.sd = past.sd();
  out.told.expected = past.mean;
  out.told.bound = past.mean + by.k * past.sd();
  if (!of.counted(t)) return out;
  const auto count = of.counts[t];
  if (past.variance > 0) out.told.score = (count - past.mean) / past.sd();
  out.told.alarm = count > *out.told.bound && count >= by.min_count;
  return out;
}

} // namespace forewarn::detectors
