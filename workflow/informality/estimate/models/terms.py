"""Terms of a model, as they are written in `workflow/models.yaml`; read at the start of a run, so nothing heavy is imported here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from informality.errors import UserError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Term:
    """A factor or a number (``sex``, ``age``), the square of a number (``age^2``), or a product (``sex:area``)."""

    text: str
    variables: tuple[str, ...]
    squared: bool = False

    @property
    def formula(self) -> str:
        """The term in formulaic's language."""
        return f"{{{self.variables[0]}**2}}" if self.squared else ":".join(self.variables)


@dataclass(frozen=True)
class Column:
    """A column of the model matrix: its term, and the level that it stands for (empty for a number)."""

    term: str
    level: str


def parse_term(text: str, where: str = "terms") -> Term:
    """One term; UserError where it is none."""
    word = text.replace(" ", "")
    squared = word.endswith("^2")
    variables = tuple(word.removesuffix("^2").split(":"))
    plain = all(_NAME.fullmatch(name) for name in variables) and len(set(variables)) == len(variables)
    if not plain or (squared and len(variables) > 1):
        raise UserError(
            f"'{text}' is no term of a model", where=where, todo="write a variable, its square (age^2) or sex:area"
        )
    return Term(word, variables, squared)


def parse_terms(texts: Sequence[str], where: str = "terms") -> tuple[Term, ...]:
    """Several terms; UserError where one is none or stands twice."""
    terms = tuple(parse_term(text, where) for text in texts)
    for place, term in enumerate(terms):
        if any(set(term.variables) == set(t.variables) and term.squared == t.squared for t in terms[:place]):
            raise UserError(f"the term '{term.text}' stands twice", where=where, todo="keep one of the two")
    return terms


def variables_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """The variables of the terms, each once, in order."""
    return tuple(dict.fromkeys(name for term in terms for name in term.variables))
