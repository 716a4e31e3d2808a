"""The one kind of error that a user is meant to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something a user can mend: a file, a key, a column, a condition.

    The message says what is wrong, where, and what to do, and never holds a value of a person. Commands print it alone,
    without a traceback.
    """

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what, self.where, self.todo = what, where, todo
        lines = [what]
        if where:
            lines.append(f"  where:      {where}")
        if todo:
            lines.append(f"  what to do: {todo}")
        super().__init__("\n".join(lines))


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the known word closest to ``word``; the first few known words where none is close."""
    words = sorted({str(k) for k in known})
    by_lower = {w.lower(): w for w in reversed(words)}
    hits = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    if hits:
        return f"did you mean '{by_lower[hits[0]]}'?"
    if not words:
        return "there is none to choose from"
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"known are: {shown}"
