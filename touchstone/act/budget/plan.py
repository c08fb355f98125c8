"""Plan the budget anew: with what was chosen for this home, or with what is chosen now and kept."""

from __future__ import annotations

import math
from typing import Any

from touchstone.act._journey import decided
from touchstone.core.errors import Refused
from touchstone.rules.initiatives import BETWEEN, HELD, LEAST, RATING

WHO = ("insight", "executive")

_WITHIN = {
    "budget": (0.0, math.inf), "company_margin": (0.001, 1.0), "partner_margin": (0.0, 1.0), "horizon": (1.0, 30.0),
    "discount": (0.0, 1.0), "retention": (0.0, 1.0), "kept_per_point": (0.0, 1.0), "partner_share": (0.0, 1.0),
    "touchpoints_at_most": (1.0, 1000.0), "region_cap": (0.0, math.inf), "quarter_cap": (0.0, math.inf),
    "quarters": (1.0, 40.0), "caution": (0.0, 1.0), "aversion": (0.0, 1.0), "support": (0.0, 1.0),
}  # fmt: skip


def act(
    store: Any,
    *,
    budget: float | None = None,
    company_margin: float | None = None,
    partner_margin: float | None = None,
    horizon: float | None = None,
    discount: float | None = None,
    retention: float | None = None,
    kept_per_point: float | None = None,
    partner_share: float | None = None,
    touchpoints_at_most: float | None = None,
    region_cap: float | None = None,
    quarter_cap: float | None = None,
    quarters: float | None = None,
    caution: float | None = None,
    aversion: float | None = None,
    support: bool | None = None,
    always: str | None = None,
    never: str | None = None,
    standard: str | None = None,
    least: float | None = None,
    usual: bool = False,
    now: bool = True,
) -> dict[str, Any]:
    """{"kept": what was chosen, by name, "rows": rows of the plan}; what is left out stays as it was chosen before.

    `usual` first forgets all that was chosen. Margins are shares of sales, `horizon` years, `discount` and `retention`
    shares a year, `kept_per_point` the share of customers more that stays per point of a score of 0 to 10. Touchpoints
    (between semicolons; one alone: none) have money at every unit (`always`) or at none (`never`). `standard` is one
    that must stand at a rating of `least` (1 to 5; 1: no standard any more) at every unit. Without `now` the next run
    plans. `Refused`: a value that cannot be.
    """
    numbers = {name: float(value) for name, value in locals().items() if name in _WITHIN and value is not None}
    given = _within(numbers) | _standard(store, standard, least) | _held(store, always, never)
    forgotten = dict.fromkeys([*_WITHIN, *_chosen(store, LEAST), *_chosen(store, HELD)]) if usual else {}
    if kept := forgotten | given:
        store.put("planning", [{"id": name, "value": value} for name, value in kept.items()])
        store.log("budget.plan", chosen=sorted(given))
    return {"kept": given, "rows": decided(store, "budget") if now else 0}


def _within(numbers: dict[str, float]) -> dict[str, float | None]:
    """The numbers themselves; `Refused` where one lies outside of what it can be."""
    for name, value in numbers.items():
        low, high = _WITHIN[name]
        if not low <= value <= high:
            raise Refused(f"{name} lies outside {low:g} to {high:g}.", field=name, todo="Give one within.")
    return {**numbers}


def _standard(store: Any, touchpoint: str | None, least: float | None) -> dict[str, float | None]:
    """What is kept of a standard, by its name; 1, the worst there is, takes it away."""
    if touchpoint is None and least is None:
        return {}
    found = store.taxonomy.find(touchpoint) if touchpoint else None
    if found is None:
        raise Refused("which touchpoint has the standard?", field="standard", todo="Name one of the taxonomy.")
    if least is None or not RATING[0] <= least <= RATING[1]:
        raise Refused("the least rating lies outside 1 to 5.", field="least", todo="Give a rating on 1 to 5.")
    return {LEAST + found.name: least if least > RATING[0] else None}


def _held(store: Any, always: str | None, never: str | None) -> dict[str, float | None]:
    """What is kept of touchpoints held in (1) or left out (0); those held before and not named any more are free."""
    kept: dict[str, float | None] = {}
    for field, text, side in (("never", never, 0.0), ("always", always, 1.0)):
        if text is None:
            continue
        named = [_touchpoint(store, each, field) for each in text.split(BETWEEN) if each.strip()]
        if twice := [each for each in named if kept.get(each) is not None]:
            raise Refused(f"{twice[0].removeprefix(HELD)!r} cannot be both.", field=field, todo="Name it once.")
        kept |= dict.fromkeys(each for each in _chosen(store, HELD, side) if each not in kept)
        kept |= dict.fromkeys(named, side)
    return kept


def _touchpoint(store: Any, text: str, field: str) -> str:
    """The id under which it is kept that a touchpoint is held."""
    found = store.taxonomy.find(text.strip())
    if found is None:
        raise Refused(f"{text.strip()!r} is no touchpoint of this home.", field=field, todo="Name one of the taxonomy.")
    return HELD + str(found.name)


def _chosen(store: Any, kind: str, value: float | None = None) -> list[str]:
    """The ids of this kind that were chosen; with `value`, those at that."""
    rows = store.ask().lake("select id, value from planning order by id").to_pylist()
    return [row["id"] for row in rows if row["id"].startswith(kind) and value in (None, row["value"])]
