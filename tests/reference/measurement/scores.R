# Prints what base R finds in the tables of tables.py, for test_scores.py.
#   python tests/reference/measurement/tables.py FOLDER
#   Rscript tests/reference/measurement/scores.R FOLDER > tests/reference/measurement/scores.csv
folder <- commandArgs(TRUE)[1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
show <- function(case, quantity, value) cat(sprintf("%s,%s,%.12g\n", case, quantity, value), sep = "")
cat("case,quantity,value\n")

# Scales of the bfi: reversed items are 7 - x; the mean counts when at most one of five is missing.
bfi <- read("bfi")
reversed <- list(A = "A1", C = c("C4", "C5"), E = c("E1", "E2"), N = character(0), O = c("O2", "O5"))
for (scale in names(reversed)) {
  x <- bfi[, paste0(scale, 1:5)]
  for (item in reversed[[scale]]) x[[item]] <- 7 - x[[item]]
  score <- ifelse(rowSums(is.na(x)) <= 1, rowMeans(x, na.rm = TRUE), NA)
  show(scale, "n", sum(!is.na(score)))
  show(scale, "mean", mean(score, na.rm = TRUE))
  show(scale, "sd", sd(score, na.rm = TRUE))
  whole <- na.omit(x)
  covariance <- cov(whole)
  k <- ncol(whole); n <- nrow(whole)
  alpha <- k / (k - 1) * (1 - sum(diag(covariance)) / sum(covariance))
  show(scale, "complete", n)
  show(scale, "alpha", alpha)
  show(scale, "low", 1 - (1 - alpha) * qf(0.975, n - 1, (n - 1) * (k - 1)))
  show(scale, "high", 1 - (1 - alpha) * qf(0.025, n - 1, (n - 1) * (k - 1)))
}

# The structural summary as a regression of the octants on cosine and sine.
angle <- c(90, 135, 180, 225, 270, 315, 0, 45) * pi / 180
scores <- read("profiles")
for (row in seq_len(nrow(scores))) {
  fit <- lm(unlist(scores[row, ]) ~ cos(angle) + sin(angle))
  b <- unname(coef(fit))
  case <- paste0("profile", row)
  show(case, "elevation", b[1])
  show(case, "affiliation", b[2])
  show(case, "dominance", b[3])
  show(case, "amplitude", Mod(complex(real = b[2], imaginary = b[3])))
  show(case, "displacement", (Arg(complex(real = b[2], imaginary = b[3])) * 180 / pi) %% 360)
  show(case, "fit", summary(fit)$r.squared)
}

# Jacobson and Truax on the trial: SD before, retest .93, dysfunctional from 14.
bdi <- read("bdi")
names(bdi) <- sub("^X", "", names(bdi))
smallest <- qnorm(0.975) * sqrt(2) * sd(bdi$pre) * sqrt(1 - 0.93)
show("bdi", "sd", sd(bdi$pre))
show("bdi", "smallest", smallest)
for (moment in c("2m", "4m", "6m", "8m")) {
  gain <- bdi$pre - bdi[[moment]]
  status <- ifelse(gain >= smallest, ifelse(bdi$pre >= 14 & bdi[[moment]] < 14, "recovered", "improved"),
                   ifelse(-gain >= smallest, "deteriorated", "unchanged"))
  for (word in c("recovered", "improved", "unchanged", "deteriorated"))
    show(moment, word, sum(status == word, na.rm = TRUE))
}
