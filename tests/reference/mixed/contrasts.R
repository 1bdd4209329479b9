# Prints, of Beat the Blues with quadratic courses by treatment: lme4's deviance of the group's part in the
# course, lmerTest's F of the same, and its t test of the difference in change at each month, for test_contrasts.py.
#   Rscript tests/reference/mixed/contrasts.R FOLDER > tests/reference/mixed/contrasts.csv
suppressPackageStartupMessages(library(lmerTest))
d <- read.csv(file.path(commandArgs(TRUE)[1], "btheb.csv"))
d <- d[!is.na(d$outcome), ]
d$patient <- factor(d$patient)
d$group <- factor(d$group, levels = c("TAU", "BtheB"))
d$linear <- d$time
d$quadratic <- d$time^2
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
fit <- function(fixed, random, reml)
  lmerTest::lmer(formula(paste("outcome ~", fixed, "+", random)), d, REML = reml, control = tight)
show <- function(random, quantity, month, value)
  cat(sprintf("%s,%s,%g,%.12g\n", random, quantity, month, value))

cat("random,quantity,month,value\n")
parts <- c(intercept = "(1 | patient)", slope = "(1 + linear | patient)")
full <- "group * (linear + quadratic)"
for (random in names(parts)) {
  a <- anova(fit("group + linear + quadratic", parts[random], FALSE), fit(full, parts[random], FALSE), refit = FALSE)
  show(random, "deviance", 0, a$Chisq[2])
  show(random, "deviance_df", 0, a$Df[2])
  show(random, "deviance_p", 0, a$`Pr(>Chisq)`[2])
  m <- fit(full, parts[random], TRUE)
  both <- matrix(0, 2, length(fixef(m)), dimnames = list(NULL, names(fixef(m))))
  both[1, "groupBtheB:linear"] <- both[2, "groupBtheB:quadratic"] <- 1
  f <- contestMD(m, both)
  show(random, "F", 0, f$`F value`)
  show(random, "F_df", 0, f$NumDF)
  show(random, "F_df_within", 0, f$DenDF)
  show(random, "F_p", 0, f$`Pr(>F)`)
  for (month in c(4, 8)) {
    l <- setNames(rep(0, length(fixef(m))), names(fixef(m)))
    l["groupBtheB:linear"] <- month
    l["groupBtheB:quadratic"] <- month^2
    t <- contest1D(m, l)
    show(random, "difference", month, t$Estimate)
    show(random, "df", month, t$df)
    show(random, "p", month, t$`Pr(>|t|)`)
  }
}
