"""Rows of a file that are possible choices, and the plan of them as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.decide._file import constant, row
from touchstone.science.allocation import Plan, allocate, conflicts
from touchstone.science.portfolio import NONE, Cap, Choices, Limits, shared_out

NEEDED = ("choice", "unit", "touchpoint", "cost", "gain")
NAMES = ("choice", "unit", "touchpoint", "level")
_MONEY = "customer equity"
_CALLED = {
    "budget": "the budget",
    "caps": "region_cap or period_budget",
    "touchpoints": "touchpoints_at_most",
    "together": "all_or_nothing",
    "standard": "standard",
    "locked": "locked, with at most one level of each unit and touchpoint",
    "shortfall": "the support that partners need",
}


@dataclass(frozen=True)
class Set:
    """Limits given as settings; each overrules the column of its name."""

    budget: float | None = None
    region_cap: float | None = None
    touchpoints_at_most: float | None = None


def chosen(maker: str, by: Mapping[str, str | None], table: pa.Table, given: Set) -> list[dict[str, Any]]:
    """The rows of one problem: each choice that is taken, in the order of its id, then the plan as a whole."""
    table = required(table, *NEEDED).sort_by("choice")
    _check(table)
    choices, limits = _choices(table), _limits(table, given)
    plan = allocate(choices, limits)
    if plan is None:
        why = " and ".join(_CALLED[each] for each in conflicts(choices, limits))
        detail = {"why": f"no plan keeps to every limit; there would be one without {why}."}
        return [row(maker, {**by, **dict.fromkeys(NAMES)}, None, n=len(table), measured_in=_MONEY, detail=detail)]
    return [*_taken(maker, by, table, choices, plan), _whole(maker, by, plan)]


def _taken(
    maker: str, by: Mapping[str, str | None], table: pa.Table, choices: Choices, plan: Plan
) -> list[dict[str, Any]]:
    at = np.flatnonzero(plan.taken)
    named = table.select([name for name in NAMES if name in table.column_names]).take(at).to_pylist()
    support = shared_out(choices, plan.taken, plan.support)
    made = []
    for name, place in zip(named, at.tolist(), strict=True):
        detail = {
            "cost": float(choices.cost[place]),
            "support": float(support[place]),
            "margin": float(plan.margin[place]),
        }
        names = {**by, **{each: name.get(each) for each in NAMES}}
        made.append(row(maker, names, float(choices.gain[place]), n=1, measured_in=_MONEY, detail=detail))
    return made


def _whole(maker: str, by: Mapping[str, str | None], plan: Plan) -> dict[str, Any]:
    detail = {
        "cost": plan.cost,
        "support": float(plan.support.sum()),
        "bound": plan.bound,
        "gap": plan.gap,
        "price": plan.price,
    }
    return row(maker, {**by, **dict.fromkeys(NAMES)}, plan.gain, n=len(plan.taken), measured_in=_MONEY, detail=detail)


def _check(table: pa.Table) -> None:
    counts = pc.value_counts(table["choice"])
    twice = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
    if len(twice):
        name = twice[0]["values"].as_py()
        raise Refused(f"choice {name!r} is there twice.", field="choice", todo="Give each possible choice its own id.")


def _choices(table: pa.Table) -> Choices:
    return Choices(
        gain=_figures(table, "gain"),
        cost=_figures(table, "cost"),
        unit=_groups(table, "unit", missing=False),
        touchpoint=_groups(table, "touchpoint", missing=False),
        shortfall=_figures(table, "partner_cost", 0.0) - _figures(table, "partner_gain", 0.0),
        together=_groups(table, "all_or_nothing"),
        locked=_locked(table),
    )


def _figures(table: pa.Table, name: str, missing: float | None = None) -> NDArray[np.float64]:
    """A column of numbers; where `missing` is None each row must have one."""
    if name not in table.column_names and missing is not None:
        return np.full(len(table), missing)
    column = table[name] if missing is None else pc.fill_null(table[name], missing)
    values = np.asarray(column.to_numpy(), float)
    if not np.isfinite(values).all():
        choice = table["choice"][int(np.flatnonzero(~np.isfinite(values))[0])].as_py()
        raise Refused(f"choice {choice!r} has no {name}.", field=name, where="the file", todo=f"Give it a {name}.")
    return values


def _groups(table: pa.Table, name: str, *, missing: bool = True) -> NDArray[np.int64]:
    """The number of each row's group; an empty cell is of none (`missing`), or a group by itself."""
    if name not in table.column_names:
        return np.full(len(table), NONE, np.int64)
    code = table[name].combine_chunks().dictionary_encode("mask" if missing else "encode").indices
    return np.asarray(pc.fill_null(code, NONE).to_numpy(zero_copy_only=False), np.int64)


def _locked(table: pa.Table) -> NDArray[np.int64]:
    values = _figures(table, "locked", float(NONE))
    if not np.isin(values, (0, 1, NONE)).all():
        raise Refused("locked is neither 1 nor 0.", field="locked", todo="1 must, 0 must not; else leave it empty.")
    return np.asarray(values, np.int64)


def _limits(table: pa.Table, given: Set) -> Limits:
    budget = constant(table, "budget", given.budget)
    most = constant(table, "touchpoints_at_most", given.touchpoints_at_most)
    caps = [_cap(table, "region", "region_cap", given.region_cap), _cap(table, "period", "period_budget", None)]
    return Limits(
        budget=np.inf if budget is None else budget,
        caps=tuple(each for each in caps if each is not None),
        touchpoints=None if most is None else int(np.floor(most)),
        standard=_groups(table, "standard") if "standard" in table.column_names else None,
    )


def _cap(table: pa.Table, group: str, name: str, setting: float | None) -> Cap | None:
    """The most of each group: the setting for all, or the column's one value in the group; None where neither is."""
    if setting is None and name not in table.column_names:
        return None
    numbers = _groups(required(table, group), group)
    most = np.full(int(numbers.max(initial=NONE)) + 1, np.inf if setting is None else setting)
    for number in range(len(most)) if setting is None else ():
        found = constant(table.filter(pa.array(numbers == number)), name, None)
        most[number] = np.inf if found is None else found
    return Cap(numbers, most)
