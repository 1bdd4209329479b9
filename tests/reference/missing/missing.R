# Prints models of Beat the Blues with number of assessments and with patterns, by lme4, for test_missing.py.
#   python -m tests.real_data FOLDER
#   Rscript tests/reference/missing/missing.R FOLDER > tests/reference/missing/missing.csv
suppressPackageStartupMessages(library(lme4))
wide <- read.csv(file.path(commandArgs(TRUE)[1], "btheb.csv")); wide$id <- seq_len(nrow(wide))
d <- reshape(wide, direction = "long", idvar = "id", timevar = "month", times = c(0, 2, 4, 6, 8), v.names = "bdi",
             varying = c("bdi.pre", "bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"))
d <- d[!is.na(d$bdi), ]
show <- function(quantity, name, value) cat(sprintf("%s,%s,%.12g\n", quantity, name, value), sep = "")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
counts <- table(d$id)
d$assessments <- as.numeric(counts[as.character(d$id)]) - mean(counts)
d$log <- log1p(d$month)
cat("quantity,name,value\n")
# a random intercept only: OnModel has the random slope on months, not on their logarithm
m <- lmer(bdi ~ log * assessments + (1 | id), d, control = tight)
show("assessments", c("assessments", "log:assessments"), fixef(m)[c("assessments", "log:assessments")])
show("assessments_se", c("assessments", "log:assessments"), sqrt(diag(as.matrix(vcov(m))))[3:4])
d$gone <- as.numeric(!(d$id %in% d$id[d$month == 8]))
m <- lmer(bdi ~ log * gone + (1 | id), d, control = tight)
w <- mean(tapply(d$gone, d$id, max)); n <- length(unique(d$id)); t <- log1p(8)
row <- c(0, t, 0, w * t)
change <- sum(row * fixef(m)); apart <- t * fixef(m)[["log:gone"]]
show("mixture", c("change", "se"), c(change, sqrt(sum(row * as.numeric(vcov(m) %*% row)) + apart^2 * w * (1 - w) / n)))
for (side in list(wide[wide$id %in% d$id[d$month == 8], ])) {
  rest <- wide[!(wide$id %in% side$id), ]
  show("welch", "bdi.pre", t.test(side$bdi.pre, rest$bdi.pre)$p.value)
  show("fisher", "drug", fisher.test(table(wide$drug, wide$id %in% side$id))$p.value)
}
