"""Digests, replacement by rename, manifests and what makes them stale."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.files import replacing, write_text
from informality.manifest import (
    PACKAGE,
    Code,
    Digests,
    Manifest,
    decisions_digest,
    file_digest,
    located,
    value_digest,
    why_stale,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_replacing_leaves_the_old_file_when_the_writer_fails(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with replacing(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_keeps_the_suffix_and_makes_folders(tmp_path):
    path = tmp_path / "new" / "a.svg"
    with replacing(path) as partial:
        assert partial.suffix == ".svg"
        assert partial.parent == path.parent
        partial.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"


@given(plain, plain)
def test_value_digest_tells_values_apart(a, b):
    same = json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
    assert (value_digest(a) == value_digest(b)) is same


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_value_digest_does_not_see_the_order_of_keys(mapping):
    assert value_digest(mapping) == value_digest(dict(reversed(mapping.items())))


def test_value_digest_does_not_see_the_order_of_a_set():
    assert value_digest({"a": frozenset(["x", "y"])}) == value_digest({"a": frozenset(["y", "x"])})


SOURCES = {
    "__init__.py": "",
    "errors.py": "",
    "frames.py": "from informality.errors import UserError",
    "vocabulary.py": "",
    "survey/__init__.py": "",
    "survey/read.py": "from informality.survey import (\n    content,  # a comment, with a comma\n    layout as plan,\n)",
    "survey/content.py": "def f():\n    from informality import frames",
    "survey/layout.py": "KINDS = {'a': 'informality.vocabulary'}  # imported by its name",
    "survey/simulate.py": "",
    "publish/__init__.py": "",
    "publish/text.py": "",
}


@pytest.fixture
def package(tmp_path):
    for name, source in SOURCES.items():
        write_text(tmp_path / "informality" / name, source)
    write_text(tmp_path / "ingest.py", "from informality.survey.read import read\n")
    return tmp_path / "informality"


@pytest.mark.parametrize("edited", sorted([*SOURCES, "../ingest.py"]))
def test_code_digest_covers_what_the_script_imports_and_nothing_else(package, edited):
    script = package.parent / "ingest.py"
    before = Code(package).digest(script)
    path = package / edited
    write_text(path, path.read_text() + "\n# edited\n")
    seen = not edited.startswith("publish/") and edited not in ("errors.py", "survey/simulate.py")
    assert (Code(package).digest(script) != before) is seen


def test_code_digest_sees_a_module_that_takes_the_place_of_nothing(package):
    script = package.parent / "ingest.py"
    write_text(script, "from informality.survey import read, later\n")
    before = Code(package).digest(script)
    write_text(package / "survey/later.py", "")
    assert Code(package).digest(script) != before


def test_the_package_names_itself_in_full_wherever_it_imports():
    relative = re.compile(r"^\s*from\s+\.", re.MULTILINE)
    found = [path.name for path in PACKAGE.rglob("*.py") if relative.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_decisions_digest_sees_content_and_new_files_that_match(tmp_path):
    write_text(tmp_path / "standards/a.yaml", "a: 1")
    first = decisions_digest(tmp_path, ["standards/*.yaml"])
    write_text(tmp_path / "standards/notes.md", "not a decision")
    assert decisions_digest(tmp_path, ["standards/*.yaml"]) == first
    write_text(tmp_path / "standards/b.yaml", "b: 1")
    second = decisions_digest(tmp_path, ["standards/*.yaml"])
    write_text(tmp_path / "standards/b.yaml", "b: 2")
    assert len({first, second, decisions_digest(tmp_path, ["standards/*.yaml"])}) == 3


def _manifest(**changes) -> Manifest:
    return Manifest(
        **{"stage": "s", "survey": "x", "inputs": {}, "configuration": "c", "code": "d", "outputs": {}} | changes
    )


def test_a_manifest_reads_back_as_it_was_written_in_the_same_bytes(tmp_path):
    manifest = _manifest(inputs={"raw/b": "1", "raw/a": "2"}, outputs={"ລາວ": "3"})
    manifest.write(tmp_path / "a.json")
    _manifest(inputs={"raw/a": "2", "raw/b": "1"}, outputs={"ລາວ": "3"}).write(tmp_path / "b.json")
    assert Manifest.read(tmp_path / "a.json") == manifest
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"stage": "s"}', "1"])
def test_what_is_no_manifest_reads_as_none(tmp_path, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_text(content)
    assert Manifest.read(path) is None


def test_why_stale_names_what_is_missing_or_changed(here):
    write_text(here / "processed/x/out", "out")
    write_text(here / "data/sub/in", "in")
    held = _manifest(
        inputs={"raw/sub/in": file_digest(here / "data/sub/in")},
        outputs={"processed/x/out": file_digest(Path("processed/x/out"))},
    )
    fresh = lambda: why_stale(held, here / "data", Digests(here / "none"))  # noqa: E731
    assert fresh() == ""
    write_text(here / "data/sub/in", "other")
    assert fresh() == "input raw/sub/in is not as it was left"
    (here / "processed/x/out").unlink()
    assert fresh() == "output processed/x/out is missing"


def test_located_follows_the_raw_root():
    assert located("raw/a/b.sav", Path("/data")) == Path("/data/a/b.sav")
    assert located("processed/x/a", Path("/data")) == Path("processed/x/a")


def test_digests_are_remembered_and_notice_a_change(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("one")
    first = Digests(tmp_path / "cache")
    digest = first.of(path)
    first.save()

    again = Digests(tmp_path / "cache")
    with monkeypatch.context() as patch:
        patch.setattr("informality.manifest.file_digest", lambda _: pytest.fail("read again"))
        assert again.of(path) == digest
    stat = path.stat()
    path.write_text("two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert again.of(path) == file_digest(path) != digest


def test_a_broken_cache_costs_no_more_than_another_reading(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    for content in ("{", "[]", json.dumps({str(path): "x"}), json.dumps({str(path): [1, 2, 3, "wrong"]})):
        (tmp_path / "cache").write_text(content)
        assert Digests(tmp_path / "cache").of(path) == file_digest(path)


def test_digests_forget_files_that_are_gone(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    digests = Digests(tmp_path / "cache")
    assert digests.of(tmp_path / "a")
    assert digests.of(tmp_path / "b")
    (tmp_path / "a").unlink()
    assert digests.of(tmp_path / "a") is None
    digests.save()
    assert list(Digests(tmp_path / "cache").known) == [str(tmp_path / "b")]
