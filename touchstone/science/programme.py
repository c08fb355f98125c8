"""Linear programmes, some of whose variables are whole numbers: the best answer, and a bound on what it can be worth.

The solver is HiGHS (Huangfu & Hall 2018, Mathematical Programming Computation 10). Bounds of relaxed programmes are
worked out here from its prices by weak duality, so that they hold whatever the solver's tolerances are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Floats = NDArray[np.float64]
_WHOLE = 1e-6  # a value so near a whole number is one
_FEASIBLE = 2  # HiGHS: the solution meets all limits
_MAGNITUDE = 1024.0  # the largest figure of a row as the solver sees it; a power of two changes no digit


@dataclass(frozen=True)
class Programme:
    """The most of `profit` @ x where `matrix` @ x <= `most`, `lower` <= x <= `upper` (finite); some x are `whole`."""

    profit: Floats
    matrix: csc_array
    most: Floats
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]

    def fixed(self, lower: Floats, upper: Floats) -> Programme:
        """The same within narrower limits."""
        return replace(self, lower=lower, upper=upper)

    def bound(self, price: Floats) -> float:
        """No x is worth more, whatever the prices (rows, none below 0) are: weak duality."""
        margin = self.margin(price)
        return float(price @ self.most + np.fmax(margin * self.lower, margin * self.upper).sum())

    def margin(self, price: Floats) -> Floats:
        """What one more of each variable is worth after it has paid for what it uses (its reduced profit)."""
        return np.asarray(self.profit - self.matrix.T @ price, float)


@dataclass(frozen=True)
class Answer:
    """What the solver found: x, the bound that nothing exceeds, and of relaxed programmes each row's price."""

    x: Floats
    bound: float
    price: Floats


def relaxed(programme: Programme, *, inside: bool = False) -> Answer | None:
    """The best x when none has to be whole; None where nothing meets the limits.

    From the `inside` (interior point) it is found sooner where many rows hang together.
    """
    solver, scale = _loaded(replace(programme, whole=np.zeros(len(programme.profit), bool)))
    if inside:
        solver.setOptionValue("solver", "ipm")
    solver.run()
    found = solver.getSolution()
    if solver.getInfo().primal_solution_status != _FEASIBLE:
        return None
    price = np.fmax(np.asarray(found.row_dual, float) * scale.rows / scale.profit, 0.0)
    return Answer(
        np.clip(found.col_value, programme.lower, programme.upper),
        programme.bound(price),
        price,
    )


def whole(
    programme: Programme,
    *,
    gap: float = 0.0,
    nodes: int = 100_000,
    start: Floats | None = None,
) -> Answer | None:
    """The best x whose variables are whole where they must be, proven to `gap` or after so many `nodes` of the search.

    None where nothing meets the limits, or nothing was found within `nodes`. `start` is an x known to meet them.
    """
    solver, scale = _loaded(programme)
    for name, value in (
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 0.0),
        ("mip_max_nodes", nodes),
    ):
        solver.setOptionValue(name, value)
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    solver.run()
    if solver.getInfo().primal_solution_status != _FEASIBLE:
        return None
    x = np.clip(solver.getSolution().col_value, programme.lower, programme.upper)
    x[programme.whole] = np.round(x[programme.whole])
    return Answer(
        x,
        float(solver.getInfo().mip_dual_bound) / scale.profit,
        np.zeros(len(programme.most)),
    )


def fractional(programme: Programme, x: Floats) -> NDArray[np.bool_]:
    """Which variables should be whole and are not."""
    return np.asarray(programme.whole & (np.abs(x - np.round(x)) > _WHOLE), bool)


@dataclass(frozen=True)
class _Scale:
    rows: Floats
    profit: float


def _loaded(programme: Programme) -> tuple[Any, _Scale]:
    """A solver that holds the programme, rows and profit multiplied to a common size; one thread, always the same."""
    import highspy

    scale = _scale(programme)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.profit), len(programme.most)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = programme.profit * scale.profit
    model.col_lower_, model.col_upper_ = programme.lower, programme.upper
    model.row_lower_ = np.full(len(programme.most), -highspy.kHighsInf)
    model.row_upper_ = programme.most * scale.rows
    matrix = programme.matrix
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data * scale.rows[matrix.indices]
    if programme.whole.any():
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if each else kinds.kContinuous for each in programme.whole]
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("parallel", "off"),
        ("random_seed", 0),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver, scale


def _scale(programme: Programme) -> _Scale:
    largest = np.zeros(len(programme.most))
    np.maximum.at(largest, programme.matrix.indices, np.abs(programme.matrix.data))
    profit = _power(np.array([np.abs(programme.profit).max(initial=0.0)]))
    return _Scale(_power(largest), float(profit[0]))


def _power(largest: Floats) -> Floats:
    """The powers of two that bring figures just under the magnitude; those near it stay as they are."""
    known = np.where(largest > 0, largest, _MAGNITUDE)
    return np.asarray(2.0 ** np.floor(np.log2(_MAGNITUDE / known)), float)
