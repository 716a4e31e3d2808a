from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from informality.errors import UserError
from informality.survey.content import data_format, kind


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1.0, 2.0], "t": ["x", "y"]})


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_formats_are_told_from_the_content_whatever_the_name(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "anything.xyz"
    pyreadstat.write_sav(frame, path)
    assert kind(path, where="") == "sav"
    pyreadstat.write_sav(frame, path, compress=True)
    assert path.read_bytes().startswith(b"$FL3")
    assert kind(path, where="") == "sav"
    for version in (8, 12, 15):
        pyreadstat.write_dta(frame, path, version=version)
        assert kind(path, where="") == "dta"
    frame.to_parquet(path)
    assert kind(path, where="") == "parquet"


@pytest.mark.parametrize("text", ["qrstuvs,b\n1,2\n", "fgh\n", "\ufeffa,b\n1,2\n"])
def test_text_that_begins_like_an_old_stata_release_is_text(tmp_path: Path, text: str) -> None:
    assert kind(write(tmp_path / "x", text.encode()), where="") == "text"


def test_utf16_is_text_with_its_mark_or_a_declaration(tmp_path: Path) -> None:
    assert kind(write(tmp_path / "x", "a,b\n1,2\n".encode("utf-16")), where="") == "text"
    bare = write(tmp_path / "y", "a,b\n1,2\n".encode("utf-16-le"))
    assert kind(bare, where="", encoding="UTF_16_LE") == "text"
    with pytest.raises(UserError, match="encoding: utf-16-le"):
        kind(bare, where="")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b"\xef\xbb\xbf<HTML>", "web page"),
        (b"<?xml version='1.0'?><Error/>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n", "Git LFS"),
        (b"../.git/annex/objects/1x/2y/SHA256E-s1--aa.sav", "git-annex"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
        (b"\x00" * 12 + b"\xc2\xea\x81\x60", "SAS"),
        (b"abc\x00\x01\x02", "neither"),
    ],
)
def test_what_is_no_data_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    path = write(tmp_path / "survey.sav", data)
    with pytest.raises(UserError, match=words) as error:
        kind(path, where="survey.sav")
    assert error.value.todo
    assert "survey.sav" in error.value.where


def test_a_folder_and_an_absent_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a folder, not a file"):
        kind(tmp_path, where="here")
    with pytest.raises(UserError, match="no such file"):
        kind(tmp_path / "absent.sav", where="here")


def test_a_declared_format_that_differs_is_an_error_that_says_what_the_file_is(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    path = tmp_path / "survey.sav"
    pyreadstat.write_dta(frame, path)
    assert data_format(path, declared=None, has_layout=False, where="") == "dta"
    assert data_format(path, declared="dta", has_layout=False, where="") == "dta"
    with pytest.raises(UserError, match="Stata file") as error:
        data_format(path, declared="sav", has_layout=False, where="")
    assert "format: sav" in error.value.what
    with pytest.raises(UserError, match="the file is text, but"):
        data_format(write(path, b"a,b\n"), declared="parquet", has_layout=False, where="")


def test_text_is_fixed_width_with_a_layout_unless_declared_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", b"123\n")
    assert data_format(path, declared=None, has_layout=True, where="") == "fwf"
    assert data_format(path, declared=None, has_layout=False, where="") == "csv"
    assert data_format(path, declared="csv", has_layout=True, where="") == "csv"
