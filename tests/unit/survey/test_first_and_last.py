"""The first and the last line of a delimited file."""

from pathlib import Path

import pytest

from informality.errors import UserError
from informality.survey.read import SourceSpec, read_columns, read_metadata

OPEN_END = (
    "the last line of the file has no line end: a cut inside its last value would not be seen; compare its size with the producer's",
)


def spec(**options: object) -> SourceSpec:
    return SourceSpec(name="survey.csv", **options)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "survey.csv"


def refusal(path: Path, *columns: str, **options: object) -> UserError:
    with pytest.raises(UserError) as error:
        read_columns(path, spec(**options), columns)
    return error.value


def rows(*last: str, number: int = 60) -> str:
    """A header and persons; the last column holds the values of ``last`` in turn."""
    return "a,b\n" + "".join(f"{row},{last[row % len(last)]}\n" for row in range(number))


@pytest.mark.parametrize("header", ["1,213.28,02055512345,x", "1,2017-07-31,,3", "0111,1.5,2,3"])
def test_a_first_line_of_numbers_is_a_person(path: Path, header: str) -> None:
    path.write_text(f"{header}\n1,2,3,4\n")
    error = refusal(path, "a")
    assert "the first line holds no names of columns" in error.what
    assert not any(value in str(error) for value in ("213.28", "02055512345", "2017-07-31", "0111"))


@pytest.mark.parametrize("header", ["a,1,2,b", '"","a"', "ລະຫັດ,a,3", "q1,q2,q3"])
def test_a_few_numbers_in_a_header_are_none_of_our_business(path: Path, header: str) -> None:
    path.write_text(f"{header}\n")
    assert len(read_metadata(path, spec()).columns) == header.count(",") + 1


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_header_in_the_middle_is_named_by_its_row(path: Path, mark: str) -> None:
    part = 'a, b,"c"\n' + "1,2,x\n" * 360
    path.write_text(mark + part + mark + part, encoding="utf-8")
    error = refusal(path, "a", "b", "c")
    assert error.what == "row 362 repeats the header"
    assert "put together" in error.todo
    path.write_text(mark + part + mark + part + part, encoding="utf-8")
    assert refusal(path, "c").what == "rows 362, 723 repeat the header"


def test_a_value_that_is_called_like_its_column_is_a_value(path: Path) -> None:
    path.write_text("a,b\nx,1\na,2\n1,b\n")
    assert read_columns(path, spec(), ["a", "b"]).shape == (3, 2)


@pytest.mark.parametrize("cut", ["12345", "1", ""])
def test_a_last_value_shorter_than_all_others_was_cut(path: Path, cut: str) -> None:
    path.write_text(rows("123456") + f"60,{cut}")
    for column in ("a", "b"):
        error = refusal(path, column)
        assert "incomplete or damaged (its last value is shorter than all others" in error.what


@pytest.mark.parametrize(("decimal", "cut"), [(".", "100.2"), (".", "100."), (".", "10"), (",", "100,2")])
def test_a_last_number_with_fewer_decimals_than_all_others_was_cut(path: Path, decimal: str, cut: str) -> None:
    text = (rows("1.25", "100.50", "20.00") + f"60,{cut.replace(',', '.')}").replace(",", ";").replace(".", decimal)
    path.write_text(text)
    assert "its last value" in refusal(path, "a", delimiter=";", decimal=decimal).what


@pytest.mark.parametrize(
    "text",
    [
        rows("1", "10", "100") + "60,1",
        rows("1.25", "100.5") + "60,7",
        rows("yes", "no", "") + "60,",
        rows("123456", number=20) + "60,1",
        rows("123456") + "60,123456",
        "a,b\n1,2",
    ],
    ids=["lengths differ", "decimals differ", "texts", "few rows", "whole", "one row"],
)
def test_where_it_cannot_be_known_a_file_without_a_last_line_end_is_read_and_noted(path: Path, text: str) -> None:
    path.write_text(text)
    assert len(read_columns(path, spec(), ["a"])) == text.count("\n")
    assert read_metadata(path, spec()).notes == OPEN_END


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\x1a", "\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_file_with_a_last_line_end_has_nothing_to_note(path: Path, end: str, encoding: str) -> None:
    path.write_bytes(("a,b\n1,2" + end).encode(encoding))
    assert read_metadata(path, spec()).notes == ()


def test_a_closed_quotation_mark_ends_the_last_value(path: Path) -> None:
    path.write_text('a,b\n1,"x"')
    assert read_metadata(path, spec()).notes == ()
    path.write_text("a,b")
    assert refusal(path, "a").what == "the file holds no line after its header"
