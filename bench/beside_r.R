# SPDX-License-Identifier: Apache-2.0
# Times R's `surveillance` on a CSV of series (a column each; t is left out): EARS C2 and Farrington flexible over the
# last `last` periods, one core; only the detector's call is timed, in processor time. Run by beside_r.py.
#   Rscript beside_r.R DATA.csv LAST
arguments <- commandArgs(TRUE)
suppressPackageStartupMessages(library(surveillance))
data <- read.csv(arguments[1], check.names = FALSE)
counts <- as.matrix(data[, names(data) != "t", drop = FALSE])
storage.mode(counts) <- "integer"
last <- as.integer(arguments[2])
judged <- (nrow(counts) - last + 1):nrow(counts)
series <- sts(observed = counts, frequency = 52, start = c(2000, 1))
time <- function(name, call) {
  seconds <- sum(system.time(suppressMessages(suppressWarnings(call())))[c("user.self", "sys.self")])
  cat(sprintf("%s\t%.6f\n", name, 1000 * seconds / (ncol(counts) * last)))
}
time("ears_C2", function() earsC(series, control = list(range = judged, method = "C2", baseline = 7, alpha = .001)))
time("farrington_improved", function()
  farringtonFlexible(series, control = list(
    range = judged, noPeriods = 10, b = 5, w = 3, weightsThreshold = 2.58, pastWeeksNotIncluded = 26,
    pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = .01, glmWarnings = FALSE)))
