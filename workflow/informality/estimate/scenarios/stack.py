"""Scenarios of one law and branch, which act on the same persons: their targets, effects and reach under one assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.design import Design
from informality.estimate.scenarios.expected import Expected, effect


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario of a stack: ``amounts`` of a year by payer, NaN where not known; ``years``: part of the effect in each year."""

    scenario: str
    order: int | None
    rule: str
    effort: Mapping[str, float]
    years: tuple[float, ...]
    target: Bools
    unknown: Bools
    amounts: Mapping[str, Floats]

    @property
    def priced(self) -> Bools:
        """Rows of which every amount is known; none where the instrument has no amounts."""
        known = [np.isfinite(amount) for amount in self.amounts.values()]
        return np.logical_and.reduce(known) if known else np.zeros(len(self.target), dtype=bool)


@dataclass(frozen=True, eq=False)
class Stack:
    """All scenarios of one law and branch; arrays are as long as the rows of the design.

    ``baseline``: 1 or 0 where cover is known, else NaN; ``spread``: rows over which the administrative count of ``members`` is spread.
    Expected values are the same for all persons of one kind - the same baseline, the same targets - and are worked out once a kind.
    """

    law: str
    branch: str
    design: Design
    baseline: Floats
    spread: Bools
    members: float | None
    cases: tuple[Case, ...]

    @cached_property
    def rate(self) -> float:
        """Probability of cover of those over whom the members are spread: members / their number; 0 without a count."""
        return 0.0 if self.members is None else self.members / float(self.design.weight[self.spread].sum())

    @cached_property
    def _kinds(self) -> tuple[Ints, Ints]:
        """A row of each kind of person, and the kind of each row."""
        state = np.where(np.isnan(self.baseline), 2, np.nan_to_num(self.baseline)).astype(np.intp) * 2 + self.spread
        for case in self.cases:
            _, state = np.unique(state * 2 + case.target, return_inverse=True)
        _, first, kind = np.unique(state, return_index=True, return_inverse=True)
        return first.astype(np.intp), kind.astype(np.intp)

    @property
    def kind(self) -> Ints:
        """Kind of each row."""
        return self._kinds[1]

    @cached_property
    def covered(self) -> Expected:
        """Probability of cover before any scenario; 0 where it is not known. The first slope is by `rate`."""
        spread = self.spread[self._kinds[0]]
        slope = np.zeros((1 + len(self.cases), len(spread)))
        slope[0] = spread
        return Expected(np.where(spread, self.rate, np.nan_to_num(self.baseline[self._kinds[0]])), slope)

    def member(self, case: Case) -> Bools:
        """Which kinds of person belong to a target."""
        return case.target[self._kinds[0]]

    @property
    def ordered(self) -> list[int]:
        """Positions of the scenarios that are stacked, in the declared order."""
        placed = [(case.order, at) for at, case in enumerate(self.cases) if case.order is not None]
        return [at for _, at in sorted(placed)]

    def under(self, assumption: str) -> Reached:
        """The stack under one assumption."""
        return Reached(self, assumption)


@dataclass(frozen=True, eq=False)
class Reached:
    """Effects and reach of every scenario of a stack under one assumption.

    ``effects``: p of each; ``reaches``: p m; ``influence`` (k × PSUs): what each PSU adds to the error of each estimated quantity -
    first the rate of the administrative count, then the effects - as sums of the linearised values of its rows.
    """

    stack: Stack
    assumption: str

    @cached_property
    def _parts(self) -> list[tuple[float, float, float, float]]:
        """Of each scenario: effect, slope by its target's covered share, that share, sum of weights of the target."""
        weight, covered = self.stack.design.weight, self.stack.covered.value[self.stack.kind]
        found = []
        for case in self.stack.cases:
            total = float(weight[case.target].sum())
            share = float((weight * covered)[case.target].sum()) / total if total > 0 else 0.0
            found.append((*effect(case.rule, case.effort[self.assumption], share), share, total))
        return found

    @property
    def effects(self) -> list[float]:
        """Probability with which each scenario covers somebody of its target who is not covered."""
        return [p for p, *_ in self._parts]

    @cached_property
    def reaches(self) -> list[Expected]:
        """Effect times membership of the target."""
        made = []
        for place, (case, (p, *_)) in enumerate(zip(self.stack.cases, self._parts, strict=True)):
            member = self.stack.member(case)
            slope = np.zeros((1 + len(self.stack.cases), len(member)))
            slope[1 + place] = member
            made.append(Expected(p * member, slope))
        return made

    @cached_property
    def influence(self) -> Floats:
        """Of rate M / N: - rate w / N for each row of the group. Of c = sum w m b / sum w m: w m (b - c) / sum w m, and through the rate."""
        stack, design = self.stack, self.stack.design
        size = len(design.psu_stratum)
        covered = stack.covered.value[stack.kind]

        def by_psu(values: Floats) -> Floats:
            return np.bincount(design.psu, values, size).astype(np.float64)

        group = float(design.weight[stack.spread].sum())
        rate = by_psu(-stack.rate * design.weight * stack.spread / group) if group > 0 else np.zeros(size)
        lines = [rate]
        for case, (_, slope, share, total) in zip(stack.cases, self._parts, strict=True):
            if slope == 0:
                lines.append(np.zeros(size))
                continue
            own = by_psu(design.weight * case.target * (covered - share) / total)
            through = float(design.weight[case.target & stack.spread].sum()) / total
            lines.append(slope * (own + through * rate))
        return np.stack(lines)


def read_stack(entry: Mapping[str, Any], columns: pd.DataFrame, design: Design) -> Stack:
    """A stack of ``scenarios.json`` with its columns of ``scenarios.parquet`` (rows as in the design)."""
    key = f"{entry['law']}__{entry['branch']}"
    return Stack(
        law=entry["law"],
        branch=entry["branch"],
        design=design,
        baseline=columns[f"baseline__{key}"].to_numpy(dtype=float),
        spread=columns[f"spread__{key}"].to_numpy(dtype=bool),
        members=entry["members"],
        cases=tuple(
            Case(
                scenario=case["scenario"],
                order=case["order"],
                rule=case["rule"],
                effort={name: case["effort"][name] for name in v.ASSUMPTIONS},
                years=tuple(case["years"]),
                target=columns[f"target__{case['case']}"].to_numpy(dtype=bool),
                unknown=columns[f"unknown__{case['case']}"].to_numpy(dtype=bool),
                amounts={
                    payer: columns[f"pays_{payer}__{case['case']}"].to_numpy(dtype=float) for payer in case["payers"]
                },
            )
            for case in entry["cases"]
        ),
    )
