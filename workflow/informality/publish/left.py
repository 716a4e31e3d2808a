"""What could not be made for a survey, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass

from informality.publish.select import NotMade
from informality.publish.text import Texts
from informality.publish.words import reason_text, text_or_name


@dataclass(frozen=True)
class Left:
    """An item that could not be made for this survey, and why."""

    item: str
    title: str
    reason: str


def why(problem: NotMade, texts: Texts) -> str:
    """The reason with the variables that it is about."""
    return with_names(
        texts.join([text_or_name("dimension", name, texts) for name in problem.variables]), problem, texts
    )


def with_names(names: str, problem: NotMade, texts: Texts) -> str:
    """The reason after ``names``, where there are any."""
    reason = reason_text(problem.reason, texts)
    return f"{names}: {reason}" if names else reason
