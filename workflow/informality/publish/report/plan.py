"""`workflow/report/report.yaml`: which figures and tables go into the report, and into which chapter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest

_FIGURES = re.compile(r"F(\d\d)(?:-F(\d\d))?")
# What stands at the end; chapters of results come before the methods.
ANNEXES = ("quality", "assumptions")


class Part(Decision):
    """A chapter or annex. ``figures``: numbers and ranges of them (`F01-F03`); ``tables``: the tables that are printed, in this order."""

    figures: list[str] = Field(default_factory=list)
    tables: list[str] = Field(default_factory=list)

    @field_validator("figures")
    @classmethod
    def _ranges(cls, value: list[str]) -> list[str]:
        for text in value:
            match = _FIGURES.fullmatch(text)
            if not match or int(match[2] or match[1]) < int(match[1]):
                raise ValueError(f"'{text}' is no number or range of numbers of figures like F01 or F01-F03")
        return value

    @field_validator("tables")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        for item in value:
            if value.count(item) > 1:
                raise ValueError(f"{item} stands twice")
        return value

    def holds(self, item: str) -> bool:
        """Whether a figure, by its number, belongs here."""
        return any(first <= int(item[1:]) <= last for first, last in self._numbers())

    def _numbers(self) -> Iterator[tuple[int, int]]:
        for text in self.figures:
            match = _FIGURES.fullmatch(text)
            assert match is not None
            yield int(match[1]), int(match[2] or match[1])


class Plan(Decision):
    """The report's chapters, in order, and what stands in its annexes; names are keys of `report.chapter` in the texts."""

    chapters: dict[str, Part] = Field(default_factory=dict)
    annexes: dict[str, Part] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_annexes(self) -> Plan:
        for name in self.annexes:
            if name not in ANNEXES:
                raise ValueError(f"annexes: '{name}'; {nearest(name, ANNEXES)}")
        return self

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Every chapter and annex by its key path."""
        yield from ((f"chapters.{name}", part) for name, part in self.chapters.items())
        yield from ((f"annexes.{name}", part) for name, part in self.annexes.items())

    def annex(self, name: str) -> Part:
        """What stands in an annex, perhaps nothing."""
        return self.annexes.get(name, Part())

    def text_keys(self) -> Iterator[str]:
        """Texts that the plan needs."""
        yield from (f"report.chapter.{name}" for name in self.chapters)

    def check(self, figures: Collection[str], tables: Collection[str]) -> None:
        """UserError for a table that the catalogue does not have, and for a figure of it that has no place, or two."""
        where = "report.yaml"
        for key, part in self.parts():
            for item in part.tables:
                if item not in tables:
                    raise UserError(
                        f"{key}.tables: there is no table '{item}'", where=where, todo=nearest(item, tables)
                    )
        for item in figures:
            places = [key for key, part in self.parts() if part.holds(item)]
            if len(places) != 1:
                told = f"stands in {' and '.join(places)}" if places else "stands in no chapter"
                raise UserError(
                    f"the figure {item} {told}", where=where, todo="name it in the `figures` of one chapter"
                )


def load_plan(path: Path, figures: Collection[str], tables: Collection[str]) -> Plan:
    """The plan of the report, checked against the numbers of the catalogue."""
    plan = load(Plan, path)
    plan.check(figures, tables)
    return plan
