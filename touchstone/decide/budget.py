"""Budget: which initiatives to pay for at which touchpoints and units, so that customer equity gains the most."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import NUMBER, TEXT
from touchstone.decide._budget_home import planned
from touchstone.decide._choices import Set, chosen
from touchstone.decide._curves import divided
from touchstone.decide._file import given, plans, problems
from touchstone.decide._support import supported

FIELDS = {
    **dict.fromkeys(
        ("choice", "unit", "touchpoint", "level", "region", "all_or_nothing", "standard", "period", "form"), TEXT
    ),
    **dict.fromkeys(("cost", "gain", "budget", "region_cap", "touchpoints_at_most", "period_budget"), NUMBER),
    **dict.fromkeys(("locked", "partner_cost", "partner_gain"), NUMBER),
    **dict.fromkeys(("response", "company_margin", "partner_margin", "scale", "half", "slope"), NUMBER),
}
_MAKER = "budget@1"


def decide(
    ask: Ask,
    *,
    mode: Literal["choices", "support", "curves"] = "choices",
    budget: float | None = None,
    region_cap: float | None = None,
    touchpoints_at_most: float | None = None,
) -> pa.Table:
    """What to pay for so that customer equity gains the most within the budget, with partners who lose nothing by it.

    `mode` choices: rows of the file are possible choices; a row for each that is taken, and one for the plan with the
    bound that no plan exceeds. `mode` support: by unit, the share of its spend that the company should pay when the
    unit decides how much. `mode` curves: by touchpoint, what to spend where gains follow curves of response. Limits
    given here overrule the file's columns.
    """
    if ask.given is None:
        given_now = {"budget": budget, "region_cap": region_cap, "touchpoints_at_most": touchpoints_at_most}
        return planned(ask, _MAKER, frontier=not any(given_now.values()), **given_now)
    rows = []
    for by, table in problems(given(ask)):
        if not len(table):
            continue
        if mode == "support":
            rows += supported(_MAKER, by, table)
        elif mode == "curves":
            rows += divided(_MAKER, by, table, budget)
        else:
            rows += chosen(_MAKER, by, table, Set(budget, region_cap, touchpoints_at_most))
    return plans(rows)
