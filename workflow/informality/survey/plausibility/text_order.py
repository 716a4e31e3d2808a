"""Numbers kept as texts and compared by their order: '15' stands before '4' in the alphabet."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.expressions import Condition, parse, shown
from informality.sql import evaluate

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def refuse_order_of_texts(source: pd.DataFrame, conditions: Iterable[Condition]) -> None:
    """UserError for `<`, `>`, `BETWEEN` where a text is compared with a quoted number and the alphabet is not the order of numbers.

    It is only where all the numbers that meet have the same number of digits ('01' to '07'), and is then left alone. Words and days
    ('2019-05-01') have an order as texts.
    """
    have = {str(name).lower() for name in source.columns}
    for condition in conditions:
        for sides in condition.orders:
            literals = [text for kind, text in sides if kind == "constant"]
            if not all(_NUMBER.fullmatch(text.strip()) for text in literals):
                continue
            found = [parse(text, condition.where) for kind, text in sides if kind != "constant"]
            if any(name.lower() not in have for rule in found for name in rule.columns):
                continue
            widths = {len(text) for text in literals}
            for values in evaluate(source, {str(i): rule for i, rule in enumerate(found)}).values():
                widths |= _widths(values)
            if len(widths) > 1:
                first = found[0].text
                raise UserError(
                    f"numbers are compared as texts, by the alphabet ('15' stands before '4'): {shown(condition.text)}",
                    where=condition.where,
                    todo=f"compare numbers: TRY_CAST({first} AS DOUBLE) in place of {first}, and the bounds without quotes",
                )


def _widths(values: np.ma.MaskedArray) -> set[int]:
    """Lengths of the texts that are numbers; nothing for what is no text."""
    there = pd.unique(pd.Series(np.asarray(values.data, dtype=object)[~np.ma.getmaskarray(values)]))
    return {len(text) for text in there if isinstance(text, str) and _NUMBER.fullmatch(text.strip())}
