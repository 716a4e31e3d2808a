"""Secondary suppression: which further domains are hidden so that sums do not give the confidential ones away.

A mixed-integer programme (HiGHS) chooses them by a **value rule**. A confidential domain must be able to be higher by ``need`` persons
for all that a reader knows: in each equation that holds it other hidden domains can be lower and together hold as many, or the
total can be higher. A domain can be lower where in each of its equations another can be higher, or the total lower. (To hide two domains in
a line is not enough where they hold few persons; to ask of every hidden domain that it can be higher hides far more.)

Then an audit finds the ranges that a reader can still work out. Where one is too narrow, the proof of it (the dual solution) names the
shown counts that it rests on; one of them has to be hidden, and all is chosen again (a Benders cut).

A domain is hidden or shown as a whole, for every universe, indicator, concept and standard: its share, total and n all rest on the same
few persons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from informality.errors import UserError
from informality.govern.audit import Narrow
from informality.govern.equations import Equation, Floats, holds

Bools = npt.NDArray[np.bool_]
# The relative gap at which the programme is content, and the most nodes that it looks at: both the same on every computer.
GAP, NODES = 0.01, 2000
# How often the audit may find fault before what is hidden stays hidden, and before all that is tied to the confidential domains is.
PATIENCE, ATTEMPTS = 3, 40


@dataclass(frozen=True, eq=False)
class System:
    """Counts that are tied to each other.

    ``primary``: the confidential domains; ``measures`` (measures × domains): NaN where a domain has none; ``cost`` of hiding each
    domain; ``need``: persons that have to stand against each domain when it is hidden; ``least``: what a reader knows that every
    hidden count reaches; ``twins``: pairs shown or hidden together.
    """

    primary: Bools
    measures: Floats
    equations: Sequence[Equation]
    cost: Floats
    need: Floats
    least: float = 1.0
    twins: Sequence[tuple[int, int]] = ()


Line = dict[int, float]
Audit = Callable[[Bools], list[Narrow]]


def suppress(system: System, audit: Audit) -> Bools:
    """All domains to hide: the confidential ones and what protects them. ``audit``: the domains whose range is too narrow, and why."""
    if not system.primary.any():
        return system.primary.copy()
    cuts: list[Narrow] = []
    rule = value_rule(system)
    kept = system.primary
    for attempt in range(ATTEMPTS):
        hidden = choose(system, rule, cuts, kept)
        weak = audit(hidden)
        if not weak:
            return hidden
        cuts += weak
        # In the end one mistake is exchanged for another of the same cost: then what is hidden stays so.
        kept = hidden if attempt >= PATIENCE else kept
    return _all_tied(system, hidden)


def _all_tied(system: System, hidden: Bools) -> Bools:
    """Hidden domains and all that share an equation with them, and so on: nothing that could give them away is left."""
    more = hidden.copy()
    while True:
        before = more.copy()
        for equation in system.equations:
            if more[list(equation.domains)].any():
                more[list(equation.domains)] = True
        if (more == before).all():
            return more


def choose(system: System, rule: Sequence[Line], cuts: Sequence[Narrow] = (), kept: Bools | None = None) -> Bools:
    """The cheapest domains to hide with the confidential ones, so that the value ``rule`` holds and every proof of ``cuts`` is broken.

    ``kept``: domains that are hidden in any case. UserError where the solver finds none.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    size = len(system.primary)
    lines = list(rule)
    for d in range(size):
        # What may be higher or lower is hidden, and what is hidden is one of the two.
        lines += [{d: 1.0, size + d: -1.0}, {d: 1.0, 2 * size + d: -1.0}, {size + d: 1.0, 2 * size + d: 1.0, d: -1.0}]
    lines += [pair for a, b in system.twins for pair in ({a: 1.0, b: -1.0}, {b: 1.0, a: -1.0})]
    # A proof is broken where a domain is hidden that it rests on, or, of a domain that need not be hidden, where that is shown.
    lines += [dict.fromkeys(cut.because, 1.0) | {cut.domain: -1.0} for cut in cuts if cut.because]
    # And what was too narrow once must from now on be able to be higher: fewer rounds.
    lines += [{size + d: 1.0, d: -1.0} for d in sorted({cut.domain for cut in cuts})]
    row = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    column = np.array([d for line in lines for d in line], dtype=np.intp)
    value = np.array([w for line in lines for w in line.values()])
    answer = milp(
        c=np.concatenate([np.where(system.primary, 0.0, system.cost), np.zeros(2 * size)]),
        constraints=LinearConstraint(coo_array((value, (row, column)), shape=(len(lines), 3 * size)), lb=-1e-9),
        bounds=Bounds(
            np.concatenate([system.primary if kept is None else kept, system.primary, np.zeros(size)]),
            np.ones(3 * size),
        ),
        integrality=1,
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    if answer.x is None:
        raise UserError(
            "no set of domains was found that protects the confidential ones",
            where="secondary suppression",
            todo="declare fewer or coarser breakdowns in estimates.yaml",
        )
    return np.asarray(answer.x[:size] > 0.5)


def value_rule(system: System) -> list[Line]:
    """Each line: sum of coefficient × variable >= 0.

    The variables of a domain: it is hidden, it may be higher (``size`` further), it may be lower (twice that). Weights are capped at
    what is needed, which changes nothing and helps the solver.
    """
    size = len(system.primary)
    found: dict[tuple[tuple[int, float], ...], Line] = {}

    def keep(line: Line) -> None:
        found.setdefault(tuple(sorted(line.items())), line)

    for equation in system.equations:
        total, higher_total, lower_total = (equation.total + i * size for i in range(3))
        for measure in system.measures:
            if not holds(equation, measure):
                continue
            parts = [d for d in equation.parts if np.nan_to_num(measure[d]) > 0]
            room = {d: max(float(measure[d]) - system.least, 0.0) for d in parts}
            for d in parts:
                need = float(system.need[d])
                # Higher: the other parts are lower, or the total is higher.
                others = {2 * size + o: min(room[o], need) for o in parts if o != d and room[o] > 0}
                keep(others | {higher_total: need, size + d: -need})
                # Lower: another part is higher, or the total lower.
                keep({size + o: 1.0 for o in parts if o != d} | {lower_total: 1.0, 2 * size + d: -1.0})
            if parts:
                keep({size + d: 1.0 for d in parts} | {higher_total: -1.0})
            need = min(float(system.need[total]), sum(room.values()))
            if need > 0:
                keep({2 * size + d: min(w, need) for d, w in room.items() if w > 0} | {lower_total: -need})
    return list(found.values())
