"""What the reader noted of the file as a whole, above all where nobody can know that it is whole."""

from __future__ import annotations

from collections.abc import Iterator

from informality.survey.plausibility.finding import Finding, Subject


def noted(subject: Subject) -> Iterator[Finding]:
    """A line for each note of the reader; none where the file is the one that the description's digest names."""
    for note in subject.notes:
        yield Finding("file", f"waves.{subject.survey.wave}.file", 0, 0.0, note)
