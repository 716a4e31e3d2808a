"""From a survey's file to a frame of the columns that its description names, and what is known of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from informality.errors import UserError
from informality.sql import booleans
from informality.survey.conditions import LETTERS, Conditions, conditions
from informality.survey.description import Survey
from informality.survey.names import hint, hints
from informality.survey.plausibility.text_order import refuse_order_of_texts
from informality.survey.read import Metadata, Source, SourceSpec, match_columns, open_source
from informality.survey.recode import UserMissing, sight
from informality.survey.replicates import replicate_columns
from informality.survey.source import SHOWN, count, some

SIMULATED = "SIMULATED DATA"


@dataclass(frozen=True)
class Facts:
    """What the file says of itself.

    ``as_described`` is None where the description gives no digest. ``rows``: of the file, with those that ``keep`` leaves out. ``user_missing``: ranges ``{"lo": …, "hi": …}`` of codes that the
    file itself declares as missing, ``value_labels``: what it calls its codes, for the columns that were read. ``notes``: what is odd about
    the file, in sentences without names or values. ``single``: columns stored as 32-bit floats.
    """

    format: str
    rows: int
    columns_in_file: int
    file_label: str
    simulated: bool
    sha256: str
    as_described: bool | None
    user_missing: Mapping[str, Sequence[Mapping[str, float | str]]] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    single: Sequence[str] = ()


def ingest(survey: Survey, file: Path, layout: Path | None = None) -> tuple[pd.DataFrame, Facts]:
    """Read the columns that the description names, rows in the order of the file without those that ``keep`` leaves out, and the
    facts of the file.

    A condition may name ``<column>_missing`` of a Stata file: the column's missing letters (``d`` for ``.d``), NULL elsewhere.
    UserError for a design that is still to be declared, for a column that the file lacks (naming the condition that asks for
    it), and for anything wrong with the file itself.
    """
    survey.require_design()
    parsed = conditions(survey)
    with open_source(file, source_spec(survey, file.name), layout=layout) as source:
        metadata = source.metadata
        letters = _letters(parsed, metadata, survey)
        check_columns(parsed, metadata, survey, letters)
        named = [name for name in parsed.columns() if name not in letters]
        named += [name for name in replicate_columns(survey, metadata.columns) if name not in named]
        frame = source.columns(named)
        in_file = match_columns(named, metadata, source.file.spec)
        frame = frame.assign(**_letter_columns(source, letters, len(frame)))
    rows = len(frame)
    user_missing = {c: metadata.user_missing[in_file[c]] for c in named if in_file[c] in metadata.user_missing}
    if parsed.keep is not None:
        frame = _kept(frame, parsed, survey, user_missing)
    digest = sha256(file)
    expected = survey.family.waves[survey.wave].sha256
    facts = Facts(
        format=metadata.format,
        rows=rows,
        columns_in_file=len(metadata.columns),
        file_label=metadata.file_label,
        simulated=SIMULATED in metadata.file_label.upper(),
        sha256=digest,
        as_described=None if expected is None else digest == expected,
        user_missing=user_missing,
        value_labels={
            c: {str(code): label for code, label in metadata.value_labels[in_file[c]].items()}
            for c in named
            if in_file[c] in metadata.value_labels
        },
        # A file that is the one that was described is whole, whatever it looks like.
        notes=() if digest == expected else metadata.notes,
        single=[c for c in named if in_file[c] in metadata.single],
    )
    return frame, facts


def source_spec(survey: Survey, name: str) -> SourceSpec:
    """The reader's view of the description's ``source``."""
    given = survey.family.source.model_dump(exclude={"declared_missing"})
    return SourceSpec(name=name, **{**given, "missing": tuple(given["missing"])})


def _letters(parsed: Conditions, metadata: Metadata, survey: Survey) -> dict[str, str]:
    """Columns of missing letters that conditions name (where the file has none of that name), and the columns they are of."""
    if metadata.format != "dta":
        return {}
    fold = str.lower if survey.family.source.column_case == "ignore" else str
    there = {fold(name) for name in metadata.columns}
    named = {name: name[: -len(LETTERS)] for name in parsed.columns() if name.lower().endswith(LETTERS)}
    return {name: of for name, of in named.items() if fold(name) not in there and fold(of) in there}


def _letter_columns(source: Source, letters: Mapping[str, str], rows: int) -> dict[str, pd.Series]:
    if not letters:
        return {}
    found = source.missing_letters(sorted(set(letters.values())))
    nothing = pd.Series([None] * rows, dtype="str")
    return {name: found.get(of, nothing) for name, of in letters.items()}


def _kept(frame: pd.DataFrame, parsed: Conditions, survey: Survey, user_missing: UserMissing) -> pd.DataFrame:
    keep = parsed.keep
    if keep is None:
        return frame
    refuse_order_of_texts(frame, [keep])
    seen = sight(frame, parsed, survey, user_missing).levels
    kept = frame[booleans(seen, {"keep": keep})["keep"]].reset_index(drop=True)
    if kept.empty:
        raise UserError(
            "'keep' holds for no row of the file", where=keep.where, todo="look at its codes, or leave 'keep' out"
        )
    return kept


def check_columns(parsed: Conditions, metadata: Metadata, survey: Survey, letters: Iterable[str] = ()) -> None:
    """Every condition against the columns of the file, so that the message names the key that is wrong.

    ``letters``: columns of missing letters, which are made from others of the file.
    """
    names: dict[str, None] = dict.fromkeys([*metadata.columns, *parsed.absent, *parsed.outcomes, *letters])
    made = {name.lower() for name in (*parsed.absent, *parsed.outcomes, *letters)}
    exact = survey.family.source.column_case == "exact"
    spelling: dict[str, str] = {}
    asked = [name for name in parsed.columns() if name.lower() not in made]
    _check_present(parsed, metadata, {*map(str.lower, metadata.columns), *made}, asked)
    for condition in (*parsed.all(), *parsed.flags.values()):
        condition.check(names, lambda name, _: hint(name, asked, metadata, made))
        for column in condition.columns if exact else ():
            if column not in names and column.lower() not in made:
                raise UserError(
                    f"the file writes the column '{column}' with other capital letters",
                    where=condition.where,
                    todo="write it as the file does, or declare source: {column_case: ignore}",
                )
            if spelling.setdefault(column.lower(), column) != column and column.lower() not in made:
                raise UserError(
                    f"'{spelling[column.lower()]}' and '{column}' are two columns of the file, and SQL does not tell them apart",
                    where=condition.where,
                    todo="rename one of them in a copy of the file",
                )


def _check_present(parsed: Conditions, metadata: Metadata, there: set[str], asked: Sequence[str]) -> None:
    """Several absent columns are named at once, each with the first key that asks for it; one alone is left to its condition."""
    keys: dict[str, str] = {}
    for condition in (*parsed.all(), *parsed.flags.values()):
        for column in condition.columns:
            if column.lower() not in there:
                keys.setdefault(column, condition.where)
    if len(keys) > 1:
        places = some(f"'{column}' ({where.rpartition(', ')[2]})" for column, where in keys.items())
        raise UserError(
            f"{count(len(keys), 'column')} that conditions name are not in the file: {places}",
            where=next(iter(keys.values())).rpartition(", ")[0],
            todo=f"{hints(list(keys)[:SHOWN], asked, metadata)}; correct the names, or declare under 'absent:' what this wave does not have",
        )


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
