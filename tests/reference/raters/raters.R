# Ratings of six persons by three raters of unlike severity, unbalanced; made here, simulated.
# Rscript raters.R writes raters.csv and prints the figures that test_raters.py holds.
suppressMessages(library(lme4))
set.seed(3)
d <- expand.grid(rater = paste0("r", 1:3), s = 1:4, person = paste0("p", 1:6), stringsAsFactors = FALSE)
d$session <- paste0(d$person, "_", d$s)
d <- d[!(d$rater == "r3" & d$s > 2) & !(d$rater == "r1" & d$s == 4), ]
person <- setNames(rnorm(6, 4.5, .8), paste0("p", 1:6))
rater <- c(r1 = -.5, r2 = .1, r3 = .6)
session <- setNames(rnorm(24, 0, .6), unique(paste0(rep(paste0("p", 1:6), each = 4), "_", 1:4)))
d$y <- round(person[d$person] + rater[d$rater] + session[d$session] + rnorm(nrow(d), 0, .4), 1)
write.csv(d[, c("person", "rater", "session", "y")], "raters.csv", row.names = FALSE)

m <- lmer(y ~ 1 + (1 | person) + (1 | rater) + (1 | session), d, REML = TRUE)
v <- as.data.frame(VarCorr(m))
print(v[, c("grp", "vcov")], digits = 8)
vr <- v$vcov[v$grp == "rater"]; vs <- v$vcov[v$grp == "session"]; ve <- sigma(m)^2

# Henderson's mixed model equations with persons fixed: another way than the program's to the same.
X <- model.matrix(~ 0 + person, d); Z <- cbind(model.matrix(~ 0 + rater, d), model.matrix(~ 0 + session, d))
D <- diag(c(rep(ve / vr, 3), rep(ve / vs, ncol(Z) - 3)))
left <- rbind(cbind(t(X) %*% X, t(X) %*% Z), cbind(t(Z) %*% X, t(Z) %*% Z + D))
found <- solve(left, c(t(X) %*% d$y, t(Z) %*% d$y)); se <- sqrt(diag(solve(left)) * ve)
cat("persons", round(found[1:6], 6), "\n   se  ", round(se[1:6], 6), "\n")
cat("raters ", round(found[7:9], 6), "\n   se  ", round(se[7:9], 6), "\n")
