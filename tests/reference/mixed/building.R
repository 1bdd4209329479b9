# The dissertation's way to a parsimonious model, written once more with lme4, for test_building.py.
#   Rscript tests/reference/mixed/building.R FOLDER > tests/reference/mixed/building.csv
suppressPackageStartupMessages(library(lme4))
folder <- commandArgs(TRUE)[1]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
random <- c(slope = "(1 + linear | patient)", uncorrelated = "(1 + linear || patient)", intercept = "(1 | patient)")

fit <- function(d, effects, part, reml)
  suppressMessages(lmer(formula(paste("outcome ~", paste(c("1", effects, random[part]), collapse = " + "))),
                        d, REML = reml, control = tight))
lrt <- function(small, large) {
  x <- max(as.numeric(2 * (logLik(large) - logLik(small))), 0)
  df <- attr(logLik(large), "df") - attr(logLik(small), "df")
  c(x, df, pchisq(x, df, lower.tail = FALSE))
}
line <- function(table, step, effect, v, dropped)
  cat(sprintf("%s,%d,%s,%.10g,%d,%.10g,%d\n", table, step, effect, v[1], as.integer(v[2]), v[3], dropped))

# effects that may go, written out by hand: quadratic before linear, interactions before main effects
parents <- list("linear" = c("quadratic", "linear:group", "quadratic:group"), "quadratic" = "quadratic:group",
                "log" = "log:group", "linear:group" = "quadratic:group", "quadratic:group" = character(),
                "log:group" = character())
build <- function(table) {
  d <- read.csv(file.path(folder, paste0(table, ".csv")))
  d <- d[!is.na(d$outcome), ]
  d$patient <- factor(d$patient); d$linear <- d$time; d$quadratic <- d$time^2; d$log <- log1p(d$time)
  effects <- c("linear", "quadratic", "log", "group", "linear:group", "quadratic:group", "log:group")
  part <- "slope"; step <- 1
  v <- lrt(fit(d, effects, "uncorrelated", TRUE), fit(d, effects, "slope", TRUE))
  line(table, step, "correlation", v, v[3] > 0.05)
  if (v[3] > 0.05) part <- "uncorrelated"
  step <- step + 1
  v <- lrt(fit(d, effects, "intercept", TRUE), fit(d, effects, part, TRUE))
  below <- if (v[2] > 1) pchisq(v[1], v[2] - 1, lower.tail = FALSE) else as.numeric(v[1] <= 0)
  v[3] <- (v[3] + below) / 2
  line(table, step, "slope", v, v[3] > 0.05)
  if (v[3] > 0.05) part <- "intercept"
  repeat {
    step <- step + 1
    may <- Filter(function(e) e != "group" && !any(parents[[e]] %in% effects), effects)
    if (!length(may)) break
    now <- fit(d, effects, part, FALSE)
    tests <- lapply(may, function(e) lrt(fit(d, setdiff(effects, e), part, FALSE), now))
    p <- sapply(tests, `[`, 3)
    least <- which.max(p)
    for (i in seq_along(may)) line(table, step, may[i], tests[[i]], i == least && p[i] > 0.10)
    if (p[least] <= 0.10) break
    effects <- setdiff(effects, may[least])
  }
  line(table, step + 1, paste(c("final", part, effects), collapse = " "), c(0, 0, 0), 0)
}
cat("table,step,effect,statistic,df,p,dropped\n")
for (table in c("btheb", "register", "programmes", "perfect_correlation")) build(table)
