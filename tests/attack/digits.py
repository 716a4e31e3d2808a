"""Whether any number in the outputs says more than what was published: more digits, or a number of persons that is not rounded.

A number in a text or a cell is allowed where it is one of

- the numbers of `published.parquet`, of the models, the trends and the card, in per cent, thousands or millions too, with all of the
  digits that were published or fewer;
- the innocent numbers: of the declarations of the repository (rates of laws, thresholds, published figures of offices, years, codes), of
  the card's words; years, and whole numbers up to a hundred (ages, hours, numbers of figures).

Of the persons in the sample (columns and keys `n`; "n = 12", "12 persons") none is innocent that is not a multiple of ten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from attack.walk import DIGEST, Piece

NUMBERS = ("estimate", "se", "ci_low", "ci_high", "bound_low", "bound_high", "n", "cv", "deff", "df", "df1", "n_psu", "p", "p_value",
           "p_holm", "n_level", "n_reference")  # fmt: skip
SMALL = 100
YEARS = (1900, 2100)
SCALES = (1.0, 100.0, 1e-3, 1e-6)
SAMPLE = re.compile(r"\bn\s*[=≥]\s*(?P<n>\d[\d,.]*)|(?P<persons>\d[\d,.]*) (?:persons|women|men) in the sample")
WITHOUT = re.compile(
    r"https?://\S+|\b10\.\d{4,}/\S+|[A-Za-z_]+\d[\w-]*|\d{4}-\d{2}-\d{2}|\d+[A-Za-z_]\w*|\b\d{4}[qQ]\d\b"
)


@dataclass
class Allowed:
    """Numbers in their plainest form. ``decimal``: the sign before decimals in this language, the other groups thousands; ``design``:
    degrees of freedom and sampling units of national rows and models, which may stand below a head that says n.
    """

    numbers: set[str]
    innocent: set[str]
    decimal: str = "."
    design: set[str] = field(default_factory=set)


def plain(value: Decimal) -> str:
    """A number in one form only: no sign, no zeros that say nothing."""
    text = format(abs(value).normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def forms(value: float, digits: int = 9) -> Iterator[str]:
    """How a published number may be printed: in each scale, with all of its digits or fewer behind the point."""
    for scale in SCALES:
        exact = Decimal(f"{value * scale:.{digits}g}")
        exponent = exact.normalize().as_tuple().exponent
        yield plain(exact)
        for places in range(max(0, -int(exponent))):
            yield plain(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
            # Limits are rounded outward, and shares to the even digit by some programs.
            yield plain(Decimal(str(np.floor(float(exact) * 10**places) / 10**places)))
            yield plain(Decimal(str(np.ceil(float(exact) * 10**places) / 10**places)))


def numbers_of(frames: Iterable[pd.DataFrame]) -> set[str]:
    """The allowed forms of all numbers of published tables."""
    found: set[str] = set()
    values: set[float] = set()
    for frame in frames:
        for name in set(NUMBERS) & set(frame.columns):
            values |= set(frame[name].dropna().astype(float).unique().tolist())
            if name == "bound_low" or name in ("estimate", "ci_low", "ci_high"):
                shares = frame.loc[frame[name].between(0, 1), name].dropna()
                values |= set((1 - shares).round(9).tolist())
        if "n_class" in frame:
            found |= {t for label in frame["n_class"].astype(str).unique() for t in re.findall(r"\d+", label)}
        if "flag" in frame:
            # How many rows have which flag is told.
            found |= {plain(Decimal(int(count))) for count in frame["flag"].astype(str).value_counts()}
        if "part" in frame:
            # Of models the odds are shown, to three digits as all magnitudes.
            logs = frame["estimate"].dropna().astype(float)
            values |= {float(f"{np.exp(v):.{d}g}") for v in logs[logs.abs() < 20].unique() for d in (2, 3)}
    for value in values:
        found |= set(forms(value))
    return found


def finer(published: pd.DataFrame, step: float) -> pd.DataFrame:
    """Rows of a published hub that say more than the rounding allows, and the column that does: nothing is taken from `govern`.

    Persons in the sample in tens; weighted persons in steps; shares and their limits in tenths of a per cent where the base is of 1,000
    or more, else in whole ones; other amounts to three digits, standard errors to two.
    """
    values = {
        name: published[name].to_numpy(dtype=float, na_value=np.nan)
        for name in ("n", "estimate", "ci_low", "ci_high", "se")
    }
    statistic, measure = published["statistic"].astype(str), published["measure"].astype(str)
    of_share = statistic.isin(["share"]) | (statistic.eq("difference") & measure.eq("share"))
    of_persons = measure.eq("persons") & statistic.isin(["total", "difference"])
    other = ~of_share & ~of_persons & ~statistic.eq("test")
    point = np.where(values["n"] >= 1000, 0.001, 0.01)
    found = {
        "n": _between(values["n"], np.full(len(published), 10.0)) & (published["n_class"].astype(str) == "").to_numpy()
    }
    for name in ("estimate", "ci_low", "ci_high"):
        wrong = of_share.to_numpy() & _between(values[name], point)
        wrong |= of_persons.to_numpy() & _between(values[name], np.full(len(published), step))
        found[name] = wrong | (other.to_numpy() & _between(values[name], _digit(values["estimate"], 3)))
    found["se"] = _between(values["se"], _digit(values["se"], 2))
    rows = [published.loc[wrong].assign(column=name) for name, wrong in found.items()]
    return pd.concat(rows, ignore_index=True)


def _between(values: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Whether values lie between multiples of a step."""
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = values / step
        return np.isfinite(values) & (np.abs(parts - np.round(parts)) > 1e-6)


def _digit(values: np.ndarray, digits: int) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    return np.power(10.0, np.where(np.isfinite(size), size, 0.0) - digits + 1)


def numbers_in(content: Any) -> Iterator[float]:
    """All numbers of a card, and of the words in it."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from numbers_in(str(key))
            yield from numbers_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from numbers_in(value)
    elif isinstance(content, bool) or content is None:
        return
    elif isinstance(content, int | float):
        yield float(content)
    else:
        yield from (float(t.replace(",", "")) for t in re.findall(r"\d[\d,]*(?:\.\d+)?", str(content)))


def innocent(folder: Path) -> set[str]:
    """Numbers of all declarations of a repository (its `workflow/`): their text is public."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".csv", ".md", ".j2", ".typ"):
            for value in numbers_in(path.read_text(encoding="utf-8")):
                found |= set(forms(value))
    return found


def allowed(processed: Path, declared: set[str], decimal: str = ".") -> Allowed:
    """What may stand in the outputs that are made of one folder right of the wall."""
    files = sorted(processed.glob("published*.parquet"))
    frames = [pd.read_parquet(path) for path in files]
    found = numbers_of(frames)
    design = {
        plain(Decimal(repr(float(v))))
        for f in frames
        for c in {"df", "df1", "n_psu"} & set(f)
        for v in f[c].dropna().unique()
    }
    for card in (*processed.glob("published_card.json"), *processed.glob("published_family.json")):
        for value in set(numbers_in(json.loads(card.read_text(encoding="utf-8")))):
            found |= set(forms(value))
    return Allowed(found, declared, decimal, design)


def more(piece: Piece, may: Allowed) -> Iterator[str]:
    """The numbers of a piece that are not allowed."""
    text = str(piece.value)
    if DIGEST.match(text) or re.search(r"digest|_id$", piece.place):
        return
    # Cells of files for programs have a point in every language.
    structured = piece.file.rpartition(".")[2] in ("csv", "json", "xlsx") and _is_number(text)
    decimal = "." if structured else may.decimal
    last = piece.place.rpartition("/")[2]
    if structured and last == "n":
        if float(text) % 10 and plain(Decimal(text)) not in may.design:
            yield text
        return
    if not structured:
        for hit in SAMPLE.finditer(text):
            value = _value(hit["n"] or hit["persons"], decimal)
            if value is not None and value % 10 and plain(value) not in may.innocent:
                yield hit.group()
        text = WITHOUT.sub(" ", text)
    for token in re.findall(_pattern(decimal), text):
        value = _value(token, decimal)
        if value is None or _fine(value, may):
            continue
        yield token


def _fine(value: Decimal, may: Allowed) -> bool:
    if value == value.to_integral_value() and (abs(value) <= SMALL or YEARS[0] <= abs(value) <= YEARS[1]):
        return True
    text = plain(value)
    return text in may.numbers or text in may.innocent


def _pattern(decimal: str) -> str:
    group = "," if decimal == "." else "."
    return rf"\d{{1,3}}(?:[{re.escape(group)}\u202f\u00a0]\d{{3}})+(?:{re.escape(decimal)}\d+)?|\d+(?:{re.escape(decimal)}\d+)?"


def _value(token: str, decimal: str) -> Decimal | None:
    group = "," if decimal == "." else "."
    text = token.rstrip(".,").replace(group, "").replace("\u202f", "").replace("\u00a0", "").replace(decimal, ".")
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None
