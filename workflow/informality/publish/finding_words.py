"""Words of findings: numbers for their sentences, lines of evidence, marks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from informality.publish.card import Card
from informality.publish.finding_values import Found
from informality.publish.text import Texts
from informality.publish.words import (
    capital,
    comparability_notes,
    count_notes,
    flag_notes,
    law_line,
    law_notes,
    level_label,
    mark_names,
    mark_texts,
    plain,
    reading_notes,
    rules,
    text_or_name,
)
from informality.settings import Thresholds


def fields(values: Mapping[str, Found], differences: Mapping[str, Found], card: Card, texts: Texts) -> dict[str, str]:
    """What the placeholders of a sentence stand for."""
    known = {"country": plain(card.country), "reference": plain(card.reference)}
    for name, value in values.items():
        known |= {
            name: _number(value.estimate, value, texts),
            f"{name}_interval": _interval(value.interval.low, value.interval.high, value, texts),
            f"{name}_unit": unit(value.measure, texts),
            f"{name}_level": value.level,
            f"{name}_group": texts.join(value.group),
        }
    for name, difference in differences.items():
        sign = -1.0 if difference.estimate < 0 else 1.0
        ends = (difference.interval.low, difference.interval.high)
        size = sorted(sign * end for end in ends)
        known |= {
            name: _number(abs(difference.estimate), difference, texts),
            f"{name}_interval": _interval(size[0], size[1], difference, texts),
            f"{name}_signed": _number(difference.estimate, difference, texts),
            f"{name}_signed_interval": _interval(*ends, difference, texts),
        }
    return known


def _number(value: float, of: Found, texts: Texts, beside: Iterable[float] = ()) -> str:
    """A number of a published row, with the digits that it has; persons in thousands."""
    return texts.numbers.written(value, of.row["decimals"], 1000.0 if of.measure == "persons" else 1.0, beside)


def _interval(low: float, high: float, of: Found, texts: Texts) -> str:
    ends = [_number(end, of, texts, (low, high)) for end in (low, high)]
    # A dash between numbers with a minus sign would be read as another.
    return texts.t("finding_word.from_to", low=ends[0], high=ends[1]) if low < 0 else "–".join(ends)


def unit(measure: str, texts: Texts) -> str:
    """What a number counts, in words."""
    known = {"share": "common.unit_percent", "persons": "finding_word.thousand", "hours": "common.unit_hours"}
    key = known.get(measure, f"currency.{measure}")
    return texts.t(key) if texts.has(key) else plain(measure)


def evidence_lines(
    values: Mapping[str, Found], differences: Mapping[str, Found], card: Card, texts: Texts, thresholds: Thresholds,
) -> tuple[str, ...]:  # fmt: skip
    """Estimates with interval and n; differences with the verdict on them; by which rules, of whom, under which law; what to know of them."""
    rows = [*values.values(), *differences.values()]
    lines = [_of_value(value, texts) for value in values.values()]
    lines += [_of_difference(difference, texts) for difference in differences.values()]
    lines += _defined(rows, card, texts)
    flags = {name: [str(row.row[name]) for row in rows] for name in ("flag", "flag_reason", "review")}
    lines += flag_notes(flags, texts, thresholds)
    lines += reading_notes([], [str(row.row["n_class"]) for row in rows], texts, thresholds)
    names = [str(row.row["indicator"]) for row in rows]
    dimensions = ["industry3"] if any(row.row["industry3"] != "_T" for row in rows) else []
    lines += comparability_notes([*names, *dimensions], card, texts)
    lines += _assumed(rows, card, texts)
    lines += law_notes(dict.fromkeys(str(row.row["law"]) for row in rows if row.row["law"]), card, texts)
    if any(row.row["scenario"] for row in rows):
        lines.append(texts.t("frame.static_note"))
    unranked = sum(value.unranked for value in values.values())
    if unranked:
        lines.append(texts.t("finding_word.unranked", count=unranked))
    lines.append(texts.t("frame.main_job_note"))
    return tuple(dict.fromkeys(lines))


def _of_value(value: Found, texts: Texts) -> str:
    fields = {
        "label": value.label,
        "value": _number(value.estimate, value, texts),
        "unit": unit(value.measure, texts),
        "n": texts.numbers.counted(value.row["n"], value.row["n_class"]),
    }
    if not (math.isfinite(value.interval.low) and math.isfinite(value.interval.high)):
        return texts.t("finding_word.estimate_alone", **fields)
    interval = _interval(value.interval.low, value.interval.high, value, texts)
    return texts.t("finding_word.estimate", interval=interval, **fields)


def _of_difference(difference: Found, texts: Texts) -> str:
    points = texts.t("finding_word.points") if difference.measure == "share" else unit(difference.measure, texts)
    return texts.t(
        "finding_word.difference",
        label=difference.label,
        value=_number(difference.estimate, difference, texts),
        unit=points,
        interval=_interval(difference.interval.low, difference.interval.high, difference, texts),
        verdict=texts.t(f"verdict.{difference.row['verdict']}"),
    )


def _defined(rows: Sequence[Found], card: Card, texts: Texts) -> list[str]:
    """Standard, concept, universe with its age base, law and reading (decision 26): a line for each that occurs."""
    lines = []
    for row in rows:
        record = row.row
        universe = text_or_name("universe", str(record["universe"]), texts)
        law = law_line(card, texts, [record["law"]], [record["assumption"]], [record["branch"]])
        named = [rules(row.pair.variant, row.pair.concept, texts), law]
        lines.append(". ".join(capital(part) for part in (universe, *named) if part) + ".")
    return lines


def _assumed(rows: Iterable[Found], card: Card, texts: Texts) -> list[str]:
    """Groups that were not asked and are taken as not covered, where a row rests on that (decision 14)."""
    coverage = card.coverage
    # Employees were asked, so what is of them alone rests on no such assumption.
    some = [row.row for row in rows if row.row["branch"] and "employees" not in row.row["universe"]]
    branches = dict.fromkeys(str(record["branch"]) for record in some)
    groups = [group for branch in branches if coverage and (group := coverage.evidence_of(branch))]
    questions = [card.questions[name] for group in groups for name in group.questions if name in card.questions]
    levels = dict.fromkeys(s for q in questions for o in q.others if o.assume == "not_covered" for s in o.status)
    if not levels:
        return []
    names = texts.join([level_label("status", level, card, texts) for level in levels])
    return [texts.t("finding_word.assumed", groups=names), *count_notes(card, texts)]


def marks_of(rows: Sequence[Found], card: Card, texts: Texts) -> tuple[str, ...]:
    """Marks of all that a finding rests on, in words."""
    variants = [row.pair.variant for row in rows]
    laws, scenarios = ([str(row.row[key]) for row in rows] for key in ("law", "scenario"))
    return mark_texts(mark_names(card, variants, laws, scenarios), texts)
