"""What a plan is made with: chosen by the home's people, or the usual."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from touchstone.core.ask import Ask


@dataclass(frozen=True)
class Terms:
    """Budget (None: a hundredth of a year's sales), margins of sales, horizon in years, discount a year, and more.

    `retention` is the share of customers who stay a year; `kept_per_point` how much it rises per point of a score of
    0-10 (None: as measured, else a prior); `partner_share` of the cost is the unit's where it owns the touchpoint and
    an initiative says nothing else; `caution` is how far the worst tenth counts instead of the mean (0 to 1):
    who chooses the best of many doubtful things is disappointed by their means (Smith & Winkler 2006). `aversion` is
    how far the whole plan's own worst tenth counts (0 to 1). Without `support` (0) units
    take part only in what they lose nothing by themselves. Over so many `quarters` a plan is phased (None: all at
    once), with `quarter_cap` for each (None: an even part of the budget).
    """

    budget: float | None = None
    company_margin: float = 0.15
    partner_margin: float = 0.1
    horizon: float = 5.0
    discount: float = 0.1
    retention: float = 0.75
    kept_per_point: float | None = None
    partner_share: float = 0.5
    touchpoints_at_most: float | None = None
    region_cap: float | None = None
    quarter_cap: float | None = None
    quarters: float | None = None
    caution: float = 0.5
    aversion: float = 0.0
    support: float = 1.0


NAMES = tuple(each.name for each in fields(Terms))


def terms(ask: Ask, **given: Any) -> tuple[Terms, dict[str, str]]:
    """What holds, and where each comes from: given now, chosen for the home, or the usual."""
    chosen = {row["id"]: row["value"] for row in ask.lake("SELECT id, value FROM planning ORDER BY id").to_pylist()}
    said = {name: value for name, value in given.items() if value is not None}
    held = {name: chosen[name] for name in NAMES if chosen.get(name) is not None} | said
    source = {name: "given" if name in said else "chosen" if name in held else "usual" for name in NAMES}
    return Terms(**held), source


def by_touchpoint(ask: Ask, kind: str) -> dict[str, float]:
    """What was chosen of this kind (the beginning of its id) for touchpoints of the taxonomy."""
    rows = ask.lake("SELECT id, value FROM planning WHERE value IS NOT NULL ORDER BY id").to_pylist()
    said = {row["id"].removeprefix(kind): row["value"] for row in rows if row["id"].startswith(kind)}
    return {name: said[name] for name in ask.taxonomy.names if name in said}
