"""Plan the budget anew: with what was chosen for this home, or with what is chosen now and kept."""

from __future__ import annotations

import math
from typing import Any

from touchstone.act._journey import decided
from touchstone.core.errors import Refused

WHO = ("insider",)

_WITHIN = {
    "budget": (0.0, math.inf), "company_margin": (0.001, 1.0), "partner_margin": (0.0, 1.0), "horizon": (1.0, 30.0),
    "discount": (0.0, 1.0), "retention": (0.0, 1.0), "kept_per_point": (0.0, 1.0), "partner_share": (0.0, 1.0),
    "touchpoints_at_most": (1.0, 1000.0), "region_cap": (0.0, math.inf), "quarter_cap": (0.0, math.inf),
    "caution": (0.0, 1.0),
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
    caution: float | None = None,
    usual: bool = False,
    now: bool = True,
) -> dict[str, Any]:
    """{"kept": what was chosen, by name, "rows": rows of the plan}; what is left out stays as it was chosen before.

    `usual` first forgets all that was chosen. Margins are shares of sales, `horizon` years, `discount` and `retention`
    shares a year, `kept_per_point` the share of customers more that stays per point of a score of 0 to 10. Without
    `now` the next run plans. `Refused`: a value that cannot be.
    """
    given = {name: value for name, value in locals().items() if name in _WITHIN and value is not None}
    for name, value in given.items():
        low, high = _WITHIN[name]
        if not low <= value <= high:
            raise Refused(f"{name} lies outside {low:g} to {high:g}.", field=name, todo="Give one within.")
    forgotten = dict.fromkeys(_WITHIN) if usual else {}
    if kept := forgotten | given:
        store.put("planning", [{"id": name, "value": value} for name, value in kept.items()])
        store.log("budget.plan", chosen=sorted(given))
    return {"kept": given, "rows": decided(store, "budget") if now else 0}
