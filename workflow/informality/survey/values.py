"""From what files hold to what the pipeline uses: numbers as float64, texts as str, days as ISO texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# From here on whole numbers lose digits as float64: such identifiers stay texts.
EXACT = 2**53
_SPSS_DAY_ZERO = np.datetime64("1582-10-14", "s")
_STATA_DAY_ZERO = np.datetime64("1960-01-01", "s")


def is_number(texts: pa.Array, decimal: str) -> pa.Array:
    """Which of the stripped texts are numbers under the decimal sign; no thousands separators, no names such as ``NaN``."""
    sign = "," if decimal == "," else r"\."
    return pc.match_substring_regex(texts, rf"^[+-]?(\d+({sign}\d*)?|{sign}\d+)([eE][+-]?\d+)?$")


def to_float(texts: pa.Array, decimal: str) -> pa.Array:
    """Stripped texts that are numbers, as doubles."""
    if decimal == ",":
        texts = pc.replace_substring(texts, ",", ".", max_replacements=1)
    return pc.cast(texts, pa.float64())


def column_from_texts(texts: pa.ChunkedArray | pa.Array, *, decimal: str, missing: Sequence[str]) -> pd.Series:
    """A column of a delimited file: float64 where every value is a number that survives the change, else text.

    A number does not survive with a leading zero before another digit (the code ``0111``) or as a whole number of 2**53 or more
    (an identifier). Empty and ``missing`` texts become NULL; trailing blanks go.
    """
    unique, indices = distinct(texts)
    stripped = pc.utf8_trim_whitespace(unique)
    absent = pc.is_in(stripped, value_set=pa.array(["", *(m.strip() for m in missing)], pa.string()))
    present = pc.if_else(absent, pa.scalar(None, pa.string()), stripped)
    if all_true(is_number(present, decimal)) and not any_true(pc.match_substring_regex(present, r"^[+-]?0\d")):
        numbers = to_float(present, decimal)
        whole = pc.match_substring_regex(present, r"^[+-]?\d+$")
        if not any_true(pc.and_kleene(whole, pc.greater_equal(pc.abs(numbers), float(EXACT)))):
            return numbers_series(numbers.take(indices))
    return text_series(pc.if_else(absent, pa.scalar(None, pa.string()), pc.utf8_rtrim_whitespace(unique)).take(indices))


def distinct(texts: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, pa.Array]:
    """The distinct values of a column, and for each row the place of its value among them."""
    encoded = texts.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    return encoded.dictionary, encoded.indices


def all_true(mask: pa.Array) -> bool:
    """True where no value is false; NULL counts as true, and so does nothing at all."""
    return pc.all(mask, skip_nulls=True, min_count=0).as_py()


def any_true(mask: pa.Array) -> bool:
    """True where some value is true."""
    return pc.any(mask, skip_nulls=True, min_count=0).as_py()


def numbers_series(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    """Arrow numbers as float64, NULL as NaN."""
    return pd.Series(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False).astype("float64"))


def text_series(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    """Arrow texts as pandas' str, with NULL as missing."""
    return pd.Series(values.to_pandas(), dtype="str")


def clean_text(values: pd.Series) -> pd.Series:
    """Texts without trailing blanks; what is then empty becomes NULL."""
    stripped = values.astype("str").str.rstrip()
    return stripped.mask(stripped == "").astype("str")


def clean_label(label: object) -> str:
    """A label without outer and non-breaking blanks, in Unicode's composed form, so that equal labels compare equal."""
    return unicodedata.normalize("NFC", str(label).replace("\xa0", " ")).strip()


def looks_misread(label: str) -> bool:
    """True where a label shows that its file was read or written in a wrong encoding (U+FFFD, or C1 control characters)."""
    return any(c == "\ufffd" or "\x80" <= c <= "\x9f" for c in label)


def spss_days(values: pd.Series, *, with_time: bool) -> pd.Series:
    """SPSS dates, seconds since 14 October 1582, as ISO texts."""
    return _iso(values, _SPSS_DAY_ZERO, with_time)


def stata_days(values: pd.Series, *, with_time: bool) -> pd.Series:
    """Stata dates, days (``%td``) or milliseconds (``%tc``) since 1 January 1960, as ISO texts."""
    return _iso(values / 1000 if with_time else values * 86_400, _STATA_DAY_ZERO, with_time)


def _iso(seconds: pd.Series, zero: np.datetime64, with_time: bool) -> pd.Series:
    there = seconds.notna().to_numpy()
    steps = np.floor(seconds.to_numpy("float64", na_value=0.0)).astype("timedelta64[s]")
    texts = np.datetime_as_string(zero + steps, unit="s" if with_time else "D")
    return pd.Series(texts, dtype="str").where(there)
