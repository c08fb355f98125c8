"""What ways of choosing would have brought, from a home's own draws: nobody, one offer to all, the best for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.decide._file import row
from touchstone.decide._offer_choice import NOTHING, best
from touchstone.decide._offer_found import Found, Set
from touchstone.decide._offer_learned import of_draws
from touchstone.decide._offer_money import Money
from touchstone.decide._offer_value import valued

Floats = NDArray[np.float64]


def policies(maker: str, ask: Ask, limits: Set, *, days: int, money: Money) -> Iterator[dict[str, Any]]:
    """By policy and estimator the gain per draw (worth of purchases less cost); why none can be told, where so."""
    told = of_draws(ask, limits, days=days, money=money)
    if told is None or told.case is None:
        why = "no offer was drawn by lot whose outcome is known yet" if told is None else told.why
        made = row(maker, {"policy": None, "estimator": None}, None, n=0, measured_in="gain per draw",
                   detail={"why": why})  # fmt: skip
        yield {**made, "about": [], "rests_on": []}
        return
    for name, table in _tables(told.case):
        for made in valued(maker, {"policy": name}, table):
            yield {
                **made,
                "measured_in": f"{money.currency or 'worth less cost'} per draw",
                "about": [],
                "rests_on": [],
            }


def _tables(case: Found) -> Iterator[tuple[str, pa.Table]]:
    """Each policy with the rows that value it; the best for each is told by models that have not seen the row."""
    trial, cost = case.given.trial, np.concatenate([[0.0], case.cost])
    logged = case.told.lot.probability[np.arange(len(trial.arm)), trial.arm]
    yield "as drawn", _table(case, trial.arm, cost, logged)
    yield "nobody", _table(case, np.zeros_like(trial.arm), cost)
    for at in range(len(case.given.offers)):
        yield f"{case.given.name(at)} to all", _table(case, np.full_like(trial.arm, at + 1), cost)
    place = best(case.net)
    yield "the best for each", _table(case, np.where(place == NOTHING, 0, place + 1), cost)


def _table(case: Found, wanted: NDArray[np.int64], cost: Floats, target: Floats | None = None) -> pa.Table:
    """Rows that value choosing the arm `wanted` (with probability `target`; None: always)."""
    trial, each = case.given.trial, np.arange(len(wanted))
    worth, level = case.limits.worth, case.told.level
    logged = case.told.lot.probability[each, trial.arm]
    return pa.table({
        "action": pa.array(trial.arm).cast(pa.string()),
        "reward": worth * trial.outcome - cost[trial.arm],
        "logged_probability": logged,
        "target_probability": (trial.arm == wanted).astype(float) if target is None else target,
        "expected_reward": worth * level[each, trial.arm] - cost[trial.arm],
        "target_expected_reward": worth * level[each, wanted] - cost[wanted],
    })  # fmt: skip
