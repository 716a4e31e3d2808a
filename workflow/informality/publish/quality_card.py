"""What the survey card says of quality: answers to questions, the design, official flags, published figures and whether they are reproduced."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from informality.decisions import Decision


class _Part(Decision):
    # Written by the pipeline as JSON (no tuples), and may grow; what publishing does not know it leaves alone.
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class Answers(_Part):
    """Persons of the sample by what is known of one variable, rounded; None: too few to be told."""

    variable: str
    answered: float | None = 0.0
    dont_know: float | None = 0.0
    refused: float | None = 0.0
    not_stated: float | None = 0.0
    not_asked: float | None = 0.0
    not_applicable: float | None = 0.0

    @property
    def lacking(self) -> float:
        """Persons who were asked and of whom no answer is there, as far as it is told."""
        return sum(value or 0.0 for value in (self.dont_know, self.refused, self.not_stated))

    @property
    def asked(self) -> float:
        """Persons who were asked, as far as it is told."""
        return (self.answered or 0.0) + self.lacking


class OfficialFlag(_Part):
    """The office's own flag: persons compared, and the share of them on whom the rule run here agrees."""

    flag: str
    persons: float | None = None
    agreement: float


class Doubt(_Part):
    """What a check of plausibility found: its name, the key of the description, persons (or households, columns), rounded."""

    check: str
    where: str
    count: float | None = None


class Benchmark(_Part):
    """A published figure, whether it is reproduced to its last printed digit (of ``decimals``), and the ``estimate`` as it is published here,
    rounded, in the same unit; None where it is not shown. A reference was printed nowhere: it is made from the same file, and one that is
    reproduced would give our number with all of its digits.
    """

    id: str
    kind: str
    domain: str = ""
    published: float
    estimate: float | None = None
    unit: str
    decimals: int = 0
    verdict: str
    likely_cause: str = ""
    source: str = ""

    @property
    def printed(self) -> bool:
        """Whether somebody published the number."""
        return self.kind == "published"


class Quality(_Part):
    """All of it; empty where the survey was governed before quality was told."""

    questions: tuple[Answers, ...] = ()
    design: dict[str, float] = Field(default_factory=dict)
    flags: tuple[OfficialFlag, ...] = ()
    checks: tuple[Doubt, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
