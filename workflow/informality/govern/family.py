"""The govern room's job for a family: the trend over its waves, and its card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from informality import frames
from informality.govern.flags import CONFIDENTIAL
from informality.govern.trends import release_trends, waves_of
from informality.job import Job
from informality.settings import Thresholds

# What a card of a wave says of the family's last wave, and holds for the whole trend.
OF_LAST = ("title", "country", "iso3", "producer", "citation", "terms", "population", "industry", "primary_concept")
OF_WAVE = ("survey", "wave", "reference", "reference_from", "sample", "break_points", "n_persons", "marks")


def govern_family_job(job: Job) -> None:
    """Write ``published_waves.parquet`` (estimates of the waves with their own flags), ``published_trends.parquet`` (differences) and
    ``published_family.json`` (the card).
    """
    thresholds = Thresholds(**job.settings["thresholds"])
    differences = frames.read(job.inputs["trends.parquet"])
    cards = [
        json.loads(path.read_text(encoding="utf-8"))
        for name, path in job.inputs.items()
        if name.endswith("/published_card.json")
    ]
    cards.sort(key=lambda card: (card["reference_from"], card["survey"]))
    indicators = set(differences["indicator"].astype("str"))
    published = []
    for card in cards:
        wave = frames.read(job.inputs[f"{card['survey']}/published.parquet"])
        published.append(wave[wave["indicator"].astype("str").isin(indicators)])
    waves = waves_of(differences, published)
    trends = release_trends(differences, waves, thresholds)
    print(f"differences: {len(trends)}, confidential: {int(np.sum(trends['flag'] == CONFIDENTIAL))}")
    frames.write(waves, job.folder / "published_waves.parquet")
    frames.write(trends, job.folder / "published_trends.parquet")
    concepts = sorted(set(trends["concept"].astype("str")))
    frames.write_json(family_card(cards, concepts[0] if concepts else ""), job.folder / "published_family.json")


def family_card(cards: Sequence[Mapping[str, Any]], concept: str) -> dict[str, Any]:
    """The card of a family from those of its waves, in the order of time: text, dates, counts and marks, no value of a person.

    ``notes``: pairs of a note and the waves that it is about.
    """
    last = cards[-1]
    notes: dict[str, list[str]] = {}
    for card in cards:
        for note in card["notes"]:
            notes.setdefault(note, []).append(card["wave"])
    levels: dict[str, dict[str, str]] = {}
    for card in reversed(cards):
        for name, pairs in card["levels"].items():
            levels[name] = dict(pairs) | levels.get(name, {})
    return {
        **{name: last[name] for name in OF_LAST},
        "family": last["family"],
        "concept": concept,
        "marks": sorted({mark for card in cards for mark in card["marks"]}),
        "provisional_variants": sorted({name for card in cards for name in card["provisional_variants"]}),
        "waves": [{name: card[name] for name in OF_WAVE} for card in cards],
        "notes": [[note, waves] for note, waves in notes.items()],
        "levels": {name: [list(pair) for pair in of.items()] for name, of in levels.items()},
        "questions": [list(pair) for pair in dict(p for card in cards for p in card["questions"]).items()],
    }
