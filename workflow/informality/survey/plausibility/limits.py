"""The thresholds of every check (decision 34), each tried on ten real surveys and explained here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Shares are of persons in the file, not weighted, unless a comment says so: the weights themselves may be what is wrong."""

    # Years. Few live to 111 and nobody in a sample to 121: above these an age is a code or a slip.
    age_possible: float = 120
    age_old: float = 110
    age_old_share: float = 0.0001
    # Hours in a week; more cannot be worked. A few are slips of typing, many are a code for "not stated".
    week: float = 168
    week_share: float = 0.01
    # How many answers below an all-nines maximum it has to outnumber, each of them: real answers grow rarer towards their end.
    nines_answers: int = 3
    # Of those who report an amount: so many at the very top are a ceiling or a code, not earners.
    top_value_share: float = 0.01
    # Of the weights of those ranked: with a third at one amount a fifth of earners cannot be told apart.
    heap_share: float = 1 / 3
    # Codes that the declared revision of a classification does not have: slips, then a wrong declaration.
    outside_share: float = 0.001
    outside_error: float = 0.05
    # Texts of another length than the rule expects: a lost leading zero.
    length_share: float = 0.01
    # Persons whose answer no level takes, or two levels take.
    untaken_share: float = 0.001
    overlap_share: float = 0.001
    # Of workers in groups that were not asked: some slips of the interview are usual.
    routed_share: float = 0.01
    # Of those asked, and of the employed (both weighted): no answer, no status. Groups below `fewest_asked` say nothing about a question.
    not_stated_share: float = 0.3
    without_status_share: float = 0.05
    fewest_asked: int = 10
    # Persons whose age or sex is not known are in no base or class, whatever is estimated.
    unknown_share: float = 0.01
    # Persons for whom one interview stands on average: below, the weights are no numbers of persons; above, no survey is known.
    weight_mean_least: float = 10
    weight_mean_most: float = 50_000
    # The greatest weight over the median.
    weight_spread: float = 50
    # Two scales: between two neighbouring weights a factor of `scale_gap`, with at least `scale_share` of the persons on either side.
    scale_gap: float = 10
    scale_share: float = 0.01
    # The mean factor by which a calibration or a replicate changes the weights: outside, the unit or the kind of column is wrong.
    factor_least: float = 0.5
    factor_most: float = 2
    # Employed persons who equal another one of their household in every column that is read; of their sampling unit where so many columns
    # are read that it happens to fewer than one in a thousand (real surveys, 30 columns: 0.0003 to 0.0005).
    twice_share: float = 0.005
    twice_columns: int = 20
    # Persons: larger ones are mostly several households under one number.
    household_size: int = 40
    # Rows that the description's `keep` leaves out.
    left_out_share: float = 0.1
    # Between a level's shares in two waves of a family, weighted.
    jump: float = 0.10
    # Whole numbers from here on lose digits as double-precision numbers (IEEE 754): 2^53.
    exact: float = 2.0**53
    # The same of 32-bit floats, as Stata stores them unless it is told otherwise: 2^24.
    exact_single: float = 2.0**24
    # No labour force survey is older.
    first_year: int = 1950


LIMITS = Limits()
