# Prints what lme4 finds in the tables of tables.py, for test_lme4.py.
#   python tests/reference/mixed/tables.py FOLDER
#   Rscript tests/reference/mixed/lme4.R FOLDER > tests/reference/mixed/lme4.csv
suppressPackageStartupMessages(library(lme4))
folder <- commandArgs(TRUE)[1]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)

fixed <- list(
  plain = outcome ~ linear,
  mean = outcome ~ 1,
  group = outcome ~ linear + group + linear:group,
  drug = outcome ~ log + group + log:group + drug,
  curve = outcome ~ linear + quadratic + group + linear:group + quadratic:group,
  categorical = outcome ~ categorical + group + categorical:group
)
random <- c(intercept = "(1 | patient)", slope = "(1 + linear | patient)",
            uncorrelated = "(1 + linear || patient)")

show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")

our_names <- function(names) {
  names <- sub("^\\(Intercept\\)$", "intercept", names)
  gsub("(group|drug|categorical)(?=[A-Za-z0-9])", "\\1=", names, perl = TRUE)
}

fit <- function(table, fixed_name, random_name, method) {
  d <- read.csv(file.path(folder, paste0(table, ".csv")))
  d <- d[!is.na(d$outcome), ]
  d$patient <- factor(d$patient)
  d$linear <- d$time; d$quadratic <- d$time^2; d$log <- log1p(d$time)
  d$categorical <- factor(d$time)
  formula <- update(fixed[[fixed_name]], paste(". ~ . +", random[[random_name]]))
  m <- suppressMessages(suppressWarnings(lmer(formula, d, REML = method == "reml", control = tight)))
  case <- paste(table, fixed_name, random_name, method, sep = "/")
  names <- our_names(names(fixef(m)))
  show(case, "estimate", names, unname(fixef(m)))
  show(case, "se", names, sqrt(diag(as.matrix(vcov(m)))))
  v <- as.data.frame(VarCorr(m))
  between <- v[v$grp != "Residual", ]
  part <- ifelse(!is.na(between$var2), "covariance", ifelse(between$var1 == "linear", "slope", "intercept"))
  show(case, "variance", c(part, "residual"), c(between$vcov, v$vcov[v$grp == "Residual"]))
  show(case, "criterion", "criterion", -2 * as.numeric(logLik(m)))
  show(case, "aic", "aic", AIC(m))
  show(case, "bic", "bic", BIC(m))
  show(case, "singular", "singular", as.numeric(isSingular(m)))
  show(case, "n", c("observations", "patients"), c(nobs(m), ngrps(m)))
  if (table %in% c("sleepstudy", "btheb") && random_name != "uncorrelated") {
    r <- ranef(m, condVar = FALSE)$patient
    show(case, "intercept_of", rownames(r)[1:3], r[1:3, 1])
    if (ncol(r) > 1) show(case, "slope_of", rownames(r)[1:3], r[1:3, 2])
  }
}

cat("case,quantity,name,value\n")
for (method in c("reml", "ml")) {
  for (r in names(random)) fit("sleepstudy", "plain", r, method)
  for (r in c("intercept", "slope")) for (f in c("plain", "group", "drug")) fit("btheb", f, r, method)
  fit("btheb", "categorical", "intercept", method)
  fit("dyestuff2", "mean", "intercept", method)
  for (r in names(random)) fit("orthodont", "group", r, method)
  fit("register", "curve", "slope", method)
  fit("register", "curve", "intercept", method)
  fit("no_slope_variance", "group", "slope", method)
  fit("perfect_correlation", "group", "slope", method)
}
