# Simulated patients of twelve therapists in three teams, whose courses go with adherence; made here.
# Rscript association.R writes association.csv and prints the figures that test_association.py holds.
suppressMessages(library(lme4))
set.seed(11)
therapists <- data.frame(therapist = paste0("t", 1:12), own = rnorm(12, 0, .6))
patients <- data.frame(treatment = paste0("p", 1:120), therapist = rep(therapists$therapist, 10))
patients$own <- therapists$own[match(patients$therapist, therapists$therapist)] + rnorm(120, 0, .2)
patients$team <- rnorm(120, 0, .5)
patients$a <- rnorm(120, 0, .6); patients$b <- rnorm(120, 0, .015)
slopes <- setNames(rnorm(12, 0, .008), therapists$therapist)
levels <- setNames(rnorm(12, 0, .15), therapists$therapist)
d <- merge(patients, data.frame(months = c(0, 6, 12, 18)))
d <- d[order(as.integer(substring(d$treatment, 2)), d$months), ]
d <- d[!(d$months > 0 & runif(nrow(d)) < .15), ]
d$score <- 1.8 + levels[d$therapist] + d$a +
  d$months * (-.04 + d$b + slopes[d$therapist] - .02 * d$own - .01 * d$team) + rnorm(nrow(d), 0, .35)
d[, c("own", "team", "score")] <- round(d[, c("own", "team", "score")], 3)
write.csv(d[, c("treatment", "therapist", "months", "own", "team", "score")], "association.csv", row.names = FALSE)
m <- lmer(score ~ months * own + months * team + (months | treatment) + (months || therapist), d,
          control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
print(coef(summary(m))[, 1:2], digits = 9)
print(as.data.frame(VarCorr(m))[, c("grp", "var1", "vcov")], digits = 9)
print(-2 * as.numeric(logLik(m)), digits = 10)
