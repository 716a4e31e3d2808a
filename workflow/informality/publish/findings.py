"""The findings of an edition: sentences that are true of its published estimates, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from informality.publish.finding_entries import Difference, FindingEntry
from informality.publish.finding_tests import Result, Tested, holm, p_value, result_of
from informality.publish.finding_values import Evidence, Found
from informality.publish.finding_wording import chosen
from informality.publish.finding_words import evidence_lines, fields, marks_of
from informality.publish.left import Left, why
from informality.publish.select import NotMade, needed

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
    """A finding with the estimates, tests and wording that it rests on."""

    finding: Finding
    wording: str
    entry: FindingEntry = field(repr=False)
    values: Mapping[str, Found]
    differences: Mapping[str, Found]
    tests: Mapping[str, Tested]


def findings_of(edition: Edition) -> tuple[list[Finding], list[Left]]:
    """The findings that this survey yields, in the order of their numbers, and those left out with the reason."""
    stated, left = edition.stated
    return [one.finding for one in stated], left


def stated_of(edition: Edition) -> tuple[list[Stated], list[Left]]:
    """`findings_of` with all that the findings rest on; `Edition.stated` keeps it."""
    e, entries = edition, edition.catalogue.findings
    evidence = Evidence(e.hub, e.card, e.catalogue.declared, e.texts)
    tests = _Tests(evidence, entries.findings, entries.alpha)
    stated: list[Stated] = []
    left: list[Left] = []
    for name, entry in entries.findings.items():
        try:
            stated.append(_stated(name, entry, evidence, tests, edition))
        except NotMade as problem:
            left.append(Left(name, e.texts.t(f"finding.{name}.title"), why(problem, e.texts)))
    return stated, left


def _stated(name: str, entry: FindingEntry, evidence: Evidence, tests: _Tests, edition: Edition) -> Stated:
    card, texts = edition.card, edition.texts
    needed(entry.needs, card)
    values = {key: evidence.value(value) for key, value in entry.values.items()}
    found = {key: tests.found(difference) for key, difference in entry.differences.items()}
    tested = {key: tests.of(entry.family or "", difference) for key, difference in entry.differences.items()}
    intervals = {key: value.interval for key, value in values.items()}
    results: dict[str, Result] = {key: test.result for key, test in tested.items()}
    wording = chosen(entry.wordings, intervals, results)
    if wording is None:
        raise NotMade("no_wording")
    finding = Finding(
        id=name,
        section=entry.section,
        sentence=texts.t(f"finding.{name}.{wording}", **fields(values, found, card, texts)),
        evidence=evidence_lines(values, found, tested, card, texts, edition.thresholds),
        marks=marks_of([*values.values(), *found.values()], card, texts),
        item=entry.item,
    )
    return Stated(finding, wording, entry, values, found, tested)


class _Tests:
    """The declared differences of all findings, tested and adjusted within their families before any wording is chosen."""

    def __init__(self, evidence: Evidence, entries: Mapping[str, FindingEntry], alpha: float) -> None:
        self._found: dict[str, Found | NotMade] = {}
        self._tested: dict[tuple[str, str], Tested] = {}
        families: dict[str, dict[str, float]] = {}
        for entry in entries.values():
            for difference in entry.differences.values():
                key = _key(difference)
                if key not in self._found:
                    self._found[key] = _looked_up(evidence, difference)
                row = self._found[key]
                if isinstance(row, Found):
                    p = p_value(*(float(row.row[name]) for name in ("estimate", "se", "df")))
                    # What cannot be tested is no hypothesis of the family.
                    if p == p:
                        families.setdefault(entry.family or "", {})[key] = p
        for family, hypotheses in families.items():
            for (key, p), adjusted in zip(hypotheses.items(), holm(list(hypotheses.values())), strict=True):
                row = self._found[key]
                assert isinstance(row, Found)
                result = result_of(row.estimate, adjusted, alpha)
                self._tested[family, key] = Tested(row.estimate, p, adjusted, len(hypotheses), family, result)

    def found(self, difference: Difference) -> Found:
        """The row of a difference; NotMade for one that may not be cited."""
        row = self._found[_key(difference)]
        if isinstance(row, NotMade):
            raise row
        return row

    def of(self, family: str, difference: Difference) -> Tested:
        """Its test within a family; NotMade where it cannot be tested."""
        tested = self._tested.get((family, _key(difference)))
        if tested is None:
            raise NotMade("no_variance")
        return tested


def _looked_up(evidence: Evidence, difference: Difference) -> Found | NotMade:
    try:
        return evidence.difference(difference)
    except NotMade as problem:
        return problem


def _key(difference: Difference) -> str:
    return difference.model_dump_json()
