from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.errors import UserError
from informality.survey.layout import read_layout
from informality.survey.read import SourceSpec, open_source, read_columns, read_metadata

SAS = """/* input programme with an a\xe7ento */
data x; infile "x.txt" lrecl=500 missover;
input
@0001 UF      $2.    /* State */
@0003 AGE      3.    /* Age in years */
@0006 WAGE     6.2
@12 NAME $char4. ;
;
run;
"""
TABLE = (
    "name,start,width,type,label\nUF,1,2,text,State\nAGE,3,3,number,Age in years\nWAGE,6,6,number,\nNAME,12,4,text,\n"
)
DATA = "11034 15.50Ana \n35 99  1234Bo  \n53  .     .    \n"


def spec(**options: object) -> SourceSpec:
    return SourceSpec(name="survey.txt", layout="layout.txt", **options)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "layout.txt").write_text(SAS, encoding="latin-1")
    path = tmp_path / "survey.txt"
    path.write_text(DATA)
    return path


def refusal(path: Path, *columns: str, **options: object) -> UserError:
    with pytest.raises(UserError) as error:
        read_columns(path, spec(**options), columns or ("UF",))
    return error.value


def test_a_sas_layout_cuts_text_numbers_and_implied_decimals(path: Path) -> None:
    frame = read_columns(path, spec(), ["NAME", "WAGE", "AGE", "UF"])
    assert list(frame) == ["NAME", "WAGE", "AGE", "UF"]
    assert frame["UF"].tolist() == ["11", "35", "53"]
    assert frame["AGE"].tolist()[:2] == [34.0, 99.0]
    assert frame["WAGE"].tolist()[:2] == [15.5, 12.34]
    assert frame["NAME"].tolist()[:2] == ["Ana", "Bo"]
    assert frame.loc[2, ["AGE", "WAGE", "NAME"]].isna().all()
    assert (frame["AGE"].dtype, frame["UF"].dtype) == ("float64", "str")


def test_metadata_hold_fields_labels_and_rows(path: Path) -> None:
    metadata = read_metadata(path, spec())
    assert metadata.format == "fwf"
    assert metadata.columns == ("UF", "AGE", "WAGE", "NAME")
    assert metadata.rows == 3
    assert metadata.column_labels == {"UF": "State", "AGE": "Age in years"}


def test_a_table_layout_says_the_same_and_numbers_stay_as_they_stand(path: Path) -> None:
    sas = read_columns(path, spec(), ["UF", "AGE", "NAME"])
    (path.parent / "layout.txt").write_text(TABLE)
    assert read_columns(path, spec(), ["UF", "AGE", "NAME"]).equals(sas)
    assert read_columns(path, spec(), ["WAGE"])["WAGE"].tolist()[:2] == [15.5, 1234.0]


def test_a_table_layout_may_give_decimals(path: Path) -> None:
    lines = TABLE.splitlines()
    table = "\n".join([f"{lines[0]},decimals", *(f"{line},{2 if 'WAGE' in line else ''}" for line in lines[1:])])
    (path.parent / "layout.txt").write_text(table)
    assert read_columns(path, spec(), ["WAGE"])["WAGE"].tolist()[:2] == [15.5, 12.34]


def test_the_caller_may_give_the_layout(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "table.csv").write_text(TABLE)
    frame = read_columns(path, SourceSpec(name="survey.txt"), ["UF"], layout=other / "table.csv")
    assert frame["UF"].tolist() == ["11", "35", "53"]


@given(
    st.lists(
        st.tuples(st.integers(0, 999), st.text(st.characters(min_codepoint=0x0E81, max_codepoint=0x0EAE), max_size=5)),
        min_size=1,
    )
)
def test_fields_survive_the_way_through_the_file_in_characters(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("fwf")
    (folder / "layout.csv").write_text("name,start,width,type\nlao,1,5,text\nn,6,3,number\n")
    (folder / "d.txt").write_text("".join(f"{text:<5}{number:>3}\n" for number, text in rows), encoding="utf-8")
    frame = read_columns(folder / "d.txt", SourceSpec(name="d.txt", layout="layout.csv"), ["n", "lao"])
    assert frame["n"].tolist() == [number for number, _ in rows]
    assert frame["lao"].fillna("").tolist() == [text for _, text in rows]


def test_bytes_and_characters_give_the_same(path: Path) -> None:
    ascii_only = read_columns(path, spec(), ["UF", "WAGE"])
    path.write_text(DATA.replace("Ana ", "Aná "), encoding="utf-8")
    assert read_columns(path, spec(), ["UF", "WAGE"]).equals(ascii_only)
    path.write_bytes(DATA.replace("Ana ", "Aná ").encode("latin-1"))
    assert read_columns(path, spec(encoding="latin-1"), ["NAME"])["NAME"][0] == "Aná"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n\n", "\n\x1a", "\r\n\x1a\r\n"])
def test_line_ends_blank_last_lines_and_the_end_sign_of_dos(path: Path, end: str) -> None:
    newline = "\r\n" if "\r" in end else "\n"
    path.write_bytes((DATA.rstrip("\n").replace("\n", newline) + end).encode())
    with open_source(path, spec()) as source:
        assert source.metadata.rows == 3
        assert source.columns(["UF"])["UF"].tolist() == ["11", "35", "53"]


def test_a_last_line_that_breaks_off_is_a_damaged_file(path: Path) -> None:
    path.write_text(DATA + "1103")
    error = refusal(path)
    assert "damaged (its last line breaks off, after 3 whole ones)" in error.what
    assert "sha256" in error.where


def test_lines_of_another_length_are_an_error_with_their_numbers(path: Path) -> None:
    path.write_text(DATA + "11034  15.5Ana long\n" + "\n" + DATA)
    error = refusal(path)
    assert "2 lines" in error.what
    assert "line 4 (19), 5 (0)" in error.what


def test_a_layout_that_reaches_beyond_the_lines_is_an_error(path: Path) -> None:
    (path.parent / "layout.txt").write_text(TABLE + "X,16,9,text,\n")
    assert "the lines have 15 characters, but the layout reaches to 24" in refusal(path).what


def test_text_in_a_number_field_is_an_error_with_lines_and_no_values(path: Path) -> None:
    path.write_text(DATA + "11xyz 15.50Ana \n")
    error = refusal(path, "AGE")
    assert "'AGE'" in error.what
    assert "1 line: line 4" in error.what
    assert "xyz" not in str(error)
    assert read_columns(path, spec(missing=("xyz",)), ["AGE"])["AGE"].isna().tolist() == [False, False, True, True]


def test_a_layout_must_be_named_and_lie_beside_the_data(path: Path) -> None:
    with pytest.raises(UserError, match="needs a layout"):
        read_columns(path, SourceSpec(name="s", format="fwf"), ["UF"])
    with pytest.raises(UserError, match=r"did you mean 'layout.txt'"):
        read_columns(path, SourceSpec(name="s", layout="layuot.txt"), ["UF"])
    for name in ("../layout.txt", "/etc/passwd", ".."):
        with pytest.raises(UserError, match="without folders"):
            read_columns(path, SourceSpec(name="s", layout=name), ["UF"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@1 A $2.\n@0003 B\n", "line 2"),
        ("@1 A $2.\n@3 A 2.\n", "fields with the same name: A"),
        ("@0 A $2.\n", "fields without a place: A"),
        ("name,begin,width\nA,1,2\n", "absent: start, type"),
        ("name,start,width,type\n", "names no field"),
        ("name,start,width,type\nA,1,2,txt\n", "did you mean 'text'"),
        ("name,start,width,type\nA,1,x,text\n", "line 2"),
        ("name,start,width,type,decimal\nA,1,2,number,2\n", "1 column of the layout that nobody knows: decimal"),
        ("name,start,width,type,decimals\nA,1,2,text,2\n", "only numbers have them"),
        ("name,start,width,type,decimals\nA,1,2,number,x\n", "line 2"),
    ],
)
def test_a_layout_that_is_not_understood(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "layout.txt").write_text(text)
    with pytest.raises(UserError) as error:
        read_layout(tmp_path / "layout.txt")
    assert words in str(error.value)
