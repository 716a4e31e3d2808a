"""Linear and mixed-integer programmes, solved by HiGHS in the same way on every computer: one thread, simplex, a fixed seed.

`scipy.optimize` reads and checks a programme anew for each objective. Here it is given once; another objective starts where the last
ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# What HiGHS calls the primal simplex: after a change of the objective the last point is still one of the feasible.
PRIMAL = 4


@dataclass(frozen=True, eq=False)
class Answer:
    """``x``: the best point; of linear programmes ``reduced``: the reduced cost of each variable, ``duals``: the multiplier of each row."""

    x: Floats
    reduced: Floats
    duals: Floats


class Programme:
    """Minimise ``cost`` · x where ``rows[0]`` <= ``matrix`` x <= ``rows[1]`` and ``bounds[0]`` <= x <= ``bounds[1]``.

    ``matrix``: a sparse one of SciPy (rows × variables). ``gap``: all variables are whole numbers, and the relative gap between the
    answer and the best possible that will do; ``nodes``: the most that is looked at. Without it the programme is linear.
    """

    def __init__(
        self,
        cost: Floats,
        matrix: Any,
        rows: tuple[Floats, Floats],
        bounds: tuple[Floats, Floats],
        *,
        gap: float | None = None,
        nodes: int = 0,
    ) -> None:
        import highspy

        by_row = matrix.tocsr()
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = by_row.shape
        model.col_cost_ = cost
        model.col_lower_, model.col_upper_ = bounds
        model.row_lower_, model.row_upper_ = rows
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = by_row.indptr, by_row.indices
        model.a_matrix_.value_ = by_row.data
        options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0, "solver": "simplex"}
        if gap is not None:
            model.integrality_ = [highspy.HighsVarType.kInteger] * by_row.shape[1]
            options |= {"mip_rel_gap": gap, "mip_max_nodes": nodes, "solver": "choose"}
        self._highs = highspy.Highs()
        for name, value in options.items():
            self._highs.setOptionValue(name, value)
        self._highs.passModel(model)
        self._variables = np.arange(by_row.shape[1], dtype=np.int32)
        self._feasible = highspy.SolutionStatus.kSolutionStatusFeasible

    def aim(self, cost: Floats) -> Answer | None:
        """The answer for another objective."""
        self._highs.changeColsCost(len(cost), self._variables, cost)
        answer = self.solve()
        self._highs.setOptionValue("simplex_strategy", PRIMAL)
        return answer

    def solve(self) -> Answer | None:
        """The best point, or None where none is feasible."""
        self._highs.run()
        if self._highs.getInfo().primal_solution_status != self._feasible:
            return None
        found = self._highs.getSolution()
        return Answer(
            *(np.array(values, dtype=np.float64) for values in (found.col_value, found.col_dual, found.row_dual))
        )
