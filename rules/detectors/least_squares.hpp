// SPDX-License-Identifier: Apache-2.0
// Small regressions by Householder QR: a handful of columns, some hundred rows. A column that the ones before it
// explain already gets the coefficient 0, as in R. Large or sparse problems are not for this.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace forewarn::detectors {

// Column by column.
class design {
public:
  design(std::size_t rows, std::size_t columns) : rows_{rows}, columns_{columns}, values_(rows * columns, 0) {}
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] double& at(std::size_t row, std::size_t column) { return values_[column * rows_ + row]; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values_[column * rows_ + row]; }
  [[nodiscard]] std::span<double> column(std::size_t j) { return std::span{values_}.subspan(j * rows_, rows_); }

private:
  std::size_t rows_, columns_;
  std::vector<double> values_;
};

[[nodiscard]] std::vector<double> least_squares(design x, std::vector<double> y);
[[nodiscard]] std::vector<double> times(const design& x, std::span<const double> coefficients);

// A log-linear model of counts, fitted by iterated weighted least squares with the start (mean y + 0.1) and the
// stopping rule (1e-8 of the deviance, at most 25 rounds) of R's `glm`.
struct glm_fit {
  std::vector<double> coefficients;
  std::vector<double> fitted;
  double theta = 0; // of the negative binomial: variance mu + mu^2 / theta; 0: Poisson
  bool converged = false;
};

[[nodiscard]] glm_fit poisson_regression(const design& x, std::span<const double> y);
// Coefficients and theta in turn, by maximum likelihood (Venables and Ripley 2002, as MASS `glm.nb` does it).
[[nodiscard]] glm_fit nb_regression(const design& x, std::span<const double> y);

} // namespace forewarn::detectors
