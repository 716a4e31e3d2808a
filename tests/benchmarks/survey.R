# The requests of cases.py by R's survey package. Arguments: a CSV file made by engine.py, repetitions. Prints seconds, one a line.
suppressMessages(library(survey))
arguments <- commandArgs(TRUE)
options(survey.lonely.psu = "adjust")
persons <- read.csv(arguments[1], colClasses = c(industry = "factor", sex = "factor", region = "factor"), na.strings = "")
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = persons, nest = TRUE)
breakdowns <- list(NULL, ~industry, ~sex, ~region, ~industry + sex, ~industry + region, ~sex + region, ~industry + sex + region)
for (repetition in seq_len(as.integer(arguments[2]))) {
  seconds <- system.time(for (y in list(~flag, ~amount)) for (by in breakdowns) {
    if (is.null(by)) svymean(y, design, na.rm = TRUE) else suppressWarnings(svyby(y, by, design, svymean, na.rm = TRUE))
  })[["elapsed"]]
  cat(format(seconds, digits = 6), "\n")
}
