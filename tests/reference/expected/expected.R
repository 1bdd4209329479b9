# Prints, of Beat the Blues without the last patient of the table: what lme4's estimates make the conditional
# normal distribution of that patient's later scores, from the first score and from the first two, by the
# partitioned covariance matrix; and generalised least squares without that patient at the variances of all.
#   Rscript tests/reference/expected/expected.R FOLDER > tests/reference/expected/expected.csv
suppressPackageStartupMessages(library(lme4))
d <- read.csv(file.path(commandArgs(TRUE)[1], "btheb.csv"))
d <- d[!is.na(d$outcome), ]
d <- d[order(d$patient, d$time), ]
counts <- table(d$patient)
full <- names(counts)[counts == 5]
who <- full[length(full)]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
fit <- function(rows) lmer(outcome ~ time + I(time^2) + (1 + time | patient), rows, control = tight)
show <- function(quantity, known, month, value)
  cat(sprintf("%s,%d,%g,%.12g\n", quantity, known, month, value))

cat("quantity,known,month,value\n")
cat(sprintf("patient,0,0,%s\n", who))
m <- fit(d[d$patient != who, ])
b <- fixef(m)
s <- as.matrix(vcov(m))
g <- as.matrix(VarCorr(m)$patient)
r <- sigma(m)^2
own <- d[d$patient == who, ]
for (known in 1:2) {
  t <- own$time[seq_len(known)]
  u <- own$time[-seq_len(known)]
  all <- c(t, u)
  x <- cbind(1, all, all^2)
  z <- cbind(1, all)
  joint <- z %*% g %*% t(z) + x %*% s %*% t(x)  # of true scores, the estimates' uncertainty in it
  i <- seq_along(t)
  o <- length(t) + seq_along(u)
  v <- joint[i, i, drop = FALSE] + r * diag(length(t))
  # the uncertainty of the estimates does not inform on the patient: only patients' own covariance does
  k <- (z[o, , drop = FALSE] %*% g %*% t(z[i, , drop = FALSE])) %*%
    solve(z[i, , drop = FALSE] %*% g %*% t(z[i, , drop = FALSE]) + r * diag(length(t)))
  mean <- x[o, ] %*% b + k %*% (own$outcome[i] - x[i, , drop = FALSE] %*% b)
  gap <- cbind(diag(length(o)), -k)
  error <- gap %*% joint[c(o, i), c(o, i)] %*% t(gap) + k %*% (r * diag(length(t))) %*% t(k)
  for (j in seq_along(u)) {
    show("mean", known, u[j], mean[j])
    show("true_variance", known, u[j], error[j, j])
  }
}
m <- fit(d)
g <- as.matrix(VarCorr(m)$patient)
r <- sigma(m)^2
information <- matrix(0, 3, 3)
right <- rep(0, 3)
for (p in setdiff(unique(d$patient), who)) {
  rows <- d[d$patient == p, ]
  x <- cbind(1, rows$time, rows$time^2)
  z <- cbind(1, rows$time)
  w <- solve(z %*% g %*% t(z) + r * diag(nrow(rows)))
  information <- information + t(x) %*% w %*% x
  right <- right + t(x) %*% w %*% rows$outcome
}
left <- solve(information, right)
for (j in 1:3) {
  show("left_out", 0, j, left[j])
  show("left_out_variance", 0, j, solve(information)[j, j])
}
