"""What to estimate: one indicator in the domains of one breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from informality import vocabulary
from informality.errors import UserError, nearest

Statistic = Literal["share", "total", "mean", "ratio"]
Interval = Literal["logit", "t", "beta", "wilson"]
DfRule = Literal["domain", "design"]

# Keys of the hub that a request may carry; the statistic and the dimensions are its own fields.
KEYS = tuple(k for k in vocabulary.HUB_KEYS if k != "statistic" and k not in vocabulary.DIMENSIONS)


@dataclass(frozen=True)
class Request:
    """One statistic of ``y`` among the rows where ``where`` is true, in each domain of ``by``.

    ``y``, ``x`` and ``where`` name columns of the frame. A missing ``y`` (or ``x``) leaves the estimate but not the design.
    A total of a boolean counts persons. ``interval`` chooses the interval of a share (default logit; see
    `intervals.py`); everything else has the t interval. ``df_rule``: degrees of freedom of the domain or of the whole
    design. UserError: a word that is not known, ``x`` without a ratio or a ratio without ``x``.
    """

    statistic: Statistic
    y: str
    x: str | None = None
    where: str | None = None
    by: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    measure: str = "share"
    interval: Interval | None = None
    df_rule: DfRule = "domain"

    def __post_init__(self) -> None:
        """Check every word."""
        object.__setattr__(self, "by", tuple(self.by))
        where = f"request for {self.y}"
        _known(self.statistic, get_args(Statistic), "statistic", where)
        _known(self.measure, vocabulary.MEASURES, "unit of measure", where)
        _known(self.df_rule, get_args(DfRule), "rule for degrees of freedom", where)
        for name in self.by:
            _known(name, vocabulary.DIMENSIONS, "dimension", where)
        for name in self.keys:
            _known(name, KEYS, "key of the hub", where)
        if len(set(self.by)) < len(self.by):
            raise UserError("a dimension is named twice in one breakdown", where=where)
        if (self.statistic == "ratio") != (self.x is not None):
            raise UserError("a ratio, and nothing else, needs a denominator x", where=where)
        if self.interval is not None:
            _known(self.interval, get_args(Interval), "interval", where)
            if self.statistic != "share" and self.interval != "t":
                raise UserError(
                    f"the {self.interval} interval is for shares", where=where, todo="leave it out: t is used"
                )

    @property
    def method(self) -> Interval:
        """The interval that is asked for."""
        return self.interval or ("logit" if self.statistic == "share" else "t")


def _known(word: str, known: tuple[str, ...], what: str, where: str) -> None:
    if word not in known:
        raise UserError(f"'{word}' is no {what}", where=where, todo=nearest(word, known))
