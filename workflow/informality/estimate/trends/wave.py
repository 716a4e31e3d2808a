"""What a trend needs to know of one wave besides its persons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from informality.decisions import validated
from informality.sampling import SamplingPlan

# The office's own rule as a variant, and how a description names it among what a break concerns.
NATIONAL = "national"


@dataclass(frozen=True)
class Break:
    """A break that a wave stands on one side of (`survey.description.BreakPoint`)."""

    name: str
    of: frozenset[str] | None


@dataclass(frozen=True)
class Wave:
    """``pairs`` of variant and concept; ``reads``, ``unit_reads``: variant → variables that the rules of jobs and of units read.

    ``sample``: the master sample, empty where the description names none; ``linearised``: whether standard errors come from strata and
    clusters.
    """

    survey: str
    wave: str
    first_day: str
    sample: str
    breaks: tuple[Break, ...]
    pairs: tuple[tuple[str, str], ...]
    primary_concept: str
    reads: Mapping[str, frozenset[str]]
    unit_reads: Mapping[str, frozenset[str]]
    linearised: bool = True

    def breaks_of(self, rests_on: frozenset[str]) -> frozenset[str]:
        """Names of the breaks that concern what rests on some variables and questions."""
        return frozenset(b.name for b in self.breaks if b.of is None or b.of & rests_on)

    def rests_on(self, variant: str, columns: Sequence[str], by: Sequence[str], question: str = "") -> frozenset[str]:
        """What an estimate is made of: the columns of its conditions and breakdown, and what the rules of its variant read."""
        found = {*columns, *by, *([question] if question else [])}
        if "job" in found:
            found |= {*self.reads.get(variant, ()), *([NATIONAL] if variant == NATIONAL else [])}
        if "unit" in found:
            found |= {*self.unit_reads.get(variant, ()), *([NATIONAL] if variant == NATIONAL else [])}
        return frozenset(found)


def read_wave(inputs: Mapping[str, Path], survey: str) -> Wave:
    """The wave of one survey from the files of its earlier stages (``<survey>/card.json`` …)."""

    def content(name: str) -> Any:
        return json.loads(inputs[f"{survey}/{name}"].read_text(encoding="utf-8"))

    card, variants = content("card.json"), content("variants.json")
    plan = validated(SamplingPlan, content("sampling.json"), "sampling.json")
    reads, unit_reads = (
        {name: frozenset(columns) for name, columns in variants[key].items()} for key in ("reads", "unit_reads")
    )
    return Wave(
        survey=card["survey"],
        wave=card["wave"],
        first_day=card["reference_from"],
        sample=card["sample"],
        breaks=tuple(Break(b["name"], None if b["of"] is None else frozenset(b["of"])) for b in card["break_points"]),
        pairs=tuple((pair["variant"], pair["concept"]) for pair in variants["pairs"]),
        primary_concept=card["primary_concept"],
        reads=reads,
        unit_reads=unit_reads,
        linearised=plan.calibration is None and plan.replicates is None,
    )


def common_concept(waves: Sequence[Wave]) -> str:
    """The employment concept of a trend: the one that most waves yield; among equals that of the last wave, then by name.

    ``waves``: in the order of time.
    """
    counts = {concept: 0 for wave in waves for _, concept in wave.pairs}
    for concept in counts:
        counts[concept] = sum(any(c == concept for _, c in wave.pairs) for wave in waves)
    last = waves[-1].primary_concept
    return min(counts, key=lambda concept: (-counts[concept], concept != last, concept))
