# Prints scores and balance by MatchIt, and pairs by a few lines of R, on MatchIt's own data, for
# test_matching.py. (The installed MatchIt 4.5.1 passes over nearer partners and over a caliper now and then.)
#   python -m tests.real_data FOLDER
#   Rscript tests/reference/matching/matching.R FOLDER > tests/reference/matching/matching.csv
suppressPackageStartupMessages(library(MatchIt))
d <- read.csv(file.path(commandArgs(TRUE)[1], "lalonde.csv"))
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
our_names <- function(names) sub("^distance$", "propensity score", sub("^race", "race=", names))
formula <- treat ~ age + educ + race + married + nodegree + re74 + re75
m <- matchit(formula, d, method = "nearest", m.order = "largest")
cat("case,quantity,name,value\n")
s <- summary(m, standardize = TRUE)
show("matchit", "before", our_names(rownames(s$sum.all)), s$sum.all[, "Std. Mean Diff."])
show("matchit", "score", seq_len(nrow(d)) - 1, m$distance)
show("matchit", "total", "total", sum(abs(m$distance[d$treat == 1] - m$distance[as.integer(m$match.matrix[, 1])])))

score <- glm(formula, binomial, d, control = glm.control(epsilon = 1e-14))$fitted.values
rounded <- round(score, 10)
treated <- which(d$treat == 1); others <- which(d$treat == 0)
sd_of <- function(x) if (all(x %in% 0:1)) sqrt(mean(x) * (1 - mean(x))) else sd(x)
report <- function(case, stratum, limit) {
  free <- rep(TRUE, length(others)); one <- other <- integer()
  for (t in treated[order(-rounded[treated])]) {
    gap <- round(abs(rounded[t] - rounded[others]), 10)
    gap[!free | stratum[others] != stratum[t]] <- Inf
    j <- which.min(gap)
    if (is.finite(gap[j]) && gap[j] <= limit) { free[j] <- FALSE; one <- c(one, t); other <- c(other, others[j]) }
  }
  show(case, "pair", one - 1, other - 1)
  for (x in c("age", "educ", "married", "nodegree", "re74", "re75"))
    show(case, "after", x, (mean(d[one, x]) - mean(d[other, x])) / sd_of(d[treated, x]))
}
report("plain", rep(1, nrow(d)), Inf)
report("strata", 2 * d$married + d$nodegree, Inf)
report("caliper", rep(1, nrow(d)), 0.2 * sd(score))
