from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from informality.errors import UserError, nearest


def test_message_says_what_where_and_what_to_do() -> None:
    error = UserError("it is broken", where="file.yaml, line 3", todo="mend it")
    assert str(error) == "it is broken\n  where:      file.yaml, line 3\n  what to do: mend it"
    assert (error.what, error.where, error.todo) == ("it is broken", "file.yaml, line 3", "mend it")


def test_what_is_not_known_is_left_out() -> None:
    assert str(UserError("it is broken")) == "it is broken"


def test_nearest_word_is_named_in_its_own_spelling() -> None:
    assert nearest("q14aeg", ["Q14AGE", "Q13GENDER"]) == "did you mean 'Q14AGE'?"


def test_words_that_are_equally_near_are_all_named_up_to_three() -> None:
    assert nearest("icls20", ["icls13", "icls19", "national"]) == "did you mean 'icls13' or 'icls19'?"
    assert nearest("q1x", ["q14", "Q13", "q12", "q11", "age"]) == "did you mean 'q11', 'q12' or 'Q13'?"
    assert nearest("q11", ["q11a", "q12a", "q13a"]) == "did you mean 'q11a'?"


def test_words_are_listed_where_none_is_close() -> None:
    assert nearest("zzz", ["male", "female"]) == "known are: female, male"
    assert nearest("zzz", []) == "there is none to choose from"


def test_long_lists_are_cut() -> None:
    shown = nearest("?", (f"word{i:02}" for i in range(40)))
    assert shown.endswith(", …")
    assert shown.count("word") == 12


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=8))
def test_nearest_answers_whatever_it_is_asked(word: str, known: list[str]) -> None:
    hint = nearest(word, known)
    assert hint == nearest(word, reversed(known))
    if hint.startswith("did you mean"):
        assert any(f"'{k}'" in hint for k in known)
