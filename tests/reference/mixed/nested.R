# Prints what lme4 finds with patients within programmes, for test_nested.py.
#   Rscript tests/reference/mixed/nested.R FOLDER > tests/reference/mixed/nested.csv
suppressPackageStartupMessages(library(lme4))
folder <- commandArgs(TRUE)[1]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
our_names <- function(names) {
  names <- sub("^\\(Intercept\\)$", "intercept", names)
  gsub("group(?=[A-Za-z0-9])", "group=", names, perl = TRUE)
}
fit <- function(table, between, random, fixed, method = "reml") {
  d <- read.csv(file.path(folder, paste0(table, ".csv")))
  d$patient <- factor(d$patient); d$programme <- factor(d$programme); d$linear <- d$time
  part <- c(intercept = "1", slope = "1 + linear")
  formula <- formula(sprintf("outcome ~ %s + (%s | programme) + (%s | patient)", fixed, part[between], part[random]))
  m <- suppressMessages(lmer(formula, d, REML = method == "reml", control = tight))
  case <- paste(table, between, random, method, sep = "/")
  show(case, "estimate", our_names(names(fixef(m))), fixef(m))
  show(case, "se", our_names(names(fixef(m))), sqrt(diag(as.matrix(vcov(m)))))
  v <- as.data.frame(VarCorr(m))
  part <- ifelse(v$grp == "Residual", "residual",
                 ifelse(!is.na(v$var2), "covariance", ifelse(v$var1 == "linear", "slope", "intercept")))
  show(case, ifelse(v$grp == "programme", "programmes", "variance"), part, v$vcov)
  show(case, "criterion", "criterion", -2 * as.numeric(logLik(m)))
  r <- ranef(m, condVar = FALSE)$programme
  show(case, "intercept_of", rownames(r), r[, 1])
  if (ncol(r) > 1) show(case, "slope_of", rownames(r), r[, 2])
}
cat("case,quantity,name,value\n")
fit("inst_eval", "intercept", "intercept", "service")
fit("pastes", "intercept", "intercept", "1")
fit("pastes", "intercept", "intercept", "1", "ml")
fit("programmes", "intercept", "slope", "linear * group")
fit("programmes", "slope", "slope", "linear * group")
fit("programmes", "slope", "slope", "linear", "ml")
fit("alike", "intercept", "slope", "linear")
