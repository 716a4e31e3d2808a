"""From the estimates hub to what may be published: the only door in the wall for estimates.

Three steps (decision 28): hide what is small (`hide`), judge how far the rest may be trusted (`reliability`), round what remains
(`rounding`). Before them a second standard or law that differs from the first by a few persons is set equal to it (`equal`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from informality.errors import UserError, nearest
from informality.govern import hide, reliability
from informality.govern.bounds import bounds_of_unknown
from informality.govern.comparisons import verdicts
from informality.govern.differences import compares_without
from informality.govern.equal import settled
from informality.govern.flags import (
    BOUNDED,
    BY_DEFINITION,
    CONFIDENTIAL,
    DOMAIN,
    FEW_COUNTED,
    FEW_DIFFER,
    GROUP_DISCLOSURE,
    HIDDEN,
    JOINED,
    NORMAL,
    NOT_AVAILABLE,
    NOT_COMPUTABLE,
    ROUNDS_TO_END,
    UNRELIABLE,
)
from informality.govern.hide import First, numbers
from informality.govern.rounding import (
    ERROR,
    LARGE_BASE,
    MAGNITUDE,
    NEARLY_EQUAL,
    TENS,
    decimals_of,
    digits_step,
    down,
    persons_step,
    sample_size,
    to_digits,
    to_step,
    up,
)
from informality.settings import Thresholds
from informality.vocabulary import COMPARED, DIMENSIONS, HUB_KEYS, HUB_VALUES, PUBLISHED_VALUES, TOTAL

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
ADDED = ("flag", "flag_reason", "ilo_flag", "bound_low", "bound_high", "review")
PUBLISHED_COLUMNS = (*HUB_KEYS, *PUBLISHED_VALUES, *ADDED)
# Numbers that go with an estimate, and those of the design, which are told of the whole country only.
OF_ESTIMATE, OF_DESIGN = ("estimate", "se", "ci_low", "ci_high"), ("cv", "df", "df1", "p_value", "deff", "n_psu")
OF_MISSING = ("w_not_computable", "w_no_answer")
POINT, TENTH = 0.01, 0.001
# Contributors who gave the same answer, that a quantile may equal it.
SAME_ANSWER = 10


@dataclass(frozen=True)
class Publication:
    """How the numbers of one survey are rounded, and what it shows first.

    ``step``: weighted persons are shown in its multiples; ``least`` and ``most``: the smallest and the largest weight of the file.
    """

    step: float
    least: float
    most: float
    first: First = field(default_factory=First)

    @classmethod
    def of(
        cls, declared: float | None, mean: float, least: float, most: float, first: First, where: str = ""
    ) -> Publication:
        """With the step that a family declares, or the smallest of 1, 2 and 5 times a power of ten that is not below ten mean weights.

        UserError: a declared step is below five mean weights.
        """
        if declared is not None and declared < 5 * mean:
            raise UserError(
                f"persons rounded to {declared:g} would say how many of the sample are counted: a person stands for {mean:.0f} on average",
                where=f"publication.step in {where}",
                todo=f"write a step of {persons_step(mean):g}",
            )
        return cls(declared or persons_step(mean), least, most, first)

    def sample_size(self, rows: DataFrame) -> tuple[Floats, list[str]]:
        """Persons behind the rows as they are shown: see `rounding.sample_size`."""
        return sample_size(numbers(rows, "n"), numbers(rows, "population"), self.step, self.least, self.most)

    @property
    def count_step(self) -> float:
        """How counts are rounded that stand beside no weighted number of the same persons: to tens, or fifties where all weigh the same."""
        return TENS if self.most >= NEARLY_EQUAL * self.least else 5 * TENS


def release(hub: DataFrame, thresholds: Thresholds, publication: Publication) -> DataFrame:
    """The hub as it is published: columns `PUBLISHED_COLUMNS`, same rows in the same order; what is not shown is null.

    ``hub`` has the columns `vocabulary.HUB_KEYS` and `HUB_VALUES`, keys unique. Flags are explained in `govern.flags`; ``ilo_flag``
    is that of ILO's own export, ``bound_low`` and ``bound_high`` are in the unit of the estimate, ``review`` words for a person to
    look at. UserError: a column is missing, keys repeat.
    """
    _check(hub)
    exact = hub.loc[:, [*HUB_KEYS, *HUB_VALUES]].reset_index(drop=True)
    texts = [*HUB_KEYS, "measure", "state"]
    exact[texts] = exact[texts].astype(object)
    exact, equal = settled(exact, thresholds, publication.first)
    found = _flags(exact, thresholds, publication, equal)
    return _rounded(exact, found, thresholds, publication).astype(
        dict.fromkeys([*texts, "ci_method", "n_class", "verdict", *(set(ADDED) - {"bound_low", "bound_high"})], "str")
    )[list(PUBLISHED_COLUMNS)]


def _flags(hub: DataFrame, thresholds: Thresholds, publication: Publication, equal: Bools) -> DataFrame:
    """The columns `ADDED`: what is hidden first, then reliability, then what would round to an end."""
    found = reliability.flags(hub, thresholds)
    told, why = found["flag"].to_numpy(dtype=object), found["flag_reason"].to_numpy(dtype=object)
    hidden = hide.hidden(hub, thresholds, publication.first)
    asked, fixed = told != NOT_AVAILABLE, why == BY_DEFINITION
    few = hide.few_counted(hub, thresholds)
    ends = _ends(hub)
    withheld = ends & ~fixed & (hide.sensitive(hub, thresholds) | (_base(hub) < hide.SMALL_BASE))
    # The total beside a bounded share is hidden whether nobody, a few, all but a few or everybody is counted: else it would tell which.
    hidden = np.where(asked & (hidden == "") & _beside(hub, withheld), FEW_COUNTED, hidden)
    step = step_of(hub, publication)
    low, high = _near_the_end(hub, step, few | ends)
    rules: list[tuple[Bools, Any, Any]] = [
        (asked & (hidden != ""), CONFIDENTIAL, hidden),
        (told == HIDDEN, told, why),
        # That it is nobody, and not a few, must not be told by the reason either.
        (asked & (few | withheld), BOUNDED, FEW_COUNTED),
        (asked & (np.isfinite(low) | np.isfinite(high)), BOUNDED, ROUNDS_TO_END),
        (equal & (told == NORMAL) & ~fixed, NORMAL, FEW_DIFFER),
    ]
    conditions = [condition for condition, _, _ in rules]
    flag = np.select(conditions, [f for _, f, _ in rules], default=told).astype(str)
    reason = np.select(conditions, [r for _, _, r in rules], default=why).astype(str)
    of_few = (flag == BOUNDED) & (reason != ROUNDS_TO_END)
    bounds = [np.where(of_few, b, e) for b, e in zip(hide.bounds(hub, thresholds), (low, high), strict=True)]
    # A difference goes with its sides: where one is hidden it would give it back, where one cannot be computed it cannot either.
    hidden_side = compares_without(hub, np.isin(flag, [NORMAL, UNRELIABLE])) & (flag != NOT_AVAILABLE)
    no_side = hidden_side & compares_without(hub, reason != NOT_COMPUTABLE)
    flag = np.select([no_side, hidden_side], [NOT_AVAILABLE, CONFIDENTIAL], default=flag)
    reason = np.select([no_side, hidden_side], [NOT_COMPUTABLE, DOMAIN], default=reason)
    low, high = bounds_of_unknown(hub, flag, reason)
    between = np.isfinite(low)
    flag = np.where(between, BOUNDED, flag)
    bounds = [np.where(between, b, old) for b, old in zip((low, high), bounds, strict=True)]
    bounded, shown = flag == BOUNDED, np.isin(flag, [NORMAL, UNRELIABLE])
    # A bounded share of few persons is the less to be trusted.
    doubt = np.where(bounded & (told == UNRELIABLE), why, "")
    group = np.where(shown & ends & (reason != BY_DEFINITION) & ~_national(hub), GROUP_DISCLOSURE, "")
    alike = np.where((shown | bounded) & equal & (reason != BY_DEFINITION), FEW_DIFFER, "")
    words = [np.where(shown | bounded, found["review"], ""), doubt, group, alike]
    review = [" ".join(dict.fromkeys(" ".join(filter(None, some)).split())) for some in zip(*words, strict=True)]
    return DataFrame(
        {
            "flag": flag,
            "flag_reason": reason,
            "ilo_flag": reliability.ilo_flags(hub, thresholds, flag == CONFIDENTIAL),
            "bound_low": np.where(bounded, bounds[0], np.nan),
            "bound_high": np.where(bounded, bounds[1], np.nan),
            "review": review,
        }
    )


def _rounded(hub: DataFrame, found: DataFrame, thresholds: Thresholds, publication: Publication) -> DataFrame:
    """What remains, rounded; numbers of the design are of the whole country only."""
    out = hub.loc[:, list(HUB_KEYS)].join(found)
    flag, reason = (found[name].to_numpy(dtype=object) for name in ("flag", "flag_reason"))
    shown = np.isin(flag, [NORMAL, UNRELIABLE])
    step = step_of(hub, publication)
    per_cent = np.where((hub["measure"] == "share").to_numpy(dtype=bool), 100.0, 1.0)
    rounding: dict[str, Callable[[Floats, Floats], Floats]] = {"estimate": to_step, "ci_low": down, "ci_high": up}
    interval = shown & (reason != BY_DEFINITION)
    few_gave_it = (hub["statistic"] == "quantile").to_numpy(dtype=bool) & ~(numbers(hub, "n_same") >= SAME_ANSWER)
    for name, rounded in rounding.items():
        value = np.where(
            few_gave_it, _in_the_middle(numbers(hub, name), 10 * step, rounded), rounded(numbers(hub, name), step)
        )
        out[name] = np.where(shown if name == "estimate" else interval, value, np.nan)
    share = (hub["statistic"] == "share").to_numpy(dtype=bool)
    out["ci_low"] = np.where(share, np.maximum(out["ci_low"], 0.0), out["ci_low"])
    out["ci_high"] = np.where(share, np.minimum(out["ci_high"], 1.0), out["ci_high"])
    out["se"] = np.where(shown, to_digits(numbers(hub, "se"), ERROR), np.nan)
    out["decimals"] = np.where(shown | (flag == BOUNDED), decimals_of(step * per_cent), np.nan)
    difference = (hub["statistic"] == "difference").to_numpy(dtype=bool)
    n, classes = publication.sample_size(hub)
    unseen = (flag == CONFIDENTIAL) & np.isin(reason, [DOMAIN, JOINED])
    out["n"] = np.where(unseen, np.nan, n)
    out["n_class"] = np.where(unseen, "", np.array(classes, dtype=object))
    design = shown & _national(hub)
    for name in OF_DESIGN:
        value = numbers(hub, name)
        value = (
            value
            if name in ("df", "df1", "n_psu")
            else to_step(value, TENTH)
            if name == "p_value"
            else to_digits(value, ERROR)
        )
        out[name] = np.where(design & ~difference, value, np.nan)
    # What is missing is told of the whole country, whether or not there is a number.
    asked = _national(hub) & ~difference & ~unseen
    for name in OF_MISSING:
        out[name] = np.where(asked, to_step(numbers(hub, name), TENTH), np.nan)
    out["verdict"] = verdicts(hub, shown, thresholds.alpha)
    for name in ("ci_method", "measure"):
        out[name] = hub[name]
    out["state"] = np.where(reason == NOT_COMPUTABLE, NOT_COMPUTABLE, hub["state"])
    return out


def rounded_differences(rows: DataFrame, shown: Bools) -> DataFrame:
    """Differences of shares with rounded numbers, where ``shown``."""
    step = np.where(_base(rows) >= LARGE_BASE, TENTH, POINT)
    return rows.assign(
        **{
            name: np.where(shown, rounded(numbers(rows, name), step), np.nan)
            for name, rounded in {"estimate": to_step, "ci_low": down, "ci_high": up}.items()
        },
        se=np.where(shown, to_digits(numbers(rows, "se"), ERROR), np.nan),
        decimals=np.where(shown, decimals_of(100 * step), np.nan),
    )


def step_of(hub: DataFrame, publication: Publication) -> Floats:
    """The step of rounding of each row, in the unit of its estimate: of shares and their differences by the rounded base, of weighted
    persons that of the survey, of magnitudes what leaves three significant digits.
    """
    statistic, measure = hub["statistic"], hub["measure"]
    shares = ((statistic == "share") | ((statistic == "difference") & (measure == "share"))).to_numpy(dtype=bool)
    persons = (measure == "persons").to_numpy(dtype=bool) & statistic.isin(["total", "difference"]).to_numpy(dtype=bool)
    magnitude = digits_step(numbers(hub, "estimate"), MAGNITUDE)
    of_share = np.where(_base(hub) >= LARGE_BASE, TENTH, POINT)
    return np.select([shares, persons], [of_share, np.full(len(hub), publication.step)], default=magnitude)


def _in_the_middle(value: Floats, step: Floats, rounded: Callable[[Floats, Floats], Floats]) -> Floats:
    """The middle of the two-digit interval that holds a value, so that no answer of a few persons is told; of a limit the one outward."""
    half = step / 2
    whole = down(value, step) if rounded is to_step else rounded(value - half, step)
    return to_step(whole + half, half)


def _base(hub: DataFrame) -> Floats:
    """Persons behind the rows, rounded: no rule of rounding tells more of them."""
    return to_step(numbers(hub, "n"), TENS)


def _ends(hub: DataFrame) -> Bools:
    """Shares and totals that are exactly nobody, and shares that are exactly everybody."""
    n, event, estimate = (numbers(hub, name) for name in ("n", "n_event", "estimate"))
    share, total = ((hub["statistic"] == name).to_numpy(dtype=bool) for name in ("share", "total"))
    nobody = (event == 0) & (estimate == 0)
    return (n > 0) & ((share & (nobody | ((event == n) & (estimate == 1)))) | (total & nobody))


def _beside(hub: DataFrame, shares: Bools) -> Bools:
    """Totals that stand beside one of these shares."""
    share, total = ((hub["statistic"] == name).to_numpy(dtype=bool) for name in ("share", "total"))
    names = [name for name in HUB_KEYS if name != "statistic"]
    wanted = set(hub.loc[shares & share, names].itertuples(index=False, name=None))
    found = np.zeros(len(hub), dtype=np.bool_)
    at = np.flatnonzero(total & (_base(hub) < hide.SMALL_BASE) | (total & shares))
    found[at] = [key in wanted for key in hub[names].iloc[at].itertuples(index=False, name=None)]
    return found


def _near_the_end(hub: DataFrame, step: Floats, others: Bools) -> tuple[Floats, Floats]:
    """Bounds of shares that would round to 0 or 100 per cent and of persons below one step, NaN for ``others``."""
    estimate = numbers(hub, "estimate")
    share = (hub["statistic"] == "share").to_numpy(dtype=bool) & ~others
    total = ((hub["statistic"] == "total") & (hub["measure"] == "persons")).to_numpy(dtype=bool) & ~others
    rounded = to_step(estimate, step)
    under = (share & (estimate > 0) & (rounded == 0)) | (total & (estimate > 0) & (estimate < step))
    over = share & (estimate < 1) & (rounded == 1)
    return np.where(over, to_step(1 - step, step), np.nan), np.where(under, step, np.nan)


def _national(hub: DataFrame) -> Bools:
    """Rows of the whole country; a test stands in the dimension that it compares."""
    found = np.ones(len(hub), dtype=np.bool_)
    for name in DIMENSIONS:
        found &= hub[name].isin([TOTAL, COMPARED]).to_numpy()
    return found


def _check(hub: DataFrame) -> None:
    absent = [name for name in (*HUB_KEYS, *HUB_VALUES) if name not in hub.columns]
    if absent:
        raise UserError(
            f"the hub lacks the column '{absent[0]}'",
            where="estimates.parquet",
            todo=f"run the estimates again; {nearest(absent[0], map(str, hub.columns))}",
        )
    twice = int(hub.duplicated(subset=list(HUB_KEYS)).sum())
    if twice:
        raise UserError(
            f"{twice} rows of the hub repeat the keys of another row",
            where="estimates.parquet",
            todo="look in estimates.yaml for two entries that ask for the same estimate",
        )
