"""Reading a survey's file in any format: what it says of itself first, then only the columns that are asked for.

    with open_source(path, spec) as source:
        source.metadata.value_labels["Q13GENDER"]
        frame = source.columns(["UQNO", "Weight", "Q13GENDER"])

Numbers come as float64, texts as str without trailing blanks, days and times as ISO texts (``2017-07-31``), nothing as NULL.
Codes that mean "refused" or "don't know" are values like others: the description, not the reader, says what they mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from informality.errors import UserError
from informality.survey import columnar, content, delimited, fixed_width, statistical
from informality.survey.archive import opened
from informality.survey.names import hints
from informality.survey.reading import reading
from informality.survey.source import DataFile, Metadata, SourceSpec, count, damaged, some

__all__ = ["Metadata", "Source", "SourceSpec", "match_columns", "open_source", "read_columns", "read_metadata"]

_COLUMNS = {
    "sav": statistical.columns,
    "dta": statistical.columns,
    "csv": delimited.columns,
    "fwf": fixed_width.columns,
    "parquet": columnar.columns,
}


@dataclass(frozen=True)
class Source:
    """An open file: its metadata are read, its columns can be."""

    metadata: Metadata
    file: DataFile

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """The named columns, under these names and in this order, one row per person.

        UserError for absent columns, all at once with the nearest name each, and for a file that breaks off.
        """
        if not names:
            raise ValueError("no columns are asked for")
        meta = self.metadata
        in_file = match_columns(names, meta, self.file.spec, where=self.file.where)
        found = list(dict.fromkeys(in_file.values()))
        with reading(self.file, meta.format, rows=meta.rows, columns=len(found)):
            frame = _COLUMNS[meta.format](self.file, meta, found)
        if meta.rows not in (None, len(frame)):
            detail = f"it promises {count(meta.rows, 'row')} and holds {len(frame):,}"
            raise damaged(self.file.origin, self.file.where, meta.format, detail)
        asked = frame[list(in_file.values())]
        asked.columns = pd.Index(in_file, dtype="str")
        return asked

    def missing_letters(self, names: Sequence[str]) -> dict[str, pd.Series]:
        """Stata's missing letters (``a`` for ``.a`` …) of each named column that holds any, NULL elsewhere; a second read."""
        in_file = match_columns(names, self.metadata, self.file.spec, where=self.file.where)
        with reading(self.file, self.metadata.format, rows=self.metadata.rows, columns=len(in_file)):
            letters = statistical.missing_letters(self.file, self.metadata, list(dict.fromkeys(in_file.values())))
        return {name: letters[column] for name, column in in_file.items() if column in letters}


@contextmanager
def open_source(path: Path, spec: SourceSpec, *, layout: Path | None = None) -> Iterator[Source]:
    """Open a survey's file, unpacked once if it is a zip, and read its metadata.

    ``layout`` stands for the layout file that ``spec`` names. Raises UserError for whatever is not the file that the
    description speaks of: see `archive.opened`, `content.kind` and the modules of the formats.
    """
    if spec.decimal not in (".", ","):
        todo = "declare '.' or ','"
        raise UserError("the decimal sign is neither a point nor a comma", where=f"{spec.name}, decimal", todo=todo)
    if spec.thousands is not None and (len(spec.thousands) != 1 or spec.thousands in "0123456789+-" + spec.decimal):
        todo = 'declare one character, for example thousands: "." beside decimal: ","'
        raise UserError(
            "the thousands sign must be one character, and not the decimal sign",
            where=f"{spec.name}, thousands",
            todo=todo,
        )
    with opened(path, spec) as file:
        file = replace(file, layout=layout)
        has_layout = layout is not None or spec.layout is not None
        kind = content.data_format(
            file.path, declared=spec.format, has_layout=has_layout, where=file.where, encoding=spec.encoding
        )
        yield Source(_metadata(file, kind), file)


def read_metadata(path: Path, spec: SourceSpec, *, layout: Path | None = None) -> Metadata:
    """What the file says of itself: columns, rows, labels, user-missing codes. UserError as for `open_source`."""
    with open_source(path, spec, layout=layout) as source:
        return source.metadata


def read_columns(path: Path, spec: SourceSpec, columns: Sequence[str], *, layout: Path | None = None) -> pd.DataFrame:
    """The named columns of the file, as `Source.columns` gives them. UserError as for `open_source`."""
    with open_source(path, spec, layout=layout) as source:
        return source.columns(columns)


def match_columns(names: Sequence[str], metadata: Metadata, spec: SourceSpec, *, where: str = "") -> dict[str, str]:
    """Each asked name and the file's own name for it, which may differ in case if ``spec.column_case`` is ``ignore``.

    UserError naming all absent columns, each with the nearest, or all that the file holds in two spellings.
    """
    fold = str.lower if spec.column_case == "ignore" else str
    spellings: dict[str, list[str]] = defaultdict(list)
    for column in metadata.columns:
        spellings[fold(column)].append(column)
    absent = [name for name in names if fold(name) not in spellings]
    if absent:
        raise UserError(
            f"{count(len(absent), 'column')} not in the file: {hints(absent, names, metadata)}",
            where=where or spec.name,
            todo="correct the names in the survey's description, or declare under 'absent:' that this wave does not have them",
        )
    double = sorted({name for name in names if len(spellings[fold(name)]) > 1})
    if double:
        shown = some(" and ".join(spellings[fold(name)]) for name in double)
        raise UserError(
            f"columns whose names differ only in case: {shown}",
            where=where or spec.name,
            todo="declare 'column_case: exact' and write the names as the file does",
        )
    return {name: spellings[fold(name)][0] for name in names}


def _metadata(file: DataFile, kind: str) -> Metadata:
    with reading(file, kind):
        if kind in ("sav", "dta"):
            return statistical.metadata(file, kind)
        return {"csv": delimited.metadata, "fwf": fixed_width.metadata, "parquet": columnar.metadata}[kind](file)
