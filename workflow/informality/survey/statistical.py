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
from informality.survey.source import DataFile, Metadata, codec, count, damaged, printable
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
_STATA_TIME = re.compile(r"^%-?t[cC]")


def metadata(file: DataFile, kind: str) -> Metadata:
    """What the file's header and dictionary say; ``kind`` is sav or dta."""
    _, meta = _read(file, kind, metadataonly=True, user_missing=True)
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
        rows=meta.number_rows,
        column_labels=column_labels,
        value_labels=value_labels,
        user_missing={name: list(ranges) for name, ranges in meta.missing_ranges.items()},
        file_label=clean_label(meta.file_label or ""),
        encoding=meta.file_encoding,
        notes=(f"{count(misread, 'label')} of wrongly read characters: the file's encoding may be wrong",)
        if misread
        else (),
    )


def columns(file: DataFile, meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named columns: numbers as float64, texts as str, days and times as ISO texts."""
    promised = f"it promises {meta.rows:,} rows" if meta.rows is not None else ""
    frame, found = _read(file, meta.format, promised, usecols=list(names), user_missing=meta.format == "sav")
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


def _read(file: DataFile, kind: str, promised: str = "", **options: Any) -> tuple[pd.DataFrame, Any]:
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
        detail = "; ".join(part for part in (promised, printable(reason)) if part)
        raise damaged(file.origin, file.where, detail) from error


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
