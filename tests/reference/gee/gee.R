# Prints what geepack finds in its own data and in a simulated table, for test_gee.py.
#   python -m tests.real_data FOLDER
#   Rscript tests/reference/gee/gee.R FOLDER > tests/reference/gee/gee.csv
suppressPackageStartupMessages(library(geepack))
folder <- commandArgs(TRUE)[1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
show <- function(case, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.12g\n", case, quantity, name, value), sep = "")
our_names <- function(names)
  sub("^treat(?=[AP])", "treat=", sub("^factor\\((.*)\\)", "\\1=", sub("^\\(Intercept\\)$", "intercept", names)), perl = TRUE)
tight <- geese.control(epsilon = 1e-12, maxit = 500)
report <- function(case, m) {
  names <- our_names(names(coef(m)))
  show(case, "estimate", names, coef(m))
  show(case, "se", names, summary(m)$coefficients[, 2])
  show(case, "scale", "scale", m$geese$gamma)
  if (length(m$geese$alpha)) show(case, "correlation", "correlation", m$geese$alpha)
}
cat("case,quantity,name,value\n")
for (working in c("exchangeable", "independence")) {
  case <- function(name) paste(name, sub("independence", "independent", working), sep = "/")
  ohio <- read("ohio")
  report(case("ohio"), geeglm(resp ~ age + smoke, id = id, data = ohio, family = binomial, corstr = working, control = tight))
  report(case("ohio_moments"), geeglm(resp ~ factor(age) + smoke, id = id, data = ohio, family = binomial, corstr = working, control = tight))
  pigs <- read("dietox"); pigs <- pigs[order(pigs$Pig), ]
  report(case("dietox"), geeglm(Weight ~ factor(Time) + Start, id = Pig, data = pigs[!is.na(pigs$Start), ], corstr = working, control = tight))
  r <- read("respiratory"); r$who <- r$center * 1000 + r$id; r <- r[order(r$who), ]
  report(case("respiratory"), geeglm(outcome ~ treat + age + baseline, id = who, data = r, family = binomial, corstr = working, control = tight))
  wide <- read("seizure"); wide$id <- seq_len(nrow(wide))
  s <- reshape(wide, direction = "long", varying = c("y1", "y2", "y3", "y4"), v.names = "y", idvar = "id", timevar = "visit")
  s <- s[order(s$id), ]
  s$weeks <- 2
  report(case("seizure"), geeglm(y ~ trt + age + offset(log(weeks)), id = id, data = s, family = poisson, corstr = working, control = tight))
}
