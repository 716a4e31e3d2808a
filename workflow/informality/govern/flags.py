"""The flags of a published estimate: what each means, and which estimates a finding may cite.

====  ==================================================================================================
flag  meaning
====  ==================================================================================================
(none)  a reliable estimate. A true zero is one; so is a value that a standard fixes (``flag_reason`` `by_definition`), and one that is
        printed equal to that of the first standard or law, since fewer than ten persons differ (`few_differ`, also in ``review``)
``u``   unreliable: shown in brackets, hollow or hatched
``b``   bounded: only ``bound_low`` ("over 98 %") or ``bound_high`` ("under 3 %", "under 2,000") is shown, without either "few". Fewer than
        ten have, or have not, what is counted (`few_counted`; in a small or sensitive group also nobody or everybody); or the number
        would round to 0 or 100, or is below one step of rounding (`rounds_to_end`)
``x``   unreliable and not shown
``:c``  confidential and not shown; where it is the base that is small, not even ``n``. `joined`: in the row `_O` beside it
``:``   not asked, or not computable from the questions; of models also what could not be estimated
====  ==================================================================================================

Disclosure is decided first and reliability after it; what disclosure hides is never shown again. A bounded share of too few persons
is ``x``: that shows less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from informality.vocabulary import JOINED

NORMAL, UNRELIABLE, BOUNDED, HIDDEN, CONFIDENTIAL, NOT_AVAILABLE = "", "u", "b", "x", ":c", ":"
FLAGS = (NORMAL, UNRELIABLE, BOUNDED, HIDDEN, CONFIDENTIAL, NOT_AVAILABLE)
# Flags of rows without an estimate and without a bound.
WITHOUT_VALUE = (HIDDEN, CONFIDENTIAL, NOT_AVAILABLE)

# Why: not shown or not reliable.
FEW_PERSONS = "few_persons"
TOO_FEW_PERSONS = "too_few_persons"
FEW_EFFECTIVE = "few_effective"
WIDE_INTERVAL = "wide_interval"
LARGE_ERROR = "large_error"
FEW_DEGREES = "few_degrees"
NON_RESPONSE = "non_response"
NOT_ESTIMABLE = "not_estimable"
NOT_COMPUTABLE = "not_computable"
# Why: disclosure.
DOMAIN = "confidential"
FEW_COUNTED = "few_counted"
FEW_CONTRIBUTORS = "dominated"
FEW_RESIDUAL = "few_residual"
ONE_STANDARD = "one_standard"
ROUNDS_TO_END = "rounds_to_end"
FEW_DIFFER = "few_differ"
BY_DEFINITION = "by_definition"
REASONS = (
    "", FEW_PERSONS, TOO_FEW_PERSONS, FEW_EFFECTIVE, WIDE_INTERVAL, LARGE_ERROR, FEW_DEGREES, NON_RESPONSE, NOT_ESTIMABLE, DOMAIN,
    FEW_COUNTED, FEW_CONTRIBUTORS, FEW_RESIDUAL, JOINED, ONE_STANDARD, ROUNDS_TO_END, FEW_DIFFER, BY_DEFINITION, "not_asked",
    "not_computable", "not_estimated",
)  # fmt: skip

# What a person should look at before it is published (words of the column ``review``, with blanks between).
GROUP_DISCLOSURE = "group_disclosure"
COMPLEMENT = "complement_unreliable"
SOME_MISSING = "some_missing"
REVIEWS = (FEW_DEGREES, GROUP_DISCLOSURE, COMPLEMENT, SOME_MISSING, FEW_PERSONS, FEW_DIFFER)


def citable(row: Mapping[str, Any]) -> bool:
    """Whether a finding may cite a published row (a mapping with ``flag``, ``flag_reason``, ``estimate``).

    Only a reliable estimate: no flagged one, and none that holds by definition (decision 28).
    """
    value = row["estimate"]
    return row["flag"] == NORMAL and row["flag_reason"] in ("", FEW_DIFFER) and value is not None and value == value
