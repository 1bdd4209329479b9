# Prints run lengths by package spc, and segmented regressions of the Nile series (R's datasets: annual flow
# 1871 to 1970, the dam at Aswan begun in 1898) with Newey-West errors by package sandwich, for test_control.py.
#   Rscript tests/reference/control/control.R > tests/reference/control/control.csv
suppressPackageStartupMessages({library(spc); library(sandwich)})
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
cat("case,quantity,name,value\n")
for (mu in c(0, 0.5, 1, 2)) {
  for (l in c(0.1, 0.2, 0.4)) show("ewma", sprintf("%g/2.8", l), mu, xewma.arl(l, 2.8, mu, sided = "two", limits = "fix", r = 100))
  for (h in c(4, 5)) show("cusum", sprintf("0.5/%g", h), mu, xcusum.arl(0.5, h, mu, sided = "two", r = 100))
}
show("cusum", "0.25/8", 0, xcusum.arl(0.25, 8, 0, sided = "two", r = 100))

set.seed(7)
simulate <- function(draw, score, h, runs = 4000) mean(replicate(runs, {
  total <- 0; steps <- 0
  while (total <= h && steps < 1e5) { total <- max(0, total + score(draw())); steps <- steps + 1 }
  steps }))
show("ratio", "count", "usual", simulate(function() rpois(1, 8), function(y) y * log(1.5) - 8 * 0.5, 3))
show("ratio", "proportion", "usual",
     simulate(function() rbinom(1, 20, 0.25), function(y) y * log(1.5) - 20 * log(1 + 0.25 * 0.5), 3))
show("run", "8", "1", mean(replicate(4000, {
  same <- 0; steps <- 0
  repeat {
    z <- rnorm(1) + 1; steps <- steps + 1
    same <- if (same != 0 && sign(z) == sign(same)) same + sign(z) else sign(z)
    if (abs(z) > 3 || abs(same) >= 8) break
  }
  steps })))

names <- c("intercept", "trend", "level_change", "trend_change")
d <- data.frame(year = 1871:1970, flow = as.numeric(Nile))
d$t <- d$year - 1899; d$after <- as.numeric(d$t >= 0); d$slope <- d$t * d$after
d$days <- round(d$flow / 10); d$of <- 200
fits <- list(
  continuous = lm(flow ~ t + after + slope, d),
  count = glm(days ~ t + after + slope, poisson, d, control = glm.control(epsilon = 1e-14)),
  binary = glm(cbind(days, of - days) ~ t + after + slope, binomial, d, control = glm.control(epsilon = 1e-14))
)
for (case in names(fits)) {
  m <- fits[[case]]
  show(case, "estimate", names, coef(m))
  show(case, "se", names, sqrt(diag(NeweyWest(m, lag = 3, prewhite = FALSE, adjust = FALSE))))
}
m <- fits$continuous
show("continuous", "durbin_watson", "durbin_watson", sum(diff(resid(m))^2) / sum(resid(m)^2))
