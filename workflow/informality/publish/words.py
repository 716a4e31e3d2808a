"""Labels, captions, notes, sources and marks, put together from the texts and the survey card."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pandas import DataFrame

from informality.govern.flags import (
    BOUNDED,
    BY_DEFINITION,
    CONFIDENTIAL,
    FEW_DIFFER,
    FEW_PERSONS,
    FLAGS,
    HIDDEN,
    NORMAL,
    NOT_AVAILABLE,
    NOT_COMPUTABLE,
    SOME_MISSING,
    TOO_FEW_PERSONS,
    UNRELIABLE,
)
from informality.publish.card import Card
from informality.publish.text import Texts, bound_name
from informality.settings import Thresholds
from informality.vocabulary import OTHER, READINGS, TOTAL, UNKNOWN

MARKS = ("simulated", "unverified", "counterfactual", "provisional")
MAX_LABEL, MAX_SENTENCE = 120, 2000


@dataclass(frozen=True)
class Caption:
    """The words around a figure or table: one line each, without line breaks. ``finding``: what a figure shows, as a sentence that stands
    for the title on the picture itself.
    """

    title: str
    subtitle: str
    marks: tuple[str, ...]
    note: str
    source: str
    alt: str = ""
    finding: str = ""

    @property
    def named(self) -> str:
        """Title with the marks before it: for places in which the picture itself cannot be read."""
        return " · ".join([*self.marks, self.title])


def plain(text: str, limit: int = MAX_LABEL) -> str:
    """One line of text: control characters and line breaks out, blanks single, no longer than ``limit`` characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\u200b" else " " for c in text)
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def capital(text: str) -> str:
    """The text with a capital letter first, as in the head of a column."""
    return text[:1].upper() + text[1:]


def level_label(name: str, level: str, card: Card, texts: Texts) -> str:
    """Label of a level of a dimension or part; a survey's own levels carry theirs on the card."""
    if level == TOTAL:
        return texts.t("common.total")
    if level == OTHER:
        return texts.t("common.other_levels")
    if level == UNKNOWN:
        # Who has no earnings has given an answer, and is in no fifth of them.
        return texts.t(f"unknown.{name}" if texts.has(f"unknown.{name}") else "common.unknown")
    own = card.levels.get(name, {}).get(level)
    if own:
        return plain(own)
    if name in ("indicator", "universe"):
        return text_or_name(name, level, texts)
    if name == "scenario" and card.coverage is not None:
        titles = {scenario.scenario: scenario.title for scenario in card.coverage.scenarios}
        if level in titles:
            return plain(titles[level])
    # What says where law and practice meet has the same words before and after a change.
    key = f"level.{'split' if name == 'split_in_force' else name}.{level}"
    return texts.t(key) if texts.has(key) else plain(level.replace("_", " "))


def branches_label(branches: Iterable[str], texts: Texts) -> str:
    """Branches in words, each once: those for which one name in the estimates stands."""
    return capital(texts.join([texts.t(f"level.branch.{name}") for name in dict.fromkeys(branches)]))


def category_label(indicator: str, category: str, card: Card, texts: Texts, split: Sequence[str] = ()) -> str:
    """Label of a category of an indicator: a question of the card, parts of a component, or a text."""
    if category == OTHER:
        return texts.t("common.other_classes")
    if indicator == "cover" and category in card.questions:
        return plain(card.questions[category].label)
    if split:
        parts = [level_label(name, part, card, texts) for name, part in zip(split, category.split(":"), strict=False)]
        return texts.join(parts)
    key = f"category.{indicator}.{category}"
    if texts.has(key):
        return texts.t(key)
    return texts.t("common.total") if category in ("", TOTAL) else plain(category.replace("_", " "))


def variant_label(variant: str, texts: Texts, *, of: str = "variant") -> str:
    """Label of a variant (``of="standard"``: as subtitles name it); a researcher's own variant keeps its name."""
    for key in (f"{of}.{variant}", f"variant.{variant}"):
        if texts.has(key):
            return texts.t(key)
    return plain(variant)


def text_or_name(prefix: str, name: str, texts: Texts) -> str:
    """Text of ``<prefix>.<name>``, or the name itself where a survey brought its own."""
    key = f"{prefix}.{name}"
    return texts.t(key) if texts.has(key) else plain(name.replace("_", " "))


def reason_text(reason: str, texts: Texts) -> str:
    """A reason in words: a key of `reason.*`, or the card's own words."""
    key = f"reason.{reason.strip().replace(' ', '_')}"
    return texts.t(key) if texts.has(key) else plain(reason)


def mark_names(
    card: Card,
    variants: Iterable[str] = (),
    laws: Iterable[str] = (),
    scenarios: Iterable[str] = (),
    also: Iterable[str] = (),
) -> tuple[str, ...]:
    """Marks of an item: those of the survey; `provisional` where a provisional standard is in it; `unverified` and `counterfactual` by the
    laws and scenarios that it rests on; and ``also`` others.
    """
    names = {*card.marks, *also}
    if set(variants) & set(card.provisional_variants):
        names.add("provisional")
    if card.coverage is not None:
        used = [law for law in card.coverage.laws if law.law in set(laws)]
        assumed = [scenario for scenario in card.coverage.scenarios if scenario.scenario in set(scenarios)]
        if any(not law.verified or law.unverified for law in used) or any(
            not scenario.verified for scenario in assumed
        ):
            names.add("unverified")
        if any(law.law != card.coverage.law for law in used) or any(scenario.counterfactual for scenario in assumed):
            names.add("counterfactual")
    return (*(name for name in MARKS if name in names), *sorted(names - set(MARKS)))


def mark_texts(names: Iterable[str], texts: Texts) -> tuple[str, ...]:
    """Marks in words. An unknown mark is shown as it is: a mark is never dropped."""
    return tuple(text_or_name("mark", name, texts) for name in names)


def rules(variant: str, concept: str, texts: Texts) -> str:
    """Standard and employment concept in words; either may be empty where it does not apply or differs between rows."""
    standard = variant_label(variant, texts, of="standard") if variant else ""
    return texts.join([standard, text_or_name("concept", concept, texts) if concept else ""])


def subtitle(what: str, variant: str, concept: str, card: Card, texts: Texts, law: str = "") -> str:
    """What is shown, of whom, by which standard, concept and law (as `law_line` names it), where and when."""
    fields = {"what": what, "country": plain(card.country), "reference": plain(card.reference)}
    named = ". ".join(capital(part) for part in (law, rules(variant, concept, texts)) if part)
    return texts.t("frame.subtitle", rules=named, **fields) if named else texts.t("frame.subtitle_many", **fields)


def law_line(card: Card, texts: Texts, laws: Iterable[str], readings: Iterable[str], branches: Iterable[str]) -> str:
    """Law, reading and branches of an item in words; each is named where all of the item shares it, a law by its title."""
    if card.coverage is None:
        return ""
    laws, readings, branches = (tuple(dict.fromkeys(filter(None, some))) for some in (laws, readings, branches))
    law = card.coverage.law_of(laws[0]) if len(laws) == 1 else None
    parts = [plain(law.title, MAX_SENTENCE)] if law else []
    if len(laws) == 1 and len(readings) == 1 and readings[0] in READINGS:
        parts.append(texts.t(f"reading.{readings[0]}"))
    if len(branches) == 1:
        some = card.coverage.branches_of(branches[0], law)
        parts.append(texts.t("frame.branches", branches=texts.join([texts.t(f"level.branch.{name}") for name in some])))
    return texts.join(parts)


def law_notes(laws: Iterable[str], card: Card, texts: Texts) -> list[str]:
    """What a reader has to know of the laws behind an item: not verified, not the one in force."""
    coverage = card.coverage
    used = [law for name in laws if coverage and (law := coverage.law_of(name))]
    notes = [
        texts.t("frame.unverified_note", law=plain(law.title, MAX_SENTENCE))
        for law in used
        if not law.verified or law.unverified
    ]
    current = coverage.law_of(coverage.law) if coverage else None
    other = any(current is None or law.law != current.law for law in used)
    return [
        *notes,
        *([texts.t("frame.counterfactual_note", law=plain(current.title, MAX_SENTENCE))] if other and current else []),
    ]


def count_notes(card: Card, texts: Texts) -> list[str]:
    """The administration's count of voluntary members, as one national number (decision 14)."""
    counts = card.coverage.administration if card.coverage else ()
    return [
        texts.t(
            "frame.count_note",
            value=texts.numbers.count(count.value),
            source=plain(count.source, MAX_SENTENCE),
            day=count.day or texts.t("common.no_day"),
            checked=texts.t("common.verified" if count.verified else "common.not_verified"),
        )
        for count in counts
        if count.what == "voluntary_members"
    ][:1]


def source(card: Card, texts: Texts) -> str:
    """The source line: the producer of the microdata, and whose estimate this is."""
    return texts.t("frame.source", producer=plain(card.producer, MAX_SENTENCE), title=plain(card.title, MAX_SENTENCE))


def flag_notes(rows: DataFrame | Mapping[str, Iterable[str]], texts: Texts, thresholds: Thresholds) -> list[str]:
    """Sentences for the flags that occur in ``rows`` (columns flag, flag_reason, review), each with the reasons for which it does."""
    said = set(zip(rows["flag"], rows["flag_reason"], strict=True))
    flags = {flag for flag, _ in said}
    of = {which: {reason for flag, reason in said if flag == which} for which in FLAGS}
    notes = []
    if UNRELIABLE in flags:
        few = of[UNRELIABLE] == {FEW_PERSONS}
        notes.append(texts.t("frame.few_note" if few else "frame.unreliable_note", flag_below=thresholds.flag_below))
    if NOT_COMPUTABLE in of[BOUNDED]:
        notes.append(texts.t("frame.between_note", share=_per_cent(thresholds.not_computable)))
    for key, reasons in (("bounded_note", of[BOUNDED] - {NOT_COMPUTABLE}), ("confidential_note", of[CONFIDENTIAL])):
        if reasons:
            notes.append(texts.t(f"frame.{key}", why=_reasons(reasons, texts, thresholds)))
    if HIDDEN in flags:
        # One sign has one explanation, whatever the reasons.
        few, other = TOO_FEW_PERSONS in of[HIDDEN], bool(of[HIDDEN] - {TOO_FEW_PERSONS})
        key = "hidden_all_note" if few and other else "hidden_note" if few else "hidden_other_note"
        notes.append(texts.t(f"frame.{key}", hide_below=thresholds.hide_below))
    if NOT_AVAILABLE in flags:
        notes.append(texts.t("frame.not_available_note"))
    if BY_DEFINITION in of[NORMAL]:
        notes.append(texts.t("frame.by_definition_note"))
    if FEW_DIFFER in of[NORMAL]:
        notes.append(texts.t("frame.few_differ_note", confidential_below=thresholds.confidential_below))
    if any(SOME_MISSING in words.split() for words in set(rows["review"])):
        notes.append(texts.t("frame.missing_note", share=_per_cent(thresholds.missing_note)))
    return notes


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _reasons(reasons: Iterable[str], texts: Texts, thresholds: Thresholds) -> str:
    """Why numbers are bounded or confidential, in words."""
    limits = {name: getattr(thresholds, name) for name in ("confidential_below", "least_psus")}
    found = [texts.t(f"why.{reason}", **limits) for reason in sorted(reasons) if texts.has(f"why.{reason}")]
    told = found[0] if found else ""
    for other in found[1:]:
        told = texts.t("why.or", first=told, other=other)
    return told


def reading_notes(labels: Iterable[str], classes: Iterable[str], texts: Texts, thresholds: Thresholds) -> list[str]:
    """Sentences for what stands among ``labels`` for groups or classes of too few persons, and for classes in the place of n."""
    shown = set(labels)
    limits = {name: getattr(thresholds, name) for name in ("confidential_below", "hide_below")}
    notes = [
        texts.t(f"frame.{key}_note", name=name, **limits)
        for key in ("other_levels", "other_classes")
        if (name := texts.t(f"common.{key}")) and any(name in label for label in shown)
    ]
    return [*notes, *([texts.t("frame.n_class_note")] if any(classes) else [])]


def flag_word(flag: str, reason: str, texts: Texts) -> str:
    """A flag as tables show it; what is no estimate, or no other than that of another row, says so."""
    return texts.t(f"common.{reason}") if reason in (BY_DEFINITION, FEW_DIFFER) else flag


def bounded(flag: str, low: float, high: float, texts: Texts) -> str:
    """A bounded estimate as the language writes it, from its bound in the unit that is shown: whole per cent, or the last digit of what is
    shown. Empty where it is not bounded.
    """
    if name := bound_name(low, high):
        ends = [texts.numbers.written(float(end), math.nan) if math.isfinite(end) else "" for end in (low, high)]
        return texts.t(f"common.{name}", bound=ends[0] or ends[1], low=ends[0], high=ends[1])
    return texts.t("common.few") if flag == BOUNDED else ""


def comparability_notes(names: Iterable[str], card: Card, texts: Texts) -> list[str]:
    """What limits comparison, for the dimensions and indicators ``names`` of an item (decision 6)."""
    broad = {"industry3", "sdg_8_3_1"} & set(names)
    return [texts.t("frame.broad_industry_note")] if broad and card.industry != "industry" else []


def note(sentences: Iterable[str], texts: Texts) -> str:
    """The note line; empty where there is nothing to say."""
    joined = " ".join(dict.fromkeys(plain(sentence, MAX_SENTENCE) for sentence in sentences if sentence))
    return texts.t("frame.note", notes=joined) if joined else ""
