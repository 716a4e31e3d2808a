"""The written file: labels, no clock, same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from informality.errors import UserError
from informality.survey.simulate import main, simulate, write_demo
from informality.survey.simulation import codebook, files
from informality.survey.simulation.targets import DATA, load

SMALL = {"seed": 3, "scale": 0.1}


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    return simulate(**SMALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, persons: pd.DataFrame) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    for kind in files.FORMATS:
        files.write(persons, folder / f"demo.{kind}", codebook.load(), kind)
    return folder


@pytest.mark.parametrize("kind", list(files.FORMATS))
def test_same_arguments_same_bytes(folder: Path, tmp_path: Path, kind: str) -> None:
    write_demo(tmp_path / "again", **SMALL, format=kind)
    assert (tmp_path / "again").read_bytes() == (folder / f"demo.{kind}").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


@pytest.mark.parametrize(("kind", "reader"), [("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)])
def test_values_and_labels_survive(folder: Path, persons: pd.DataFrame, kind: str, reader: object) -> None:
    frame, metadata = reader(folder / f"demo.{kind}", user_missing=True)  # type: ignore[operator]
    assert metadata.file_label == files.FILE_LABEL
    assert list(frame) == list(persons)
    for name in persons:
        np.testing.assert_array_equal(frame[name].to_numpy(float), persons[name].to_numpy(float, na_value=np.nan))
    book = codebook.load()
    assert metadata.variable_value_labels == book.value_labels()
    assert metadata.variable_value_labels["hl04"] == {1: "Male / ຊາຍ", 2: "Female / ຍິງ"}
    assert metadata.variable_value_labels["ac08"][8].startswith("Don't know")
    for name, label in book.labels().items():
        assert label.startswith(metadata.column_names_to_labels[name])
    # "Don't know" stays an ordinary answer.
    assert metadata.missing_ranges == {}


def test_every_label_fits_its_format() -> None:
    book = codebook.load()
    for name, label in book.labels().items():
        assert len(label.encode()) <= 255, name
    for name, labels in book.value_labels().items():
        assert all(len(text.encode()) <= 120 for text in labels.values()), name
    assert all(len(line) <= 80 for line in files.NOTE)


def test_simulated_variables_say_so(folder: Path) -> None:
    _, metadata = pyreadstat.read_sav(folder / "demo.sav", metadataonly=True)
    assert "SIMULATED" in " ".join(metadata.notes)
    for name, label in metadata.column_names_to_labels.items():
        assert label.startswith("SIMULATED") == name.startswith("sim_")


def test_headers_carry_no_clock(folder: Path) -> None:
    header = (folder / "demo.sav").read_bytes()[:176]
    assert header[84:92] == b"\x00\x00\x00\x00\x00\x00Y@"  # the compression bias, 100: the clock starts behind it
    assert header[92:109] == b" " * 17
    with pd.io.stata.StataReader(folder / "demo.dta") as reader:
        assert reader.time_stamp == ""
        assert reader.data_label == files.FILE_LABEL
        assert len(reader.read(convert_categoricals=False)) > 1000


def test_a_stata_file_without_stamp_keeps_its_offsets(folder: Path) -> None:
    content = (folder / "demo.dta").read_bytes()
    at = content.index(b"<map>") + 5
    offsets = np.frombuffer(content[at : at + 112], dtype="<u8")
    assert content[offsets[1] :].startswith(b"<map>")
    assert content[offsets[2] :].startswith(b"<variable_types>")
    assert content[offsets[9] :].startswith(b"<data>")
    assert content[offsets[11] :].startswith(b"<value_labels>")
    assert len(content) == offsets[13]


def test_parquet_carries_its_labels(folder: Path) -> None:
    schema = pq.read_schema(folder / "demo.parquet")
    assert schema.metadata[b"file_label"].decode() == files.FILE_LABEL
    assert json.loads(schema.metadata[b"value_labels"])["hl04"]["1"] == "Male / ຊາຍ"
    assert (str(schema.field("ac08").type), str(schema.field("eri06").type)) == ("int16", "int64")


def test_an_unknown_format_is_named(persons: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'sav'"):
        files.write(persons, tmp_path / "x", codebook.load(), "zsav")
    assert not list(tmp_path.iterdir())


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made.parquet"
    assert main(["--out", str(out), "--scale", "0.1", "--seed", "3"]) == 0
    assert pq.read_table(out).num_rows > 1000
    assert main(["--out", str(tmp_path / "no.sav"), "--scale", "0"]) == 1
    assert "scale" in capsys.readouterr().err
    assert not (tmp_path / "no.sav").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("where: {sex: male}, thousand", "where: {sex: mail}, thousand", "did you mean 'male'"),
        ("of: icls13, where", "of: icls12, where", "unknown base 'icls12'"),
        ("calibrate: true}", "calibrat: true}", "did you mean 'calibrate'"),
        ("id: B07-women,", "id: B07-men,", "B07-men"),
        ("source: S2", "source: S9", "S9"),
    ],
)
def test_a_mistake_in_the_targets_is_explained(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (DATA / "lao_lfs_targets.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "lao_lfs_targets.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        load(tmp_path)
