"""The tables of `docs/checks.md`: every check with its threshold, and the 48 bad inputs with what happens to each.

    python -m informality.survey.plausibility.page docs/checks.md

rewrites what stands between the marks of the page; a test holds the page against it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from informality.survey.plausibility.checks import CHECKS, Check

BEGIN, END = "<!-- generated: {} -->", "<!-- end -->"
# What a file, a description or an answer can have wrong, by number; and what happens where no check of `CHECKS` says it.
CASES: tuple[tuple[str, str], ...] = (
    ("The file is missing, a folder, or there twice", "error with the nearest names"),
    ("0 bytes", "error"),
    (
        "A file that breaks off",
        "error with size and digest, the same for every format and also where the reader breaks down",
    ),
    ("A web page or a pointer of Git LFS under the file's name", "error: what it is"),
    ("A .sav that is a .dta", "read as what it is; error if `format:` says otherwise"),
    ("A .zip with a password", "error: encrypted"),
    ("A .zip with two data files, or names that lead out", "error with the members; never unpacked by name"),
    ("A huge file, a bomb", "error by size and ratio before reading"),
    ("A wrong encoding", "error where a text cannot be read; labels of wrongly read characters are noted"),
    (
        "Lao in a legacy font",
        "the description's labels are used, never the file's; texts that match no condition are counted",
    ),
    ("UTF-8 mark, UTF-16", "read; without a mark the error names the key"),
    ("Decimal comma, thousands signs", "error with counts and the key to declare: `decimal`, `thousands`"),
    ("Semicolons or tabs", "error with the delimiter found"),
    ("Short or long rows", "error with line numbers"),
    ("Columns of one name", "error with their places; of names that differ in capitals where one is used"),
    (
        "A column that is not there",
        "error with all that lack and the nearest names; no names where the file seems to have no header",
    ),
    ("Columns that nobody asked for", "never read, so nothing of them is carried on"),
    ("Blanks at the ends, no-break blanks, letters with loose accents", "mended in all texts"),
    ("One label on two codes, labels exchanged", ""),
    ("Codes that the description does not know", ""),
    ("98, 99, 998 taken as values", ""),
    ("Not asked mixed with not answered", "routing decides"),
    ("Numbers as texts", "numbers where all are; else error with counts; compared by the alphabet: error"),
    ("NA, '.', n/a", "error with the word and the key to declare: `missing`"),
    ("A person twice", ""),
    ("Two households under one number", ""),
    ("Identifiers that have lost digits", ""),
    ("A weight missing or no number", "error with a count"),
    ("A weight of 0", "no contributor; counted in quality.csv"),
    ("A negative weight", "error with a count"),
    ("Weights that add up to the sample", ""),
    ("Weights times 100 or 1,000", "`population_totals`, where declared: weights.csv"),
    ("Extreme weights", ""),
    ("Stratum or unit missing; one unit a stratum", "error with a count for missing ones; `lonely` decides for some"),
    ("A leading zero of a code lost", ""),
    ("Codes of two revisions", ""),
    ("Codes of several lengths, with letters", "letters: error with counts"),
    ("Ages, hours, codes that cannot be", ""),
    ("Answers that contradict each other", "levels that exclude each other; nothing is mended in silence"),
    ("Two rounds in one file", "a reference period that has not begun, or lies before 1950: error"),
    ("Province 17 of 16", ""),
    ("Nobody, one person, all informal", "made without numbers that cannot be had; reasons are given"),
    ("Separation in a model", "those levels are left out, and said"),
    ("Formulas, mark-up and long texts in labels", "shown as text in every format"),
    ("YAML: unknown keys, wrong types, `no`, tabs", "error with the key and the line"),
    ("Paths that lead out", "error"),
    ("A full disk, a crash", "old outputs stay whole; error"),
    ("Windows line ends, Lao paths", "read"),
)


def checks(rows: tuple[Check, ...] = CHECKS) -> str:
    """The table of checks."""
    lines = ["| check | looks at | error | warning | otherwise | answers |", "|---|---|---|---|---|---|"]
    for check in rows:
        numbers = ", ".join(map(str, check.cases)) or "–"
        lines.append(
            f"| `{check.id}` | {check.what} | {check.error or '–'} | {check.warning or '–'} | {check.then or '–'} | {numbers} |"
        )
    return "\n".join(lines)


def cases(rows: tuple[Check, ...] = CHECKS) -> str:
    """The table of bad inputs."""
    lines = ["| | input | what happens |", "|---|---|---|"]
    for number, (what, then) in enumerate(CASES, start=1):
        named = ", ".join(f"`{check.id}`" for check in rows if number in check.cases)
        lines.append(f"| {number} | {what} | {'; '.join(part for part in (named, then) if part)} |")
    return "\n".join(lines)


def filled(page: str) -> str:
    """The page with both tables as they are now."""
    for name, made in (("checks", checks()), ("cases", cases())):
        begin = BEGIN.format(name)
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n{made}\n{END}{rest.partition(END)[2]}"
    return page


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
