"""The split: where law and practice meet, one class for every person, and the hierarchies behind two of the gaps.

=============  ====================  ================  ===================
legal status   covered               not covered       cover not known
=============  ====================  ================  ===================
mandatory      covered_mandatory     compliance_gap    unknown
mandatory, public employee           to_verify
voluntary      covered_voluntary     take_up_gap       unknown
excluded       covered_outside       legal_gap         unknown
unknown        covered_unclassified  unclassified      unknown
=============  ====================  ================  ===================
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary as v
from informality.coverage.evidence import NO, UNKNOWN, YES
from informality.coverage.options import Options
from informality.frames import levels
from informality.sql import first_match

Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Class by legal status (the order of `vocabulary.LEGAL`) and cover (yes, no, not known).
_TABLE = np.array(
    [
        [v.SPLIT.index(name) for name in row]
        for row in (
            ("covered_mandatory", "compliance_gap", "unknown"),
            ("covered_voluntary", "take_up_gap", "unknown"),
            ("covered_outside", "legal_gap", "unknown"),
            ("covered_unclassified", "unclassified", "unknown"),
        )
    ],
    dtype=np.int8,
)
_PLACE = {YES: 0, NO: 1, UNKNOWN: 2}
_TO_VERIFY, _COMPLIANCE, _TAKE_UP = (v.SPLIT.index(name) for name in ("to_verify", "compliance_gap", "take_up_gap"))


def split(legal: Codes, cover: Codes, verify: Bools) -> Codes:
    """Codes of `vocabulary.SPLIT` from codes of `vocabulary.LEGAL` and cover; ``verify``: whose "no" is to be verified."""
    place = np.select([cover == value for value in _PLACE], list(_PLACE.values()))
    found = _TABLE[legal, place]
    return np.where((found == _COMPLIANCE) & verify, _TO_VERIFY, found).astype(np.int8)


def unit_registered(workers: pd.DataFrame, options: Options) -> pd.Categorical:
    """Whether the unit of each worker is registered: yes, no, NULL where it is not known."""
    index = first_match(workers, {"registered": options.registered()})["registered"]
    return levels(np.array([1, 0, -1])[index], ("no", "yes"))


def compliance_steps(workers: pd.DataFrame, classes: Codes, options: Options) -> Codes:
    """Codes of `vocabulary.COMPLIANCE_STEPS` for those in the compliance gap, -1 for all others (decision 19).

    ``workers``: the vocabulary's variables and ``unit_registered``.
    """
    rules = options.steps()
    order = np.array([v.COMPLIANCE_STEPS.index(rule.id) for rule in rules] + [-1], dtype=np.int8)
    index = first_match(workers, {"steps": rules})["steps"]
    return np.where(classes == _COMPLIANCE, order[index], -1).astype(np.int8)


def take_up_classes(
    classes: Codes, means: Floats, contribution: Floats, line: float | None, affordable: float
) -> Codes:
    """Codes of `vocabulary.TAKE_UP` for those in the take-up gap, -1 for all others (decision 20).

    ``means``: own cash earnings, of family workers the household's per member; ``contribution``: of a month, NaN where no rate is
    known; ``line``: the earnings line, None where the law has none. Without line or rate nobody with earnings can be placed: -1.
    """
    known = means > 0
    placed = known & (line is not None) & np.isfinite(contribution)
    with np.errstate(invalid="ignore", divide="ignore"):
        burden = contribution / means
    conditions = [
        ~known,
        ~placed,
        means < (line or 0.0),
        burden <= affordable,
    ]
    names = ["no_earnings", None, "below_line", "can_pay"]
    codes = [-1 if name is None else v.TAKE_UP.index(name) for name in names]
    found = np.select(conditions, codes, default=v.TAKE_UP.index("missing_middle"))
    return np.where(classes == _TAKE_UP, found, -1).astype(np.int8)
