"""All declared models of one survey: from persons and their classification to the rows of two tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from informality.estimate.codes import Bools, Floats
from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.declared import Model, Models, check_terms, excluded, outcome, universe
from informality.estimate.models.decompose import Decomposition, decompose
from informality.estimate.models.estimable import NotEstimated
from informality.estimate.models.patterns import known_rows
from informality.estimate.models.rows import Row, Rows, decomposition_rows, logit_rows, table
from informality.estimate.models.support import cells, thin_levels
from informality.estimate.models.terms import Term, variables_of
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.made import jkn, rao_wu
from informality.estimate.survey import Subject
from informality.sql import booleans, numbers
from informality.vocabulary import CELL_KEYS, CELL_VALUES

# The first part of every model: how many persons, and why not more.
FIT = "fit"
# Bootstrap replicates, of all, that may draw nobody of some level.
BEARABLE = 0.05


@dataclass(frozen=True, eq=False)
class Results:
    """Two tidy tables with unique keys: ``models`` (`vocabulary.MODEL_KEYS`) and ``cells``, the persons and PSUs behind each level of
    each term on either side of the outcome, or in either group (`vocabulary.CELL_KEYS`), by which disclosure is judged.
    """

    models: pd.DataFrame
    cells: pd.DataFrame


def run_models(
    persons: pd.DataFrame,
    classified: pd.DataFrame,
    models: Models,
    subject: Subject,
    design: Design,
    reads: Mapping[str, Collection[str]],
) -> Results:
    """Fit every declared model for each pair of variant and employment concept; frames and design have the same rows.

    ``reads``: for each variant the columns that its rules read (`models.check_terms`), nothing of an office's own rule. What the survey did not ask gives one row
    with the state `not_computable`, what cannot be estimated one with `not_estimated`, each with its reason. UserError: a term
    that settles the outcome, a condition that cannot be run.
    """
    check_terms(models, reads)
    rows: list[Row] = []
    counted: list[Row] = []
    replicated = _Replicated(models, design)
    for variant, concept in subject.pairs:
        results = {
            name: classified[f"{name}__{variant}"] for name in ("unit", "job") if f"{name}__{variant}" in classified
        }
        frame = persons.assign(employed=persons[f"employed__{concept}"], **results)
        for name in models.models:
            keys = {
                "survey": subject.survey,
                "wave": subject.wave,
                "model": name,
                "variant": variant,
                "concept": concept,
            }
            written, counts = _run(frame, design, models, name, keys, replicated)
            rows += written
            counted += counts
    found = pd.DataFrame(counted, columns=[*CELL_KEYS, *CELL_VALUES])
    return Results(table(rows), found.sort_values(list(CELL_KEYS), kind="stable", ignore_index=True))


class _Replicated:
    """The replicates of a design, made when a decomposition first asks for them."""

    def __init__(self, models: Models, design: Design) -> None:
        self.wanted, self.base = models.replicates, design
        jackknife = design.n_psu <= self.wanted.jackknife_up_to
        self.method, self.bearable = ("jackknife", 0.0) if jackknife else ("bootstrap", BEARABLE)

    @cached_property
    def design(self) -> ReplicateDesign:
        if self.method == "jackknife":
            return jkn(self.base)
        return rao_wu(self.base, self.wanted.bootstrap, self.wanted.seed)


@dataclass(frozen=True, eq=False)
class _Subset:
    """Who a model is about: ``side`` is 1 or 0 (the outcome, or the first and second group), NaN where it is unknown."""

    among: Bools
    outcome: Floats
    side: Floats
    sides: tuple[str, str]


def _run(
    frame: pd.DataFrame, design: Design, models: Models, name: str, keys: Mapping[str, str], replicated: _Replicated
) -> tuple[list[Row], list[Row]]:
    """Rows of one model, and its counts."""
    model = models.models[name]
    rows = Rows(keys)
    absent = _absent(frame, models, name)
    if not absent:
        subset = _subset(frame, models, name)
        terms, left_out, absent = _choose(frame, model, subset.among)
    if absent:
        rows.add(FIT, "n", state="not_computable", reason="not_asked: " + ", ".join(absent))
        return rows.written, []
    variables = variables_of(terms)
    used = subset.among & np.isfinite(subset.side) & np.isfinite(subset.outcome)
    used &= known_rows(frame, variables) & (design.weight > 0)
    kept, thin = thin_levels(frame, variables, subset.side, used, design.psu, models.least)
    among = subset.among & (kept | ~used)
    fitted: logit.Fit | Decomposition | NotEstimated
    if model.groups is None:
        fitted = logit.fit(frame, subset.outcome, terms, design, among=among, references=model.references)
    else:
        fitted = decompose(
            frame,
            subset.outcome,
            subset.side,
            terms,
            design,
            replicated.design,
            among=among,
            bearable=replicated.bearable,
        )
    if isinstance(fitted, NotEstimated):
        rows = Rows(keys, int(kept.sum()), len(np.unique(design.psu[kept])))
        rows.missing(FIT, "n", fitted)
    else:
        rows = Rows(keys, fitted.n, fitted.n_psu)
        rows.add(FIT, "n", estimate=fitted.n, df=fitted.df)
        if isinstance(fitted, logit.Fit):
            logit_rows(rows, fitted, terms)
        elif model.groups is not None:
            decomposition_rows(rows, fitted, model.groups, replicated.method)
    counts = {f"excluded:{key}": hit for key, hit in booleans(frame, excluded(name, model)).items()}
    counts |= {f"unknown:{key}": hit for key, hit in _unknown(frame, subset, variables, model).items()}
    for key, hit in counts.items():
        statistic, _, term = key.partition(":")
        rows.add(
            FIT, statistic, term, estimate=float(design.weight[hit].sum()), n=int(hit.sum()), n_psu=_psus(design, hit)
        )
    for level in thin:
        rows.add(
            FIT, "left_out", level.variable, level.level,
            n=level.n, n_psu=0, state="not_estimated", reason="too_few_persons",
        )  # fmt: skip
    for term in left_out:
        rows.add(FIT, "term", term, state="not_computable", reason="not_asked")
    counted = [
        {**keys, "term": c.term, "level": c.level, "side": subset.sides[c.side], "n": c.n, "n_psu": c.n_psu}
        for c in cells(frame, terms, subset.side, kept, design.psu)
    ]
    return rows.written, counted


def _absent(frame: pd.DataFrame, models: Models, name: str) -> list[str]:
    """Columns of the outcome or the groups without any value, and of the universe that are not there at all."""
    model = models.models[name]
    asked = [*outcome(name, model).columns, *([model.groups.of] if model.groups else [])]
    absent = [c for c in asked if c not in frame or frame[c].isna().all()]
    others = [c for condition in excluded(name, model).values() for c in condition.columns]
    absent += [c for c in (*universe(models, model.universe).columns, *others) if c not in frame]
    return list(dict.fromkeys(absent))


def _subset(frame: pd.DataFrame, models: Models, name: str) -> _Subset:
    model = models.models[name]
    among = booleans(frame, {"among": universe(models, model.universe)})["among"]
    value = numbers(frame, {"outcome": outcome(name, model)})["outcome"]
    if model.groups is None:
        return _Subset(among, value, value, ("no", "yes"))
    group = frame[model.groups.of]
    side = np.where(group == model.groups.first, 1.0, np.where(group == model.groups.second, 0.0, np.nan))
    return _Subset(among, value, side, (model.groups.second, model.groups.first))


def _choose(frame: pd.DataFrame, model: Model, among: Bools) -> tuple[tuple[Term, ...], list[str], list[str]]:
    """The terms that the survey asks of the universe; those left out because it does not; those without which there is no model."""
    terms: list[Term] = []
    left_out: list[str] = []
    absent: list[str] = []
    for place, choice in enumerate(model.choices()):
        asked = [
            t for t in choice if all(name in frame and frame.loc[among, name].notna().any() for name in t.variables)
        ]
        if asked:
            terms.append(asked[0])
        else:
            (left_out if model.optional(place) else absent).append(choice[0].text)
    return tuple(terms), left_out, absent


def _unknown(frame: pd.DataFrame, subset: _Subset, variables: tuple[str, ...], model: Model) -> dict[str, Bools]:
    """Who leaves the model because an answer is unknown; a person may be counted under several."""
    unknown = {"outcome": subset.among & ~np.isfinite(subset.outcome)}
    if model.groups is not None:
        unknown[model.groups.of] = subset.among & ~np.isfinite(subset.side)
    unknown |= {name: subset.among & ~known_rows(frame, [name]) for name in variables}
    return {name: hit for name, hit in unknown.items() if hit.any()}


def _psus(design: Design, rows: Bools) -> int:
    return len(np.unique(design.psu[rows]))
