import math
from unicodedata import normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.survey.values import (
    clean_label,
    clean_text,
    codes_at_own_precision,
    column_from_texts,
    looks_misread,
    spss_days,
    stata_days,
)


def column(*texts: str, decimal: str = ".", missing: tuple[str, ...] = ()) -> pd.Series:
    return column_from_texts(pa.array(texts, pa.string()), decimal=decimal, missing=missing)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.sampled_from([".", ","]))
def test_numbers_survive_the_way_through_text(numbers: list[float], decimal: str) -> None:
    texts = [repr(number).replace(".", decimal) for number in numbers]
    assert column(*texts, decimal=decimal).tolist() == numbers


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"])), min_size=1))
def test_texts_survive_unless_all_are_numbers(texts: list[str]) -> None:
    found = column("x", *texts)
    assert found.dtype == "str"
    assert [None if pd.isna(text) else text for text in found] == [
        "x",
        *(normalize("NFC", text) or None for text in texts),
    ]


@pytest.mark.parametrize("text", ["1", "-1", "+1", "1.", ".5", "-.5", "1e3", "1.5E-2", " 7 ", "0", "0.25", "-0.5"])
def test_numbers_are_recognised(text: str) -> None:
    assert column(text, "").tolist()[0] == float(text)


@pytest.mark.parametrize(
    "text",
    ["0111", "-01", "1,5", "1 000", "NaN", "inf", "NA", "-", ".", "0x10", "1_000", "1e", "٣", "123456789012345678"],
)
def test_codes_and_words_stay_text(text: str) -> None:
    found = column(text, "5")
    assert found.dtype == "str"
    assert found.tolist() == [text, "5"]


def test_one_code_with_a_leading_zero_keeps_the_whole_column_text() -> None:
    assert column("0111", "1010").tolist() == ["0111", "1010"]
    assert column("0", "1010").tolist() == [0.0, 1010.0]


def test_whole_numbers_are_kept_to_the_last_digit() -> None:
    assert column("9007199254740991").tolist() == [2.0**53 - 1]
    assert column("9007199254740993").tolist() == ["9007199254740993"]
    assert column("-9007199254740993").tolist() == ["-9007199254740993"]


def test_empty_and_declared_texts_are_missing_and_others_are_not() -> None:
    found = column("1", "", "  ", "NA", "-", missing=("NA", " -"))
    assert found.dtype == "float64"
    assert found.isna().tolist() == [False, True, True, True, True]
    assert column("1", "NA").tolist() == ["1", "NA"]


def test_a_column_without_a_value_is_a_column_of_missing_numbers() -> None:
    found = column("", "")
    assert found.dtype == "float64"
    assert found.isna().all()
    assert len(column()) == 0


def test_blanks_at_the_ends_go_and_inner_ones_are_plain() -> None:
    assert column(" ab  ", "c", "a\xa0b", "\u202fd\ufeff").tolist() == ["ab", "c", "a b", "d"]


def test_texts_are_composed_so_that_equal_words_are_equal() -> None:
    assert column("Re\u0301gion", "R\xe9gion").nunique() == 1
    assert clean_text(pd.Series(["Re\u0301gion ", "\xa0", None], dtype="str")).isna().tolist() == [False, True, True]


def test_thousands_signs_are_read_only_where_declared_and_whole() -> None:
    made = column_from_texts(pa.array(["1.560", "832", "12.345.678"]), decimal=",", missing=(), thousands=".")
    assert made.tolist() == [1560.0, 832.0, 12345678.0]
    assert column_from_texts(pa.array(["1.560,5", "0,25"]), decimal=",", missing=(), thousands=".").tolist() == [
        1560.5,
        0.25,
    ]
    odd = column_from_texts(pa.array(["1.56", "15.6000"]), decimal=",", missing=(), thousands=".")
    assert odd.tolist() == ["1.56", "15.6000"], "groups of another length are no thousands"
    assert column_from_texts(pa.array(["1.560"]), decimal=".", missing=()).tolist() == [1.56]


def test_codes_stored_as_floats_are_the_ones_that_were_written() -> None:
    stored = pd.Series(np.array([1.1, 2.3, np.nan, 4.0], dtype="float32").astype("float64"))
    assert stored[0] != 1.1
    assert codes_at_own_precision(stored).tolist()[:2] == [1.1, 2.3]
    doubles = pd.Series([1.1, 2.3])
    assert codes_at_own_precision(doubles) is doubles
    whole = pd.Series([1.0, 98.0])
    assert codes_at_own_precision(whole) is whole
    amounts = pd.Series(np.linspace(1, 2, 2000).astype("float32").astype("float64"))
    assert codes_at_own_precision(amounts) is amounts, "amounts keep their last bit"
    assert clean_text(pd.Series(["a ", " ", "", None, "b c"])).tolist()[0::4] == ["a", "b c"]
    assert clean_text(pd.Series(["a ", " ", "", None])).isna().tolist() == [False, True, True, True]


def test_the_decimal_comma_is_read_only_where_declared() -> None:
    assert column("1,5", "2", decimal=",").tolist() == [1.5, 2.0]
    assert column("1.5", decimal=",").tolist() == ["1.5"]
    assert column("1.234,5", decimal=",").tolist() == ["1.234,5"]


def test_labels_are_stripped_and_composed() -> None:
    assert clean_label(" Re\u0301gion\xa0 ") == "Région"
    assert looks_misread("Regi\ufffdn")
    assert looks_misread("a\x92b")
    assert not looks_misread("ນ້ຳ é ₭")


def test_days_and_times_become_iso_texts() -> None:
    day = (np.datetime64("2017-07-31") - np.datetime64("1582-10-14")).astype(int) * 86_400
    assert spss_days(pd.Series([day, np.nan]), with_time=False).tolist()[0] == "2017-07-31"
    assert spss_days(pd.Series([day + 3661.0]), with_time=True).tolist() == ["2017-07-31T01:01:01"]
    days = float((np.datetime64("2017-07-31") - np.datetime64("1960-01-01")).astype(int))
    assert stata_days(pd.Series([days, -1.0]), with_time=False).tolist() == ["2017-07-31", "1959-12-31"]
    assert stata_days(pd.Series([days * 86_400_000 + 1000]), with_time=True).tolist() == ["2017-07-31T00:00:01"]
    missing = spss_days(pd.Series([math.nan]), with_time=False)
    assert missing.dtype == "str"
    assert missing.isna().all()
