# Prints omega from factanal's one-factor model of each trait in bfi, for test_omega.py.
#   Rscript tests/reference/reliability/omega.R FOLDER > tests/reference/reliability/omega.csv
d <- read.csv(file.path(commandArgs(TRUE)[1], "bfi.csv"))
cat("trait,what,item,value\n")
for (trait in c("A", "C", "E", "N", "O")) {
  x <- na.omit(d[, paste0(trait, 1:5)])
  f <- factanal(x, 1, control = list(opt = list(factr = 1e-12)))
  l <- f$loadings[, 1] * sign(sum(f$loadings)); u <- f$uniquenesses; s <- apply(x, 2, sd)
  cat(sprintf("%s,loading,%d,%.10g\n", trait, 1:5, l), sep = "")
  cat(sprintf("%s,omega,0,%.10g\n", trait, sum(l * s)^2 / (sum(l * s)^2 + sum(u * s^2))))
  cat(sprintf("%s,n,0,%d\n", trait, nrow(x)))
}
