"""Every word that a reader sees, from `workflow/report/text.<language>.yaml`.

Nested keys are joined with dots (`level.sex.female`). Placeholders are plain names in braces (`{country}`); nothing else in braces is
read, so no text can reach into the program. English is the reference: another language must have the same keys and the same
placeholders, checked when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from informality.decisions import Decision, read_yaml, validated
from informality.errors import UserError, nearest

REFERENCE = "en"
# Names that a language alone has, of what is described elsewhere: countries, laws, scenarios, levels of a survey.
OWN = "own"
# Of numbers of which nobody says how many they have.
MOST_DIGITS = 6
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Meta(Decision):
    """The head of a text file: the language's own name and its tag (`en-GB`), how it writes numbers, its font in spreadsheets, and who of
    its readers has confirmed the words, and when.
    """

    language: str
    tag: str = ""
    decimal: str
    thousands: str
    list_separator: str = ", "
    font: str = "Arial"
    draft: bool = False
    confirmed: str | None = None


def bound_name(low: float, high: float) -> str:
    """What a number is by its bounds: over one, under one, or between two; empty where it has none."""
    return ("", "under", "over", "between")[2 * math.isfinite(low) + math.isfinite(high)]


@dataclass(frozen=True)
class Numbers:
    """Numbers as the language writes them."""

    decimal: str = "."
    thousands: str = ","

    def fixed(self, value: float, decimals: int = 1) -> str:
        """``1234.56`` as `1,234.6`; a zero has no sign, a missing number is an empty text."""
        if value is None or math.isnan(value):
            return ""
        text = f"{value:,.{decimals}f}"
        if not text.strip("-0.,"):
            text = text.lstrip("-")
        return text.translate(self._marks)

    @cached_property
    def _marks(self) -> dict[int, str]:
        return str.maketrans({",": self.thousands, ".": self.decimal, "-": "−"})

    def written(self, value: float, decimals: float, per: float = 1.0, beside: Iterable[float] = ()) -> str:
        """A rounded number with the digits that it has and no more: so many ``decimals`` (NaN: not known), in units of ``per``.

        ``beside``: numbers that stand beside it and are to have as many digits. Numbers in thousands have no digit that tells nothing.
        """
        return self.fixed(value / per, digits((value, *beside), decimals, per))

    def count(self, value: float) -> str:
        """A number of persons without decimals."""
        return self.fixed(value, 0)

    def counted(self, n: float, n_class: str = "") -> str:
        """Persons in the sample: their rounded number, or the class that stands for it."""
        return n_class.replace("-", "–").replace("<", "< ") if n_class else self.fixed(n, 0)


def digits(values: Iterable[float], decimals: float, per: float = 1.0) -> int:
    """Digits after the point of numbers that are rounded to ``decimals``, in units of ``per``."""
    if per == 1.0 and not math.isnan(decimals):
        return int(decimals)
    most = MOST_DIGITS if math.isnan(decimals) else int(decimals) + round(math.log10(per))
    known = [value / per for value in values if math.isfinite(value)]
    exact = (d for d in range(most) if all(abs(round(v, d) - v) <= 1e-9 * max(1.0, abs(v)) for v in known))
    return next(exact, most)


def significant(values: Iterable[float], figures: int, most: int) -> int:
    """Digits after the point of numbers that have so many significant figures; no more than ``most``."""
    known = [figures - 1 - math.floor(math.log10(abs(v))) for v in values if math.isfinite(v) and v]
    return max(0, min([most, *known]))


@dataclass(frozen=True)
class Texts:
    """The words of one language. ``t(key, **fields)`` gives one of them, with its placeholders filled."""

    lang: str
    meta: Meta
    words: Mapping[str, str]

    def t(self, key: str, **fields: object) -> str:
        """The text of a key. UserError for an unknown key or a placeholder that got no value."""
        if key not in self.words:
            raise UserError(f"there is no text '{key}'", where=self.where, todo=nearest(key, self.words))
        return self._filled(key, fields)

    def _filled(self, key: str, fields: Mapping[str, object]) -> str:
        if "{" not in self.words[key]:
            return self.words[key]

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in fields:
                raise UserError(f"{key}: nothing is known as {{{name}}}", where=self.where, todo=nearest(name, fields))
            return str(fields[name])

        return _PLACEHOLDER.sub(fill, self.words[key])

    @property
    def where(self) -> str:
        """Name of the file, for messages."""
        return f"text.{self.lang}.yaml"

    @cached_property
    def numbers(self) -> Numbers:
        """How numbers are written in this language."""
        return Numbers(self.meta.decimal, self.meta.thousands)

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self.words

    def join(self, parts: Iterable[str]) -> str:
        """A list in this language."""
        return self.meta.list_separator.join(part for part in parts if part)

    def require(self, keys: Iterable[str], who: str) -> None:
        """UserError if ``who`` (a file) names a text that does not exist."""
        for key in keys:
            if key not in self.words:
                raise UserError(f"{who} needs the text '{key}'", where=self.where, todo=nearest(key, self.words))

    def check_placeholders(self, key: str, known: Sequence[str]) -> None:
        """UserError for a placeholder of a text that is not among the ``known`` ones."""
        for name in _PLACEHOLDER.findall(self.words[key]):
            if name not in known:
                raise UserError(f"{key}: nothing is known as {{{name}}}", where=self.where, todo=nearest(name, known))

    def digest(self) -> str:
        """Digest of all words."""
        return hashlib.sha256(json.dumps([self.lang, dict(self.words)], sort_keys=True).encode()).hexdigest()


def languages(folder: Path) -> list[str]:
    """Codes of the languages that there are words of."""
    return sorted(path.name.split(".")[1] for path in folder.glob("text.*.yaml"))


def names_of(folder: Path, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Code and own name of each language; only the heads of the files are read."""
    found = []
    for code in codes:
        head = (folder / f"text.{code}.yaml").read_text(encoding="utf-8").partition("\nmeta:\n")[2].partition("\n\n")[0]
        name = next((line for line in head.splitlines() if line.strip().startswith("language:")), f"language: {code}")
        found.append((code, name.partition(":")[2].strip().strip("\"'")))
    return found


def load_texts(folder: Path, lang: str) -> Texts:
    """The texts of ``lang`` from ``folder``/text.<lang>.yaml, checked against the English file."""
    reference = _read(folder, REFERENCE)
    if lang == REFERENCE:
        return reference
    texts = _read(folder, lang)
    absent = sorted(set(reference.words) - set(texts.words))
    if absent:
        raise UserError(
            f"the text '{absent[0]}' is missing" + (f", and {len(absent) - 1} more" if absent[1:] else ""),
            where=texts.where,
            todo=f"translate it from {reference.where}",
        )
    surplus = sorted(key for key in set(texts.words) - set(reference.words) if not key.startswith(f"{OWN}."))
    if surplus:
        raise UserError(
            f"nothing uses the text '{surplus[0]}'", where=texts.where, todo=nearest(surplus[0], reference.words)
        )
    for key in reference.words:
        text = texts.words[key]
        ours, theirs = set(_PLACEHOLDER.findall(text)), set(_PLACEHOLDER.findall(reference.words[key]))
        if ours != theirs:
            odd = sorted(ours ^ theirs)[0]
            raise UserError(
                f"{key}: the placeholder {{{odd}}} stands in one language only",
                where=f"{texts.where} and {reference.where}",
                todo="use the same placeholders in both",
            )
    return texts


def _read(folder: Path, lang: str) -> Texts:
    path = folder / f"text.{lang}.yaml"
    if not path.is_file():
        known = languages(folder)
        raise UserError(
            f"there are no words in the language '{lang}'",
            where="workflow/config.yaml, languages",
            todo=f"{nearest(lang, known)}; or write {path.name}, with the keys of text.{REFERENCE}.yaml",
        )
    content = read_yaml(path)
    if not isinstance(content, dict) or "meta" not in content:
        raise UserError("meta: this key is required", where=path.name, todo="begin the file with `meta:`")
    meta = validated(Meta, content["meta"], path.name)
    words: dict[str, str] = {}
    for key, value in content.items():
        if key != "meta":
            _flatten(value, str(key), words, path.name)
    return Texts(lang, meta, words)


def _flatten(value: Any, key: str, words: dict[str, str], where: str) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise UserError(
                    f"{key}: the key {name!r} is not text",
                    where=where,
                    todo='put quotes around it: "yes", "1_4", "2017"',
                )
            _flatten(inner, f"{key}.{name}", words, where)
    elif isinstance(value, str):
        words[key] = value.strip()
    elif value is not None:
        raise UserError(f"{key}: {type(value).__name__} is not text", where=where, todo="put quotes around it")
