"""A closer bound where partners must not lose: each unit decides in whole choices, at given prices of all else.

Prices alone let a unit take parts of choices until it just breaks even. Here the budget and the caps are paid at their
prices, but each unit's own balance is kept in whole choices; units then no longer hang together, and of each only those
places are open whose next best loses less than the unit's plan may still lack (reduced-cost fixing, unit by unit).
"""

from __future__ import annotations

import numpy as np

from touchstone.science.portfolio import NONE, Floats, Model
from touchstone.science.pricing import Judged, narrowed
from touchstone.science.programme import Programme, whole

_ROUNDING = 1e-9  # of sums, as a share


def closer_bound(model: Model, judged: Judged, x: Floats, *, nodes: int, gap: float) -> float:
    """A bound on every plan, none above that of the prices; `x` is a plan of whole choices."""
    paid = np.ones(len(model.most), bool)
    paid[model.unit_row] = paid[model.linked_row] = paid[model.standard_row] = False
    price = np.where(paid, judged.price, 0.0)
    narrow = narrowed(model, judged, judged.loss <= _lacking(model, judged, x, price)[model.place_name[0]], model.most)
    programme = narrow.programme
    rows = np.zeros(len(programme.most))
    rows[: len(price)] = price
    kept = np.r_[~paid, np.ones(len(rows) - len(price), bool)]
    own = Programme(
        programme.margin(rows), programme.matrix[kept], programme.most[kept],
        programme.lower, programme.upper, programme.whole,
    )  # fmt: skip
    answer = whole(own, nodes=nodes, gap=gap)
    if answer is None:
        return judged.bound
    return min(judged.bound, answer.bound + narrow.gain + float(rows @ programme.most))


def _lacking(model: Model, judged: Judged, x: Floats, price: Floats) -> Floats:
    """By unit: how much more than by its part of plan `x` it could be worth at the prices; inf where it is linked."""
    units = int(model.choices.unit.max()) + 1
    worth = model.profit - model.links.T @ price
    apart = np.flatnonzero(model.place != NONE)
    unit_of = model.place_name[0][model.place[apart]]
    reached = np.bincount(unit_of, (worth * x)[apart], minlength=units)
    reached[model.short] += (worth * x)[model.support]
    best = judged.best[judged.best != NONE]
    most = np.bincount(model.place_name[0][model.place[best]], judged.margin[best], minlength=units)
    most[model.short] += np.fmax(judged.margin[model.support] * model.upper[model.support], 0.0)
    linked = np.bincount(model.place_name[0], model.linked, minlength=units) > 0
    return np.asarray(np.where(linked, np.inf, np.fmax(most - reached, 0.0) + _ROUNDING * np.abs(most)), float)
