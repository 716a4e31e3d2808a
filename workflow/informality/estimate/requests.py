"""What to estimate: one indicator in the domains of one breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from informality import vocabulary
from informality.errors import UserError, nearest

Statistic = Literal["share", "total", "mean", "ratio", "quantile", "difference"]
# What can be compared between domains.
Compared = Literal["share", "total", "mean", "ratio"]
Interval = Literal["logit", "t", "beta", "wilson"]
DfRule = Literal["domain", "design"]

# What rows can be broken down by: the dimensions of the hub, and the wave where the frame holds several.
BREAKDOWN = ("wave", *vocabulary.DIMENSIONS)
# Keys of the hub that a request may carry; the statistic and the dimensions are its own fields.
KEYS = tuple(k for k in vocabulary.HUB_KEYS if k != "statistic" and k not in vocabulary.DIMENSIONS)


class Between(NamedTuple):
    """Level ``plus`` minus level ``minus`` of a dimension of the breakdown; ``minus`` may be `_T`, all levels together."""

    dimension: str
    plus: str
    minus: str

    @property
    def level(self) -> str:
        """The level of the compared dimension in the hub."""
        return f"{self.plus}-{self.minus}"


@dataclass(frozen=True)
class Request:
    """One statistic of ``y`` among the rows where ``where`` is true, in each domain of ``by``.

    ``y``, ``x`` and ``where`` name columns of the frame. A missing ``y`` (or ``x``) leaves the estimate but not the design.
    A total of a boolean counts persons. ``interval`` chooses the interval of a share (default logit; see
    `intervals.py`); a quantile has Woodruff's, everything else the t interval. ``df_rule``: degrees of freedom of the domain
    or of the whole design.

    - A quantile needs its ``p``; its key ``category`` is `p25` for p = 0.25 where none is given.
    - A difference needs ``between``, and ``of``: the statistic that is compared. It compares two levels of one dimension
      within each cell of the other dimensions of ``by``.
    - ``by`` may name `wave` where the frame holds several waves of one master sample; the level is then the key ``wave``.

    UserError: a word that is not known, a field that the statistic needs and does not have or has and does not need.
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
    p: float | None = None
    of: Compared | None = None
    between: Between | None = None

    def __post_init__(self) -> None:
        """Check every word."""
        object.__setattr__(self, "by", tuple(self.by))
        where = f"request for {self.y}"
        _known(self.statistic, get_args(Statistic), "statistic", where)
        _known(self.measure, vocabulary.MEASURES, "unit of measure", where)
        _known(self.df_rule, get_args(DfRule), "rule for degrees of freedom", where)
        for name in self.by:
            _known(name, BREAKDOWN, "dimension", where)
        for name in self.keys:
            _known(name, KEYS, "key of the hub", where)
        if len(set(self.by)) < len(self.by):
            raise UserError("a dimension is named twice in one breakdown", where=where)
        if "wave" in self.by and "wave" in self.keys:
            raise UserError("the wave is a key and a dimension at once", where=where, todo="leave the key out")
        if (self.base == "ratio") != (self.x is not None):
            raise UserError("a ratio, and nothing else, needs a denominator x", where=where)
        if (self.statistic == "quantile") != (self.p is not None):
            raise UserError("a quantile, and nothing else, needs p", where=where)
        if self.p is not None and not 0 < self.p < 1:
            raise UserError(f"p = {self.p:g} is not between 0 and 1", where=where)
        self._check_difference(where)
        if self.interval is not None:
            _known(self.interval, get_args(Interval), "interval", where)
            if self.statistic == "quantile" or (self.statistic != "share" and self.interval != "t"):
                raise UserError(
                    f"a {self.statistic} has no {self.interval} interval",
                    where=where,
                    todo="leave it out: it has one of its own",
                )

    def _check_difference(self, where: str) -> None:
        difference = self.statistic == "difference"
        if difference != (self.between is not None) or difference != (self.of is not None):
            raise UserError("a difference, and nothing else, needs 'of' and 'between'", where=where)
        if self.between is None or self.of is None:
            return
        between = Between(*self.between)
        object.__setattr__(self, "between", between)
        _known(self.of, get_args(Compared), "statistic to compare", where)
        _known(between.dimension, self.by, "dimension of the breakdown", where)
        if between.plus in (between.minus, vocabulary.TOTAL):
            raise UserError(f"'{between.level}' is no difference", where=where, todo="name a level, then another or _T")

    @property
    def base(self) -> str:
        """The statistic, or the one that a difference compares."""
        return self.of or self.statistic

    @property
    def method(self) -> str:
        """The interval that is asked for."""
        if self.statistic == "quantile":
            return "woodruff"
        return self.interval or ("logit" if self.statistic == "share" else "t")

    def key(self, name: str) -> str:
        """Value of a key of the hub that is not a dimension."""
        if name == "statistic":
            return self.statistic
        if name == "category" and self.p is not None:
            return self.keys.get(name) or f"p{100 * self.p:g}"
        return self.keys.get(name, "")


def _known(word: str, known: tuple[str, ...], what: str, where: str) -> None:
    if word not in known:
        raise UserError(f"'{word}' is no {what}", where=where, todo=nearest(word, known))
