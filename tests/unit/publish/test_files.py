from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.publish.files import Shelf, csv_bytes, guarded, write_bytes


@given(st.lists(st.tuples(st.text(), st.floats(-1e15, 1e15) | st.none()), max_size=6))
def test_csv_reads_back_and_holds_no_formula(rows: list[tuple[str, float | None]]) -> None:
    content = csv_bytes(["label", "value"], rows).decode()
    back = list(csv.reader(io.StringIO(content, newline="")))
    assert len(back) == len(rows) + 1
    for (text, value), (label, number) in zip(rows, back[1:], strict=True):
        assert label == guarded(text)
        assert not label.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert (number == "") if value is None else float(number) == pytest.approx(value, rel=1e-9)


def test_negative_numbers_stay_numbers() -> None:
    assert csv_bytes(["a"], [[-1.5]]) == b"a\r\n-1.5\r\n"
    assert csv_bytes(["a"], [["-1.5"]]) == b"a\r\n'-1.5\r\n"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_bytes(path, b"old")
    with pytest.raises(TypeError):
        write_bytes(path, None)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_bytes() == b"old"


def shelf(tmp_path: Path, **options: object) -> Shelf:
    return Shelf(tmp_path, None, options.get("previous"))  # type: ignore[arg-type]


def test_an_unchanged_item_is_kept(tmp_path: Path) -> None:
    first = shelf(tmp_path)
    assert not first.keeps("F01", "d1", ["a"])
    first.put("F01", "d1", {"a": b"1"})
    second = shelf(tmp_path, previous=first.items)
    assert second.keeps("F01", "d1", ["a"])
    assert second.items == first.items
    assert not second.keeps("F01", "d2", ["a"])


def test_a_file_changed_by_hand_or_lost_is_made_again(tmp_path: Path) -> None:
    first = shelf(tmp_path)
    first.put("F01", "d1", {"a": b"1"})
    (tmp_path / "a").write_bytes(b"2")
    assert not shelf(tmp_path, previous=first.items).keeps("F01", "d1", ["a"])
    (tmp_path / "a").unlink()
    assert not shelf(tmp_path, previous=first.items).keeps("F01", "d1", ["a"])


def test_kept_files_are_taken_over_with_their_time(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    first = Shelf(home, None, None)
    first.put("F01", "d1", {"a": b"1"})
    second = Shelf(out, home, first.items)
    assert second.keeps("F01", "d1", ["a"])
    assert (out / "a").stat().st_mtime_ns == (home / "a").stat().st_mtime_ns
