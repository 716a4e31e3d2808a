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


def nearest(word: str, known: Iterable[str], *, otherwise: str | None = None) -> str:
    """``did you mean 'x'?`` for the known word closest to ``word``, or up to three that are equally close; where none is close
    ``otherwise``, or the first few known words.
    """
    words = sorted({str(k) for k in known})
    by_lower = {w.lower(): w for w in reversed(words)}
    hits = difflib.get_close_matches(word.lower(), list(by_lower), n=max(len(by_lower), 1), cutoff=0.6)
    if hits:
        matcher = difflib.SequenceMatcher(b=word.lower())
        closeness = {}
        for hit in hits:
            matcher.set_seq1(hit)
            closeness[hit] = matcher.ratio()
        best = sorted(hit for hit in hits if closeness[hit] == closeness[hits[0]])[:3]
        *others, last = (f"'{by_lower[hit]}'" for hit in best)
        return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"
    if otherwise is not None:
        return otherwise
    if not words:
        return "there is none to choose from"
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"known are: {shown}"
