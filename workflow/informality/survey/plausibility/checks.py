"""Every check of plausibility, in the order in which its findings are shown: what cannot be first, then what weighs most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from informality.survey.plausibility import (
    answers,
    classifications,
    contradictions,
    file,
    levels,
    numbers,
    people,
    weights,
)
from informality.survey.plausibility.finding import Finding, Subject
from informality.survey.plausibility.limits import LIMITS, Limits

Look = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """One check as the page `docs/checks.md` shows it.

    ``error``, ``warning``: when, in words; empty where there is none. ``then``: what happens. ``cases``: of the 48 bad inputs.
    """

    id: str
    look: Look | None
    what: str
    error: str = ""
    warning: str = ""
    then: str = ""
    cases: tuple[int, ...] = ()


def _p(share: float) -> str:
    return f"{100 * share:g} %"


def described(limits: Limits) -> tuple[Check, ...]:
    """The checks with their thresholds in words."""
    size = limits
    return (
        Check("file", file.noted, "the file", "", "its header does not know the number of cases, its last line has no end, labels of wrongly read characters", "read", (3, 9)),
        Check("age", numbers.ages, "ages", f"below 0 or above {size.age_possible:g}", f"more than {_p(size.age_old_share)} above {size.age_old:g}", "nothing is changed", (21, 38)),
        Check("hours", numbers.hours, "usual hours a week", f"below 0 or above {size.week:g} for more than {_p(size.week_share)}", f"any above {size.week:g}", "these are not stated", (21, 38)),
        Check("nobody", people.nobody, "the base of all estimates", "nobody known to be of the age base or above", "nobody employed", "made without numbers", (42,)),
        Check("codes", classifications.codes, "two-digit codes of ISIC and ISCO", f"more than {_p(size.outside_error)} outside the declared revision", f"more than {_p(size.outside_share)}", "they have no section or major group", (35, 36, 37)),
        Check("households", people.households, "households", "one in two sampling units", f"one of more than {size.household_size} persons", "nothing is changed", (26,)),
        Check("keys", people.keys, "identifiers", "numbers of 2^53 and more (of Stata's float: 2^24) in a column of stratum, psu, household or person", "", "", (27,)),
        Check("weight_scales", weights.scales, "weights on two scales", "", f"a gap of a factor of {size.scale_gap:g} with {_p(size.scale_share)} of persons on either side", "nothing is changed", (12, 32, 40)),
        Check("weight_scale", weights.scale, "weights as numbers of persons", "", f"sum below {size.weight_mean_least:g} n, or above {size.weight_mean_most:,.0f} n", "nothing is changed", (31, 32)),
        Check("weight_spread", weights.spread, "extreme weights", "", f"maximum over {size.weight_spread:g} medians", "design effect in quality.csv", (33,)),
        Check("calibration_factor", weights.calibration, "totals of a calibration", "", f"mean factor outside {size.factor_least:g} to {size.factor_most:g}", "weights are calibrated all the same", (32,)),
        Check("replicates", weights.replicates, "replicate columns", "", f"mean sum outside {size.factor_least:g} to {size.factor_most:g} of the sum of weights (declared factors: of n)", "used as declared", ()),
        Check("lonely", people.lonely, "strata with one sampling unit", "", "all of them", "no standard errors", (34,)),
        Check("twice", people.twice, "persons twice in the file", "", f"any with the same `person`; without it more than {_p(size.twice_share)} of the employed equal in all that is read, within a household (a sampling unit where households have no key and {size.twice_columns} columns are read)", "all are counted", (25, 40)),
        Check("unknown", people.unknown, "age or sex unknown", "", f"more than {_p(size.unknown_share)} of all persons", "they are in no base, or in no class", (20, 38)),
        Check("left_out", people.left_out, "rows that `keep` leaves out", "", f"more than {_p(size.left_out_share)}", "left out", (40,)),
        Check("all_nines", numbers.all_nines, "a greatest answer of nines only", "", f"of {size.fewest_asked} persons or more, and more frequent than each of the {size.nines_answers} answers below it", "taken as a value", (21,)),
        Check("top_value", numbers.top_value, "one greatest amount", "", f"for more than {_p(size.top_value_share)} of those who report one", "taken as a value", (21,)),
        Check("heap", numbers.heaps, "earnings of one amount", "", "for more than a third of the employed who earn", "fifths and tenths are not made", ()),
        Check("lengths", classifications.lengths, "codes kept as texts of several lengths", "", f"more than {_p(size.length_share)} one digit shorter than those with a leading zero", "read as written", (35, 37)),
        Check("status_unknown", answers.without_status, "employed without status", "", f"more than {_p(size.without_status_share)}, weighted", "in no group", (20, 22)),
        Check("untaken", levels.untaken, "codes that no level takes", "", f"more than {_p(size.untaken_share)} of those asked", "not stated", (20, 38, 41)),
        Check("overlap", levels.overlaps, "persons whom two levels take", "", f"more than {_p(size.overlap_share)}; a last level wider than the rest is a remainder", "the first wins", (19,)),
        Check("labels", levels.labels, "labels of the file", "", "a code's label has a word of another level, and none of its own", "read as described", (19, 41)),
        Check("routed", contradictions.routed, "answers of groups that were not asked", "", f"more than {_p(size.routed_share)} of these groups", "not used", (39,)),
        Check("labour_force", contradictions.labour_force, "labour force status against employment", "", f"more than {_p(size.untaken_share)} differ", "employment follows the concept", (39,)),
        Check("misread", contradictions.misread, "texts of wrongly read characters", "", "any", "read as they are", (9, 10)),
        Check("jump", None, "a level's share between two waves", "", f"more than {100 * size.jump:g} points without a declared break (weighted; one line a variable)", "estimated in both", (20, 41)),
        Check("declared_missing", levels.declared, "codes that the file declares as missing", "", "levels that name them", "no answer; with `declared_missing: codes` an answer", (21,)),
        Check("group_without_answer", answers.groups_without_answer, "status groups without any answer", "", f"{size.fewest_asked} persons or more", "not stated", (22,)),
        Check("not_stated", answers.not_stated, "questions without an answer", "", f"more than {_p(size.not_stated_share)} of those asked, weighted", "not stated", (22,)),
        Check("level_of_nobody", answers.levels_of_nobody, "levels that nobody has", "", "any", "", (20, 41)),
    )  # fmt: skip


CHECKS = described(LIMITS)


def examine(subject: Subject) -> list[Finding]:
    """Everything that the checks find in one survey, in the order of `CHECKS`."""
    return [finding for check in described(subject.limits) if check.look is not None for finding in check.look(subject)]
