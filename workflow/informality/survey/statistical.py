"""SPSS and Stata files, by pyreadstat.

SPSS's user-missing codes are kept as values, and their ranges stand in the metadata: whoever recodes must see a 99 to call it a
refusal. Stata's missing letters (``.a`` to ``.z``) have no number: they are NaN in the columns, and `missing_letters` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from informality.errors import UserError
from informality.survey.names import refuse_same_names
from informality.survey.source import DataFile, Metadata, codec, count, damaged
from informality.survey.spss_cases import count_cases
from informality.survey.stata_rows import holds_its_rows
from informality.survey.values import (
    clean_label,
    clean_text,
    codes_at_own_precision,
    looks_misread,
    spss_days,
    stata_days,
)

_SPSS_DAY = re.compile(r"^[AEJS]?DATE\d+")
_SPSS_TIME = re.compile(r"^(DATETIME|YMDHMS)\d+")
_STATA_DAY = re.compile(r"^%-?(td|d)")
# Deflate comes to no more; eight codes of nothing are a byte each.
_MOST_COMPRESSED = 1032
_MISREAD = "of wrongly read characters: the file's encoding may be wrong"
_STATA_TIME = re.compile(r"^%-?t[cC]")


def metadata(file: DataFile, kind: str) -> Metadata:
    """What the file's header and dictionary say, the number of rows checked against what follows; ``kind`` is sav or dta."""
    if kind == "dta" and holds_its_rows(file.path) is False:
        raise damaged(file.origin, file.where, kind, "it does not hold the number of rows that it promises")
    _, meta = _read(file, kind, metadataonly=True, user_missing=True)
    rows, note = _rows(file, meta.number_rows) if kind == "sav" else (meta.number_rows, "")
    # Of layouts in which rows cannot be counted: a value takes a byte, or the thousandth of one that is compressed.
    if rows * len(meta.column_names) > file.path.stat().st_size * (1 if kind == "dta" else _MOST_COMPRESSED):
        raise damaged(file.origin, file.where, kind, f"it promises {count(rows, 'row')}, for which it is too small")
    if not all(isinstance(name, str) for name in meta.column_names):
        raise damaged(file.origin, file.where, kind, "not every column has a name")
    refuse_same_names(meta.column_names, file.where)
    value_labels = {
        name: {_label_key(value): clean_label(label) for value, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
    }
    column_labels = {name: clean_label(label) for name, label in meta.column_names_to_labels.items() if label}
    texts = [*column_labels.values(), *(label for labels in value_labels.values() for label in labels.values())]
    misread = sum(map(looks_misread, texts))
    return Metadata(
        format=kind,
        columns=tuple(meta.column_names),
        rows=rows,
        column_labels=column_labels,
        value_labels=value_labels,
        single=tuple(name for name, stored in meta.readstat_variable_types.items() if stored == "float"),
        user_missing={name: list(ranges) for name, ranges in meta.missing_ranges.items()},
        file_label=clean_label(meta.file_label or ""),
        encoding=meta.file_encoding,
        notes=tuple(
            filter(None, (note, f"{count(misread, 'label')} {_MISREAD}" if misread else "")),
        ),
    )


def _rows(file: DataFile, stated: int | None) -> tuple[int, str]:
    """The cases of an SPSS file, and what is to be noted of it; UserError where it holds others than it states, or it cannot be known."""
    cases = count_cases(file.path)
    if cases is None and stated is None:
        raise damaged(
            file.origin, file.where, "sav", "it does not say how many rows it has, and they cannot be counted"
        )
    if cases is None:
        return stated or 0, ""
    if cases.stated is None and not cases.rest:
        return (
            cases.whole,
            f"the file does not say how many rows it has; {cases.whole:,} whole ones were counted; compare with the producer's number",
        )
    if cases.stated is None:
        raise damaged(file.origin, file.where, "sav", f"it breaks off, after {count(cases.whole, 'whole row')}")
    if cases.stated != cases.whole:
        detail = f"it promises {count(cases.stated, 'row')} and holds {cases.whole:,}"
        raise damaged(file.origin, file.where, "sav", detail)
    return cases.whole, ""


def columns(file: DataFile, meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named columns: numbers as float64, texts as str, days and times as ISO texts."""
    frame, found = _read(file, meta.format, usecols=list(names), user_missing=meta.format == "sav")
    return pd.DataFrame(
        {
            name: clean_text(frame[name])
            if found.readstat_variable_types[name] == "string"
            else _numbers_or_days(frame[name].astype("float64"), found.original_variable_types[name] or "", meta.format)
            for name in names
        }
    )


def missing_letters(file: DataFile, meta: Metadata, names: Sequence[str]) -> dict[str, pd.Series]:
    """Stata's missing letters, ``a`` to ``z``, per row of each named column that holds any; nothing for other formats."""
    if meta.format != "dta":
        return {}
    frame, found = _read(file, "dta", usecols=list(names), user_missing=True)
    return {
        name: frame[name].where(frame[name].map(lambda value: isinstance(value, str))).astype("str")
        for name in names
        if found.missing_user_values.get(name)
    }


def _read(file: DataFile, kind: str, **options: Any) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    reader = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    encoding = codec(file.spec.encoding, file.where) if file.spec.encoding is not None else None
    try:
        return reader(file.path, encoding=encoding, disable_datetime_conversion=True, **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        # ReadStat's messages are a fixed list and never hold a value; Python's do.
        reason = "" if isinstance(error, UnicodeDecodeError) else str(error)
        if isinstance(error, UnicodeDecodeError) or "convert string" in reason or "character set" in reason:
            raise UserError(
                f"texts in the file cannot be read as {encoding or 'the encoding that the file names'}",
                where=file.where,
                todo="declare the true 'encoding:' in the survey's description: cp1252 (Western Windows), iso8859-1, cp874 (Thai) …",
            ) from error
        if "version" in reason:
            raise UserError(
                f"this version of the {kind} format is not read here",
                where=file.where,
                todo="save the file again with a current version of the program that made it",
            ) from error
        raise


def _numbers_or_days(numbers: pd.Series, written_as: str, kind: str) -> pd.Series:
    day, time, convert = (_SPSS_DAY, _SPSS_TIME, spss_days) if kind == "sav" else (_STATA_DAY, _STATA_TIME, stata_days)
    if day.match(written_as):
        return convert(numbers, with_time=False)
    if time.match(written_as):
        return convert(numbers, with_time=True)
    # Only Stata has a 32-bit type; a code of SPSS is never a rounded one.
    return codes_at_own_precision(numbers) if kind == "dta" else numbers


def _label_key(value: Any) -> float | str:
    return value.rstrip() if isinstance(value, str) else float(value)
