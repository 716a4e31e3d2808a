"""Files: whole or not at all, and who may read them."""

import os
import stat
from pathlib import Path

import pytest

from informality.files import OTHERS, keep_private, make_folder, private, set_rights, withdraw, write_text


@pytest.fixture(autouse=True, params=[0o022, 0o002], ids=oct)
def umask(request, tmp_path, monkeypatch):
    """What users have: 022 on most machines, 002 where each user has a group of the same name."""
    monkeypatch.chdir(tmp_path)
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_is_written_in_private_is_the_owners_from_the_first_byte(umask):
    with private():
        write_text(Path("a/b/secret"), "one")
        with Path("a/open").open("w"):
            assert rights(Path("a/open")) == 0o600
    assert [rights(Path(name)) for name in ("a", "a/b", "a/b/secret")] == [0o700, 0o700, 0o600]
    write_text(Path("shared"), "two")
    assert rights(Path("shared")) == 0o666 & ~umask


def test_the_umask_comes_back_after_an_error(umask):
    with pytest.raises(ValueError, match="x"), private():
        raise ValueError("x")
    write_text(Path("a"), "")
    assert rights(Path("a")) == 0o666 & ~umask


def test_the_users_umask_is_remembered_when_the_snakefile_is_read_again(umask):
    keep_private.cache_clear()
    try:
        assert keep_private() == umask
        assert keep_private() == umask
        write_text(Path("a"), "")
        assert rights(Path("a")) == 0o600
    finally:
        keep_private.cache_clear()


def test_rights_are_given_in_private_as_the_user_would_have_them(umask):
    Path("figures").mkdir(mode=0o700)
    with private():
        make_folder(Path("figures/x/en"), umask)
        write_text(Path("figures/x/en/a"), "")
        set_rights(Path("figures/x/en/a"), umask)
        make_folder(Path("figures/x/en"), OTHERS)
    # A folder that the user has closed stays closed.
    assert rights(Path("figures")) == 0o700
    assert rights(Path("figures/x")) == rights(Path("figures/x/en")) == 0o777 & ~umask
    assert rights(Path("figures/x/en/a")) == 0o666 & ~umask


def test_rights_of_others_are_withdrawn_from_all_below_and_from_nothing_else(umask):
    for name in (
        "processed/x_1/logs/ingest.log",
        "processed/x_1/export/persons.sav",
        "processed/.run.json",
        "raw/x.csv",
    ):
        write_text(Path(name), "")
    Path("processed/link").symlink_to(Path("raw").absolute())
    Path("processed/x_1/link").symlink_to(Path("raw/x.csv").absolute())
    Path("processed/x_1/export").chmod(0o2775)
    assert withdraw([Path("processed"), Path("none")]) == []
    found = {
        path.as_posix(): rights(path)
        for path in [Path("processed"), *Path("processed").rglob("*")]
        if not path.is_symlink()
    }
    assert found == {
        "processed": 0o700,
        "processed/.run.json": 0o600,
        "processed/x_1": 0o700,
        "processed/x_1/logs": 0o700,
        "processed/x_1/logs/ingest.log": 0o600,
        "processed/x_1/export": 0o2700,
        "processed/x_1/export/persons.sav": 0o600,
    }
    assert rights(Path("raw")) == 0o777 & ~umask
    assert rights(Path("raw/x.csv")) == 0o666 & ~umask


def test_a_link_to_another_disk_is_followed_where_it_is_the_place_itself():
    write_text(Path("disk/x_1/persons.parquet"), "")
    Path("processed").symlink_to("disk")
    assert withdraw([Path("processed")]) == []
    assert rights(Path("disk")) == 0o700
    assert rights(Path("disk/x_1/persons.parquet")) == 0o600


def test_what_cannot_be_closed_is_returned(monkeypatch):
    write_text(Path("processed/a"), "")
    write_text(Path("processed/b"), "")
    chmod = Path.chmod

    def refuse(path, mode):
        if path.name == "a":
            raise PermissionError
        if path.name != "b":  # b lies on a disk that takes every mode and keeps none
            chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", refuse)
    assert sorted(withdraw([Path("processed")])) == [Path("processed/a"), Path("processed/b")]
    assert rights(Path("processed")) == 0o700
