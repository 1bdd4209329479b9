# Prints R's glm() and lm() of medpar (package COUNT), for test_glm.py.
#   python -m tests.real_data FOLDER
#   Rscript tests/reference/glm/glm.R FOLDER > tests/reference/glm/glm.csv
d <- read.csv(file.path(commandArgs(TRUE)[1], "medpar.csv"))
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
names_of <- function(m) sub("^factor\\(type\\)", "type=", sub("^\\(Intercept\\)$", "intercept", names(coef(m))))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
fits <- list(
  binary = glm(died ~ hmo + white + age80 + factor(type), binomial, d, control = tight),
  count = glm(los ~ hmo + white + age80 + factor(type), poisson, d, control = tight),
  continuous = glm(los ~ hmo + white + age80 + factor(type), gaussian, d),
  rate = glm(hmo ~ white + age80 + offset(log(los)), poisson, d, control = tight)
)
cat("case,quantity,name,value\n")
for (case in names(fits)) {
  m <- fits[[case]]
  table <- summary(m)$coefficients
  show(case, "estimate", names_of(m), table[, 1])
  show(case, "se", names_of(m), table[, 2])
  show(case, "p", names_of(m), table[, 4])
  show(case, "deviance", "deviance", deviance(m))
}
