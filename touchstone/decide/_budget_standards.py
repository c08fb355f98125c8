"""Minimum standards of a home's plan: touchpoints that must stand at a least rating everywhere, and what that takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.decide._budget_choices import Possible
from touchstone.decide._budget_terms import by_touchpoint
from touchstone.rules.initiatives import LEAST, RATING
from touchstone.science.portfolio import NONE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WORST, BEST = RATING


@dataclass(frozen=True)
class Standard:
    """A touchpoint that must stand at `least` (share of the scale) everywhere, and where it does not yet.

    `lacking` are places of units; of each, `reaching` has the choices that should lift it there (none: it cannot be).
    """

    touchpoint: int
    least: float
    lacking: Ints
    reaching: tuple[Ints, ...]


def stated(ask: Ask) -> dict[str, float]:
    """By touchpoint of the taxonomy the least rating chosen for it, on the scale of 1 to 5."""
    return by_touchpoint(ask, LEAST)


def standards(of: Possible) -> Iterator[Standard]:
    """Every standard, with the choices that should reach it where it is not met: expected lift by expected lift."""
    standing, which = of.chain.standing.value, of.initiative
    after = standing[of.unit, of.touchpoint] + of.chain.lifted[which] * of.chain.room[of.unit, of.touchpoint]
    locked = of.locked
    for name, points in of.standards.items():
        at, least = of.known.touchpoints.index(name), (points - WORST) / (BEST - WORST)
        lacking = np.flatnonzero(standing[:, at] < least)
        here = np.flatnonzero((of.touchpoint == at) & (locked != 0))
        reaching = []
        for unit in lacking:
            mine = here[of.unit[here] == unit]
            mine = mine[locked[mine] == 1] if (locked[mine] == 1).any() else mine
            reaching.append(mine[after[mine] >= least])
        yield Standard(at, least, lacking, tuple(reaching))


def kept(of: Possible, least: dict[str, float]) -> Possible:
    """The same choices, at least one of each set taken that reaches a standard, or that must begin in some quarter."""
    of = replace(of, standards=least)
    sets = [mine for each in standards(of) for mine in each.reaching if len(mine)]
    locked = of.choices.locked
    if of.quarters:
        must = np.flatnonzero(locked == 1)
        name = np.unique(np.stack([of.initiative[must], of.unit[must]]), axis=1, return_inverse=True)[1].ravel()
        sets = [
            *(must[name == each] for each in np.unique(name)),
            *(mine for mine in sets if (locked[mine] != 1).all()),
        ]
        locked = np.where(locked == 1, NONE, locked)
    if not sets:
        return of
    number = np.full(len(locked), NONE)
    for at, mine in enumerate(sets):
        number[mine] = at
    return replace(of, choices=replace(of.choices, locked=locked), limits=replace(of.limits, standard=number))


def least_cost(of: Possible) -> float:
    """What the cheapest choices that reach the standards cost head office together."""
    return sum(
        float(of.choices.cost[mine].min()) for each in standards(of) for mine in each.reaching if len(mine)
    )  # fmt: skip


def told(of: Possible, every: Sequence[Standard], taken: Ints) -> dict[str, dict[str, Any]]:
    """By touchpoint with a standard: at how many units it is not met, and at how many the plan should meet it."""
    found = {}
    for each in every:
        raised = sum(bool(np.isin(mine, taken).any()) for mine in each.reaching)
        found[of.known.touchpoints[each.touchpoint]] = {
            "least": _rating(each.least),
            "below": len(each.lacking),
            "raised": raised,
            "out_of_reach": sum(not len(mine) for mine in each.reaching),
        }
    return found


def at_unit(of: Possible, every: Sequence[Standard], unit: int, taken: Ints) -> list[dict[str, Any]]:
    """Standards that a unit does not meet: how it stands, by what it should meet them, or why it cannot."""
    found = []
    for each in every:
        place = int(np.searchsorted(each.lacking, unit))
        if place == len(each.lacking) or each.lacking[place] != unit:
            continue
        by = each.reaching[place][np.isin(each.reaching[place], taken)]
        found.append({
            "touchpoint": of.known.touchpoints[each.touchpoint],
            "least": _rating(each.least),
            "stands": _rating(float(of.chain.standing.value[unit, each.touchpoint])),
            "by": of.known.rows[of.initiative[by[0]]]["name"] if len(by) else None,
            **({} if len(by) else {"why": _why_not(of, unit, each)}),
        })  # fmt: skip
    return found


def _why_not(of: Possible, unit: int, standard: Standard) -> str:
    mine = np.flatnonzero((of.unit == unit) & (of.touchpoint == standard.touchpoint))
    if not len(mine):
        return "no initiative is stated for it here"
    lift = of.chain.lifted[of.initiative[mine]] * of.chain.room[unit, standard.touchpoint]
    best = float(of.chain.standing.value[unit, standard.touchpoint] + lift.max())
    if best < standard.least:
        return f"the most that is stated would lift it to {_rating(best):.2f}"
    return "what would reach it is locked out"


def _rating(share: float) -> float:
    return share * (BEST - WORST) + WORST
