"""The report's chapter on methods: design, variances, intervals, and the limits under which numbers are flagged or not shown."""

from __future__ import annotations

from collections.abc import Iterator

from informality.publish.card import Card
from informality.publish.report.blocks import Block, Bullets, Heading, Paragraph, PrintedTable
from informality.publish.report.grids import words_grid
from informality.publish.select import Estimates
from informality.publish.text import Texts
from informality.settings import Thresholds

# Methods of intervals in the order in which they are told.
INTERVALS = ("logit", "beta", "wilson", "t", "woodruff")


def methods(card: Card, hub: Estimates, thresholds: Thresholds, texts: Texts) -> Iterator[Block]:
    """The chapter; of intervals those that the survey's estimates have."""
    t, count = texts.t, texts.numbers.count
    yield Heading(t("report.methods"))
    yield Heading(t("report.methods_design"), 2)
    numbers = {"persons": card.n_persons, "employed": card.n_employed, "psus": card.n_psu, "strata": card.n_strata}
    if None not in numbers.values():
        yield Paragraph(t("report.methods_sample", **{k: count(v) for k, v in numbers.items() if v is not None}))
    yield Paragraph(t("report.methods_weights"))
    yield Heading(t("report.methods_variance"), 2)
    yield Paragraph(t("report.methods_linear"))
    used = set(hub.frame["ci_method"])
    yield Bullets(tuple(t(f"report.interval.{name}") for name in INTERVALS if name in used))
    yield Paragraph(t("report.methods_differences", alpha=f"{100 * thresholds.alpha:g}"))
    for name in ("models", "unknown"):
        yield Paragraph(t(f"report.methods_{name}"))
    if card.publication is not None:
        yield Heading(t("report.rounding"), 2)
        yield Paragraph(t("report.rounding_note", step=count(card.publication.step)))
    yield Heading(t("report.methods_reliability"), 2)
    yield Paragraph(t("report.methods_order"))
    yield _limits(thresholds, texts)


def _limits(thresholds: Thresholds, texts: Texts) -> PrintedTable:
    t = texts.t
    per_cent = {
        "top2": thresholds.top2_share,
        "wide": thresholds.width_wide,
        "narrow": thresholds.width_narrow,
        "relative": thresholds.width_relative,
        "cv": thresholds.cv,
        "missing": thresholds.missing_flag,
    }
    names = ("confidential_below", "least_psus", "hide_below", "flag_below", "least_df")
    fields = {name: str(getattr(thresholds, name)) for name in names}
    fields |= {name: f"{100 * value:.4g}" for name, value in per_cent.items()}
    confidential, unreliable = t("report.limit_confidential_effect"), t("report.limit_unreliable_effect")
    effects = {
        "confidential": confidential,
        "dominated": confidential,
        "sensitive": confidential,
        "joined": t("report.limit_joined_effect"),
        **dict.fromkeys(("bounded", "ends"), t("report.limit_bounded_effect")),
        "few_differ": t("report.limit_few_differ_effect"),
        "hidden": t("report.limit_hidden_effect"),
        **dict.fromkeys(("few", "width", "cv", "df", "missing"), unreliable),
    }
    rows = [(t(f"report.limit_{name}", **fields), effect) for name, effect in effects.items()]
    grid = words_grid([t("report.limit"), t("report.limit_effect")], rows)
    return PrintedTable("", t("report.limits"), "", (), (grid,), ())


def flags(hub: Estimates, texts: Texts) -> PrintedTable:
    """How many of the survey's estimates carry which flag."""
    counts = hub.frame["flag"].value_counts()
    rows = []
    for flag in ("", "u", "b", "x", ":c", ":"):
        if n := int(counts.get(flag, 0)):
            label = texts.t(f"flag.{flag or 'none'}")
            share = texts.numbers.fixed(100 * n / len(hub.frame), 1)
            rows.append((f"{flag}  {label}" if flag else label, texts.numbers.count(n), share))
    heads = [texts.t(f"report.{name}") for name in ("flag", "estimates", "percent")]
    grid = words_grid(heads, rows, [False, True, True])
    return PrintedTable("", texts.t("report.flags"), texts.t("report.flags_subtitle"), (), (grid,), ())
