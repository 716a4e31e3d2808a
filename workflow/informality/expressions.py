"""Conditions that people write: one SQL expression, parsed and checked before anything runs.

A condition is one scalar expression over named columns (`registered = 'yes' OR books = 'complete'`): no subquery, no aggregate,
no window, only the functions and types named here, so none that reads a clock, a file or chance; a constant compared with a
variable must be one of its levels.

SQL's three-valued logic is meant: a condition that is NULL does not match. Rules about unknown answers ask `<variable>_why`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb

from informality.dialects import CURLY_ADVICE, advice, holds_curly_quotes
from informality.errors import UserError, nearest

NODES = frozenset(
    {"COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "FUNCTION", "CAST", "CASE", "CONSTANT", "COLUMN_REF", "TYPE"}
)
OPERATORS = frozenset({
    "OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE", "OPERATOR_TRY", "COMPARE_IN", "COMPARE_NOT_IN",
})  # fmt: skip
# Listed, not taken from what the installed DuckDB offers, so that another version allows neither more nor less.
FUNCTIONS = frozenset({
    "+", "-", "*", "/", "//", "%", "**", "^", "@", "abs", "sign", "round", "floor", "ceil", "ceiling", "trunc", "sqrt", "exp", "ln",
    "log", "log2", "log10", "pow", "power", "mod", "greatest", "least", "isnan", "isinf", "isfinite",
    "||", "~~", "!~~", "~~*", "!~~*", "like_escape", "ilike_escape", "regexp_matches", "regexp_full_match", "regexp_extract",
    "regexp_replace", "left", "right", "substring", "substr", "length", "lower", "upper", "trim", "ltrim", "rtrim", "replace", "lpad",
    "rpad", "concat", "contains", "starts_with", "ends_with", "position", "instr", "strpos", "split_part",
    "if", "nullif", "year", "month", "day", "date_part", "date_diff", "make_date",
})  # fmt: skip
TYPES = frozenset({
    "BOOL", "BOOLEAN", "TINYINT", "SMALLINT", "INT", "INT4", "INT8", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "FLOAT4", "FLOAT8",
    "DOUBLE", "NUMERIC", "DECIMAL", "CHAR", "TEXT", "STRING", "VARCHAR", "DATE",
})  # fmt: skip
# Comparisons that put their sides in an order.
ORDERS = frozenset(
    {"COMPARE_LESSTHAN", "COMPARE_GREATERTHAN", "COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO"}
)
LONGEST = 20_000


@dataclass(frozen=True)
class Condition:
    """A parsed expression: its text, where it was written, the columns it names and the constants it compares them with.

    ``orders``: the sides of each `<`, `>` or `BETWEEN` whose constants are all texts, as pairs of kind (``constant``,
    ``expression``) and text.
    """

    text: str
    where: str
    columns: tuple[str, ...]
    comparisons: tuple[tuple[str, str], ...]
    orders: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def sql(self) -> str:
        """The expression as part of a longer query; the new line ends a comment that may stand at its end."""
        return f"({self.text}\n)"

    def check(
        self,
        levels: Mapping[str, Sequence[str] | None],
        meant: Callable[[str, Iterable[str]], str] = nearest,
    ) -> Condition:
        """Refuse unknown columns and unknown levels.

        ``levels`` holds every column that exists (as written; case does not matter) with its levels, or None for numbers
        and free texts. ``meant`` says which of them may be meant by a name that is not there.
        """
        known = _spelt(self.columns, levels)
        for column in self.columns:
            if column not in known:
                raise UserError(
                    f"there is no column '{column}' in the condition: {shown(self.text)}",
                    where=self.where,
                    todo=self._quoted(column, meant(column, levels)),
                )
        for column, literal in self.comparisons:
            allowed = levels[known[column]]
            if allowed is not None and literal not in allowed:
                raise UserError(
                    f"'{literal}' is not a level of '{column}' in the condition: {shown(self.text)}",
                    where=self.where,
                    todo=nearest(literal, allowed),
                )
        return self

    def _quoted(self, column: str, meant: str) -> str:
        if f'"{column}"' in self.text:
            return f"text stands in single quotes: '{column}'; double quotes are for names of columns ({meant})"
        return meant


@dataclass(frozen=True)
class Rule:
    """One row of a first-match table: if ``condition`` holds and no rule before it did, the outcome is ``outcome``."""

    id: str
    condition: Condition
    outcome: str


@lru_cache(maxsize=1)
def database() -> duckdb.DuckDBPyConnection:
    """The one database of the process: empty, in memory, without files, network, extensions or a way back."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads=1")
    connection.execute("SET autoinstall_known_extensions=false")
    connection.execute("SET autoload_known_extensions=false")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


def parse(text: str, where: str = "") -> Condition:
    """Parse one condition; UserError says what is not understood or not allowed, and where."""
    # As texts of files are read (`survey/values.py`), so that equal words are equal.
    text = unicodedata.normalize("NFC", text).replace("\xa0", " ")
    try:
        columns, comparisons, orders = _named(text)
    except UserError as error:
        raise UserError(error.what, where=where, todo=error.todo) from None
    return Condition(text, where, columns, comparisons, orders)


_Orders = tuple[tuple[tuple[str, str], ...], ...]


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], _Orders]:
    """Columns, comparisons and orders of a condition. Many stand at several places, and to parse one costs a millisecond."""
    if len(text) > LONGEST:
        raise UserError(
            f"a condition of {len(text):,} characters: {shown(text)}",
            todo=f"no condition may be longer than {LONGEST:,} characters; recode with BETWEEN, or in steps",
        )
    if holds_curly_quotes(text):
        raise UserError(f"curly quotes stand in the condition: {shown(text)}", todo=CURLY_ADVICE)
    try:
        item = _expression(text)
        columns: dict[str, None] = {}
        comparisons: dict[tuple[str, str], None] = {}
        _walk(item, text, columns, comparisons)
        orders = tuple(_orders(item))
    except RecursionError:
        raise UserError(
            f"this condition is nested too deeply: {shown(text)}", todo="write it as several rules"
        ) from None
    return tuple(columns), tuple(comparisons), orders


def _expression(text: str) -> dict[str, Any]:
    """The syntax tree of a text that is one expression, alone as well as in parentheses."""
    row = database().execute("SELECT json_serialize_sql(?)", [f"SELECT {text}"]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        raise _not_understood(text, str(tree.get("error_message", "syntax error")))
    statements: list[Any] = tree["statements"]
    node: dict[str, Any] = statements[0]["node"]
    items = node.get("select_list", [])
    plain = (
        len(statements) == 1
        and node["type"] == "SELECT_NODE"
        and len(items) == 1
        and node["from_table"]["type"] == "EMPTY"
        and not any(
            node.get(part) for part in ("where_clause", "group_expressions", "having", "qualify", "sample", "modifiers")
        )
        and not node.get("cte_map", {}).get("map")
        and not items[0].get("alias")
    )
    if not plain:
        raise UserError(
            f"a condition is one expression: {shown(text)}",
            todo=advice(text) or "write no FROM, WHERE, comma, AS or ;",
        )
    try:
        database().extract_statements(f"SELECT (\n{text}\n)")
    except duckdb.Error as error:
        raise _not_understood(text, first_line(error)) from None
    return dict(items[0])


def _not_understood(text: str, reason: str) -> UserError:
    return UserError(
        f"this condition is not understood: {shown(text)}",
        todo=advice(text)
        or f"{shown(reason)}; conditions are SQL expressions such as  age >= 15 AND sex = 'male'; "
        'a column called like a word of SQL, or with a blank or point in its name, stands in double quotes: "order" = 1',
    )


def _walk(node: Any, text: str, columns: dict[str, None], comparisons: dict[tuple[str, str], None]) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, text, columns, comparisons)
        return
    if not isinstance(node, dict):
        return
    _check_node(node, text)
    if node.get("class") == "COLUMN_REF":
        columns[node["column_names"][0]] = None
    for column, literal in _pairs(node):
        comparisons[(column, literal)] = None
    for value in node.values():
        if isinstance(value, dict | list):
            _walk(value, text, columns, comparisons)


def _check_node(node: Mapping[str, Any], text: str) -> None:
    kind = node.get("class")
    if kind is not None and (kind not in NODES or (kind == "OPERATOR" and node["type"] not in OPERATORS)):
        name = str(node["type"] if kind == "OPERATOR" else kind).lower().replace("_", " ")
        raise UserError(
            f"'{name}' is not allowed in a condition: {shown(text)}",
            todo="use comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, CASE and plain functions of one row",
        )
    if kind == "FUNCTION" and (name := str(node["function_name"]).lower()) not in FUNCTIONS:
        raise UserError(
            f"the function '{name}' is unknown or not allowed in a condition: {shown(text)}",
            todo=advice(text) or nearest(name, (f for f in FUNCTIONS if f.isidentifier())),
        )
    if kind == "TYPE" and (name := str(node["type_name"]).upper()) not in TYPES:
        raise UserError(
            f"the type '{name}' is unknown or not allowed in a condition: {shown(text)}",
            todo=nearest(name, TYPES),
        )
    if kind == "COLUMN_REF" and len(node["column_names"]) > 1:
        name = ".".join(node["column_names"])
        raise UserError(
            f"'{name}' is not the name of a column, in the condition: {shown(text)}",
            todo=f'write the column\'s name alone; if it holds the point itself, in double quotes: "{name}"',
        )
    if kind == "COMPARISON" and "DISTINCT" not in node["type"] and any(map(_is_null, (node["left"], node["right"]))):
        raise UserError(
            f"nothing is equal to NULL, in the condition: {shown(text)}",
            todo="write IS NULL or IS NOT NULL",
        )
    if node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN") and any(map(_is_null, node["children"])):
        raise UserError(
            f"nothing is equal to NULL, in the condition: {shown(text)}",
            todo="take NULL out of the list; write OR … IS NULL",
        )


def _is_null(node: Mapping[str, Any]) -> bool:
    return node.get("class") == "CONSTANT" and node["literal"]["kind"] == "NULL_LITERAL"


def _pairs(node: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Column-and-constant pairs of ``column = 'x'``, ``'x' <> column`` and ``column IN ('x', 'y')``."""
    if node.get("class") == "COMPARISON":
        sides = [node["left"], node["right"]]
    elif node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN"):
        sides = list(node["children"])
    else:
        return []
    names = [side["column_names"][0] for side in sides if side.get("class") == "COLUMN_REF"]
    texts = [str(side["literal"]["text"]) for side in sides if side.get("class") == "CONSTANT" and not _is_null(side)]
    return [(name, literal) for name in names for literal in texts]


def _orders(node: Any) -> Iterator[tuple[tuple[str, str], ...]]:
    """The sides of each comparison by order in which a text may meet a text; those with a number, a CAST, are left out."""
    if isinstance(node, list):
        for item in node:
            yield from _orders(item)
    if not isinstance(node, dict):
        return
    between = node.get("class") == "BETWEEN"
    if between or (node.get("class") == "COMPARISON" and node["type"] in ORDERS):
        sides = [node[key] for key in (("input", "lower", "upper") if between else ("left", "right"))]
        if not any(map(_no_text, sides)) and not all(side.get("class") == "CONSTANT" for side in sides):
            yield tuple(
                ("constant", str(side["literal"]["text"]))
                if side.get("class") == "CONSTANT"
                else ("expression", _written(side))
                for side in sides
            )
    for value in node.values():
        if isinstance(value, dict | list):
            yield from _orders(value)


def _no_text(side: Mapping[str, Any]) -> bool:
    """Whether a side is a constant but no text, or is made a number."""
    if side.get("class") == "CONSTANT":
        return str(side["literal"]["kind"]) != "STRING"
    return side.get("class") == "CAST"


def _written(node: Mapping[str, Any]) -> str:
    """Part of a condition as SQL."""
    tree = json.loads(database().execute("SELECT json_serialize_sql('SELECT 1')").fetchall()[0][0])
    tree["statements"][0]["node"]["select_list"] = [node]
    text = str(database().execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchall()[0][0])
    return text.removeprefix("SELECT ")


def _spelt(columns: Sequence[str], known: Mapping[str, object]) -> dict[str, str]:
    """Those of the columns that are known, and how they are written there: SQL does not see case."""
    found = {column: column for column in columns if column in known}
    if len(found) < len(columns):
        written = {name.lower(): name for name in known}
        found = {column: written[column.lower()] for column in columns if column.lower() in written} | found
    return found


def shown(text: str) -> str:
    """A condition for a message: in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"


def first_line(error: Exception) -> str:
    """The first line of DuckDB's message; the others point into the query."""
    return shown(str(error).split("\n", 1)[0])
