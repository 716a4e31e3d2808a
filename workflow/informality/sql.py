"""The locked DuckDB connection that runs conditions row by row (their syntax: `expressions`).

The connection has neither files, network nor extensions. DuckDB does row-wise work only: its parallel floating sums differ
between runs, so every sum of the pipeline is NumPy's. No message holds a value of a person: of DuckDB's own words only those
about names and types are passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.expressions import Condition, Rule, database, first_line, parse, shown
from informality.held_as_text import why_text

__all__ = [
    "NUMBER",
    "TRUTH",
    "Condition",
    "Kind",
    "Rule",
    "booleans",
    "evaluate",
    "first_match",
    "floats",
    "locked_connection",
    "numbers",
    "parse",
    "truth",
]


@contextmanager
def locked_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own to an empty database in memory, without files, network, extensions or a way back."""
    connection = database().cursor()
    try:
        yield connection
    finally:
        connection.close()


@dataclass(frozen=True)
class Kind:
    """What an expression must yield: the ``types`` as DuckDB calls them, and the words for a message."""

    types: tuple[str, ...]
    what: str
    todo: str


# A column without any value is "NULL".
TRUTH = Kind(("BOOLEAN", '"NULL"'), "true or false", "compare it with something, as in  Q13 = 1")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
NUMBER = Kind(
    (*TRUTH.types, *_WHOLE, "FLOAT", "DOUBLE", "DECIMAL"),
    "a number",
    "a text that holds numbers becomes one by CAST(x AS DOUBLE)",
)


def evaluate(
    frame: pd.DataFrame, expressions: Mapping[str, Condition], kinds: Mapping[str, Kind] = MappingProxyType({})
) -> dict[str, np.ma.MaskedArray]:
    """Evaluate expressions for every row, in row order; a masked entry is NULL. ``kinds``: what some of them must yield.

    Raises UserError for a column that ``frame`` lacks, for a wrong kind, and where an expression cannot be run (a text compared
    with a number, say), naming the first that fails.
    """
    conditions = list(expressions.values())
    if not conditions:
        return {}
    with _persons(frame, conditions) as connection:
        wanted = {name: (expressions[name], kind) for name, kind in kinds.items()}
        return _run(connection, {name: e.sql for name, e in expressions.items()}, conditions, wanted)


def numbers(frame: pd.DataFrame, expressions: Mapping[str, Condition]) -> dict[str, np.ndarray]:
    """Expressions as float64, NaN for NULL, 1 and 0 for true and false; UserError where one yields a text or a date."""
    found = evaluate(frame, expressions, dict.fromkeys(expressions, NUMBER))
    return {name: floats(values) for name, values in found.items()}


def floats(values: np.ma.MaskedArray) -> np.ndarray:
    """What `evaluate` gives, as float64 with NaN for NULL."""
    return np.ma.asarray(values, dtype=float).filled(np.nan)


def booleans(frame: pd.DataFrame, conditions: Mapping[str, Condition]) -> dict[str, np.ndarray]:
    """Conditions as plain booleans: NULL does not match. UserError where one is not true or false."""
    found = evaluate(frame, conditions, dict.fromkeys(conditions, TRUTH))
    return {name: truth(values) for name, values in found.items()}


def truth(values: np.ma.MaskedArray) -> np.ndarray:
    """What `evaluate` gives of a condition, as plain booleans: NULL does not match."""
    return np.asarray(values.filled(False), dtype=bool)


def first_match(frame: pd.DataFrame, tables: Mapping[str, Sequence[Rule]]) -> dict[str, np.ndarray]:
    """For each table of rules, the index of the first rule that holds in each row; -1 where none does."""
    conditions = [rule.condition for rules in tables.values() for rule in rules]
    cases = {
        name: "CASE " + " ".join(f"WHEN {rule.condition.sql} THEN {i}" for i, rule in enumerate(rules)) + " ELSE -1 END"
        for name, rules in tables.items()
        if rules
    }
    with _persons(frame, conditions) as connection:
        # The kinds of the conditions are not those of the cases; nothing is run for this look.
        _require(connection, [(condition, TRUTH) for condition in conditions])
        found = _run(connection, cases, conditions)
    none = np.full(len(frame), -1, dtype=np.int16)
    return {name: np.asarray(found[name].filled(-1), np.int16) if name in found else none.copy() for name in tables}


@contextmanager
def _persons(frame: pd.DataFrame, conditions: Sequence[Condition]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection with the columns that the conditions name, as the table ``persons``."""
    names: dict[str, None] = dict.fromkeys(map(str, frame.columns))
    used = {column.lower() for condition in conditions for column in condition.check(names).columns}
    selected = [name for name in frame.columns if str(name).lower() in used]
    twice = [name for name in selected if sum(str(other).lower() == str(name).lower() for other in selected) > 1]
    if twice:
        raise UserError(
            f"columns whose names differ only in case: {' and '.join(map(str, twice[:2]))}",
            where=conditions[0].where,
            todo="SQL does not tell them apart; rename one of them",
        )
    table = frame[selected] if selected else pd.DataFrame({"_row": np.zeros(len(frame), dtype=np.int8)})
    with locked_connection() as connection:
        connection.register("persons", table)
        try:
            yield connection
        except UserError as error:
            raise _explained(error, table, conditions) from None


def _explained(error: UserError, table: pd.DataFrame, conditions: Sequence[Condition]) -> UserError:
    """The error with what keeps a text column of its condition from being a number, where that is what stands in the way."""
    failed = [c for c in conditions if c.where == error.where and shown(c.text) in error.what]
    reason = why_text(table, failed[0].columns) if failed else ""
    return UserError(error.what, where=error.where, todo=reason) if reason else error


def _run(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    conditions: Sequence[Condition],
    wanted: Mapping[str, tuple[Condition, Kind]] = MappingProxyType({}),
) -> dict[str, np.ma.MaskedArray]:
    if not columns:
        return {}
    query = "SELECT " + ", ".join(f"{text} AS c{i}" for i, text in enumerate(columns.values())) + " FROM persons"
    try:
        # What it yields is known before the rows are read.
        connection.execute(query)
        types = dict(zip(columns, (str(kind) for _, kind, *_ in connection.description or ()), strict=True))
        _check_kinds(list(wanted.values()), [types[name] for name in wanted])
        result = connection.fetchnumpy()
    except duckdb.Error:
        _require(connection, list(wanted.values()))
        raise _failure(connection, conditions) from None
    return {name: _masked(result[f"c{i}"]) for i, name in enumerate(columns)}


def _masked(values: Any) -> np.ma.MaskedArray:
    """A column of levels comes back as plain objects with NaN for NULL, any other as a masked array."""
    if values.dtype == object and not isinstance(values, np.ma.MaskedArray):
        return np.ma.masked_array(values, mask=pd.isna(values))
    return np.ma.asarray(values)


def _require(connection: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[Condition, Kind]]) -> None:
    """UserError where a condition yields something else than it should; nothing is run for it."""
    if not wanted:
        return
    conditions = [condition for condition, _ in wanted]
    try:
        columns = ", ".join(condition.sql for condition in conditions)
        described = connection.execute(f"DESCRIBE SELECT {columns} FROM persons").fetchall()
    except duckdb.Error:
        raise _failure(connection, conditions) from None
    _check_kinds(wanted, [kind for _, kind, *_ in described])


def _check_kinds(wanted: Sequence[tuple[Condition, Kind]], types: Sequence[str]) -> None:
    for (condition, kind), found in zip(wanted, types, strict=True):
        if found.partition("(")[0] not in kind.types:
            raise UserError(
                f"this is not {kind.what} for a person: {shown(condition.text)}",
                where=condition.where,
                todo=kind.todo,
            )


def _failure(connection: duckdb.DuckDBPyConnection, conditions: Sequence[Condition]) -> UserError:
    """The error for the first condition that cannot be run alone."""
    for condition in conditions:
        try:
            connection.execute(f"SELECT {condition.sql} FROM persons").fetchnumpy()
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
            reason = first_line(error)
            return UserError(
                f"this condition cannot be run: {shown(condition.text)}", where=condition.where, todo=reason
            )
        except duckdb.Error:
            return UserError(
                f"this condition fails for some persons: {shown(condition.text)}",
                where=condition.where,
                todo="perhaps a column that holds text is compared with a number: write the code in single quotes, as in  q13 = '05'; "
                "or the reverse: the column holds numbers, and the code stands in quotes",
            )
    where = conditions[0].where if conditions else ""
    return UserError("these conditions cannot be run together", where=where, todo="look for very long conditions")
