"""Where a line of text may end: at blanks and strokes; in scripts that write words without blanks (Lao, Thai, Khmer) between words.

Those words are found by the dictionaries of ICU (Unicode Standard Annex 14, class SA).
"""

from __future__ import annotations

import re
from functools import lru_cache

# Blocks of Thai, Lao, Myanmar and Khmer.
_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_PLACE = re.compile("(?<=[ /])(?=[^ /])|\u200b")


@lru_cache(maxsize=5_000)
def breakable(text: str) -> tuple[str, ...]:
    """Parts of a text between which a line may end, with the blanks that end them; a zero-width space is a place and no part of it."""
    found: list[str] = []
    for part in _PLACE.split(text):
        found += _by_dictionary(part) if _WITHOUT_BLANKS.search(part) else [part]
    return tuple(found)


def _by_dictionary(text: str) -> list[str]:
    from icu4py.breakers import LineBreaker

    return list(LineBreaker(text, "und")) or [text]
