// SPDX-License-Identifier: Apache-2.0
// The few distributions that detectors need, as R defines them: NB(size, prob) counts failures before `size` successes,
// `size` any positive real. Upper tails are P(X >= count), computed as such, so that tiny ones keep their digits.
// A quantile is the smallest whole k with P(X <= k) >= p. Parameters out of range are a caller's bug.
#pragma once

namespace forewarn::detectors {

[[nodiscard]] double poisson_upper(double count, double mean);
[[nodiscard]] double poisson_quantile(double p, double mean);

[[nodiscard]] double nb_upper(double count, double size, double prob);
[[nodiscard]] double nb_quantile(double p, double size, double prob);

// A count with mean `mean` and variance `phi * mean`: negative binomial, or Poisson where phi is 1.
[[nodiscard]] double overdispersed_upper(double count, double mean, double phi);
[[nodiscard]] double overdispersed_quantile(double p, double mean, double phi);

[[nodiscard]] double normal_upper(double z);
[[nodiscard]] double normal_quantile(double p);

[[nodiscard]] double student_upper(double t, double degrees);
[[nodiscard]] double student_quantile(double p, double degrees);

[[nodiscard]] double digamma(double x);
[[nodiscard]] double trigamma(double x);

} // namespace forewarn::detectors
