import os
import unicodedata
from pathlib import Path

import pytest

from informality.errors import UserError
from informality.survey.locate import find_file, require_file


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    root = tmp_path / "raw"
    (root / "lao" / "2017").mkdir(parents=True)
    (root / "lao" / "2017" / "lfs_2017.sav").write_text("data")
    (root / "other.csv").write_text("data")
    return root


def test_a_file_is_found_in_any_folder_below(raw: Path) -> None:
    assert find_file(raw, "lfs_2017.sav") == raw / "lao" / "2017" / "lfs_2017.sav"


def test_an_absent_file_and_an_absent_folder_are_none(raw: Path) -> None:
    assert find_file(raw, "absent.sav") is None
    assert find_file(raw / "nowhere", "lfs_2017.sav") is None


def test_two_candidates_are_an_error_that_lists_them_from_the_raw_folder(raw: Path) -> None:
    (raw / "copy").mkdir()
    (raw / "copy" / "lfs_2017.sav").write_text("data")
    with pytest.raises(UserError) as error:
        find_file(raw, "lfs_2017.sav")
    assert "copy/lfs_2017.sav, lao/2017/lfs_2017.sav" in error.value.what
    assert str(raw) not in error.value.what


def test_the_raw_folder_may_be_a_link_relative_or_hold_dots(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = raw.parent / "link"
    link.symlink_to(raw)
    expected = raw / "lao" / "2017" / "lfs_2017.sav"
    monkeypatch.chdir(raw)
    for folder in (link, Path("../raw"), Path(), raw / "lao" / ".."):
        assert find_file(folder, "lfs_2017.sav") == expected


def test_a_link_to_a_file_outside_is_refused_and_one_inside_is_followed(raw: Path) -> None:
    outside = raw.parent / "secret.sav"
    outside.write_text("data")
    (raw / "linked.sav").symlink_to(outside)
    (raw / "inside.sav").symlink_to(raw / "other.csv")
    with pytest.raises(UserError, match="link that leads out of the raw folder"):
        find_file(raw, "linked.sav")
    assert find_file(raw, "inside.sav") == raw / "inside.sav"


def test_linked_folders_are_not_searched_and_the_error_says_so(raw: Path) -> None:
    outside = raw.parent / "elsewhere"
    outside.mkdir()
    (outside / "far.sav").write_text("data")
    (raw / "shortcut").symlink_to(outside)
    assert find_file(raw, "far.sav") is None
    with pytest.raises(UserError, match="linked folders are not searched: shortcut"):
        require_file(raw, "far.sav", survey="lao_lfs_2017")


@pytest.mark.parametrize("name", ["", ".", "..", "../other.csv", "/etc/passwd", "lao/lfs.sav", "a\\b.sav", "a\0b"])
def test_a_name_that_is_a_path_is_refused(raw: Path, name: str) -> None:
    with pytest.raises(UserError, match="is not the name of a file"):
        find_file(raw, name)


@pytest.mark.parametrize("name", ["a[1].sav", "star*.sav", "what?.sav", "qlfs!2013!03.zip", "ລາວ ໒.sav"])
def test_pattern_signs_blanks_and_lao_letters_are_letters(raw: Path, name: str) -> None:
    (raw / name).write_text("data")
    assert find_file(raw, name) == raw / name


def test_decomposed_names_of_macos_are_the_same_name(raw: Path) -> None:
    (raw / unicodedata.normalize("NFD", "Région.sav")).write_text("data")
    assert find_file(raw, "Région.sav") is not None


def test_require_file_names_survey_folder_nearest_file_and_remedy(raw: Path) -> None:
    assert require_file(raw, "other.csv", survey="x") == raw / "other.csv"
    with pytest.raises(UserError) as error:
        require_file(raw, "LFS_2017.sav", survey="lao_lfs_2017")
    assert "lao_lfs_2017" in error.value.what
    assert "did you mean 'lfs_2017.sav'?" in error.value.what
    assert error.value.where == str(raw)
    assert "raw/README.md" in error.value.todo


def test_require_file_tells_a_folder_an_empty_and_a_missing_raw_folder_apart(raw: Path, tmp_path: Path) -> None:
    (raw / "lfs_2018.sav").mkdir()
    with pytest.raises(UserError, match=r"'lfs_2018.sav' is a folder, not a file"):
        require_file(raw, "lfs_2018.sav", survey="s")
    with pytest.raises(UserError, match="raw folder does not exist"):
        require_file(tmp_path / "nowhere", "x.sav", survey="s")
    with pytest.raises(UserError, match="raw folder is not a folder"):
        require_file(raw / "other.csv", "x.sav", survey="s")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no data file"):
        require_file(tmp_path / "empty", "x.sav", survey="s")


def test_pipes_are_no_files(raw: Path) -> None:
    os.mkfifo(raw / "pipe.sav")
    assert find_file(raw, "pipe.sav") is None
