"""Surveys as their descriptions declare them: one wave of a family, with its differences laid over the family's description.

A family is a series of waves that ask the same questions; a survey is one wave, called ``<family>_<wave>``. What differs
between waves is declared in named ``differences``, never handled in code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from informality import vocabulary as v
from informality.decisions import Decision, load, shown
from informality.errors import UserError, nearest
from informality.population import PopulationTotals
from informality.sampling import SamplingPlan
from informality.survey.family import Break, Concept, Design, Family
from informality.survey.question import Question, Recode

TO_BE_DECLARED = "TO_BE_DECLARED"
# What another variable says nothing without: the age base, routing, and the revision of a classification.
NEEDED_BY = {"isic2": "isic_revision", "isco2": "isco_revision"}


class BreakPoint(Decision):
    """A break that a wave stands on one side of: waves that share its ``name`` are on the same side.

    ``of``: the variables and questions that it concerns; None: everything.
    """

    name: str
    text: str
    label: str
    of: tuple[str, ...] | None


@dataclass(frozen=True)
class Survey:
    """One wave with the family's description and its differences laid over it."""

    id: str
    family: Family
    wave: str
    keep: str | None
    household: str | None
    person: str | None
    design: Design
    variables: Mapping[str, Recode]
    social_security: Mapping[str, Question]
    concepts: Mapping[str, Concept]
    absent: frozenset[str]
    sample: str
    break_points: tuple[BreakPoint, ...]
    notes: tuple[str, ...]
    flag_notes: Mapping[str, str]
    title: str
    producer: str
    terms: str
    citation: str

    @property
    def breaks(self) -> tuple[str, ...]:
        """What breaks the series here, in words."""
        return tuple(point.text for point in self.break_points)

    @property
    def file_name(self) -> str | None:
        """The file's name under the raw folder; None where the simulator makes the file."""
        return self.family.waves[self.wave].file

    @property
    def reference(self) -> tuple[date, date]:
        """First and last day of the reference period."""
        wave = self.family.waves[self.wave]
        return wave.first_day, wave.last_day

    @property
    def file(self) -> str:
        """The description's file, for messages."""
        return f"workflow/surveys/{self.family.family}.yaml"

    def place(self, part: str, name: str = "") -> str:
        """The key of ``keep``, ``household``, ``person``, or of an entry of ``design``, ``variables``, ``concepts`` …, which may stand in a difference of the wave."""
        key = f"{part}.{name}" if name else part
        for overlay in reversed(self.family.waves[self.wave].differs):
            entries = getattr(self.family.differences[overlay], part)
            if entries is not None and (part in ("design", "keep", "household", "person") or name in entries):
                return f"differences.{overlay}.{key}"
        return key

    def undeclared(self) -> list[str]:
        """Design columns that the user still has to name."""
        return [name for name, text in self.design.expressions().items() if text == TO_BE_DECLARED]

    def totals(self) -> Iterator[tuple[str, PopulationTotals]]:
        """Population totals of the wave with the keys under which they stand."""
        wave = self.family.waves[self.wave]
        if wave.population_totals is not None:
            yield f"waves.{self.wave}.population_totals", wave.population_totals
        if wave.calibration is not None:
            yield f"waves.{self.wave}.calibration.totals", wave.calibration.totals

    def plan(self, columns: Sequence[str]) -> SamplingPlan:
        """How variances are had; ``columns``: those of the replicate weights."""
        wave = self.family.waves[self.wave]
        return SamplingPlan(
            replicates=self.design.replicates,
            columns=list(columns),
            psu=self.design.psu != "none",
            calibration=wave.calibration,
            population_totals=wave.population_totals,
            place=self.file,
        )

    def require_design(self) -> None:
        """UserError where design columns are still to be declared (decision 12)."""
        missing = self.undeclared()
        if missing:
            raise UserError(
                f"{self.id}: the design columns are not declared yet: {', '.join(missing)}",
                where=f"{self.file}, design",
                todo="name the file's columns for stratum and primary sampling unit there; ask the producer if the file has none",
            )

    def levels(self, name: str) -> tuple[str, ...]:
        """Levels of a level variable in this survey, in order."""
        variable = v.VARIABLES[name]
        if not variable.has_own_levels:
            return variable.levels or ()
        return tuple(self.variables[name].levels) if name in self.variables else ()


def lay_over(family: Family, wave: str) -> Survey:
    """The survey of one wave: the family's description with the wave's differences, in the order in which they are named."""
    design, keep, household, person = family.design, family.keep, family.household, family.person
    concepts = dict(family.concepts)
    words = {key: getattr(family, key) for key in ("title", "producer", "terms", "citation")}
    variables: dict[str, Recode] = dict(family.variables)
    questions: dict[str, Question] = dict(family.social_security)
    absent: set[str] = set()
    sample, points = family.sample, list[BreakPoint]()
    notes: list[str] = list(family.notes)
    flag_notes: dict[str, str] = {}
    for name in family.waves[wave].differs:
        overlay = family.differences[name]
        design = overlay.design or design
        keep = overlay.keep or keep
        household = overlay.household or household
        person = overlay.person or person
        words |= {key: word for key in words if (word := getattr(overlay, key)) is not None}
        concepts.update(overlay.concepts or {})
        absent.update(overlay.absent)
        sample = sample if overlay.sample is None else overlay.sample
        points += [_break_point(f"{name}.{at}", item) for at, item in enumerate(overlay.breaks)]
        notes.extend(overlay.notes)
        flag_notes |= overlay.flag_notes
        for key, recode in overlay.variables.items():
            variables.pop(key, None)
            if recode is not None:
                variables[key] = recode
        for key, question in overlay.social_security.items():
            questions.pop(key, None)
            if question is not None:
                questions[key] = question
    survey = Survey(
        id=f"{family.family}_{wave}",
        family=family,
        wave=wave,
        keep=keep,
        household=household,
        person=person,
        design=design,
        variables=variables,
        social_security=questions,
        concepts=concepts,
        absent=frozenset(absent),
        sample=sample,
        break_points=tuple(points),
        notes=tuple(notes),
        flag_notes=flag_notes,
        **words,
    )
    _require_whole(survey)
    return survey


def _break_point(name: str, item: str | Break) -> BreakPoint:
    if isinstance(item, str):
        return BreakPoint(name=name, text=item, label="", of=None)
    return BreakPoint(name=name, text=item.text, label=item.label, of=tuple(item.of))


def _require_whole(survey: Survey) -> None:
    """UserError where the description leaves out a variable without which another is nothing."""
    needed = {"age": "the age base"}
    if survey.family.routing or survey.social_security:
        needed["status"] = "routing and the questions on social security"
    needed |= {other: f"'{name}'" for name, other in NEEDED_BY.items() if name in survey.variables}
    for name, reader in needed.items():
        if name not in survey.variables:
            raise UserError(
                f"{survey.id}: the variable '{name}' is not described, and {reader} cannot be read without it",
                where=f"{survey.file}, variables",
                todo=f"describe '{name}' there",
            )
    for key, totals in survey.totals():
        _require_margins(survey, key, totals)
    if survey.design.replicates is not None and survey.family.waves[survey.wave].calibration is not None:
        raise UserError(
            f"{survey.id}: replicates and a calibration are declared, and no variance takes both into account",
            where=f"{survey.file}, waves.{survey.wave}.calibration",
            todo="leave one of them out; replicate weights of a producer are calibrated already, as a rule",
        )


def _require_margins(survey: Survey, key: str, totals: PopulationTotals) -> None:
    """UserError where totals are given by a variable that is not described, or for a level that the survey does not have."""
    for position, margin in enumerate(totals.margins):
        where = f"{survey.file}, {key}.margins.{position}"
        known = {name for name in v.VARIABLES if name in survey.variables or name in (*v.DERIVED, *v.DERIVABLE)}
        for name in margin.by:
            if name not in known:
                raise UserError(
                    f"{survey.id}: totals are given by '{name}', which is not described",
                    where=where,
                    todo=f"describe it under 'variables', or leave the margin out; {nearest(name, sorted(known))}",
                )
        for levels, _ in margin.cells():
            for name, level in zip(margin.by, levels, strict=True):
                if level not in survey.levels(name):
                    raise UserError(
                        f"{survey.id}: '{level}' is no level of {name}",
                        where=where,
                        todo=nearest(level, survey.levels(name)),
                    )


@contextmanager
def _every_description_is_read() -> Iterator[None]:
    """Say in an error that a draft stops the runs of all surveys, and what to do about it."""
    try:
        yield
    except UserError as error:
        every = "every description is read at the start of a run: mend this one, or move it out of the folder"
        raise UserError(error.what, where=error.where, todo=f"{error.todo}; {every}") from None


def load_families(folder: Path) -> dict[str, Family]:
    """All descriptions of a folder, by family name; a file must be called after its family."""
    families = {}
    for path in sorted(folder.glob("*.yml")):
        raise UserError("a description's file name ends in .yaml", where=shown(path), todo=f"call it {path.stem}.yaml")
    for path in sorted(folder.glob("*.yaml")):
        with _every_description_is_read():
            family = load(Family, path)
        if family.family != path.stem:
            raise UserError(
                f"the family is called '{family.family}' but its file {path.name}",
                where=shown(path),
                todo=f"rename the file to {family.family}.yaml, or change 'family:'",
            )
        families[family.family] = family
    return families


def surveys(families: Mapping[str, Family]) -> dict[str, Survey]:
    """Every wave of every family, by survey id, sorted."""
    with _every_description_is_read():
        found = [lay_over(family, wave) for family in families.values() for wave in family.waves]
    return {survey.id: survey for survey in sorted(found, key=lambda s: s.id)}
