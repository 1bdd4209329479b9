# Prints what R finds in medpar (package COUNT), for test_funnel.py: limits by Spiegelhalter's formula (2005,
# appendix A.1) from R's distributions, case mix by glm(), between-provider variance by metafor.
#   python -m tests.real_data FOLDER
#   Rscript tests/reference/funnel/funnel.R FOLDER > tests/reference/funnel/funnel.csv
suppressPackageStartupMessages(library(metafor))
d <- read.csv(file.path(commandArgs(TRUE)[1], "medpar.csv"))
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
limit <- function(p, quantile, cumulative) {
  r <- quantile(p)
  max(r - (cumulative(r) - p) / (cumulative(r) - cumulative(r - 1)), 0)
}
both <- function(level) c(lower = (1 - level) / 2, upper = (1 + level) / 2)
cat("case,quantity,name,value\n")

by <- split(d, d$provnum)
n <- sapply(by, nrow); died <- sapply(by, function(x) sum(x$died)); days <- sapply(by, function(x) sum(x$los))
for (level in c(0.95, 0.998)) for (side in c("lower", "upper")) {
  p <- both(level)[[side]]
  share <- mean(d$died)
  show("died", paste0(side, level), names(by), sapply(n, function(k)
    limit(p, function(p) qbinom(p, k, share), function(r) pbinom(r, k, share)) / k))
  rate <- mean(d$los)
  show("days", paste0(side, level), names(by), sapply(n, function(k)
    limit(p, function(p) qpois(p, k * rate), function(r) ppois(r, k * rate)) / k))
}
m <- aov(los ~ factor(provnum), d)
sd <- sqrt(summary(m)[[1]]["Residuals", "Mean Sq"])
show("mean", "sd", "sd", sd)
show("mean", "upper0.95", names(by), mean(d$los) + qt(0.975, df.residual(m)) * sd / sqrt(n))
show("mean", "lower0.998", names(by), mean(d$los) - qt(0.999, df.residual(m)) * sd / sqrt(n))

adjusted <- glm(died ~ age80 + white + hmo + factor(type), binomial, d)
expected <- tapply(fitted(adjusted), d$provnum, sum)
show("adjusted", "value", names(by), mean(d$died) * died / expected)
counts <- glm(los ~ age80 + white + hmo + factor(type), poisson, d)
show("adjusted_days", "value", names(by), mean(d$los) * days / tapply(fitted(counts), d$provnum, sum))

large <- n >= 10
share <- mean(d$died)
z <- ((died - n * share) / sqrt(n * share * (1 - share)))[large]
show("died", "q", "q", sum(z^2)); show("died", "q_p", "q_p", pchisq(sum(z^2), sum(large) - 1, lower.tail = FALSE))
edges <- quantile(z, c(0.1, 0.9))
show("died", "phi", "phi", mean(pmin(pmax(z, edges[1]), edges[2])^2))
rate <- mean(d$los)
pooled <- rma(yi = (days / n)[large], vi = (rate / n)[large], method = "DL")
# metafor centres on the weighted mean; DerSimonian and Laird's moments about the target itself:
w <- (n / rate)[large]
q <- sum(w * ((days / n)[large] - rate)^2)
show("days", "tau2", "tau2", (q - (sum(large) - 1)) / (sum(w) - sum(w^2) / sum(w)))
show("days_own_centre", "tau2", "tau2", pooled$tau2)
show("days_own_centre", "target", "target", sum(w * (days / n)[large]) / sum(w))
