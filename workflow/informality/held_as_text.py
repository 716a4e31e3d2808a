"""Why a column is text where a condition takes it for a number: words for "no value", thousands signs, a decimal comma, '70+'.

The words that may be shown are those of `NO_VALUE`; all other texts are counted, for they are answers of persons.
"""

from __future__ import annotations

import re

import pandas as pd

# What programs and offices write where there is no value, in small letters.
NO_VALUE = frozenset({
    "na", "n/a", "n.a.", "nan", "null", "none", "nil", ".", "..", "...", "-", "--", "?", "#n/a", "#null!", "<na>", "missing", "ns", "nr", "ns/nr",
    "nd", "dk", "refused",
})  # fmt: skip
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
# Signs between groups of three digits, and the decimal sign that goes with each.
_SIGNS = {".": ",", ",": ".", " ": ",", "'": ".", "’": "."}


def why_text(frame: pd.DataFrame, columns: tuple[str, ...]) -> str:
    """What keeps the text columns among ``columns`` from being numbers, and what to do; empty where nothing does."""
    spelling = {str(name).lower(): name for name in frame.columns}
    told = []
    for column in columns:
        values = frame[spelling[column.lower()]] if column.lower() in spelling else None
        if (
            values is not None
            and pd.api.types.is_string_dtype(values)
            and not isinstance(values.dtype, pd.CategoricalDtype)
        ):
            told += _told(column, values.dropna().astype("str").str.strip())
    return "; ".join(told)


def _told(column: str, texts: pd.Series) -> list[str]:
    bad = texts[~texts.str.fullmatch(_NUMBER).astype(bool)]
    if bad.empty:
        return []
    what = f"the column '{column}' is text: {len(bad):,} of {len(texts):,} values are no numbers"
    words = sorted({word for word in bad if word.lower() in NO_VALUE})
    left = bad[~bad.str.lower().isin(NO_VALUE)]
    if left.empty:
        shown = ", ".join(word if word.isalpha() else f'"{word}"' for word in words)
        return [f"{what} but {shown}; declare source: {{missing: [{shown}]}}"]
    for sign, point in _SIGNS.items():
        s, p = re.escape(sign), re.escape(point)
        if left.str.fullmatch(rf"[+-]?\d+({s}\d{{3}})*({p}\d+)?").all() and left.str.contains(s).any():
            return [
                f'{what}, but written with thousands signs; declare source: {{thousands: "{sign}", decimal: "{point}"}}'
            ]
    if left.str.fullmatch(r"[+-]?\d+,\d+").all():
        return [f'{what}, but written with a decimal comma; declare source: {{decimal: ","}}']
    told = f"{what} ({left.nunique():,} different texts)"
    if left.str.match(r"\d").all():
        return [
            f"{told}, but begin with one: CAST(regexp_extract({column}, '[0-9]+') AS DOUBLE) takes it (a ceiling such as '70+' stays one)"
        ]
    return [
        f"{told}; TRY_CAST({column} AS DOUBLE) leaves them out, and those that mean no value stand under source: {{missing: […]}}"
    ]
