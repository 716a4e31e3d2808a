"""Damaged files of every format: read, or refused in words that fit; never a crash, never a word of a person."""

import itertools
import os
from pathlib import Path

import pytest
from unit.survey.mutants import FORMATS, PLANTED, WRONG, Outcome, leaks, mutants, people, read_apart, write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")


def tried(folder: Path, kind: str, number: int, seed: int) -> list[Outcome]:
    """The outcomes of ``number`` mutants of a format, each read in a process of its own."""
    path = write(folder, kind)
    assert read_apart(path, folder / "out").read, "the sound file is read"
    sound, outcomes = path.read_bytes(), []
    for number_of, mutant in enumerate(itertools.islice(mutants(sound, seed), number)):
        path.write_bytes(mutant)
        outcome = read_apart(path, folder / "out")
        wrong = [word for word in WRONG if word in outcome.message] + leaks(outcome.message)
        assert not wrong, f"{kind}, seed {seed}, mutant {number_of}: {outcome}"
        assert outcome.read or outcome.message.count("what to do:") == 1, f"{kind}, seed {seed}, mutant {number_of}"
        assert "fetch a fresh copy" in outcome.message or not outcome.signal
        outcomes.append(outcome)
    return outcomes


@pytest.mark.parametrize("kind", FORMATS)
def test_a_few_damaged_files_of_every_format(tmp_path: Path, kind: str) -> None:
    outcomes = tried(tmp_path, kind, 11, seed=1)
    assert sum(not outcome.read for outcome in outcomes) >= 4


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("kind", FORMATS)
def test_two_thousand_damaged_files(tmp_path: Path, kind: str, seed: int) -> None:
    outcomes = tried(tmp_path, kind, 45, seed)
    assert max(outcome.seconds for outcome in outcomes) < 10


def test_the_planted_person_is_in_the_files_and_would_be_found() -> None:
    assert {str(value) for value in PLANTED.values()} <= set(people().astype(str).to_numpy().ravel())
    assert leaks("known are: 02055512345, 1, 213.2875") == ["02055512345", "213.2875"]
