# Prints what psych and lme4 find in the tables of tables.py, for test_agreement.py.
#   Rscript tests/reference/agreement/agreement.R FOLDER > tests/reference/agreement/agreement.csv
suppressPackageStartupMessages({library(psych); library(lme4)})
folder <- commandArgs(TRUE)[1]
read <- function(table) read.csv(file.path(folder, paste0(table, ".csv")))
show <- function(table, what, name, value) cat(sprintf("%s,%s,%s,%.12g\n", table, what, name, value), sep = "")
cat("table,what,name,value\n")
for (table in c("shrout_fleiss", "ratings")) {
  x <- ICC(read(table), lmer = FALSE)$results
  show(table, "estimate", x$type, x$ICC)
  show(table, "lower", x$type, x$`lower bound`)
  show(table, "upper", x$type, x$`upper bound`)
}
d <- read("ratings")
for (w in c("linear", "quadratic")) {
  k <- sort(unique(c(d$r0, d$r1)))
  weights <- abs(outer(seq_along(k), seq_along(k), "-"))
  if (w == "quadratic") weights <- weights^2
  x <- suppressWarnings(cohen.kappa(cbind(d$r0, d$r1), w = 1 - weights / max(weights)))
  show("ratings", w, "kappa", x$weighted.kappa)
}
show("ratings", "none", "kappa", x$kappa)
show("ratings", "none", "se", sqrt(x$var.kappa))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
components <- function(table, formula) {
  m <- lmer(formula, read(table), control = tight)
  v <- as.data.frame(VarCorr(m))
  show(table, "variance", v$grp, v$vcov)
  show(table, "criterion", "criterion", REMLcrit(m))
}
components("adherence", score ~ 1 + (1 | therapist) + (1 | therapist:session) + (1 | rater) + (1 | therapist:rater))
components("penicillin", score ~ 1 + (1 | plate) + (1 | sample))
