"""The readers on the real files, which lie beside the repository and are never part of it."""

import collections
import re
import zipfile
from pathlib import Path

import pytest

from informality.errors import UserError
from informality.survey.locate import find_file
from informality.survey.read import SourceSpec, open_source, read_columns, read_metadata

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real microdata are not in ../shared/data"),
]
# File, format, persons, columns, sum of weights in millions: as the README beside each file says.
FILES = [
    ("qlfs_2008_q3.zip", "dta", 93_725, 144, 49.64),
    ("qlfs_2009_q3.zip", "dta", 88_252, 142, 50.31),
    ("qlfs_2010_q3.zip", "dta", 84_620, 146, 50.98),
    ("qlfs_2011_q3.zip", "dta", 84_277, 146, 51.67),
    ("qlfs_2012_q2.zip", "dta", 84_731, 146, 52.19),
    ("qlfs_2013_q3.zip", "dta", 87_057, 155, 53.07),
    ("qlfs_2014_q3.zip", "dta", 85_302, 155, 53.79),
    ("qlfs_2016_q3.zip", "dta", 69_409, 159, 55.27),
    ("qlfs_2017_q3.zip", "dta", 69_259, 160, 56.00),
    ("enemdu_2021_enero_marzo_spss.zip", "sav", 88_829, 146, None),
]


def real(name: str) -> Path:
    path = find_file(DATA, name)
    if path is None:
        pytest.skip(f"{name} is not in ../shared/data")
    return path


@pytest.mark.parametrize(("name", "kind", "rows", "columns", "weights"), FILES, ids=[f[0] for f in FILES])
def test_rows_columns_and_weights_of_every_archive(
    name: str, kind: str, rows: int, columns: int, weights: float | None
) -> None:
    spec = SourceSpec(name=name, column_case="ignore")
    with open_source(real(name), spec) as source:
        assert (source.metadata.format, source.metadata.rows, len(source.metadata.columns)) == (kind, rows, columns)
        assert source.metadata.notes == ()
        if weights is not None:
            frame = source.columns(["Weight", "STRATUM", "UQNO"])
            assert len(frame) == rows
            assert frame.notna().all(axis=None)
            assert round(frame["Weight"].sum() / 1e6, 2) == weights
            assert frame["UQNO"].str.fullmatch(r"\d{17,18}").all()


def test_value_labels_and_codes_of_the_stata_file() -> None:
    spec = SourceSpec(name="qlfs_2017_q3.zip", column_case="ignore")
    with open_source(real(spec.name), spec) as source:
        assert source.metadata.value_labels["Q13GENDER"] == {1.0: "Male", 2.0: "Female"}
        frame = source.columns(["q13gender", "Infempl", "sector1", "status", "q14age"])
    employed = frame[(frame["status"] == 1) & frame["q14age"].between(15, 64)]
    assert len(employed) == 18_170
    assert set(employed["Infempl"]) == {1.0, 2.0, 8.0}


def test_weight_texts_and_labels_of_the_spss_file() -> None:
    spec = SourceSpec(name="enemdu_2021_enero_marzo_spss.zip", member="enemdu_persona*.sav")
    with open_source(real(spec.name), spec) as source:
        frame = source.columns(["fexp", "upm", "estrato", "p01", "p04", "secemp"])
        assert source.metadata.value_labels["area"] == {1.0: "Urbana", 2.0: "Rural"}
    assert round(frame["fexp"].sum()) == 17_735_720
    assert frame["upm"].nunique() == 3_836
    assert frame["estrato"].nunique() == 150
    assert (frame["p01"] == "01").sum() == 25_310
    assert frame["secemp"].notna().sum() == 40_337


def test_all_misspelt_columns_are_reported_without_reading_the_data() -> None:
    with pytest.raises(UserError) as error:
        read_columns(real("qlfs_2017_q3.zip"), SourceSpec(name="q"), ["Wieght", "Stratum", "Status", "Infemp"])
    assert "3 columns" in error.value.what
    for right in ("'Weight'", "'STRATUM'", "'Infempl'"):
        assert f"did you mean {right}?" in error.value.what


def test_a_truncated_member_and_a_truncated_archive(tmp_path: Path) -> None:
    whole = real("qlfs_2017_q3.zip").read_bytes()
    cut = tmp_path / "qlfs_2017_q3.zip"
    cut.write_bytes(whole[:-1000])
    with pytest.raises(UserError, match="incomplete or damaged"):
        read_metadata(cut, SourceSpec(name="q"))
    with zipfile.ZipFile(real("qlfs_2017_q3.zip")) as packed, zipfile.ZipFile(tmp_path / "again.zip", "w") as again:
        again.writestr("QLFS.dta", packed.read("QLFS-2017-03_F1.dta")[:5_000_000])
    with pytest.raises(UserError, match="incomplete or damaged"):
        read_columns(tmp_path / "again.zip", SourceSpec(name="q"), ["Weight"])


def test_the_fixed_width_file_agrees_with_a_plain_cut_of_every_field() -> None:
    path = real("exampledata.txt")
    spec = SourceSpec(name=path.name, layout="input_example.txt")
    with open_source(path, spec) as source:
        metadata = source.metadata
        frame = source.columns(metadata.columns)
    assert (metadata.format, metadata.rows, len(metadata.columns)) == ("fwf", 1_379, 217)
    assert metadata.column_labels["UF"] == "Unidade da Federação"
    assert round(frame["V1028"].sum()) == 507_334
    assert frame["UPA"].nunique() == 1_313
    assert frame["Estrato"].nunique() == 465
    assert frame["UF"].nunique() == 27

    lines = path.read_text("latin-1").splitlines()
    layout = (path.parent / "input_example.txt").read_text("latin-1")
    for start, name, text, width in re.findall(r"^@(\d+)\s+(\w+)\s+(\$?)(\d+)\.", layout, flags=re.MULTILINE):
        place = slice(int(start) - 1, int(start) - 1 + int(width))
        cut = [line[place].strip() for line in lines]
        values = [None if value in ("", ".") else (value if text else float(value)) for value in cut]
        column = frame[name]
        assert column.dtype == ("str" if text else "float64")
        assert [None if absent else value for value, absent in zip(column, column.isna(), strict=True)] == values


def test_counts_of_the_fixed_width_file() -> None:
    path = real("exampledata.txt")
    spec = SourceSpec(name=path.name, layout="input_example.txt")
    frame = read_columns(path, spec, ["VD4002", "V2009", "Ano", "Trimestre"])
    assert collections.Counter(frame["VD4002"].dropna()) == {"1": 596, "2": 72}
    assert frame["V2009"].between(0, 120).all()
    assert set(zip(frame["Ano"], frame["Trimestre"], strict=True)) == {("2017", "4")}
