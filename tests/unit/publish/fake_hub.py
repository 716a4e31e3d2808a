"""A plausible, deterministic hub and survey card, so that publishing can be tested and looked at without a survey."""

from __future__ import annotations

import itertools

import numpy as np
from pandas import DataFrame

from informality.vocabulary import DIMENSIONS, HUB_KEYS, HUB_VALUES, JOBS, TOTAL, UNITS, UNKNOWN, VARIABLES

REGIONS = {
    "LA-VT": "Vientiane Capital", "LA-PH": "Phongsaly", "LA-LM": "Luangnamtha", "LA-OU": "Oudomxay", "LA-BK": "Bokeo",
    "LA-LP": "Luangprabang", "LA-HO": "Huaphanh", "LA-XA": "Xayabury", "LA-XI": "Xiengkhuang", "LA-VI": "Vientiane Province",
    "LA-BL": "Borikhamxay", "LA-KH": "Khammuane", "LA-SV": "Savannakhet", "LA-SL": "Saravane", "LA-XE": "Sekong", "LA-CH": "Champasack",
    "LA-AT": "Attapeu", "LA-XS": "Xaysomboun",
}  # fmt: skip
SETTLEMENTS = {"urban": "Urban", "rural_road": "Rural with road", "rural_no_road": "Rural without road"}
NATIONAL = {
    "1": "Agriculture, hunting, forestry and fishing", "2": "Mining and quarrying", "3": "Manufacturing", "10": "Private households",
}  # fmt: skip
BREAKDOWNS = (
    (), ("sex",), ("age_group",), ("area",), ("settlement",), ("region",), ("education",), ("status",), ("industry",), ("industry3",),
    ("occupation",), ("size",), ("inst_sector",), ("sex", "industry"), ("sex", "area"), ("status", "industry3"), ("sex", "age_group"),
)  # fmt: skip
RARE = {"B", "D", "E", "K", "L", "N", "cooperative", "international", "armed_forces", "not_classifiable", "LA-XS"}
NOBODY = {"U"}


def card(**changes: object) -> dict:
    """A card.json of the simulated survey."""
    return {
        "survey": "lao_lfs_demo",
        "family": "lao_lfs",
        "wave": "demo",
        "title": "Labour Force Survey 2017 (simulated)",
        "country": "Lao PDR",
        "iso3": "LAO",
        "reference": "2017",
        "producer": "Lao Statistics Bureau",
        "citation": "Simulated after the questionnaire of the Lao Labour Force Survey 2017.",
        "terms": "Invented data, free for any use.",
        "population": "persons aged 15 and over in private households",
        "marks": ["simulated"],
        "notes": ["Social security was asked of employees only."],
        "primary": {"variant": "icls17", "concept": "icls19"},
        "pairs": [
            {"variant": "icls17", "concept": "icls19"},
            {"variant": "icls17", "concept": "icls13"},
            {"variant": "icls21", "concept": "icls19"},
            {"variant": "icls17_strict", "concept": "icls19"},
            {"variant": "icls17_dk_informal", "concept": "icls19"},
        ],
        "provisional_variants": ["icls21"],
        "industry": "industry",
        "levels": {"region": REGIONS, "settlement": SETTLEMENTS},
        "questions": {
            "pension": {"label": "Employer pays into a pension fund", "asked_of": ["employee"], "kind": "statutory"}
        },
        "n_persons": 40_321,
        "n_employed": 18_204,
        "n_strata": 51,
        "n_psu": 540,
        "weights_sum": 4_700_000.0,
        "not_available": [{"variable": "education", "reason": "not asked"}],
        **changes,
    }


def hub(
    *, industry: str = "industry", without: tuple[str, ...] = (), n: int = 18_204, survey: str = "lao_lfs_demo"
) -> DataFrame:
    """Estimates as `estimate` would write them: every key column, plausible numbers, all three kinds of unknown."""
    random = np.random.default_rng(20170)
    rows: list[dict] = []
    own = {"region": tuple(REGIONS), "settlement": tuple(SETTLEMENTS), "industry_national": tuple(NATIONAL)}

    def levels(name: str) -> tuple[str, ...]:
        known = own.get(name) or VARIABLES[name].levels or ()
        return (*known, UNKNOWN) if name in ("status", "industry", "size", "sex_x") else tuple(known)

    def add(
        indicator: str, statistic: str, p: float, base: int, where: dict, pair=("icls17", "icls19"), **keys: str
    ) -> None:
        rare = RARE & set(where.values())
        base = 0 if NOBODY & set(where.values()) else int(base * 0.02) if rare else base
        scale = 98.0
        estimate = p if statistic == "share" else p * base * scale
        se = np.sqrt(max(p * (1 - p), 0) / max(base, 1) * 2.2) * (1 if statistic == "share" else base * scale)
        known = base > 0
        rows.append(
            dict.fromkeys(HUB_KEYS, "")
            | dict.fromkeys(DIMENSIONS, TOTAL)
            | dict.fromkeys(HUB_VALUES, np.nan)
            | {"survey": survey, "wave": "demo", "variant": pair[0], "concept": pair[1], "universe": "employed", "indicator": indicator}
            | {"statistic": statistic, "ci_method": "logit", "measure": "share" if statistic == "share" else "persons"}
            | where
            | keys
            | {
                "estimate": estimate if known else np.nan,
                "se": se if known else np.nan,
                "ci_low": max(estimate - 1.96 * se, 0.0) if known else np.nan,
                "ci_high": (min(estimate + 1.96 * se, 1.0) if statistic == "share" else estimate + 1.96 * se) if known else np.nan,
                "cv": se / estimate if known and estimate else np.nan,
                "df": 489.0, "deff": 2.2, "n": base, "n_event": round(p * base), "n_psu": 540.0, "population": base * scale,
                "state": "estimated" if known else "not_estimable",
            }
        )  # fmt: skip

    for by in BREAKDOWNS:
        by = tuple(industry if name == "industry" else name for name in by)
        if set(by) & set(without):
            continue
        cells = list(itertools.product(*(levels(name) for name in by)))
        for cell in cells:
            where = dict(zip(by, cell, strict=True))
            p = (
                0.8266
                if not by
                else float(np.clip(random.beta(5, 2) if len(cells) > 2 else 0.80 + 0.04 * len(rows) % 0.1, 0.02, 0.99))
            )
            p = 1.0 if where.get("status") == "family_worker" else p
            base = n if not by else int(n / len(cells) * random.uniform(0.3, 1.6))
            for indicator, factor in (("informal", 1.0), ("informal_sector", 0.9)):
                for statistic in ("share", "total"):
                    add(indicator, statistic, p * factor, base, where)
            add("employment_distribution", "total", 1.0, base, where, ("", "icls19"))
    for statistic, universe in (("total", "working_age"), ("share", "working_age")):
        for where in ({}, {"sex": "male"}, {"sex": "female"}):
            add("employment", statistic, 0.45 + 0.05 * len(where), n * 2, where, ("", "icls19"), universe=universe)
    parts = [0.160, 0.046, 0.013, 0.657, 0.0004, 0.1236]
    for where in ({}, {"sex": "male"}, {"sex": "female"}):
        for (unit, job), p in zip(itertools.product(UNITS[:3], JOBS[:2]), parts, strict=True):
            for statistic in ("share", "total"):
                add("component", statistic, p, n // (1 + len(where)), where, category=f"{unit}:{job}")
        for unit, p in zip(UNITS[:3], (0.056, 0.795, 0.149), strict=True):
            add("component_of_informal", "share", p, n // (1 + len(where)), where, category=unit, universe="informal")
        for category, p, part in (("total", 0.8266, 1.0), ("agriculture", 0.962, 0.4), ("non_agriculture", 0.731, 0.6)):
            add("sdg_8_3_1", "share", p, int(n * part) // (1 + len(where)), where, category=category)
        add(
            "cover",
            "share",
            0.41,
            5_300 // (1 + len(where)),
            where,
            ("", "icls19"),
            category="pension",
            universe="asked",
        )
        for pair, p in ((("icls17", "icls13"), 0.87), (("icls21", "icls19"), 0.81), (("icls17_strict", "icls19"), 0.835),
                        (("icls17_dk_informal", "icls19"), 0.829)):  # fmt: skip
            for statistic in ("share", "total"):
                add("informal", statistic, p, n, where, pair)
        for assumption, p in (("as_formal", 0.80), ("as_informal", 0.84)):
            add("informal", "share", p, n, where, ("icls21", "icls19"), assumption=assumption)
    return DataFrame(rows)[[*HUB_KEYS, *HUB_VALUES]]
