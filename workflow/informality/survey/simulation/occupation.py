"""Industry (`lsic2`, ISIC Rev.4 divisions) and occupation (`lsco2`, ISCO-08 sub-major groups), consistent with the job."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from informality.survey.simulation.answers import EMPLOYEE, EMPLOYER, HOUSEHOLD, NOT_CLASSIFIABLE
from informality.survey.simulation.draws import NOT_ASKED, blank, fill, stream
from informality.survey.simulation.targets import ACTIVITIES

_HIRED_BUSINESS: dict[int, float] = {
    45: 8, 46: 9, 47: 26, 49: 11, 51: 2, 52: 4, 53: 2, 55: 9, 56: 13, 61: 4, 62: 1, 64: 6, 65: 1, 69: 1, 71: 2, 79: 2, 80: 2, 82: 1,
}  # fmt: skip
_STATE_BUSINESS: dict[int, float] = {49: 10, 51: 12, 52: 8, 53: 10, 61: 22, 64: 28, 65: 3, 58: 4, 60: 6}
_OWN_BUSINESS: dict[int, float] = {45: 5, 46: 3, 47: 68, 49: 9, 55: 1, 56: 12, 68: 1, 77: 1}
# Sub-major groups by schooling: up to lower secondary, upper secondary and post-secondary, tertiary.
_Ladder = tuple[Mapping[int, float], Mapping[int, float], Mapping[int, float]]


def industry(work: pd.DataFrame, seed: int) -> np.ndarray:
    """`lsic2` of the employed; `NOT_ASKED` where the industry is not classified."""
    rng = stream(seed, "industry")
    activity = work["activity"].to_numpy()
    hired = work["status"].isin((EMPLOYEE, NOT_CLASSIFIABLE)).to_numpy()
    public = (work["institution"] == 0).to_numpy()
    home = ((work["unit"] == HOUSEHOLD) & (work["status"] == EMPLOYEE)).to_numpy()
    woman = work["woman"].to_numpy()
    at = {name: activity == ACTIVITIES.index(name) for name in ACTIVITIES}
    other, market, making = at["non_market_services"], at["market_services"], at["manufacturing"]
    cases: list[tuple[np.ndarray, Mapping[int, float]]] = [
        (at["agriculture"] & public, {1: 0.4, 2: 0.6}),
        (at["agriculture"], {1: 0.93, 2: 0.03, 3: 0.04}),
        (at["construction"], {41: 0.62, 42: 0.24, 43: 0.14}),
        (at["mining_utilities"] & public, {35: 0.65, 36: 0.30, 38: 0.05}),
        (at["mining_utilities"] & hired, {7: 0.45, 8: 0.15, 35: 0.30, 38: 0.10}),
        (at["mining_utilities"], {8: 0.45, 7: 0.25, 38: 0.30}),
        (making & ~hired & woman, {13: 0.55, 14: 0.10, 10: 0.22, 11: 0.08, 16: 0.05}),
        (making & ~hired, {10: 0.30, 11: 0.10, 16: 0.28, 25: 0.08, 31: 0.14, 13: 0.10}),
        (making & woman, {14: 0.48, 10: 0.22, 13: 0.10, 11: 0.05, 12: 0.03, 26: 0.07, 15: 0.05}),
        (making, {10: 0.22, 11: 0.10, 16: 0.22, 23: 0.16, 25: 0.08, 31: 0.08, 14: 0.08, 20: 0.03, 22: 0.03}),
        (market & public, _STATE_BUSINESS),
        (market & hired, _HIRED_BUSINESS),
        (market, _OWN_BUSINESS),
        (other & public, {84: 0.53, 85: 0.35, 86: 0.11, 91: 0.01}),
        (other & home, {97: 1.0}),
        (other & hired, {85: 0.30, 86: 0.10, 94: 0.20, 96: 0.28, 93: 0.05, 92: 0.05, 99: 0.02}),
        (other, {96: 0.72, 95: 0.22, 86: 0.03, 85: 0.03}),
    ]
    return fill(rng, blank(len(work)), cases)


def occupation(work: pd.DataFrame, seed: int) -> np.ndarray:
    """`lsco2` of the employed; work has ``lsic2`` and ``level`` of schooling. A few are not coded."""
    rng = stream(seed, "occupation")
    division, level = work["lsic2"].to_numpy(), work["level"].to_numpy()
    status = work["status"].to_numpy()
    hired = np.isin(status, (EMPLOYEE, NOT_CLASSIFIABLE))
    ladder = np.select([level >= 5, level >= 3], [2, 1], 0)
    own_use = ~hired & (work["unit"] == HOUSEHOLD).to_numpy()
    cases: list[tuple[np.ndarray, Mapping[int, float]]] = []
    for rows, rungs in _ladders(division, hired, own_use, status == EMPLOYER):
        cases += [(rows & (ladder == rung), chances) for rung, chances in enumerate(rungs)]
    code = fill(rng, blank(len(work)), cases)
    uncoded = (division == NOT_ASKED) & (rng.random(len(work)) < 0.3)
    return np.where(uncoded, NOT_ASKED, code).astype(np.int8)


def _ladders(
    division: np.ndarray, hired: np.ndarray, own_use: np.ndarray, employer: np.ndarray
) -> list[tuple[np.ndarray, _Ladder]]:
    """Rows and the occupations of their three levels of schooling; the first rows that hold win."""

    def same(chances: dict[int, float]) -> _Ladder:
        return (chances, chances, chances)

    def among(*divisions: int) -> np.ndarray:
        return np.isin(division, divisions)

    making, mining = (division >= 10) & (division <= 33), (division >= 5) & (division <= 39)
    trade, transport = among(45, 46, 47), among(49, 50, 51, 52, 53)
    business = (division >= 58) & (division <= 82)
    hired_making: _Ladder = (
        {81: 5, 75: 2, 82: 1, 93: 3, 72: 1},
        {81: 5, 75: 2, 31: 1, 43: 1, 72: 1},
        {21: 2, 31: 3, 33: 2, 13: 2, 81: 1},
    )
    hired_services: _Ladder = ({51: 5, 91: 3, 52: 2, 94: 1}, {51: 5, 42: 2, 52: 2}, {33: 2, 14: 2, 42: 2, 51: 2})
    office: _Ladder = ({54: 4, 91: 3, 83: 3}, {43: 4, 42: 3, 33: 3}, {24: 3, 33: 4, 43: 1, 25: 1, 35: 1})
    state: _Ladder = ({54: 4, 91: 2, 83: 2, 3: 2}, {33: 4, 43: 2, 54: 1, 2: 1}, {33: 4, 24: 3, 11: 1, 26: 1, 1: 1})
    any_job = {92: 2, 93: 3, 96: 2, 52: 2, 51: 1}
    return [
        (employer, ({14: 3, 52: 3, 71: 1, 75: 1}, {14: 5, 52: 2, 75: 1}, {14: 4, 12: 2, 13: 3})),
        (among(2) & hired, same({92: 5, 62: 3, 31: 2})),
        (among(1, 2, 3) & hired, same({92: 9, 61: 1})),
        (among(1) & own_use, same({63: 6, 61: 4})),
        (among(1), same({61: 97, 92: 3})),
        (among(2, 3), same({62: 1})),
        (among(97), same({91: 8, 53: 2})),
        (making & hired, hired_making),
        (making, same({75: 5, 73: 5})),
        (mining & hired, ({81: 3, 93: 4, 83: 1}, {81: 3, 31: 3, 74: 3}, {21: 4, 31: 4, 33: 2})),
        (mining, same({93: 5, 81: 2, 96: 3})),
        (among(41, 42, 43) & hired, ({71: 5, 93: 5}, {71: 6, 31: 1, 93: 2}, {21: 4, 31: 3, 13: 2, 71: 1})),
        (among(41, 42, 43), same({71: 1})),
        (transport & hired, ({83: 8, 93: 2}, {83: 5, 43: 3, 51: 1}, {33: 3, 43: 2, 31: 2})),
        (transport, same({83: 1})),
        (trade & hired, ({52: 6, 93: 1, 72: 2}, {52: 6, 43: 1, 72: 1}, {24: 2, 33: 3, 52: 3})),
        (trade, same({52: 96, 95: 4})),
        (among(55, 56) & hired, hired_services),
        (among(55, 56), same({51: 7, 94: 1, 52: 2})),
        (business & hired, office),
        (business, same({33: 3, 52: 4, 83: 3})),
        (among(84), state),
        (among(85), ({91: 4, 23: 6}, {23: 9, 43: 1}, {23: 1})),
        (among(86), ({53: 1}, {32: 8, 53: 2}, {22: 6, 32: 4})),
        (
            among(91, 92, 93, 94, 95, 96, 99) & hired,
            ({51: 5, 91: 3, 54: 2}, {51: 3, 43: 2, 34: 2}, {26: 2, 24: 3, 33: 3}),
        ),
        (among(95), same({74: 1, 72: 1})),
        (np.ones(len(division), dtype=bool), (any_job, any_job, {33: 2, 52: 1, 24: 1})),
    ]
