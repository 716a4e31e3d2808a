"""The canonical vocabulary: variables, their levels in order, reasons for a missing value, dimensions of the hub.

Every survey is recoded to these names; standards, laws, estimates and figures know no others. Sources: ``U`` and ``J`` in
`workflow/standards/` say which of them the standards need; group definitions follow ILOSTAT (ISIC sections, ISCO-08 major
groups, education aggregates). A variable whose levels are ``None`` takes the levels that the survey's description names
(provinces, a national grouping of industries).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["level", "number"]

# Why a value is there or not. `not_asked`: routing or questionnaire left the person out; `not_applicable`: the question makes no
# sense for the person (a job of somebody who has none); `not_stated`: asked, and the file holds no valid answer.
REASONS = ("answered", "dont_know", "refused", "not_stated", "not_asked", "not_applicable")


@dataclass(frozen=True)
class Variable:
    """One canonical variable. ``of``: who has it - ``all`` persons or ``employed`` persons only."""

    name: str
    levels: tuple[str, ...] | None = None
    kind: Kind = "level"
    of: Literal["all", "employed"] = "all"

    @property
    def has_own_levels(self) -> bool:
        """True where the survey's description, not the vocabulary, names the levels."""
        return self.kind == "level" and self.levels is None


YES_NO = ("yes", "no")
SECTIONS = tuple("ABCDEFGHIJKLMNOPQRSTU")

# ISIC Rev.4 divisions of each section (ILOSTAT; ISIC Rev.4, United Nations 2008).
SECTION_DIVISIONS: dict[str, tuple[int, int]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip

STATUSES = ("employee", "employer", "own_account", "cooperative", "family_worker", "not_classifiable")
UNITS = ("formal_sector", "informal_sector", "household", "not_classified")
JOBS = ("formal", "informal", "not_classified")
# The jobs of all who work in a household, taken together; empty where that depends on a job that is not known.
HOUSEHOLD_JOBS = ("all_informal", "mixed", "all_formal", "no_worker")
# Which persons live together: no variable with levels, but what some items need.
HOUSEHOLD = "household"
CONCEPTS = ("icls13", "icls19", "national")

# The nine branches of social security of Convention No. 102 (1952), Parts II to X, in its order; all but the first pay cash.
BRANCHES = (
    "medical_care", "sickness", "unemployment", "old_age", "employment_injury", "family", "maternity", "invalidity", "survivors",
)  # fmt: skip
CASH_BRANCHES = BRANCHES[1:]
# At least one branch that pays cash: written where a branch is named.
ANY_CASH = "any_cash"
# What a law says of a person (decision 18), in two readings of it.
LEGAL = ("mandatory", "voluntary", "excluded", "unknown")
READINGS = ("wide", "narrow")
# Where law and practice meet: one class for every person, branch, law and reading.
SPLIT = (
    "covered_mandatory", "covered_voluntary", "covered_outside", "covered_unclassified",
    "compliance_gap", "to_verify", "take_up_gap", "legal_gap", "unclassified", "unknown",
)  # fmt: skip
# Classes that readers see added up as well: those who are covered, and the coverage gap.
COVERED = ("covered_mandatory", "covered_voluntary", "covered_outside", "covered_unclassified")
GAPS = ("compliance_gap", "take_up_gap", "legal_gap", "unclassified")
# And those that only say that cover, or legal status, is not known.
UNKNOWN_CLASSES = ("unknown", "unclassified", "covered_unclassified")
# Why somebody with a mandatory right is not covered (decision 19), and who could join voluntarily (decision 20).
COMPLIANCE_STEPS = ("registration_unknown", "unit_not_registered", "no_contract", "contract_unknown", "not_declared")
TAKE_UP = ("can_pay", "missing_middle", "below_line", "no_earnings")
# Extension scenarios: the range of an assumption, who pays, and the name of all scenarios of a country together.
ASSUMPTIONS = ("low", "central", "high")
PAYERS = ("employer", "employee", "state", "voluntary", "subsidy")
ALL_SCENARIOS = "all"

_VARIABLES = (
    # persons
    Variable("sex", ("male", "female")),
    Variable("age", kind="number"),
    Variable("area", ("urban", "rural")),
    Variable("settlement"),
    Variable("region"),
    Variable("education", ("less_than_basic", "basic", "intermediate", "advanced")),
    Variable("marital", ("single", "married", "cohabiting", "divorced_separated", "widowed")),
    Variable("disability", YES_NO),
    # Born in another country; and groups as the office names them.
    Variable("migrant", YES_NO),
    Variable("ethnicity"),
    Variable("lfs", ("employed", "unemployed", "outside")),
    Variable("own_use", YES_NO),
    # the main job
    Variable("status", STATUSES, of="employed"),
    Variable("household_employer", YES_NO, of="employed"),
    Variable(
        "inst_sector",
        ("government", "state_enterprise", "corporation", "non_profit", "international", "cooperative", "private", "household", "other"),
        of="employed",
    ),
    Variable("destination", ("only_sale", "mainly_sale", "mainly_own_use", "only_own_use"), of="employed"),
    Variable("books", ("complete", "simplified", "none"), of="employed"),
    Variable("registered", ("yes", "in_process", "no"), of="employed"),
    Variable("soc_sec", YES_NO, of="employed"),
    Variable("annual_leave", YES_NO, of="employed"),
    Variable("sick_leave", YES_NO, of="employed"),
    Variable("place", ("fixed_premises", "other"), of="employed"),
    # Where the person works, by type of workplace; `place` is what the standards ask about the unit.
    Variable(
        "workplace",
        ("fixed_premises", "home", "other_home", "farm", "construction_site", "street", "mobile", "other"),
        of="employed",
    ),
    Variable("size", ("1_4", "5_9", "10_19", "20_49", "50_plus"), of="employed"),
    Variable("size_cut", ("below", "at_or_above"), of="employed"),
    Variable("contract", ("permanent", "temporary", "none"), of="employed"),
    Variable("isic_revision", ("rev3", "rev4"), of="employed"),
    Variable("isic2", kind="number", of="employed"),
    Variable("isco_revision", ("isco88", "isco08"), of="employed"),
    Variable("isco2", kind="number", of="employed"),
    Variable("industry", SECTIONS, of="employed"),
    Variable("industry_national", of="employed"),
    Variable("industry3", ("agriculture", "industry", "services"), of="employed"),
    Variable(
        "occupation",
        ("managers", "professionals", "technicians", "clerks", "service_sales", "skilled_agriculture", "craft", "operators", "elementary",
         "armed_forces"),
        of="employed",
    ),
    Variable("hours_usual", kind="number", of="employed"),
    # Wants to work more hours, and could: with short hours, time-related underemployment.
    Variable("more_hours", YES_NO, of="employed"),
    # Cash of the main job in a month; what is earned in kind, or produced for sale and consumed, stands apart (decision 21).
    Variable("earnings_month", kind="number", of="employed"),
    Variable("in_kind_month", kind="number", of="employed"),
    # derived by the pipeline itself, in survey/derive.py
    Variable("age_group", ("15_24", "25_34", "35_44", "45_54", "55_64", "65_plus")),
    Variable("industry10", ("agriculture", "mining", "manufacturing", "utilities", "construction", "commerce", "transport", "finance",
                            "public_administration", "other"), of="employed"),
    Variable("industry6", ("agriculture", "manufacturing", "construction", "mining_utilities", "market_services", "non_market_services"),
             of="employed"),
    Variable("earnings_quintile", ("q1", "q2", "q3", "q4", "q5"), of="employed"),
    Variable("earnings_decile", ("d01", "d02", "d03", "d04", "d05", "d06", "d07", "d08", "d09", "d10"), of="employed"),
    # Cash earnings of all members of the household over its members, where those of everybody who works for pay or profit are known.
    Variable("household_earnings", kind="number"),
)  # fmt: skip

VARIABLES: dict[str, Variable] = {v.name: v for v in _VARIABLES}
# Written by the pipeline, never by a description.
DERIVED = ("age_group", "industry10", "industry6", "earnings_quintile", "earnings_decile", "household_earnings")
# What a description may leave out of `variables:` and the pipeline then derives from another variable.
DERIVABLE = {"industry": "isic2", "industry3": "industry", "occupation": "isco2"}

# Names of the same variables elsewhere, for the export of classified microdata. ILOSTAT: the ILO's own programs for microdata (iloMicro,
# github.com/dbescond/iloMicro); GLD: the nearest variable of the World Bank's Global Labour Database, whose codes are its own.
ILOSTAT_NAMES = {
    "weight": "ilo_wgt", "age_base": "ilo_wap", "sex": "ilo_sex", "age": "ilo_age", "age_group": "ilo_age_10yrbands", "area": "ilo_geo",
    "education": "ilo_edu_aggregate", "disability": "ilo_dsb_aggregate", "lfs": "ilo_lfs", "status": "ilo_job1_ste_icse93",
    "industry": "ilo_job1_eco_isic4", "industry6": "ilo_job1_eco_aggregate", "hours_usual": "ilo_job1_how_usual",
    "unit": "ilo_job1_ife_prod", "job": "ilo_job1_ife_nature",
}  # fmt: skip
# Where the name says the revision of a classification: variable → revision → name.
ILOSTAT_REVISED = {
    "isic2": {"rev3": "ilo_job1_eco_isic3_2digits", "rev4": "ilo_job1_eco_isic4_2digits"},
    "isco2": {"isco88": "ilo_job1_ocu_isco88_2digits", "isco08": "ilo_job1_ocu_isco08_2digits"},
    "occupation": {"isco88": "ilo_job1_ocu_isco88", "isco08": "ilo_job1_ocu_isco08"},
}
# ILOSTAT's codes of levels; those of all other variables are 1, 2, 3 … in the order of the levels (1 of the ages is under 15).
ILOSTAT_CODES = {
    "age_group": {"15_24": 2, "25_34": 3, "35_44": 4, "45_54": 5, "55_64": 6, "65_plus": 7},
    "disability": {"no": 1, "yes": 2},
    "unit": {"informal_sector": 1, "formal_sector": 2, "household": 3, "not_classified": 4},
    "job": {"informal": 1, "formal": 2, "not_classified": 3},
}
GLD_NAMES = {
    "weight": "weight", "stratum": "strata", "psu": "psu", "household": "hhid", "sex": "male", "age": "age", "area": "urban",
    "region": "subnatid1", "marital": "marital", "lfs": "lstatus", "status": "empstat", "industry10": "industrycat10", "occupation": "occup",
    "contract": "contract", "soc_sec": "socialsec", "hours_usual": "whours", "earnings_month": "wage_no_compen",
}  # fmt: skip

# Dimensions of the hub: always all present, `_T` for the margin, `_U` for unknown.
DIMENSIONS = (
    "sex",
    "age_group",
    "area",
    "settlement",
    "region",
    "education",
    "marital",
    "disability",
    "migrant",
    "ethnicity",
    "status",
    "industry",
    "industry_national",
    "industry10",
    "industry6",
    "industry3",
    "occupation",
    "size",
    "inst_sector",
    "registered",
    "books",
    "workplace",
    "contract",
    "earnings_quintile",
    "earnings_decile",
)
# The margin and the unknown in a dimension column; levels (or classes of a composition) with too few persons, taken together; and of a
# test, whose row stands for all levels that it compares.
TOTAL = "_T"
UNKNOWN = "_U"
OTHER = "_O"
COMPARED = "_C"

HUB_KEYS = (
    "survey",
    "wave",
    "variant",
    "concept",
    "universe",
    "indicator",
    "statistic",
    "category",
    "branch",
    "law",
    "scenario",
    "assumption",
    *DIMENSIONS,
)
# `df1` (of the numerator, `df` being that of the denominator) is of tests only, `p_value` of these and of differences between waves.
# `state` says estimated / not_asked / …; the word `status` belongs to status in employment, a dimension.
HUB_VALUES = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "ci_method",
    "cv",
    "df",
    "df1",
    "p_value",
    "deff",
    "n",
    "n_event",
    "n_psu",
    "n_psu_event",
    "n_same",
    "top1_share",
    "top2_share",
    "n_missing",
    "w_not_computable",
    "w_no_answer",
    "population",
    "measure",
    "state",
)
HUB_TEXT_VALUES = ("ci_method", "measure", "state")
# What crosses the wall of an estimate, all of it rounded (decision 28). `decimals`: digits after the point in the unit in which it is
# shown (shares in per cent); `n_class`: persons in the sample as a class, where `n` would say too much (`n` is then its lower end);
# `df`, `df1`, `p_value`, `cv`, `deff`, `n_psu` and the two parts of what is missing: of national rows only; `verdict`: of declared comparisons.
PUBLISHED_VALUES = (
    "estimate", "se", "ci_low", "ci_high", "ci_method", "decimals", "n", "n_class", "cv", "df", "df1", "p_value", "deff", "n_psu",
    "w_not_computable", "w_no_answer", "verdict", "measure", "state",
)  # fmt: skip
VERDICTS = ("higher", "lower", "unclear")
STATISTICS = ("share", "total", "mean", "ratio", "quantile", "difference", "test")
# A level or class whose persons stand in the row `_O` beside it.
JOINED = "joined"
ESTIMATE_STATES = ("estimated", "not_asked", "not_computable", "not_estimable", JOINED)
# Dimensions whose levels stand in an order: to take two of them together that are no neighbours would say little.
ORDERED = ("age_group", "education", "size", "earnings_quintile", "earnings_decile")
# What a number counts. `currency` is that of the survey, by whose word it is called in the hub.
CURRENCY = "currency"
MEASURES = ("share", "persons", "hours", CURRENCY, "number")

# Differences between waves: rows like those of the hub, with the two waves, whether they are neighbours or first and last, and why
# nothing was compared, with the names of breaks.
TREND_COLUMNS = (*HUB_KEYS, *HUB_VALUES, "plus", "minus", "comparison", "why", "breaks")

# Results of models. One row for each; `part`: fit, coefficient, ame, wald, decomposition. `_T` where there is no term, or no level.
MODEL_KEYS = ("survey", "wave", "model", "variant", "concept", "part", "term", "level", "statistic")
# `df1`: of the numerator of an F statistic. `se_method`: linearised, linearised_fixed_covariates, jackknife, bootstrap.
# `reason`: why there is no estimate, a key and what it is about after a colon. `reference`: the level compared with.
MODEL_VALUES = (
    "estimate", "se", "ci_low", "ci_high", "p", "df1", "df", "n", "n_psu", "se_method", "state", "reason", "reference",
)  # fmt: skip
MODEL_TEXT_VALUES = ("se_method", "state", "reason", "reference")
MODEL_STATES = ("estimated", "not_estimated", "not_computable")
# Counts behind the levels of the terms; `side`: yes or no of the outcome, or the level of the group.
CELL_KEYS = ("survey", "wave", "model", "variant", "concept", "term", "level", "side")
CELL_VALUES = ("n", "n_psu")
# The term of a model without a variable.
CONSTANT = "(constant)"


def why(name: str) -> str:
    """Name of the column that says why ``name`` is or is not there."""
    return f"{name}_why"
