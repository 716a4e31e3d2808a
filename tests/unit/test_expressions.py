"""What may stand in a condition, what is refused, and that the message names the nearest word."""

from __future__ import annotations

import time

import duckdb
import pytest

from informality.errors import UserError
from informality.expressions import FUNCTIONS, LONGEST, TYPES, parse

LEVELS = {"sex": ("male", "female"), "age": None, "Q14AGE": None}


def refusal(text: str) -> UserError:
    with pytest.raises(UserError) as error:
        parse(text, "a file, a key")
    assert error.value.where == "a file, a key"
    assert error.value.todo
    return error.value


@pytest.mark.parametrize(
    "text",
    [
        # a second look at other rows
        "(SELECT 1) = 1", "a IN (SELECT b)", "EXISTS (SELECT 1)", "a = ANY ([1, 2])", "a = ALL (SELECT 1)", "a <> ALL (1, 2)",
        "sum(a) > 1", "count(*) > 1", "avg(a)", "array_agg(a)", "max(a) > 1", "first(a)", "grouping(a)",
        "row_number() OVER () = 1", "lag(a) OVER (ORDER BY b)", "unnest([1, 2])", "generate_series(1, 3)",
        # clock, chance, environment, files, the state of the database
        "now() > a", "today()", "get_current_timestamp()", "current_localtime()", "age(a)", "'now'::timestamp", "TIMESTAMP 'now'",
        "CAST('now' AS TIMESTAMP WITH TIME ZONE)", "random() > 0.5", "uuid()", "gen_random_uuid()", "setseed(0.5)", "getenv('HOME')",
        "current_setting('threads')", "getvariable('x')", "version()", "read_text('/etc/passwd')", "read_csv('x.csv')", "nextval('a')",
        "txid_current()", "query('SELECT 1')", "write_log('x')", "pg_sleep(1)", "sleep_ms(1)", "error(a)", "stats(a)", "current_database()",
        "pg_typeof(a)", "json_serialize_sql('select 1')",
        # another shape than one value
        "*", "persons.*", "COLUMNS('a')", "COLUMNS(*) > 1", "[1, 2]", "[1, 2][1]", "a[1]", "a[1:2]", "{'a': 1}", "{'a': 1}.a", "(a, b)",
        "(a, b) = (1, 2)", "MAP {'a': 1}", "a IN [1, 2]", "struct_extract(a, 'b')", "a::int[]", "a::struct(x int)", "a::json", "a::blob",
        "INTERVAL 1 DAY", "list_transform([1], x -> x + 1)", "list_filter([1], lambda x: x > 0)", "a COLLATE nocase = 'x'", "DEFAULT",
        # prepared parameters and positions
        "?", "$1", "a = ?", "a = $name", "#1", "a = #1",
    ],
)  # fmt: skip
def test_what_looks_beyond_one_row_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "1; SELECT 2", "a = 1;", ";", "a = 1 AS b", "a = 1 b", "b: a = 1", "a, b", "a FROM persons", "a WHERE b", "a GROUP BY 1",
        "a ORDER BY 1", "a LIMIT 1", "a UNION SELECT 1", "a USING SAMPLE 1", "a QUALIFY 1 = 1", "a HAVING a", "DISTINCT a", "ALL a", "a INTO b",
        "PIVOT x", "DROP TABLE x", "a; DROP TABLE x", "COPY x TO 'y'",
        # what would close a longer query that it is pasted into
        "a = 1)", "(a = 1", "1=1) THEN 0 WHEN (1=1", "1) + (2", "1) AS x, (2", "a = 'x", "'abc", 'a = "x', "a = $$x", "a = 1 /* note", "a = 1 */",
        "-- note", "/* note */", "a = 1 END, 2", "a AND", "= 1", "", " ", "\n",
    ],
)  # fmt: skip
def test_what_is_not_one_whole_expression_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1", "NOT a", "a IS NULL", "a IS NOT NULL", "a IN (1, 2)", "a NOT IN ('x')", "a BETWEEN 1 AND 2", "a IS DISTINCT FROM 2",
        "a IS NOT DISTINCT FROM NULL", "a IS TRUE", "a IS UNKNOWN", "coalesce(a, b) = 1", "ifnull(a, 0) > 1", "nullif(a, 9) = 1",
        "CASE a WHEN 1 THEN 2 ELSE 3 END", "CASE WHEN a THEN b END", "if(a, 1, 2)", "a LIKE 'x%'", "a NOT LIKE 'x%' ESCAPE '!'", "a ILIKE 'x'",
        "a SIMILAR TO 'x.*'", "left(a, 8)", "substring(a FROM 1 FOR 2)", "trim(a) || 'x'", "floor(a / 100)", "a % 100 = 5", "a // 10", "-a", "a ** 2",
        "greatest(a, b)", "CAST(a AS DOUBLE)", "TRY_CAST(a AS INTEGER)", "a::int", "a::varchar(3)", "a::decimal(5, 1)", "TRY(a::int)",
        "date_diff('year', CAST(a AS DATE), DATE '2017-07-01')", "extract(year FROM a::date)", "a = 1 -- a note", "a /* in Lao */ = 1", "TRUE",
        '"order" = 1', '"my column" = 1', '"V.1" = 1', "ອາຍຸ >= 15", "a = 'ຍິງ'", "a = 'O''Brien'",
    ],
)  # fmt: skip
def test_plain_expressions_of_one_row_are_taken(text: str) -> None:
    condition = parse(text)
    assert condition.text == text
    # What stands here can stand anywhere: nothing of it swallows or closes what follows.
    statements = duckdb.extract_statements(f"SELECT {condition.sql} AS x, CASE WHEN {condition.sql} THEN 1 END FROM t")
    assert len(statements) == 1


def test_every_function_and_type_that_is_allowed_exists() -> None:
    query = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro')"
    connection = duckdb.connect()
    assert set(FUNCTIONS) <= {name for (name,) in connection.execute(query).fetchall()}
    for name in TYPES:
        assert connection.execute(f"SELECT CAST(NULL AS {name})").fetchall() == [(None,)]


def test_names_and_comparisons_are_found() -> None:
    condition = parse("sex = 'male' OR 'x' <> area AND NOT status IN ('a', 'b') AND \"my age\" > 15")
    assert condition.columns == ("sex", "area", "status", "my age")
    assert condition.comparisons == (
        ("sex", "male"),
        ("area", "x"),
        ("status", "a"),
        ("status", "b"),
        ("my age", "15"),
    )


def test_misspelt_column_names_the_nearest() -> None:
    with pytest.raises(UserError, match=r"there is no column 'Q14AEG'[\s\S]*did you mean 'Q14AGE'\?"):
        parse("Q14AEG >= 15").check(LEVELS)


def test_case_of_a_column_does_not_matter() -> None:
    assert parse("q14age >= 15 AND SEX = 'male'").check(LEVELS).columns == ("q14age", "SEX")


@pytest.mark.parametrize(
    "text",
    ["sex = 'mael'", "'mael' = sex", "sex <> 'mael'", "sex IN ('male', 'mael')", "NOT (age > 3 AND sex = 'mael')",
     "CASE sex WHEN 'mael' THEN 1 END = 1", "sex IS DISTINCT FROM 'mael'", "coalesce(age = 3, sex = 'mael')"],
)  # fmt: skip
def test_misspelt_level_names_the_nearest_wherever_it_stands(text: str) -> None:
    with pytest.raises(UserError, match=r"'mael' is not a level of 'sex'[\s\S]*did you mean 'male'\?"):
        parse(text).check(LEVELS)


def test_a_number_is_no_level() -> None:
    with pytest.raises(UserError, match="'1' is not a level of 'sex'"):
        parse("sex = 1").check(LEVELS)


def test_known_levels_and_free_columns_pass() -> None:
    condition = parse("sex IN ('male', 'female') AND age = 3 AND Q14AGE = 'x' AND sex IS NOT NULL")
    assert condition.check(LEVELS) is condition


@pytest.mark.parametrize("text", ["a = NULL", "a <> NULL", "NULL > a", "a IN (1, NULL)", "a NOT IN (NULL)"])
def test_comparing_with_null_says_to_write_is_null(text: str) -> None:
    assert "NULL" in refusal(text).todo


@pytest.mark.parametrize("text", ["persons.age = 1", "a.b.c", "Q1.a > 3", "age.x = 1"])
def test_names_of_two_parts_are_refused(text: str) -> None:
    assert "double quotes" in refusal(text).todo


def test_words_of_sql_as_names_need_quotes_and_the_message_says_so() -> None:
    assert '"order" = 1' in refusal("order = 1").todo
    assert parse('"order" = 1').columns == ("order",)
    assert parse('"a""b" = 1').columns == ('a"b',)


def test_misspelt_function_and_type_name_the_nearest() -> None:
    assert refusal("flor(a)").todo == "did you mean 'floor'?"
    assert refusal("a::integr").todo == "did you mean 'INTEGER'?"


@pytest.mark.parametrize(
    "text",
    [
        "NOT " * 3000 + "a",
        "a" + " + 1" * 3000,
        "a" + " + 1" * 600,
        "(" * 3000 + "a" + ")" * 3000,
        "x" * 10**6,
        "a = 1 OR " * 50_000 + "b",
    ],
)
def test_endless_text_is_refused_soon_and_in_a_short_message(text: str) -> None:
    start = time.process_time()
    assert len(str(refusal(text))) < 1500
    assert time.process_time() - start < 10


def test_long_conditions_of_ordinary_kind_are_taken() -> None:
    text = " OR ".join(f"a = {i}" for i in range(1500))
    assert len(text) < LONGEST
    assert len(parse(text).comparisons) == 1500
