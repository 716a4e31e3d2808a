"""The findings of an edition: sentences that are true of its published estimates, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from informality.publish.finding_entries import FindingEntry
from informality.publish.finding_values import Evidence, Found
from informality.publish.finding_wording import chosen
from informality.publish.finding_words import evidence_lines, fields, marks_of
from informality.publish.left import Left, why
from informality.publish.select import NotMade, needed
from informality.settings import NATIONAL

if TYPE_CHECKING:
    from informality.publish.edition import Edition


@dataclass(frozen=True)
class Finding:
    """One finding in words. ``section``: a name of `finding_entries.SECTIONS`; ``evidence``: a line each; ``item``: its figure or table."""

    id: str
    section: str
    sentence: str
    evidence: tuple[str, ...]
    marks: tuple[str, ...]
    item: str


@dataclass(frozen=True)
class Stated:
    """A finding with the estimates, comparisons and wording that it rests on."""

    finding: Finding
    wording: str
    entry: FindingEntry = field(repr=False)
    values: Mapping[str, Found]
    differences: Mapping[str, Found]


def findings_of(edition: Edition) -> tuple[list[Finding], list[Left]]:
    """The findings that this survey yields, in the order of their numbers, and those left out with the reason."""
    stated, left = edition.stated
    return [one.finding for one in stated], left


def stated_of(edition: Edition) -> tuple[list[Stated], list[Left]]:
    """`findings_of` with all that the findings rest on; `Edition.stated` keeps it."""
    e = edition
    evidence = Evidence(e.hub, e.card, e.catalogue.declared, e.texts)
    stated: list[Stated] = []
    left: list[Left] = []
    for name, entry in e.catalogue.findings.findings.items():
        try:
            stated.append(_stated(name, entry, evidence, edition))
        except NotMade as problem:
            left.append(Left(name, e.texts.t(f"finding.{name}.title"), why(problem, e.texts)))
    return stated, left


def _stated(name: str, entry: FindingEntry, evidence: Evidence, edition: Edition) -> Stated:
    card, texts = edition.card, edition.texts
    needed(entry.needs, card)
    if entry.office is not None:
        parts = card.national.parts
        if card.primary.variant == NATIONAL or not parts or entry.office != ("job" if "job" in parts else "unit"):
            raise NotMade("nothing_to_compare")
    values = {key: evidence.value(value) for key, value in entry.values.items()}
    found = {key: evidence.difference(difference) for key, difference in entry.differences.items()}
    verdicts = {key: str(difference.row["verdict"]) for key, difference in found.items()}
    if not all(verdicts.values()):
        # Where there is no test it is open whether there is a difference.
        raise NotMade("no_variance")
    intervals = {key: value.interval for key, value in values.items()}
    wording = chosen(entry.wordings, intervals, verdicts)
    if wording is None:
        raise NotMade("no_wording")
    finding = Finding(
        id=name,
        section=entry.section,
        sentence=texts.t(f"finding.{name}.{wording}", **fields(values, found, card, texts)),
        evidence=evidence_lines(values, found, card, texts, edition.thresholds),
        marks=marks_of([*values.values(), *found.values()], card, texts),
        item=entry.item,
    )
    return Stated(finding, wording, entry, values, found)
