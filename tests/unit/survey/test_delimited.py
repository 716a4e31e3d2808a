from pathlib import Path

import pytest

from informality.errors import UserError
from informality.survey.read import SourceSpec, read_columns, read_metadata


def spec(**options: object) -> SourceSpec:
    return SourceSpec(name="survey.csv", **options)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "survey.csv"


def refusal(path: Path, *columns: str, **options: object) -> UserError:
    with pytest.raises(UserError) as error:
        read_columns(path, spec(**options), columns or ("a",))
    return error.value


def test_columns_come_typed_named_and_ordered_as_asked(path: Path) -> None:
    path.write_text('id,isic,weight,name\n01,0111,1.5,"Ana, Lao"\n02,4711,,"say ""hi"""\n')
    frame = read_columns(path, spec(), ["name", "weight", "isic"])
    assert list(frame) == ["name", "weight", "isic"]
    assert frame["isic"].tolist() == ["0111", "4711"]
    assert frame["weight"].dtype == "float64"
    assert frame["weight"].isna().tolist() == [False, True]
    assert frame["name"].tolist() == ["Ana, Lao", 'say "hi"']


def test_metadata_are_the_header(path: Path) -> None:
    path.write_text(" a ,b\n1,2\n")
    metadata = read_metadata(path, spec())
    assert (metadata.format, metadata.columns, metadata.rows) == ("csv", ("a", "b"), None)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_and_line_breaks_in_quotes(path: Path, ends: str) -> None:
    path.write_bytes(ends.join(["a,b", "1,x", '2,"y', 'z"', ""]).encode())
    frame = read_columns(path, spec(), ["a", "b"])
    assert frame["a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_and_marked_encodings_need_no_declaration(path: Path, encoding: str) -> None:
    path.write_bytes("ລະຫັດ,b\n1,ກຳ\n".encode(encoding))
    frame = read_columns(path, spec(), ["ລະຫັດ", "b"])
    assert frame["b"].tolist() == ["ກຳ"]


@pytest.mark.parametrize(("encoding", "text"), [("cp1252", "Région"), ("cp874", "ไทย"), ("utf-16-le", "ກຳ")])
def test_declared_encodings(path: Path, encoding: str, text: str) -> None:
    path.write_bytes(f"a,b\n1,{text}\n".encode(encoding))
    assert read_columns(path, spec(encoding=encoding), ["b"])["b"].tolist() == [text]


def test_undecodable_bytes_are_an_error_with_the_line_that_asks_for_the_encoding(path: Path) -> None:
    path.write_bytes(b"a,b\n1,x\n2,R\xe9gion\n")
    error = refusal(path, "a", "b")
    assert "line 3" in error.what
    assert "declare the file's 'encoding:'" in error.todo
    assert "gion" not in str(error)
    path.write_bytes(b"a\n" + b"1\n" * 3_000_000 + b"\xe9\n")
    assert "line 3,000,002" in refusal(path).what


def test_undecodable_bytes_in_the_header_and_a_wrong_declaration(path: Path) -> None:
    path.write_bytes(b"r\xe9gion,b\n1,2\n")
    assert "line 1" in refusal(path, "b").what
    assert "correct 'encoding:'" in refusal(path, "b", encoding="utf-8").todo
    assert "is not an encoding" in refusal(path, "b", encoding="utf-9").what
    assert "is not an encoding" in refusal(path, "b", encoding="base64").what
    path.write_bytes("a\n1\n".encode("utf-16"))
    assert "begins with the mark of utf-16" in refusal(path, encoding="cp1252").what


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "a semicolon"), ("\t", "a tab"), ("|", "a bar")], ids=["semicolon", "tab", "bar"]
)
def test_a_wrong_delimiter_is_an_error_that_names_the_one_found(path: Path, delimiter: str, name: str) -> None:
    path.write_text(delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(["1", "2,5", "3"]) + "\n")
    error = refusal(path)
    assert f"{name} would divide it into 3 columns" in error.what
    assert 'delimiter: "' in error.todo
    frame = read_columns(path, spec(delimiter=delimiter, decimal=","), ["b"])
    assert frame["b"].tolist() == [2.5]


def test_one_column_is_a_file_too(path: Path) -> None:
    path.write_text("a\n1\n2\n")
    assert read_columns(path, spec(), ["a"])["a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "–"])
def test_a_delimiter_is_one_plain_character(path: Path, delimiter: str) -> None:
    path.write_text("a,b\n1,2\n")
    assert "must be one character" in refusal(path, delimiter=delimiter).what


def test_short_and_long_rows_are_an_error_with_their_numbers_and_no_values(path: Path) -> None:
    path.write_text("a,b\n1,secret\nhidden\n3,4,private\n5,6\n")
    error = refusal(path)
    assert "2 rows" in error.what
    assert "row 3 (1), 4 (3)" in error.what
    for value in ("secret", "hidden", "private"):
        assert value not in str(error)


def test_a_file_that_breaks_off_in_a_row_is_an_error(path: Path) -> None:
    path.write_text("a,b\n1,2\n3")
    assert "row 3 (1)" in refusal(path).what


def test_many_bad_rows_are_counted_not_listed(path: Path) -> None:
    path.write_text("a,b\n" + "1\n" * 1204)
    error = refusal(path)
    assert "1,204 rows" in error.what
    assert "and 1,199 more" in error.what


def test_a_quotation_mark_that_is_never_closed_is_an_error(path: Path) -> None:
    path.write_text('a,b\n1,"x\n2,y\n3,z\n')
    assert "never closed" in refusal(path, "a", "b").what
    path.write_text('a,b\n1,5" pipe\n2,y\n')
    assert read_columns(path, spec(), ["b"])["b"].tolist() == ['5" pipe', "y"]


def test_duplicate_columns_and_an_empty_first_line_are_errors(path: Path) -> None:
    path.write_text("a,b,a\n1,2,3\n")
    assert "columns with the same name: 1 and 3" in refusal(path).what
    path.write_text("\na,b\n1,2\n")
    assert "first line is empty" in refusal(path).what


def test_an_unnamed_column_of_row_numbers_is_no_hindrance(path: Path) -> None:
    path.write_text('"","a"\n"1",7\n')
    assert read_columns(path, spec(), ["a"])["a"].tolist() == [7.0]


def test_declared_missing_texts(path: Path) -> None:
    path.write_text("a,b\n1,NA\nNA,Namibia\n")
    frame = read_columns(path, spec(missing=("NA",)), ["a", "b"])
    assert frame["a"].dtype == "float64"
    assert frame.isna().to_numpy().tolist() == [[False, True], [True, False]]


def test_a_file_without_rows(path: Path) -> None:
    path.write_text("a,b\n")
    assert read_columns(path, spec(), ["b"]).shape == (0, 1)
