"""What Stata, SPSS and word processors write otherwise than SQL, and how it is written here; for messages only."""

from __future__ import annotations

import re

# What stands between quotes is no part of the language.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
CURLY_ADVICE = "text stands in straight single quotes:  q13 = '01'"

# In this order: the first that is found speaks.
_ADVICE = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"\b(inlist|any)\s*\(", "write  q13 IN (1, 2)"),
        (r"\b(inrange|range)\s*\(", "write  q13 BETWEEN 1 AND 4"),
        (r"(!|~|\bNOT\b)\s*(missing|mi|sysmis)\s*\(", "write  q13 IS NOT NULL"),
        (r"\b(missing|mi|sysmis)\s*\(", "write  q13 IS NULL"),
        (r"\bcond\s*\(", "write  CASE WHEN q13 = 1 THEN … ELSE … END"),
        (r"[=<>]\s*\.[a-z]\b", "Stata's missing letters are a text column of their own: write  q13_missing = 'd'"),
        (r"(<>|!=|~=|<)\s*\.(?!\d)", "write  q13 IS NOT NULL"),
        (r"[=>]\s*\.(?!\d)", "write  q13 IS NULL"),
        (r"\|", "write OR"),
        (r"&", "write AND"),
        (r"~=", "write  q13 <> 1"),
        (r"[!~](?!=)", "write NOT"),
        (r"\b(eq|ne|ge|le|gt|lt)\b", "write  =  <>  >=  <=  >  <"),
    )
)


def holds_curly_quotes(text: str) -> bool:
    """True where a word processor's quotes stand outside a text; SQL takes them for letters of a name."""
    return _CURLY.search(_QUOTED.sub("", text)) is not None


def advice(text: str) -> str | None:
    """How to write in SQL what a condition says in the words of Stata or SPSS; None where nothing of theirs is seen."""
    bare = _QUOTED.sub("''", text)
    return next((words for pattern, words in _ADVICE if pattern.search(bare)), None)
