"""Households and their members: age, sex, place in the household, schooling, marital status, disability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.draws import NOT_ASKED, blank, choose, happens, stream
from informality.survey.simulation.villages import NO_ROAD, URBAN

HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, ELDER, OTHER = range(7)
_CHILDREN = 8
_SLOTS = [HEAD, SPOUSE, *[CHILD] * _CHILDREN, CHILD_IN_LAW, GRANDCHILD, GRANDCHILD, ELDER, ELDER, OTHER, OTHER]

# Latent schooling at which each level starts, and the codes of `ed06` within the level (assumed shares, census shape).
_LEVEL_STARTS = (-1.25, -0.15, 0.55, 1.15, 1.25, 1.50, 2.35, 2.95)
_LEVEL_CODES = ((0,), (12, 13, 14, 15, 16), (21, 22, 23, 24), (31, 32, 33, 41), (42,), (43,), (44,), (45,), (46,))
# Youngest age at which a level can have been reached.
_LEVEL_AGES = (0, 6, 11, 15, 18, 19, 21, 24, 28)


def households(villages: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """One row a household: its village (position), weight, and effects that its members share."""
    rng = stream(seed, "households")
    village = np.repeat(np.arange(len(villages)), size)
    count = len(village)
    out = pd.DataFrame({"village": village})
    out["weight"] = villages["weight"].to_numpy()[village] * np.exp(rng.normal(0.0, 0.30, count))
    out["h_work"] = rng.normal(0.0, 2.6, count)
    out["h_farm"] = rng.normal(0.0, 1.0, count)
    out["h_school"] = rng.normal(0.0, 0.5, count)
    out["h_formal"] = rng.normal(0.0, 0.5, count)
    return out


def persons(homes: pd.DataFrame, villages: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row a person: household (position), person (number within), place, hl04, hl05."""
    rng = stream(seed, "persons")
    road = villages["road"].to_numpy()[homes["village"].to_numpy()]
    age, sex = _ages(rng, road)
    present = age >= 0
    row, slot = np.nonzero(present)
    place = np.array(_SLOTS, dtype=np.int8)[slot]
    number = (np.cumsum(present, axis=1)[row, slot]).astype(np.int8)
    return pd.DataFrame(
        {
            "household": row.astype(np.int32),
            "person": number,
            "place": place,
            "hl04": sex[row, slot],
            "hl05": age[row, slot],
        }
    )


def _ages(rng: np.random.Generator, road: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ages (-1: nobody in this slot) and sexes, households by slots."""
    count = len(road)
    age = np.full((count, len(_SLOTS)), -1, dtype=np.int16)
    sex = np.where(rng.random(age.shape) < 0.5, 1, 2).astype(np.int8)
    head = np.clip(rng.normal(47.0, 14.0, count), 19, 90)
    woman = happens(rng, 0.11 + 0.10 * (head > 55), count)
    chance = np.where(woman, 0.25, np.where(head < 25, 0.75, np.where(head < 62, 0.94, 0.78)))
    partner = happens(rng, chance, count)
    gap = np.abs(rng.normal(3.5, 3.5, count))
    spouse = np.clip(np.where(woman, head + gap, head - gap), 17, 92)
    sex[:, 0], sex[:, 1] = np.where(woman, 2, 1), np.where(woman, 1, 2)
    age[:, 0], age[:, 1] = head, np.where(partner, spouse, -1)

    mother = np.where(woman, head, np.where(partner, spouse, head - 3.0))
    mean = np.select([road == URBAN, road == NO_ROAD], [2.7, 4.3], 3.4) + 0.03 * np.clip(mother - 30.0, 0, 35)
    wanted = np.where(partner | (head > 32), np.clip(rng.poisson(mean), 0, _CHILDREN), 0)
    birth = 17.5 + rng.gamma(2.0, 2.0, count)
    for slot in range(2, 2 + _CHILDREN):
        child = np.floor(mother - birth)
        stays = np.interp(child, [0, 14, 17, 20, 24, 29, 35, 45], [0.97, 0.95, 0.80, 0.64, 0.56, 0.40, 0.17, 0.04])
        here = (wanted > slot - 2) & (child >= 0) & (birth <= 46) & happens(rng, stays, count)
        age[:, slot] = np.where(here, child, -1)
        birth = birth + 1.2 + rng.gamma(1.5, 1.3, count)
    eldest = age[:, 2 : 2 + _CHILDREN].max(axis=1)
    in_law = (eldest >= 20) & happens(rng, 0.50, count)
    base = 2 + _CHILDREN
    age[:, base] = np.where(in_law, np.clip(eldest + rng.integers(-3, 4, count), 17, None), -1)
    for slot, chance_child in ((base + 1, 0.80), (base + 2, 0.50)):
        little = np.floor(rng.random(count) * np.maximum(eldest - 18, 1))
        age[:, slot] = np.where(in_law & happens(rng, chance_child, count), little, -1)
    for slot, chance_elder in ((base + 3, 0.16), (base + 4, 0.09)):
        old = np.clip(head + rng.integers(22, 33, count), 45, 96)
        here = (head < 60) & happens(rng, chance_elder, count)
        age[:, slot] = np.where(here, old, -1)
    sex[:, base + 3], sex[:, base + 4] = 2, 1
    for slot, chance_other in ((base + 5, 0.24), (base + 6, 0.08)):
        age[:, slot] = np.where(happens(rng, chance_other, count), rng.integers(14, 45, count), -1)
    return age, sex


def schooling(people: pd.DataFrame, homes: pd.DataFrame, villages: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`ed02`, `ed03`, `ed06` of persons of 6 and over, and ``level`` (0 none … 8 doctor; children too)."""
    rng = stream(seed, "schooling")
    home = people["household"].to_numpy()
    village = homes["village"].to_numpy()[home]
    age, road = people["hl05"].to_numpy(), villages["road"].to_numpy()[village]
    count = len(people)
    latent = villages["v_school"].to_numpy()[village] + homes["h_school"].to_numpy()[home] + rng.normal(0, 0.65, count)
    latent += np.select([road == URBAN, road == NO_ROAD], [0.5, -0.55], -0.05)
    latent -= 0.022 * np.clip(age - 30, 0, 50) * np.where(people["hl04"].to_numpy() == 2, 1.3, 1.0)
    level = np.searchsorted(_LEVEL_STARTS, latent, side="right")
    reachable = np.searchsorted(_LEVEL_AGES, age, side="right") - 1
    level = np.minimum(level, np.where(age < 6, 0, reachable)).astype(np.int8)

    asked = age >= 6
    # A child of six or seven who has only been to pre-primary school has been to school.
    started = asked & ((level > 0) | ((age <= 7) & happens(rng, 0.6, count)))
    ed06 = blank(count)
    for code, within in enumerate(_LEVEL_CODES):
        at = np.flatnonzero(started & (level == code))
        ed06[at] = choose(rng, len(at), dict.fromkeys(within, 1.0)) if code else 11
    few = np.flatnonzero(started & (level == 1) & happens(rng, 0.01, count))
    ed06[few] = 0
    chance = np.interp(age, [6, 10, 13, 15, 18, 20, 24, 28, 35], [0.90, 0.96, 0.88, 0.68, 0.38, 0.25, 0.10, 0.02, 0.0])
    chance = np.clip(chance + 0.12 * np.clip(latent, -1.5, 1.5) * (age >= 13) * (age <= 24), 0, 1)
    attends = started & happens(rng, chance, count)
    return {
        "ed02": np.where(asked, np.where(started, 1, 2), NOT_ASKED).astype(np.int8),
        "ed03": np.where(started, np.where(attends, 1, 2), NOT_ASKED).astype(np.int8),
        "ed06": ed06,
        "level": level,
    }


def marriage(people: pd.DataFrame, seed: int) -> np.ndarray:
    """`hl06` of persons of 12 and over."""
    rng = stream(seed, "marriage")
    age, sex, place, home = (people[c].to_numpy() for c in ("hl05", "hl04", "place", "household"))
    count = len(people)
    size = int(home.max()) + 1
    couple = np.bincount(home[place == SPOUSE], minlength=size)[home] > 0
    young_couple = np.bincount(home[place == CHILD_IN_LAW], minlength=size)[home] > 0
    order = np.lexsort((-age, place != CHILD, home))
    first = np.zeros(count, dtype=bool)
    first[order] = np.r_[True, home[order][1:] != home[order][:-1]]
    eldest = first & (place == CHILD) & young_couple
    elders = np.bincount(home[place == ELDER], minlength=size)[home] > 1
    married = (np.isin(place, (HEAD, SPOUSE)) & couple) | (place == CHILD_IN_LAW) | eldest | ((place == ELDER) & elders)
    widowed = np.interp(age, [30, 45, 60, 80], [0.01, 0.12, 0.50, 0.85]) * np.where(sex == 2, 1.2, 0.7)
    parted = np.interp(age, [18, 30, 45, 90], [0.01, 0.12, 0.25, 0.10])
    dice = rng.random(count)
    alone = np.select([dice < widowed, dice < widowed + parted], [4, 3], 1)
    together = np.where(happens(rng, np.where(age < 30, 0.06, 0.015), count), 5, 2)
    return np.where(age < 12, NOT_ASKED, np.where(married, together, np.where(age < 18, 1, alone))).astype(np.int8)


def disability(people: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`hl10` to `hl15`, the six Washington Group items, of persons of 5 and over: 1 no difficulty … 4 cannot do at all."""
    rng = stream(seed, "disability")
    age = people["hl05"].to_numpy()
    frailty = rng.normal(0.0, 0.7, len(people)) + np.interp(age, [5, 30, 50, 70, 90], [-0.2, 0.0, 0.5, 1.3, 2.2])
    out = {}
    for item, shift in (("hl10", 0.2), ("hl11", -0.1), ("hl12", 0.1), ("hl13", -0.1), ("hl14", -0.5), ("hl15", -0.4)):
        latent = frailty + shift + rng.normal(0.0, 0.6, len(people))
        code = 1 + np.searchsorted((1.9, 2.7, 3.4), latent, side="right")
        out[item] = np.where(age >= 5, code, NOT_ASKED).astype(np.int8)
    return out
