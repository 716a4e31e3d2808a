"""Weights that are not numbers of persons, and columns of replicates that are something else than declared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from informality.expressions import parse
from informality.sql import booleans
from informality.survey.plausibility.finding import Finding, Subject, part_of


def scale(subject: Subject) -> Iterator[Finding]:
    """What one interview stands for on average."""
    weight, where = subject.persons["weight"].to_numpy(dtype=float), subject.survey.place("design", "weight")
    counted = int((weight > 0).sum())
    mean = part_of(weight.sum(), counted)
    if mean < subject.limits.weight_mean_least:
        text = (
            f"the weights add up to fewer than {subject.limits.weight_mean_least:g} persons for each interview, so they look normalised; totals of "
            "persons mean nothing with them: ask for weights that add up to the population, or declare calibration"
        )
        yield Finding("weight_scale", where, counted, 1.0, text)
    elif mean > subject.limits.weight_mean_most:
        text = (
            f"each interview stands for more than {subject.limits.weight_mean_most:,.0f} persons, as in no known survey; weights that were stored "
            "without their decimals are divided:  weight: w / 10000"
        )
        yield Finding("weight_scale", where, counted, 1.0, text)


def spread(subject: Subject) -> Iterator[Finding]:
    """A few persons who stand for very many, unless it is one part of the file on another scale (`scales`)."""
    weight = subject.persons["weight"].to_numpy(dtype=float)
    weight = weight[weight > 0]
    far = int((weight > subject.limits.weight_spread * np.median(weight)).sum())
    if far and not list(scales(subject)):
        text = f"{far} of {len(weight)} weights are more than {subject.limits.weight_spread:g} times the median; look whether they are right, for they decide every result that they enter"
        yield Finding("weight_spread", subject.survey.place("design", "weight"), far, part_of(far, len(weight)), text)


def scales(subject: Subject) -> Iterator[Finding]:
    """Weights in two heaps with nothing between them: rounds put together, or thousands points read as decimals."""
    weight = np.sort(subject.persons["weight"].to_numpy(dtype=float))
    weight = weight[weight > 0]
    if len(weight) < 2:
        return
    ratio = weight[1:] / weight[:-1]
    below = np.arange(1, len(weight))
    side = np.minimum(below, len(weight) - below) / len(weight)
    gaps = np.flatnonzero((ratio >= subject.limits.scale_gap) & (side >= subject.limits.scale_share))
    if len(gaps):
        count = int(below[gaps[0]])
        text = (
            f"the weights are on two scales: {count} of {len(weight)} lie below a gap of a factor of {subject.limits.scale_gap:g} or more and the others "
            "above; look for a round on another scale, or for thousands signs (declare source: {thousands: …})"
        )
        yield Finding(
            "weight_scales", subject.survey.place("design", "weight"), count, part_of(count, len(weight)), text
        )


def calibration(subject: Subject) -> Iterator[Finding]:
    """Totals of a calibration against the weights: a mean factor far from 1 is another unit."""
    declared = subject.survey.family.waves[subject.survey.wave].calibration
    if declared is None:
        return
    totals, weight = declared.totals, subject.persons["weight"].to_numpy(dtype=float)
    where = f"waves.{subject.survey.wave}.calibration.totals"
    inside = np.ones(len(weight), dtype=bool)
    if totals.condition is not None:
        inside = booleans(subject.persons, {"inside": parse(totals.condition, where)})["inside"]
    for place, margin in enumerate(totals.margins):
        factor = part_of(totals.unit * sum(total for _, total in margin.cells()), weight[inside].sum())
        if not subject.limits.factor_least <= factor <= subject.limits.factor_most:
            text = f"the totals by {', '.join(margin.by)} are {factor:.2g} times what the weights add up to; look at  unit: {totals.unit:g}  and at the condition"
            yield Finding("calibration_factor", f"{where}.margins.{place}", int(inside.sum()), factor, text)
            return


def replicates(subject: Subject) -> Iterator[Finding]:
    """Replicate columns that add up to something else than the weights: factors are taken for weights, or the reverse."""
    given = subject.survey.design.replicates
    if given is None or subject.replicates.empty:
        return
    weight, columns = subject.persons["weight"].to_numpy(dtype=float), subject.replicates.to_numpy(dtype=float)
    combined = given.combined is not False
    mean = part_of(columns.sum(axis=0).mean(), weight.sum() if combined else len(weight))
    if not subject.limits.factor_least <= mean <= subject.limits.factor_most:
        where = f"{subject.survey.place('design', 'replicates')}"
        if combined:
            what = f"the {columns.shape[1]} replicates add up to {mean:.2g} times the weights; if they are factors of the weight, write  combined: false"
        else:
            what = f"the {columns.shape[1]} replicates, declared as factors, have a mean of {mean:.2g} and not about 1; if they are weights, leave  combined: false  out"
        yield Finding("replicates", where, columns.shape[1], mean, what)
