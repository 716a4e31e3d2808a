"""Secondary suppression: which further domains are hidden so that sums do not give the confidential ones away.

A mixed-integer programme chooses them by a **value rule**. A confidential domain must be able to be higher by ``need`` persons
for all that a reader knows: in each equation that holds it other hidden domains can be lower and together hold as many, or the
total can be higher. A domain can be lower where in each of its equations another can be higher, or the total lower. (To hide two domains in
a line is not enough where they hold few persons; to ask of every hidden domain that it can be higher hides far more.)

Then an audit finds the ranges that a reader can still work out. Where one is too narrow, the proof of it (the dual solution) names the
shown counts that it rests on; one of them has to be hidden, and all is chosen again (a Benders cut).

A domain is hidden or shown as a whole, for every universe, indicator, concept and standard: its share, total and n all rest on the same
few persons.
"""

from __future__ import annotations

from collections.abc import Callable

from informality.govern.audit import Narrow
from informality.govern.choice import choose
from informality.govern.rule import System, value_rule
from informality.govern.ties import Bools, Floats

# How often the audit may find fault before what is hidden stays hidden, and before all that is tied to the confidential domains is.
PATIENCE, ATTEMPTS = 1, 40

Audit = Callable[[Bools], list[Narrow]]


def suppress(system: System, audit: Audit) -> Bools:
    """All domains to hide: the confidential ones and what protects them. ``audit``: the domains whose range is too narrow, and why."""
    if not system.primary.any():
        return system.primary.copy()
    cuts: list[Narrow] = []
    rule = value_rule(system)
    kept = system.primary
    solved: dict[bytes, Floats] = {}
    for attempt in range(ATTEMPTS):
        hidden = choose(system, rule, cuts, kept, solved)
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
