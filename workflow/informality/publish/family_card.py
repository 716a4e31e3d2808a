"""The card of a family: what publishing may know of its waves besides their published estimates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict

from informality.decisions import Decision, validated
from informality.publish.card import Card, read_card
from informality.publish.own_names import namer, renamed
from informality.publish.text import Texts

# A quarter of a year, as `survey.card.reference` writes it.
QUARTER = re.compile(r"Q(\d) (\d{4})")


class _Part(Decision):
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class BreakPoint(_Part):
    """A break that a wave stands on one side of; ``label``: a few words, which may be none."""

    name: str
    text: str
    label: str = ""


class Wave(_Part):
    """One wave; ``sample``: its master sample, empty where the description names none."""

    survey: str
    wave: str
    reference: str
    reference_from: str
    sample: str = ""
    break_points: tuple[BreakPoint, ...] = ()

    @property
    def season(self) -> str:
        """The part of the year: its quarter, or the month and day with which it begins; empty for a whole year."""
        quarter = QUARTER.fullmatch(self.reference)
        if quarter:
            return f"Q{quarter[1]}"
        return "" if self.reference.isdecimal() else self.reference_from[5:]

    @property
    def time(self) -> float:
        """Years to its first day."""
        year, month, day = (int(part) for part in self.reference_from.split("-"))
        return year + (month - 1) / 12 + (day - 1) / 365


class FamilyCard(_Part):
    """Waves in the order of time; ``notes``: a note and the waves that it is about."""

    family: str
    concept: str
    waves: tuple[Wave, ...]
    notes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """Wave → its reference period in words."""
        return {wave.wave: wave.reference for wave in self.waves}

    def other_seasons(self) -> tuple[Wave, ...]:
        """Waves of another part of the year than most are: the differences between them and the others may be of the season."""
        counts = Counter(wave.season for wave in self.waves)
        usual, most = counts.most_common(1)[0]
        return tuple(w for w in self.waves if w.season != usual) if most > len(self.waves) / 2 else ()

    def samples(self) -> list[tuple[str, tuple[Wave, ...]]]:
        """Master samples that are named, with their waves, in the order of time."""
        found: dict[str, list[Wave]] = {}
        for wave in self.waves:
            if wave.sample:
                found.setdefault(wave.sample, []).append(wave)
        return [(name, tuple(waves)) for name, waves in found.items()]

    def break_texts(self, names: Sequence[str]) -> list[BreakPoint]:
        """Breaks by name, each once."""
        known = {point.name: point for wave in self.waves for point in wave.break_points}
        return [known[name] for name in dict.fromkeys(names) if name in known]


def read_family_card(content: Mapping[str, Any], texts: Texts) -> tuple[FamilyCard, Card]:
    """The card of a family from published_family.json, and the same as the card of one survey: what all waves share, all their marks."""
    family = _renamed(validated(FamilyCard, dict(content), "published_family.json"), texts)
    names = family.names
    notes = [
        text
        if len(waves) == len(names)
        else texts.t("trend.of_waves", note=text, waves=texts.join(names[w] for w in waves))
        for text, waves in family.notes
    ]
    first, last = family.waves[0], family.waves[-1]
    period = texts.t("trend.period", first=first.reference, last=last.reference)
    own = {
        "survey": family.family,
        "reference": period,
        "notes": notes,
        "primary": {"variant": "", "concept": family.concept},
    }
    return family, renamed(read_card({**content, **own}), texts)


def _renamed(card: FamilyCard, texts: Texts) -> FamilyCard:
    """With breaks under the names that the language has for them."""
    name = namer(texts)

    def told(point: BreakPoint) -> BreakPoint:
        key = f"{card.family}.{point.name.partition('.')[0]}"
        words = {"text": name("break_text", key, point.text), "label": name("break_label", key, point.label)}
        return point.model_copy(update=words)

    waves = tuple(
        wave.model_copy(update={"break_points": tuple(told(point) for point in wave.break_points)})
        for wave in card.waves
    )
    return card.model_copy(update={"waves": waves})
