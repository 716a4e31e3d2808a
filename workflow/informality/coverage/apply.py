"""One law applied to the workers of one survey: a column for everything that is estimated by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary as v
from informality.coverage import evidence
from informality.coverage.contributions import PAYERS, contributions, earnings_line
from informality.coverage.evidence import Question
from informality.coverage.gaps import compliance_steps, split, take_up_classes
from informality.coverage.law import Law
from informality.coverage.legal import LegalStatus, any_of, legal_status
from informality.coverage.options import Options
from informality.frames import levels

Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
COVER = ("no", "yes")


@dataclass(frozen=True)
class Group:
    """Branches that share evidence and rules, so that all figures of them are the same; ``name``: the branch that stands for them."""

    name: str
    branches: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Cover:
    """Cover in every branch (codes of `evidence`), and where "not covered" was assumed of those who were not asked."""

    of_branch: Mapping[str, Codes]
    assumed: Mapping[str, Bools]
    questions: Mapping[str, tuple[str, ...]]


def cover_of(workers: pd.DataFrame, asked: Sequence[Question]) -> Cover:
    """Cover by the survey's evidence; a branch without evidence is not there. With more than none, also `ANY_CASH`."""
    found = evidence.evidence_of(asked)
    of_branch, assumed = {}, {}
    for branch, some in found.items():
        of_branch[branch], assumed[branch] = evidence.covered(workers, some)
    cash = [branch for branch in v.CASH_BRANCHES if branch in of_branch]
    names = {branch: tuple(q.name for q in some) for branch, some in found.items()}
    if cash:
        of_branch[v.ANY_CASH] = evidence.any_of([of_branch[b] for b in cash])
        assumed[v.ANY_CASH] = np.logical_or.reduce([assumed[b] for b in cash]) & (of_branch[v.ANY_CASH] == evidence.NO)
        names[v.ANY_CASH] = tuple(dict.fromkeys(name for b in cash for name in names[b]))
    return Cover(of_branch, assumed, names)


def groups(law: Law, cover: Cover, headline: str) -> list[Group]:
    """Branches of the law, or with evidence, by what makes their figures the same; the headline branch stands for its own."""
    shared: dict[tuple[object, ...], list[str]] = {}
    for branch in v.BRANCHES:
        rules = tuple(
            (name, tuple(rule.id for rule in scheme.of(branch)))
            for name, scheme in law.schemes.items()
            if branch in scheme.branches
        )
        if rules or branch in cover.of_branch:
            shared.setdefault((rules, cover.questions.get(branch, ())), []).append(branch)
    return [Group(headline if headline in some else some[0], tuple(some)) for some in shared.values()]


def apply_law(
    law: Law, workers: pd.DataFrame, cover: Cover, options: Options, day: date
) -> tuple[pd.DataFrame, str | None]:
    """Columns for one law, rows as in ``workers``; and the name under which "at least one cash branch" stands (`any_cash_as`).

    ``below_pension__<law>``; ``due_<payer>__<law>``, ``voluntary_contribution__<law>`` and ``means__<law>`` (amounts of a month); and for
    each reading and branch (a group's name, or `ANY_CASH`) ``legal__…``, ``split__…``, ``step__…``, ``take_up__<law>__<reading>__<branch>``.
    """
    status = legal_status(law, workers)
    money = contributions(law, workers, status, day)
    line = earnings_line(law, options, day)
    columns: dict[str, object] = {f"below_pension__{law.law}": status.below_pension}
    columns |= {f"due_{payer}__{law.law}": money.due[payer] for payer in PAYERS}
    columns |= {f"voluntary_contribution__{law.law}": money.voluntary, f"means__{law.law}": money.means}
    for reading in v.READINGS:
        for branch, legal in _legal(law, cover, options, status, reading).items():
            key = f"{law.law}__{reading}__{branch}"
            unknown = np.full(len(workers), evidence.UNKNOWN, dtype=np.int8)
            classes = split(legal, cover.of_branch.get(branch, unknown), status.verify)
            steps = compliance_steps(workers, classes, options)
            taken = take_up_classes(classes, money.means, money.voluntary, line, options.take_up.affordable)
            columns[f"legal__{key}"] = levels(legal, v.LEGAL)
            columns[f"split__{key}"] = levels(classes, v.SPLIT)
            columns[f"step__{key}"] = levels(steps, v.COMPLIANCE_STEPS)
            columns[f"take_up__{key}"] = levels(taken, v.TAKE_UP)
    return pd.DataFrame(columns, index=workers.index), any_cash_as(law, cover, options, status)


def _legal(law: Law, cover: Cover, options: Options, status: LegalStatus, reading: str) -> dict[str, Codes]:
    """Legal status of each group of branches, and of "at least one cash branch" for which there is evidence."""
    of_branch = status.of_branch[reading]
    outside = np.full(len(status.verify), v.LEGAL.index("excluded"), dtype=np.int8)
    found = {group.name: of_branch.get(group.name, outside) for group in groups(law, cover, options.headline)}
    cash = [of_branch.get(branch, outside) for branch in v.CASH_BRANCHES if branch in cover.of_branch]
    if cash and any_cash_as(law, cover, options, status) == v.ANY_CASH:
        found[v.ANY_CASH] = any_of(cash)
    return found


def any_cash_as(law: Law, cover: Cover, options: Options, status: LegalStatus) -> str | None:
    """The group whose figures are those of "at least one cash branch" too, the headline's first; `ANY_CASH` where it has its own.

    None where the survey has no evidence for any cash branch.
    """
    cash = [branch for branch in v.CASH_BRANCHES if branch in cover.of_branch]
    if not cash:
        return None
    outside = np.full(len(status.verify), v.LEGAL.index("excluded"), dtype=np.int8)
    legal = {
        reading: {branch: status.of_branch[reading].get(branch, outside) for branch in cash} for reading in v.READINGS
    }
    named = [group.name for group in groups(law, cover, options.headline) if group.name in cash]
    for name in sorted(named, key=lambda name: name != options.headline):
        same = [np.array_equal(any_of(list(by.values())), by[name]) for by in legal.values()]
        if all(same) and np.array_equal(cover.of_branch[v.ANY_CASH], cover.of_branch[name]):
            return name
    return v.ANY_CASH


def cover_groups(cover: Cover, headline: str) -> list[Group]:
    """Branches that rest on the same answers; `ANY_CASH` is among them where it does, and else a group of its own."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for branch, names in cover.questions.items():
        shared.setdefault(names, []).append(branch)
    return [Group(headline if headline in some else some[0], tuple(some)) for some in shared.values()]


def cover_columns(cover: Cover, shown: Sequence[Group]) -> dict[str, object]:
    """``covered__<group>`` (yes, no) and ``assumed__<group>`` (nobody asked, taken as not covered) for every group of `cover_groups`."""
    columns: dict[str, object] = {}
    for group in shown:
        columns[f"covered__{group.name}"] = levels(cover.of_branch[group.name], COVER)
        columns[f"assumed__{group.name}"] = cover.assumed[group.name]
    return columns
