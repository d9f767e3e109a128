# Times farringtonFlexible of the R package surveillance: Rscript surveillance.R COUNTS.csv FIRST LAST
# COUNTS.csv has one column a series, weekly counts from 2005-01-03 on. Prints the fits and the seconds they took.
suppressPackageStartupMessages(library(surveillance))
arguments <- commandArgs(trailingOnly = TRUE)
counts <- as.matrix(read.csv(arguments[1], header = FALSE))
range <- as.integer(arguments[2]):as.integer(arguments[3])
epoch <- as.Date("2005-01-03") + 7 * (seq_len(nrow(counts)) - 1)
control <- list(range = range, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
                trend = TRUE, pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = 0.005, limit54 = c(5, 4))
seconds <- 0
for (j in seq_len(ncol(counts))) {
  series <- sts(observed = counts[, j], epoch = as.integer(epoch), epochAsDate = TRUE, frequency = 52)
  seconds <- seconds + system.time(farringtonFlexible(series, control = control))[["elapsed"]]
}
cat(length(range) * ncol(counts), seconds, "\n")
