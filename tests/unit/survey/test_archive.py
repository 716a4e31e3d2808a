import stat
import struct
import zipfile
from pathlib import Path

import pytest

from informality.errors import UserError
from informality.survey import archive
from informality.survey.archive import opened
from informality.survey.source import SourceSpec

SPEC = SourceSpec(name="survey.zip")
CSV = b"a,b\n1,2\n"


def pack(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "survey.zip"


def refusal(path: Path, spec: SourceSpec = SPEC) -> UserError:
    with pytest.raises(UserError) as error, opened(path, spec):
        pass
    return error.value


def test_a_file_that_is_no_zip_is_itself(tmp_path: Path) -> None:
    plain = tmp_path / "survey.csv"
    plain.write_bytes(CSV)
    with opened(plain, SPEC) as file:
        assert (file.path, file.origin, file.member) == (plain, plain, "")


def test_the_data_member_is_unpacked_privately_under_a_fixed_name_and_removed(path: Path) -> None:
    pack(path, {"Docs/guide.pdf": b"%PDF", "Folder/my !data.csv": CSV, "x.missRecode": b"-"})
    with opened(path, SPEC) as file:
        assert file.path.read_bytes() == CSV
        assert file.path.name == "data"
        assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
        assert file.member == "my !data.csv"
        assert str(path) in file.where
        assert "my !data.csv" in file.where
        scratch = file.path.parent
    assert not scratch.exists()


def test_the_scratch_folder_goes_when_the_reader_fails(path: Path) -> None:
    pack(path, {"a.csv": CSV})
    scratch: list[Path] = []

    def fail() -> None:
        with opened(path, SPEC) as file:
            scratch.append(file.path.parent)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not scratch[0].exists()


@pytest.mark.parametrize("pattern", ["*.DTA", "PERSONS*", "persons_202?.dta"])
def test_the_member_is_chosen_by_a_pattern_of_its_base_name_in_any_case(path: Path, pattern: str) -> None:
    pack(path, {"deep/er/Persons_2021.dta": b"d", "deep/households.csv": b"h"})
    with opened(path, SourceSpec(name="s", member=pattern)) as file:
        assert file.path.read_bytes() == b"d"


def test_shadow_files_of_macos_are_no_data(path: Path) -> None:
    pack(path, {"a.sav": CSV, "__MACOSX/._a.sav": b"m", "._a.sav": b"m"})
    with opened(path, SPEC) as file:
        assert file.path.read_bytes() == CSV


def test_backslashes_of_windows_are_slashes(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        info = zipfile.ZipInfo("x")
        info.filename = "folder\\persons.csv"
        packed.writestr(info, CSV)
    with opened(path, SourceSpec(name="s", member="persons.csv")) as file:
        assert file.path.read_bytes() == CSV


def test_none_or_two_data_files_are_errors_that_list_the_members(path: Path) -> None:
    error = refusal(pack(path, {"guide.pdf": b"%PDF", "notes.doc": b"x"}))
    assert "no member" in error.what
    assert "guide.pdf, notes.doc" in error.what
    error = refusal(pack(path, {"persons.sav": b"x", "households.sav": b"x", "guide.pdf": b"x"}))
    assert "2 members" in error.what
    assert "persons.sav, households.sav" in error.what
    assert "guide.pdf" not in error.what
    assert "member:" in error.todo
    error = refusal(path, SourceSpec(name="s", member="*.dta"))
    assert "'*.dta'" in error.what


def test_a_spreadsheet_is_named_as_such(path: Path) -> None:
    assert "Excel" in refusal(pack(path, {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})).what


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv", "C:evil.csv", "\\evil.csv"],
)
def test_an_archive_with_a_name_that_leads_out_is_refused_whole(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("good.csv", CSV)
        info = zipfile.ZipInfo("x")
        info.filename = name
        packed.writestr(info, b"evil")
    error = refusal(path, SourceSpec(name="s", member="good.csv"))
    assert "names that lead out" in error.what
    assert not (path.parent / "evil.csv").exists()


def test_dots_inside_a_name_are_harmless(path: Path) -> None:
    with opened(pack(path, {"a..b/data..v2.csv": CSV}), SPEC) as file:
        assert file.path.read_bytes() == CSV


def test_links_are_refused(path: Path) -> None:
    link = zipfile.ZipInfo("data.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    assert "links: data.csv" in refusal(path).what


def test_an_encrypted_member_is_refused_without_asking(path: Path) -> None:
    pack(path, {"data.csv": CSV})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + offset
        data[place] |= 1
    path.write_bytes(data)
    error = refusal(path)
    assert "encrypted" in error.what
    assert "data.csv" in error.what


def test_a_bomb_is_refused_by_its_announced_size_before_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(path, {"data.csv": b"0" * 3_000_000})
    monkeypatch.setattr(archive, "RATIO_FROM", 1_000_000)
    monkeypatch.setattr(archive, "_copy", lambda *_: pytest.fail("the bomb was opened"))
    assert "200 times" in refusal(path).what
    monkeypatch.setattr(archive, "MAX_BYTES", 1_000_000)
    assert "GiB" in refusal(path).what


def test_a_bomb_that_lies_about_its_size_is_stopped_while_copying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless:
        def read(self, size: int) -> bytes:
            return b"0" * size

    monkeypatch.setattr(archive, "MAX_BYTES", 5 * 1024**2)
    target = tmp_path / "out"
    with target.open("wb") as out, pytest.raises(UserError, match="GiB"):
        archive._copy(Endless(), out, 10**9, "here")
    assert target.stat().st_size <= archive.MAX_BYTES


def test_ordinary_compression_of_a_large_file_passes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 1000)
    rows = "".join(f"{i},{i % 7},{i * 37 % 1009}\n" for i in range(20_000)).encode()
    with opened(pack(path, {"data.csv": rows}), SPEC) as file:
        assert file.path.read_bytes() == rows


def test_a_truncated_or_corrupted_archive_is_damaged_with_size_and_digest(path: Path) -> None:
    pack(path, {"data.csv": CSV * 1000})
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    error = refusal(path)
    assert "incomplete or damaged" in error.what
    assert f"{len(whole) - 40:,} bytes" in error.where
    assert "sha256" in error.where
    broken = bytearray(whole)
    broken[45:60] = b"\xff" * 15
    path.write_bytes(broken)
    assert "incomplete or damaged" in refusal(path).what


def test_a_packing_method_that_is_not_known_is_an_error(path: Path) -> None:
    pack(path, {"data.csv": CSV})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.index(signature) + offset
        data[place : place + 2] = struct.pack("<H", 9)
    path.write_bytes(data)
    assert "packed by a method" in refusal(path).what


def test_control_characters_in_member_names_do_not_reach_the_message(path: Path) -> None:
    error = refusal(pack(path, {"a\x1b[31m.csv": CSV, "b.csv": CSV}))
    assert "\x1b" not in str(error)
