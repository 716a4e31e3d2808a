"""From what files hold to what the pipeline uses: numbers as float64, texts as str, days as ISO texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# From here on whole numbers lose digits as float64: such identifiers stay texts.
EXACT = 2**53
# Blanks at which no line breaks (plain, narrow, as wide as a digit), and the mark of UTF-8 where files were put together.
NO_BREAK = ("\xa0", "\u202f", "\u2007", "\ufeff")
# The sign for what could not be decoded, and C1 control characters, which no text has.
MISREAD = "[\ufffd\x80-\x9f]"
# A question has at most so many codes.
MOST_CODES = 500
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


def without_thousands(texts: pa.Array, decimal: str, thousands: str | None) -> pa.Array:
    """Stripped texts without the sign between groups of three digits, where all of a text is so grouped; others as they are."""
    if thousands is None:
        return texts
    sign, point = re.escape(thousands), re.escape(decimal)
    grouped = pc.match_substring_regex(texts, rf"^[+-]?\d{{1,3}}({sign}\d{{3}})+({point}\d*)?$")
    return pc.if_else(grouped, pc.replace_substring(texts, thousands, ""), texts)


def column_from_texts(
    texts: pa.ChunkedArray | pa.Array, *, decimal: str, missing: Sequence[str], thousands: str | None = None
) -> pd.Series:
    """A column of a delimited file: float64 where every value is a number that survives the change, else text.

    A number does not survive with a leading zero before another digit (the code ``0111``) or as a whole number of 2**53 or more
    (an identifier). Empty and ``missing`` texts become NULL; texts are as `tidy` makes them.
    """
    unique, indices = distinct(texts)
    unique = tidy(unique)
    absent = pc.is_in(unique, value_set=tidy(pa.array(["", *missing], pa.string())))
    kept = pc.if_else(absent, pa.scalar(None, pa.string()), unique)
    present = without_thousands(kept, decimal, thousands)
    if all_true(is_number(present, decimal)) and not any_true(pc.match_substring_regex(present, r"^[+-]?0\d")):
        numbers = to_float(present, decimal)
        whole = pc.match_substring_regex(present, r"^[+-]?\d+$")
        if not any_true(pc.and_kleene(whole, pc.greater_equal(pc.abs(numbers), float(EXACT)))):
            return numbers_series(numbers.take(indices))
    return text_series(kept.take(indices))


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


def tidy(texts: pa.Array) -> pa.Array:
    """Texts in Unicode's composed form, with plain blanks for no-break ones and none at the ends, so that equal texts are equal."""
    if not all_true(pc.string_is_ascii(texts)):
        # Not by Arrow: its "NFC" takes é apart (version 25).
        texts = pa.array((None if text is None else clean_label(text) for text in texts.to_pylist()), pa.string())
    return pc.utf8_trim_whitespace(texts)


def clean_text(values: pd.Series) -> pd.Series:
    """Texts as `tidy` makes them; what is then empty becomes NULL."""
    unique, indices = distinct(pa.array(values.astype("str"), pa.string(), from_pandas=True))
    tidied = tidy(unique)
    return text_series(pc.if_else(pc.equal(tidied, ""), pa.scalar(None, pa.string()), tidied).take(indices))


def codes_at_own_precision(values: pd.Series) -> pd.Series:
    """Codes with decimals that were stored as 32-bit floats, as they were written: 1.1 and not 1.10000002384.

    Measured amounts, which have more than a few different values, stay to the last bit.
    """
    there = values.dropna().unique()
    single = there.astype("float32")
    if (
        not 0 < len(there) <= MOST_CODES
        or (there == np.floor(there)).all()
        or (single.astype("float64") != there).any()
    ):
        return values
    return values.map(dict(zip(there, (float(str(x)) for x in single), strict=True))).astype("float64")


def clean_label(label: object) -> str:
    """A label without outer and non-breaking blanks, in Unicode's composed form, so that equal labels compare equal."""
    text = str(label)
    for blank in NO_BREAK:
        text = text.replace(blank, " ")
    return unicodedata.normalize("NFC", text).strip()


def looks_misread(label: str) -> bool:
    """True where a label shows that its file was read or written in a wrong encoding (U+FFFD, or C1 control characters)."""
    return re.search(MISREAD, label) is not None


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
