"""Made-up persons for tests of classification and estimation, and where the real data lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from informality import vocabulary as v
from informality.classify.standards import Standard, load_standards
from informality.frames import WHY_DTYPE, levels

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / "workflow"
SHARED = ROOT.parent / "shared"

# Levels of the variables for which a survey brings its own.
OWN_LEVELS = {
    "region": ("north", "south"),
    "settlement": ("town", "village"),
    "ethnicity": ("one", "other"),
    "industry_national": ("farming", "making", "serving"),
}
# How often a made-up answer is there, unknown, refused, empty, not asked.
REASON_SHARES = {"answered": 0.68, "dont_know": 0.1, "refused": 0.03, "not_stated": 0.05, "not_asked": 0.14}
# Divisions and groups of which some mean a household, with others around them.
CODES = {"isic2": (1, 47, 84, 95, 97), "isco2": (23, 52, 61, 62, 63, 92)}


def standards() -> dict[str, Standard]:
    """The standards of the repository."""
    return load_standards(WORKFLOW / "standards")


def all_choices(standard: Standard) -> Iterator[dict[str, str]]:
    """The defaults, and each other choice of one option with the defaults of the rest."""
    defaults = standard.choices({}, "test")
    yield defaults
    for name, option in standard.options.items():
        yield from ({**defaults, name: choice} for choice in option.choices if choice != option.default)


def workers(rows: list[Mapping[str, str | float]]) -> pd.DataFrame:
    """One row a person, by hand: a level, a number, or ``?reason``; what is not given is not stated."""
    columns: dict[str, object] = {}
    for name, variable in v.VARIABLES.items():
        given = [row.get(name, "?not_stated") for row in rows]
        reasons = [g[1:] if isinstance(g, str) and g.startswith("?") else "answered" for g in given]
        values = [g if reason == "answered" else None for g, reason in zip(given, reasons, strict=True)]
        order = OWN_LEVELS.get(name, variable.levels or ())
        assert set(reasons) <= set(v.REASONS), name
        assert variable.kind == "number" or {x for x in values if x is not None} <= set(order), name
        columns[name] = (
            np.array(values, dtype=float) if variable.kind == "number" else pd.Categorical(values, categories=order)
        )
        columns[v.why(name)] = pd.Categorical(reasons, dtype=WHY_DTYPE)
    return pd.DataFrame(columns)


def random_workers(n: int, seed: int) -> pd.DataFrame:
    """Persons with every variable drawn by itself: any combination of answers and reasons, also those that no survey would hold."""
    random = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for name, variable in v.VARIABLES.items():
        reason = random.choice([v.REASONS.index(r) for r in REASON_SHARES], size=n, p=list(REASON_SHARES.values()))
        answered = reason == v.REASONS.index("answered")
        if variable.kind == "number":
            drawn = random.choice(CODES[name], size=n) if name in CODES else random.integers(15, 80, n)
            columns[name] = np.where(answered, drawn.astype(float), np.nan)
        else:
            order = OWN_LEVELS.get(name, variable.levels or ())
            columns[name] = levels(np.where(answered, random.integers(len(order), size=n), -1), order)
        columns[v.why(name)] = pd.Categorical.from_codes(reason.astype(np.int8), dtype=WHY_DTYPE)
    return pd.DataFrame(columns)


def answer(
    frame: pd.DataFrame, name: str, value: str | None, rows: np.ndarray, reason: str = "answered"
) -> pd.DataFrame:
    """The frame with another answer (or reason, ``value`` None) of some rows."""
    changed = frame.copy(deep=False)
    changed[name] = frame[name].where(~rows, value)
    changed[v.why(name)] = frame[v.why(name)].where(~rows, reason)
    return changed


def random_persons(n: int, seed: int) -> pd.DataFrame:
    """A survey as `harmonise` returns it: a design of strata and PSUs, two employment concepts, one question on social security.

    Those employed on the 13th concept alone are own-use producers: own-account workers whom nothing else was asked.
    """
    random = np.random.default_rng([seed, 1])
    frame = random_workers(n, seed)
    stratum = random.integers(0, 8, n)
    employed19 = random.random(n) < 0.6
    own_use = ~employed19 & (random.random(n) < 0.4)
    working = employed19 | own_use
    for name, variable in v.VARIABLES.items():
        if variable.of == "employed":
            given = {"status": "own_account", "destination": "only_own_use", "industry3": "agriculture"}.get(name)
            if given is not None:
                frame = answer(frame, name, given, own_use)
            else:
                frame = answer(frame, name, None, own_use, "not_asked")
            frame = answer(frame, name, None, ~working, "not_applicable")
    # Every employed person of a survey has a status.
    unknown = working & frame["status"].isna().to_numpy()
    frame = answer(frame, "status", "employee", unknown)
    return frame.assign(
        weight=random.uniform(50, 400, n),
        stratum=stratum,
        psu=stratum * 10 + random.integers(0, 10, n),
        age_base=True,
        national_base=random.random(n) < 0.9,
        employed__icls13=working,
        employed__icls19=employed19,
        cover__pension=frame["soc_sec"],
        cover__pension_why=frame["soc_sec_why"],
    )


def edited(path: Path, folder: Path, change: Mapping[str, object]) -> Path:
    """A copy of a YAML file with other values at some keys (``unit.U1.then``: rules by id); None takes the key away."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in change.items():
        *way, last = key.split(".")
        place = content
        for step in way:
            place = next(rule for rule in place if rule["id"] == step) if isinstance(place, list) else place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    copy = folder / path.name
    copy.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return copy
