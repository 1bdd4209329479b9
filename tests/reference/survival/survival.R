# Prints what R's survival finds in the tables of tables.py, for test_survival.py.
#   Rscript tests/reference/survival/survival.R FOLDER > tests/reference/survival/survival.csv
library(survival)
folder <- commandArgs(TRUE)[1]
show <- function(what, group, time, value) cat(sprintf("%s,%s,%g,%.12g\n", what, group, time, value), sep = "")
cat("what,group,time,value\n")
d <- read.csv(file.path(folder, "uis.csv"))
at <- c(1, 30, 90, 180, 365, 540, 720)
for (type in c("log", "log-log")) {
  f <- survfit(Surv(time, ended) ~ group, d, conf.type = type)
  s <- summary(f, times = at, extend = TRUE)
  g <- sub("group=", "", s$strata)
  show("survival", g, s$time, s$surv)
  show("se", g, s$time, s$std.err)
  show(paste("lower", type), g, s$time, s$lower)
  show(paste("upper", type), g, s$time, s$upper)
  show("at risk", g, s$time, s$n.risk)
  q <- quantile(f, 0.5)
  show("median", sub("group=", "", rownames(q$quantile)), 0, q$quantile)
  show(paste("median lower", type), sub("group=", "", rownames(q$quantile)), 0, q$lower)
  show(paste("median upper", type), sub("group=", "", rownames(q$quantile)), 0, q$upper)
}
l <- survdiff(Surv(time, ended) ~ group, d)
show("logrank", "all", 0, l$chisq)
show("expected", sub("group=", "", names(l$n)), 0, l$exp)
m <- read.csv(file.path(folder, "mgus.csv"))
m$end <- factor(ifelse(m$end == "", "censored", m$end), c("censored", "death", "malignancy"))
f <- survfit(Surv(time, end) ~ group, m)
s <- summary(f, times = c(12, 60, 120, 240, 360), extend = TRUE)
g <- sub("group=", "", s$strata)
for (k in 2:3) {
  show(paste("incidence", s$states[k]), g, s$time, s$pstate[, k])
  show(paste("incidence se", s$states[k]), g, s$time, s$std.err[, k])
}
