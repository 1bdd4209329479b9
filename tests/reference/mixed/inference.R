# Prints lmerTest's Satterthwaite degrees of freedom and lme4's profile intervals, for test_inference.py.
#   Rscript tests/reference/mixed/inference.R FOLDER > tests/reference/mixed/inference.csv
suppressPackageStartupMessages(library(lmerTest))
folder <- commandArgs(TRUE)[1]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
our_names <- function(names) {
  names <- sub("^\\(Intercept\\)$", "intercept", names)
  gsub("(group|drug)(?=[A-Za-z0-9])", "\\1=", names, perl = TRUE)
}
read <- function(table) {
  d <- read.csv(file.path(folder, paste0(table, ".csv")))
  d <- d[!is.na(d$outcome), ]
  d$patient <- factor(d$patient)
  d$linear <- d$time
  d
}
profiled <- c("sd_(Intercept)|patient" = "sd intercept", "sd_linear|patient" = "sd slope",
              "cor_linear.(Intercept)|patient" = "correlation", "sigma" = "sigma")

cat("case,quantity,name,value\n")
for (table in c("sleepstudy", "btheb")) for (method in c("reml", "ml")) for (random in c("intercept", "slope")) {
  d <- read(table)
  fixed <- if (table == "btheb") "outcome ~ linear * group" else "outcome ~ linear"
  part <- if (random == "slope") "(1 + linear | patient)" else "(1 | patient)"
  m <- lmerTest::lmer(formula(paste(fixed, "+", part)), d, REML = method == "reml", control = tight)
  case <- paste(table, random, method, sep = "/")
  s <- coef(summary(m))
  show(case, "df", our_names(rownames(s)), s[, "df"])
  show(case, "p", our_names(rownames(s)), s[, "Pr(>|t|)"])
  if (method == "ml") {
    smaller <- lmerTest::lmer(formula(paste("outcome ~ 1 +", part)), d, REML = FALSE, control = tight)
    a <- anova(smaller, m, refit = FALSE)
    show(case, "lrt", c("statistic", "df", "p"), c(a$Chisq[2], a$Df[2], a$`Pr(>Chisq)`[2]))
    ci <- suppressMessages(confint(m, oldNames = FALSE, quiet = TRUE))
    names <- ifelse(rownames(ci) %in% names(profiled), profiled[rownames(ci)], our_names(rownames(ci)))
    show(case, "lower", names, ci[, 1])
    show(case, "upper", names, ci[, 2])
  }
}
