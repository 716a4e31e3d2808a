"""Conditions run over persons: NULL does not match, the first match wins, rows stay in order, and no message shows a value."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.sql import Rule, booleans, evaluate, first_match, locked_connection, numbers, parse

PERSONS = pd.DataFrame(
    {
        "age": [14.0, np.nan, 67.0],
        "code": pd.array(["01", None, "secret"], dtype="str"),
        "sex": pd.Categorical(["female", None, "male"], categories=["male", "female", "other"]),
        "nothing": pd.Series([None] * 3, dtype=object),
        "empty": [np.nan] * 3,
        "worker": [True, False, True],
    }
)


def truth(text: str, frame: pd.DataFrame = PERSONS) -> list[bool]:
    return booleans(frame, {"x": parse(text, "here")})["x"].tolist()


def value(text: str, frame: pd.DataFrame = PERSONS) -> list[object]:
    found = evaluate(frame, {"x": parse(text, "here")})["x"]
    return [None if hidden else x for x, hidden in zip(found.data.tolist(), np.ma.getmaskarray(found), strict=True)]


def rules(*texts: str) -> list[Rule]:
    return [Rule(f"R{i}", parse(text, f"rule {i}"), "out") for i, text in enumerate(texts)]


def refusal(text: str, frame: pd.DataFrame = PERSONS) -> UserError:
    with pytest.raises(UserError) as error:
        booleans(frame, {"x": parse(text, "here")})
    assert error.value.where == "here"
    return error.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age >= 15", [False, False, True]),
        ("NOT age >= 15", [True, False, False]),
        ("age < 15 OR age >= 15", [True, False, True]),
        ("age IS NULL", [False, True, False]),
        ("age <> 14", [False, False, True]),
        ("age NOT IN (14)", [False, False, True]),
        ("coalesce(age, 99) > 90", [False, True, False]),
        ("sex = 'male'", [False, False, True]),
        ("NOT (sex = 'male')", [True, False, False]),
        ("sex <> 'other'", [True, False, True]),
        ("age > 100 AND sex = 'male'", [False, False, False]),
        ("sex = 'male' OR TRUE", [True, True, True]),
        ("worker AND code IS NOT NULL", [True, False, True]),
        ("NULL", [False, False, False]),
        ("nothing = 2", [False, False, False]),
        ("nothing = 'a'", [False, False, False]),
        ("nothing + 1 = 2", [False, False, False]),
        ("nothing IS NULL", [True, True, True]),
        ("age = 14 -- a note", [True, False, False]),
        ("TRUE", [True, True, True]),
    ],
)
def test_null_does_not_match(text: str, expected: list[bool]) -> None:
    assert truth(text) == expected


def test_values_come_with_their_nulls_masked() -> None:
    assert value("age + 1") == [15.0, None, 68.0]
    assert value("left(code, 2)") == ["01", None, "se"]
    assert value("CASE WHEN age > 20 THEN 'old' END") == [None, None, "old"]
    assert value("sex") == ["female", None, "male"]
    assert value("CASE WHEN age > 0 THEN sex END") == ["female", None, "male"]
    assert value("age > 20") == [False, None, True]
    assert value("nothing") == [None, None, None]


def test_numbers_are_floats_with_nan_for_null() -> None:
    wanted = {
        name: parse(text)
        for name, text in {
            "a": "age",
            "b": "age > 20",
            "c": "nothing",
            "d": "NULL",
            "e": "1.5",
            "f": "length(code)",
        }.items()
    }
    found = numbers(PERSONS, wanted)
    assert {x.dtype for x in found.values()} == {np.dtype(float)}
    nan = np.nan
    expected = {"a": [14, nan, 67], "b": [0, nan, 1], "c": [nan] * 3, "d": [nan] * 3, "e": [1.5] * 3, "f": [2, nan, 6]}
    for name, want in expected.items():
        np.testing.assert_array_equal(found[name], want)


@pytest.mark.parametrize("text", ["code", "'12'", "sex", "DATE '2017-01-01'", "left(code, 1)"])
def test_what_is_no_number_is_refused_by_its_kind(text: str) -> None:
    with pytest.raises(UserError, match="not a number") as error:
        numbers(PERSONS, {"x": parse(text, "here")})
    assert "CAST" in error.value.todo
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("text", ["age", "code", "sex", "1", "'x'", "age + 1", "CASE WHEN worker THEN 1 END"])
def test_a_condition_must_be_true_or_false(text: str) -> None:
    """SQL takes any number but 0 for true: `male: Q13GENDER` without `= 1` would make everybody a man."""
    assert "not true or false" in refusal(text).what
    with pytest.raises(UserError, match="not true or false"):
        first_match(PERSONS, {"t": rules("TRUE", text)})


@pytest.mark.parametrize(
    "text",
    [
        "code = 1",
        "code::int = 1",
        "CAST(code AS DOUBLE) > 0",
        "code::date IS NULL",
        "age = 'old'",
        "sex = 3",
        "age::date IS NULL",
    ],
)
def test_a_failing_conversion_never_quotes_a_value(text: str) -> None:
    error = refusal(text)
    assert error.what == f"this condition fails for some persons: {text}"
    assert not re.search(r"secret|01|67|14", error.todo)
    with pytest.raises(UserError, match="fails for some persons") as other:
        first_match(PERSONS, {"t": rules("age > 90", f"({text})")})
    assert other.value.where == "rule 1"
    assert "secret" not in str(other.value)


@pytest.mark.parametrize(
    "text", ["code > 1", "code + 1 = 2", "left(age, 2) = 'a'", "age AND worker AND left(age, 1) = 'x'"]
)
def test_a_mistake_of_types_is_explained_in_duckdb_s_words(text: str) -> None:
    error = refusal(text)
    assert error.what == f"this condition cannot be run: {text}"
    assert "VARCHAR" in error.todo or "DOUBLE" in error.todo
    assert "secret" not in str(error)


def test_the_condition_that_fails_is_named_among_many() -> None:
    table = {"good": rules("age > 3", "sex = 'male'"), "bad": rules("age > 99", "code::int = 1", "age > 5")}
    with pytest.raises(UserError, match="code::int = 1") as error:
        first_match(PERSONS, table)
    assert error.value.where == "rule 1"


def test_an_absent_column_is_named_with_the_nearest() -> None:
    assert refusal("aeg > 1").todo == "did you mean 'age'?"


@pytest.mark.parametrize(
    "name", ["current_date", "current_timestamp", "localtime", "user", "session_user", "rowid", "persons"]
)
def test_words_that_duckdb_would_answer_itself_are_only_columns(name: str) -> None:
    assert f"there is no column '{name}'" in refusal(f"{name} IS NULL").what
    frame = pd.DataFrame({name: [None, 1.0]})
    assert truth(f'"{name}" IS NULL', frame) == [True, False]


@pytest.mark.parametrize(
    ("name", "written"),
    [("order", '"order"'), ("group", '"group"'), ("select", '"select"'), ("my age", '"my age"'), ("V.1", '"V.1"'), ('a"b', '"a""b"'),
     ("ອາຍຸ", "ອາຍຸ"), ("âge", "âge"), ("c0", "c0"), ("c1", "C1"), ("_row", "_row"), ("Q14AGE", "q14age")],
)  # fmt: skip
def test_columns_of_any_name(name: str, written: str) -> None:
    frame = pd.DataFrame({"c9": [9.0, 9.0], name: [1.0, 2.0]})
    assert truth(f"{written} = 2", frame) == [False, True]
    found = numbers(frame, {"x": parse("c9"), "y": parse(written)})
    assert found["y"].tolist() == [1.0, 2.0]


def test_names_given_to_results_do_not_hide_columns() -> None:
    frame = pd.DataFrame({"c0": [5.0], "c1": [7.0]})
    found = numbers(frame, {"first": parse("c1"), "second": parse("c0"), "third": parse("c1")})
    assert [found[k][0] for k in ("first", "second", "third")] == [7.0, 5.0, 7.0]


def test_columns_that_differ_only_in_case_are_refused_where_they_are_named() -> None:
    frame = pd.DataFrame({"Age": [1.0], "age": [2.0], "sex": [1.0]})
    assert "differ only in case" in refusal("age = 1", frame).what
    assert truth("sex = 1", frame) == [True]


def test_first_match_wins_and_nothing_is_minus_one() -> None:
    table = {"t": rules("age > 60", "age > 10", "sex = 'male'"), "none": [], "u": rules("age IS NULL")}
    found = first_match(PERSONS, table)
    assert {name: x.tolist() for name, x in found.items()} == {"t": [1, -1, 0], "none": [-1] * 3, "u": [-1, 0, -1]}
    assert {x.dtype for x in found.values()} == {np.dtype(np.int16)}
    found["none"][0] = 3
    assert first_match(PERSONS, {"none": []})["none"].tolist() == [-1] * 3


def test_a_comment_ends_with_its_own_rule() -> None:
    table = rules("age > 60 -- THEN 7", "age > 10 /* ) */", "-- of all others\n TRUE")
    assert first_match(PERSONS, {"t": table})["t"].tolist() == [1, 2, 0]


def test_nothing_to_do_and_nobody_there() -> None:
    assert evaluate(PERSONS, {}) == booleans(PERSONS, {}) == first_match(PERSONS, {}) == numbers(PERSONS, {}) == {}
    nobody = PERSONS.iloc[:0]
    assert truth("age > 3 AND sex = 'male'", nobody) == []
    assert truth("TRUE", nobody) == []
    assert first_match(nobody, {"t": rules("age > 3")})["t"].tolist() == []
    assert first_match(PERSONS, {"t": rules("TRUE")})["t"].tolist() == [0, 0, 0]


def test_the_index_of_the_frame_does_not_matter() -> None:
    assert truth("age > 60", PERSONS.set_axis([7, 7, 1])) == [False, False, True]


def test_rows_keep_their_order_in_a_long_frame() -> None:
    n = 300_000
    order = np.random.default_rng(5).permutation(n).astype(float)
    frame = pd.DataFrame({"x": order, "t": pd.array([f"{i:.0f}" for i in order], dtype="str")})
    found = evaluate(frame, {"x": parse("x * 2"), "t": parse("CAST(t AS DOUBLE)")})
    np.testing.assert_array_equal(found["x"].filled(np.nan), order * 2)
    np.testing.assert_array_equal(found["t"].filled(np.nan), order)
    index = first_match(frame, {"t": rules("x % 3 = 0", "x % 2 = 0")})["t"]
    np.testing.assert_array_equal(index, np.where(order % 3 == 0, 0, np.where(order % 2 == 0, 1, -1)))


LEVEL = ("a", "b", "c")
ATOMS = st.one_of(
    st.tuples(st.just("n"), st.sampled_from(["=", "<>", "<", ">="]), st.integers(0, 4)),
    st.tuples(st.just("s"), st.sampled_from(["=", "<>"]), st.sampled_from(LEVEL)),
    st.tuples(st.sampled_from(["n", "s"]), st.just("IS NULL"), st.none()),
)
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(st.tuples(st.just("NOT"), inner), st.tuples(st.sampled_from(["AND", "OR"]), inner, inner)),
    max_leaves=5,
)
ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.one_of(st.none(), st.sampled_from(LEVEL))),
    min_size=0,
    max_size=12,
)


def written(tree: tuple) -> str:
    if tree[0] == "NOT":
        return f"NOT ({written(tree[1])})"
    if tree[0] in ("AND", "OR"):
        return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"
    name, sign, other = tree
    if sign == "IS NULL":
        return f"{name} IS NULL"
    return f"{name} {sign} '{other}'" if isinstance(other, str) else f"{name} {sign} {other}"


def holds(tree: tuple, row: dict[str, object]) -> bool | None:
    """SQL's three-valued logic in plain Python; None is NULL."""
    if tree[0] == "NOT":
        inner = holds(tree[1], row)
        return None if inner is None else not inner
    if tree[0] in ("AND", "OR"):
        sides = [holds(tree[1], row), holds(tree[2], row)]
        decisive = tree[0] == "OR"
        return decisive if decisive in sides else None if None in sides else not decisive
    name, sign, other = tree
    left = row[name]
    if sign == "IS NULL":
        return left is None
    if left is None:
        return None
    return {"=": left == other, "<>": left != other, "<": left < other, ">=": left >= other}[sign]  # type: ignore[operator]


@settings(max_examples=100, deadline=None)
@given(ROWS, st.lists(TREES, min_size=1, max_size=5))
def test_first_match_is_that_of_plain_python(rows: list[tuple], trees: list[tuple]) -> None:
    frame = pd.DataFrame(
        {
            "n": np.array([np.nan if n is None else n for n, _ in rows], dtype=float),
            "s": pd.Categorical([s for _, s in rows], categories=LEVEL),
        }
    )
    table = [Rule(str(i), parse(written(tree)), "") for i, tree in enumerate(trees)]
    expected = [next((i for i, tree in enumerate(trees) if holds(tree, {"n": n, "s": s})), -1) for n, s in rows]
    assert first_match(frame, {"t": table})["t"].tolist() == expected


def test_the_connection_has_no_way_out() -> None:
    for query in (
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '/tmp/x.db'",
        "SET enable_external_access=true",
        "SET threads=4",
        "RESET lock_configuration",
    ):
        with locked_connection() as connection, pytest.raises(duckdb.Error):
            connection.execute(query)


def test_one_connection_does_not_see_the_persons_of_another() -> None:
    with locked_connection() as first, locked_connection() as second:
        first.register("persons", pd.DataFrame({"a": [1]}))
        with pytest.raises(duckdb.CatalogException):
            second.execute("SELECT * FROM persons")
