"""Reading YAML files of decisions: what is refused, and that the message names file, key path and nearest word."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from informality.decisions import Decision, load, read_yaml, validated
from informality.errors import UserError


class Colour(Decision):
    name: str
    since: date | None = None
    shade: str = Field("", alias="tone")


class Detail(Decision):
    universe: str


class Plan(Decision):
    title: str = ""
    count: int = 3
    size: float = 1.0
    words: list[str] = Field(default_factory=list)
    colours: dict[str, Colour] = Field(default_factory=dict)
    rows: list[Colour] = Field(default_factory=list)
    parts: dict[str, str | Detail] = Field(default_factory=dict)
    absent: dict[str, Colour | None] = Field(default_factory=dict)
    base: Literal["white"] | list[Colour] | None = None


def plan(folder: Path, text: str) -> Plan:
    file = folder / "plan.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    return load(Plan, file)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as error:
        plan(folder, text)
    assert error.value.where.startswith("plan.yaml")
    assert str(folder) not in str(error.value)
    return str(error.value)


def test_plain_file_is_read(tmp_path: Path) -> None:
    found = plan(tmp_path, "title: Plan\ncolours:\n  red: {name: Red, since: 2017-01-01, tone: dark}\n")
    assert found.colours["red"] == Colour(name="Red", since=date(2017, 1, 1), tone="dark")


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert plan(tmp_path, "\ufefftitle: Plan\r\ncount: 4\r\n") == Plan(title="Plan", count=4)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("title: a\ncount: 1\ntitle: b\n", "lines 1 and 3"),
        ("colours:\n  red:\n    name: a\n    name: b\n", "lines 3 and 4"),
        ("words: [x]\n'words': [y]\n", "lines 1 and 2"),
    ],
)
def test_key_given_twice_is_refused_with_both_lines(tmp_path: Path, text: str, lines: str) -> None:
    assert lines in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "at", "hint"),
    [
        ("tilte: x\n", "tilte: ", "'title'"),
        ("colours: {red: {nam: x, name: y}}\n", "colours.red.nam: ", "'name'"),
        ("colours: {red: {ton: x, name: y}}\n", "colours.red.ton: ", "'tone'"),
        ("rows: [{name: x}, {sinse: 1, name: y}]\n", "rows.1.sinse: ", "'since'"),
        ("parts: {a: {univers: x, universe: y}}\n", "parts.a.univers: ", "'universe'"),
        ("absent: {a: {nme: x, name: y}}\n", "absent.a.nme: ", "'name'"),
        ("colours: {count: {nme: x, name: y}}\n", "colours.count.nme: ", "'name'"),
    ],
)
def test_unknown_key_names_its_path_and_the_nearest(tmp_path: Path, text: str, at: str, hint: str) -> None:
    message = refusal(tmp_path, text)
    assert f"{at}unknown key; did you mean {hint}?" in message


def test_missing_key_is_named(tmp_path: Path) -> None:
    assert "colours.red.name: this key is required" in refusal(tmp_path, "colours: {red: {}}\n")


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "No", "YES", "true"])
def test_bare_yes_and_no_say_that_they_need_quotes(tmp_path: Path, word: str) -> None:
    message = refusal(tmp_path, f"title: {word}\n")
    assert message.startswith("title: ")
    assert "put quotes around it" in message
    assert plan(tmp_path, f"title: '{word}'\n").title == word


@pytest.mark.parametrize(
    ("text", "kind"),
    [("0111", "a number"), ("12:30:45", "a number"), ("1e3", ""), ("2017-01-01", "a date"), ("3", "a number")],
)
def test_words_that_yaml_reads_as_something_else_say_so(tmp_path: Path, text: str, kind: str) -> None:
    if not kind:
        assert plan(tmp_path, f"title: {text}\n").title == text
        return
    assert f"YAML reads this as {kind}: put quotes around it" in refusal(tmp_path, f"title: {text}\n")


@pytest.mark.parametrize("key", ["2017", "no", "2017-01-01", "1.5"])
def test_keys_that_yaml_reads_as_something_else_say_so(tmp_path: Path, key: str) -> None:
    assert "put quotes around it" in refusal(tmp_path, f"colours: {{{key}: {{name: x}}}}\n")
    assert "put quotes around it" in refusal(tmp_path, f"{key}: x\n")


def test_types_are_strict(tmp_path: Path) -> None:
    for text in ("count: '3'\n", "count: 3.0\n", "words: a\n", "words: {a: b}\n", "size: big\n"):
        assert refusal(tmp_path, text).startswith(text.partition(":")[0] + ":")


def test_a_key_without_value_says_that_nothing_stands_there(tmp_path: Path) -> None:
    assert "title: nothing stands here" in refusal(tmp_path, "title:\ncount: 1\n")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_empty_file_is_called_empty(tmp_path: Path, text: str) -> None:
    assert "the file is empty" in refusal(tmp_path, text)


@pytest.mark.parametrize(("text", "kind"), [("- a\n- b\n", "a list"), ("words\n", "a text"), ("3\n", "a number")])
def test_file_that_holds_no_keys_is_refused(tmp_path: Path, text: str, kind: str) -> None:
    assert f"keys with values are expected here, not {kind}" in refusal(tmp_path, text)
    assert f"colours: keys with values are expected here, not {kind}" in refusal(
        tmp_path, "colours:\n" + "".join(f"  {line}\n" for line in text.splitlines())
    )


@pytest.mark.parametrize(
    "text",
    [
        "colours:\n\tred: {name: x}\n",
        "title: [a\n",
        "title: 'a\n",
        "title: a: b\n",
        "title: %a\n",
        "title: a\n---\ntitle: b\n",
        "title: *nowhere\n",
        "? [a, b]\n: x\n",
        "{{a: b}: c}\n",
        "title: !!python/object/apply:os.getcwd []\n",
        "title: !mine x\n",
        'title: "a\x00b"\n',
    ],
)
def test_what_is_not_plain_yaml_is_refused_in_words(tmp_path: Path, text: str) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith("not valid YAML: ")
    assert "what to do: check indentation, colons and quotes" in message


def test_the_line_of_a_mistake_is_named(tmp_path: Path) -> None:
    assert "plan.yaml, line 3" in refusal(tmp_path, "title: a\ncolours:\n\tred: {name: x}\n")


@pytest.mark.parametrize("coding", ["latin-1", "utf-16"])
def test_text_that_is_not_utf8_is_refused(tmp_path: Path, coding: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes("title: été\n".encode(coding))
    with pytest.raises(UserError, match="not UTF-8"):
        read_yaml(file)


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "zaf_qlfs.yaml").write_text("a: b\n")
    with pytest.raises(UserError, match=r"there is no file zaf_qlf\.yaml[\s\S]*'zaf_qlfs\.yaml'"):
        read_yaml(tmp_path / "zaf_qlf.yaml")


def test_aliases_and_merge_keys_are_written_out(tmp_path: Path) -> None:
    found = plan(
        tmp_path, "title: &t Plan\nwords: [*t, *t]\ncolours:\n  a: &a {name: A, tone: dark}\n  b: {<<: *a, name: B}\n"
    )
    assert found.words == ["Plan", "Plan"]
    assert found.colours["b"] == Colour(name="B", tone="dark")


def test_a_merged_key_does_not_hide_one_given_twice(tmp_path: Path) -> None:
    text = "colours:\n  a: &a {name: A}\n  b:\n    <<: *a\n    tone: x\n    tone: y\n"
    assert "lines 5 and 6" in refusal(tmp_path, text)


def doubling(first: str, line: str, times: int) -> str:
    return first + "".join(line.format(new=f"k{i + 1}", old=f"k{i}") for i in range(times))


@pytest.mark.parametrize(
    "text",
    [
        doubling("k0: &k0 [x, x]\n", "{new}: &{new} [*{old}, *{old}, *{old}, *{old}]\n", 30) + "title: *k30\n",
        doubling("k0: &k0 {{a: b}}\n", "{new}: &{new} {{{{<<: [*{old}, *{old}, *{old}]}}}}\n", 30)
        .replace("{{", "{")
        .replace("}}", "}"),
        "words: &w [*w]\n",
        "colours: &c {red: *c}\n",
    ],
)
def test_aliases_that_explode_are_refused_at_once(tmp_path: Path, text: str) -> None:
    start = time.process_time()
    assert "more than 100,000 values" in refusal(tmp_path, text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("text", ["words: " + "[" * 2000 + "]" * 2000, "".join(" " * i + "a:\n" for i in range(1200))])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    assert "too deep" in refusal(tmp_path, text)


def test_only_the_first_few_problems_are_shown() -> None:
    with pytest.raises(UserError) as error:
        validated(Plan, {f"unknown{i}": 1 for i in range(20)}, "here")
    assert len(error.value.what.splitlines()) == 6
    assert error.value.what.endswith("… and 15 more")


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("count: 1\ntitle: a: b\n", "a second colon stands in the line; put quotes around the text", 2),
        ("title: %a\n", "a text cannot begin with %; put quotes around the text", 1),
        ("title: *a\n", "a text cannot begin with *; put quotes around the text", 1),
        ("title: !a b\n", "a text cannot begin with !; put quotes around the text", 1),
    ],
)
def test_common_slips_are_named_in_plain_words(tmp_path: Path, text: str, words: str, line: int) -> None:
    message = refusal(tmp_path, text)
    assert words in message
    assert f"plan.yaml, line {line}" in message


@pytest.mark.parametrize("day", ["2022-06-31", "2022-13-01", "2022-06-31 10:00:00"])
def test_a_day_that_no_calendar_has_is_named_with_its_line(tmp_path: Path, day: str) -> None:
    message = refusal(tmp_path, f"title: x\ncolours: {{red: {{name: x, since: {day}}}}}\n")
    assert message.startswith(f"'{day}' is no day of the calendar")
    assert "plan.yaml, line 2" in message


@pytest.mark.parametrize("day", ["31/05/2022", "31.05.2022", "'2022-05-31'", "2022", "2022-05-31 10:00:00"])
def test_a_day_written_otherwise_is_told_the_form(tmp_path: Path, day: str) -> None:
    message = refusal(tmp_path, f"colours: {{red: {{name: x, since: {day}}}}}\n")
    assert "colours.red.since: a day is written as 2022-05-31, without quotes" in message


def test_problems_of_keys_name_their_lines(tmp_path: Path) -> None:
    text = "title: x\ncolours:\n  red:\n    name: x\n    tnoe: y\n  blue: {}\nrows:\n  - name: z\n    since: soon\n"
    assert "plan.yaml, lines 5, 6, 9" in refusal(tmp_path, text)


def test_a_file_of_decisions_is_named_from_its_folder_on(tmp_path: Path) -> None:
    file = tmp_path / "workflow" / "surveys" / "plan.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("tilte: x\n")
    with pytest.raises(UserError) as error:
        load(Plan, file)
    assert error.value.where == "workflow/surveys/plan.yaml, line 1"


def test_a_comma_that_splits_a_text_is_suspected(tmp_path: Path) -> None:
    assert "colours.red.2): unknown key without a value" in refusal(tmp_path, "colours: {red: {name: f(1, 2)}}\n")
    assert "put the whole text in quotes" in refusal(tmp_path, "colours: {red: {name: f(1, 2)}}\n")


def test_decisions_cannot_be_changed_after_reading() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Plan(title="a").title = "b"  # type: ignore[misc]


def test_a_word_or_a_list_is_named_by_the_keys_of_the_file_alone(tmp_path: Path) -> None:
    assert plan(tmp_path, "base: white\n").base == "white"
    assert "base: Input should be 'white'; did you mean 'white'?" in refusal(tmp_path, "base: whit\n")
    assert "base.0.nmae: unknown key; did you mean 'name'?" in refusal(tmp_path, "base: [{name: a, nmae: b}]\n")
