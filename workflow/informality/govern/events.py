"""Counts of a series, and the domains of another world that its events are: the employed among all persons are the base of everything
else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from informality.govern.ties import Floats, Ints
from informality.govern.worlds import Home, Key


@dataclass(frozen=True, eq=False)
class Series:
    """Counts of one series: persons of its universe, with a known value, with the event; NaN in domains that it has not."""

    persons: Floats
    known: Floats
    event: Floats

    def parts(self) -> Floats:
        """Event, no event, unknown (3 × domains): they add up to the persons."""
        return np.stack([self.event, self.known - self.event, self.persons - self.known])


def event_domains(
    keys: Sequence[tuple[int, Key]], series: Sequence[Series], homes: Sequence[Home], domain: Ints, number: Ints
) -> Ints:
    """Of each row of the hub the domain of another world whose persons are its event, -1 for none.

    ``keys``: the domains; of each row ``domain`` and ``number`` of its series. The events of two domains at least must be as many as the
    persons of the same levels there, in all domains that both have.
    """
    place = {key: at for at, key in enumerate(keys)}
    known: dict[tuple[int, bytes], Ints | None] = {}
    persons: dict[int, dict[int, Floats]] = {}
    for one, home in zip(series, homes, strict=True):
        persons.setdefault(home.world, {}).setdefault(home.universe, one.persons)
    # The same levels in each world, and the different universes of it.
    worlds = {
        world: (
            np.array([place.get((world, key), -1) for _, key in keys], dtype=np.intp),
            np.array(list(some.values())),
        )
        for world, some in sorted(persons.items())
    }
    found = np.full(len(domain), -1, dtype=np.intp)
    for at, (one, home) in enumerate(zip(series, homes, strict=True)):
        name = home.world, one.event.tobytes()
        if name not in known:
            known[name] = _where(one.event, home.world, worlds)
        elsewhere = known[name]
        if elsewhere is not None:
            rows = np.flatnonzero(number == at)
            found[rows] = np.where(np.isfinite(one.event[domain[rows]]), elsewhere[domain[rows]], -1)
    return found


def _where(event: Floats, home: int, worlds: Mapping[int, tuple[Ints, Floats]]) -> Ints | None:
    """The same levels in the last world of which a universe has as many persons as these events; None where there is none."""
    finite = np.flatnonzero(np.isfinite(event))
    found = None
    for world, (same, persons) in worlds.items():
        mine = finite[same[finite] >= 0]
        if world != home and len(mine) > 1 and (persons[:, same[mine]] == event[mine]).all(axis=1).any():
            found = same
    return found
