# R's own intervals for counts: Rscript intervals.R > intervals.csv
cases <- expand.grid(k1 = c(0, 1, 2, 7, 40, 1234), k0 = c(0, 1, 3, 25, 500), e1 = c(1, 12.5, 60000), e0 = c(1, 480))
options(digits = 16)
one <- function(k1, k0, e1, e0) {
  poisson <- poisson.test(k1, e1)$conf.int
  wilson <- prop.test(k1, k1 + k0 + 1, correct = FALSE)$conf.int
  ratio <- if (k1 + k0 > 0) poisson.test(c(k1, k0), c(e1, e0))$conf.int else c(NA, NA)
  c(poisson_lower = poisson[1], poisson_upper = poisson[2], wilson_lower = wilson[1], wilson_upper = wilson[2],
    ratio_lower = ratio[1], ratio_upper = ratio[2])
}
answer <- suppressWarnings(t(mapply(one, cases$k1, cases$k0, cases$e1, cases$e0)))
write.csv(format(cbind(cases, answer), digits = 15, trim = TRUE), stdout(), row.names = FALSE, quote = FALSE)
