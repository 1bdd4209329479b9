# Prints R's tests of a few tables, for test_comparisons.py.
#   Rscript tests/reference/comparisons/comparisons.R > tests/reference/comparisons/comparisons.csv
show <- function(case, test) {
  line <- function(quantity, value) cat(sprintf("%s,%s,%.12g\n", case, quantity, value), sep = "")
  line("p", test$p.value)
  if (!is.null(test$statistic)) line("statistic", unname(test$statistic))
  if (!is.null(test$parameter)) line("df", unname(test$parameter))
  if (grepl("t-test", test$method)) { line("lower", test$conf.int[1]); line("upper", test$conf.int[2]) }
}
cat("case,quantity,value\n")
show("welch", t.test(extra ~ group, sleep))
show("student", t.test(extra ~ group, sleep, var.equal = TRUE))
show("paired", t.test(sleep$extra[11:20], sleep$extra[1:10], paired = TRUE))
show("chi_square", chisq.test(rbind(c(30, 10), c(20, 20)), correct = FALSE))
show("yates", chisq.test(rbind(c(30, 10), c(20, 20))))
show("chi_square_3", chisq.test(rbind(c(12, 30, 9), c(20, 21, 18))))
show("fisher", fisher.test(rbind(c(5, 24), c(84, 91))))
show("fisher_small", fisher.test(rbind(c(9, 20), c(17, 158))))
show("fisher_empty", fisher.test(rbind(c(0, 8), c(5, 3))))
show("mcnemar", mcnemar.test(rbind(c(40, 35), c(12, 60)), correct = FALSE))
exact <- binom.test(5, 20); cat(sprintf("mcnemar_exact,p,%.12g\n", exact$p.value))
p <- c(0.001, 0.2, 0.03, 0.013, 0.04)
cat(sprintf("holm,%d,%.12g\n", 0:4, p.adjust(p, "holm")), sep = "")
cat(sprintf("bonferroni,%d,%.12g\n", 0:4, p.adjust(p, "bonferroni")), sep = "")
