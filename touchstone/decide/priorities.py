"""Which touchpoints to look at first: how much they matter, how well they do, and how sure that is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.number import tidy
from touchstone.core.tables import PLAN
from touchstone.decide._evidence import Association, Standing, association, reach, standings
from touchstone.science.order import ranks
from touchstone.science.shrinkage import Posterior, draws, posterior, shrink

_Floats = NDArray[np.float64]
_DRAWS = 1000
_MAKER = "priorities@1"
_IMAGINED = 20.0  # cases by which a unit's share of mentions is drawn towards the brand's
_FORMULA = (
    "100 x share of cases that speak of it x difference of the overall score (0-1) that goes with its standing "
    "x distance of its standing from 1"
)
_SHARE_ONLY = "100 x share of cases that speak of it x distance of its standing from 1 / 2"


def decide(ask: Ask, *, units: bool = True, minimum: int = 30) -> pa.Table:
    """Which touchpoints to look at first: how much they matter, how well they do, and how sure that is.

    One row per touchpoint, and per unit and touchpoint with `units`. `value` is in points of an overall score of 0-100:
    how much of it goes with the touchpoint's distance from "all speak well of it". Importance is association between
    touchpoint and overall score over the cases that have both (least squares, drawn towards its mean); with fewer than
    `minimum` such cases it is the share of cases alone, and `detail.importance.from` says so. 95 % intervals and the
    ranks a touchpoint may have come from seeded draws.
    """
    counted = reach(ask)
    touchpoints = sorted({row["touchpoint"] for row in counted if row["touchpoint"]})
    if not touchpoints:
        return PLAN.empty_table()
    found = association(ask, touchpoints, minimum=minimum)
    slope, limits = _slopes(found, len(touchpoints), seed=ask.seed)
    names: list[str | None] = [None, *(sorted({row["unit"] for row in counted if row["unit"]}) if units else [])]
    cases = _cases(counted, names, [*touchpoints, None])
    weighing = _Weighing(touchpoints, cases[0], slope, limits, standings(ask), found)
    rows = []
    for at, unit in enumerate(names):
        rows += _rows(weighing, unit, cases=cases[at], random=np.random.default_rng([ask.seed, at]))
    return pa.Table.from_pylist(rows, schema=PLAN)


@dataclass(frozen=True)
class _Weighing:
    """What holds for the brand and all units: draws (rows) and middle, low, high of each touchpoint's slope."""

    touchpoints: list[str]
    brand: _Floats  # cases that speak of each touchpoint; the last: of any
    slope: _Floats
    limits: _Floats
    known: dict[tuple[str | None, str], Standing]
    found: Association | None


def _slopes(found: Association | None, size: int, *, seed: int) -> tuple[_Floats, _Floats]:
    """Draws of each touchpoint's slope (never below 0), and its middle and limits; one half where nothing is known."""
    if found is None:
        return np.full((_DRAWS, size), 0.5), np.full((3, size), np.nan)
    if size < 3:
        random = np.random.default_rng(seed)
        drawn = found.slope + random.standard_normal((_DRAWS, size)) * np.sqrt(np.fmin(found.variance, 1.0))
        half = 1.96 * np.sqrt(found.variance)
        limits = np.array([found.slope, found.slope - half, found.slope + half])
    else:
        belief: Posterior = posterior(found.slope, found.variance, widest=1.0)
        drawn = draws(belief, size=_DRAWS, seed=seed)
        middle = shrink(found.slope, found.variance, widest=1.0)
        limits = np.array([middle.value, middle.low, middle.high])
    return np.fmax(drawn, 0.0), limits


def _cases(counted: list[dict[str, Any]], names: list[str | None], touchpoints: list[str | None]) -> _Floats:
    """Cases by unit (the brand first) and touchpoint (the last: any)."""
    place = {name: at for at, name in enumerate(names)}
    column = {name: at for at, name in enumerate(touchpoints)}
    table = np.zeros((len(names), len(touchpoints)))
    for row in counted:
        table[0, column[row["touchpoint"]]] += row["n"]
        if row["unit"] in place and row["unit"]:
            table[place[row["unit"]], column[row["touchpoint"]]] += row["n"]
    return table


def _met(cases: _Floats, brand: _Floats) -> tuple[_Floats, float]:
    """Cases that speak of each touchpoint, and all cases; a unit's with some imagined ones that are as the brand's."""
    imagined = 0.0 if np.array_equal(cases, brand) else _IMAGINED
    return cases[:-1] + imagined * brand[:-1] / brand[-1], float(cases[-1]) + imagined


def _rows(
    weighing: _Weighing, unit: str | None, *, cases: _Floats, random: np.random.Generator
) -> list[dict[str, Any]]:
    """The PLAN rows of the brand (None) or of one unit, for touchpoints that are spoken of there, first to last."""
    at = [
        place for place, name in enumerate(weighing.touchpoints) if cases[place] > 0 and (unit, name) in weighing.known
    ]
    if not at:
        return []
    stand = [weighing.known[unit, weighing.touchpoints[place]] for place in at]
    speaking, total = _met(cases, weighing.brand)
    share = np.fmin(speaking / total, 1.0)[at]
    often = random.beta(share * total + 0.5, (1 - share) * total + 0.5, size=(_DRAWS, len(at)))
    drawn = 100 * often * weighing.slope[:, at] * (1 - _standings(stand, random))
    value = drawn.mean(axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    order = ranks(value, drawn)
    made = []
    for place in np.argsort(order.rank):
        ranked = {
            "rank": int(order.rank[place]),
            "rank_low": int(order.low[place]),
            "rank_high": int(order.high[place]),
            "probability_above_next": tidy(order.above_next[place]),
        }
        name, limits = weighing.touchpoints[at[place]], weighing.limits[:, at[place]]
        detail = ranked | _reasons(name, float(share[place]), stand[place], limits=limits, found=weighing.found)
        limits_of = (min(low[place], value[place]), max(high[place], value[place]))
        made.append(_row(unit, name, value=value[place], limits=limits_of, n=int(cases[at[place]]), detail=detail))
    return made


def _standings(stand: list[Standing], random: np.random.Generator) -> _Floats:
    """Draws of how well touchpoints may do."""
    middle = np.array([each.value for each in stand])
    spread = np.array([(each.high - each.low) / 3.92 for each in stand])
    return np.asarray(np.clip(middle + random.standard_normal((_DRAWS, len(stand))) * spread, -1, 1), float)


def _reasons(
    name: str, share: float, standing: Standing, *, limits: _Floats, found: Association | None
) -> dict[str, Any]:
    """What the value is made of, in figures and in words."""
    return {
        "share": tidy(share),
        "importance": _importance(limits, found),
        "performance": _performance(standing),
        "reason": _words(name, share, limits[0], standing),
        "formula": _SHARE_ONLY if found is None else _FORMULA,
        "scale": {"worst": 0, "best": None},
    }


def _row(
    unit: str | None, touchpoint: str, *, value: float, limits: tuple[float, float], n: int, detail: dict[str, Any]
) -> dict[str, Any]:
    by = [("touchpoint", touchpoint), *([("unit", unit)] if unit else [])]
    identity = hashlib.sha256(json.dumps([_MAKER, by], ensure_ascii=False).encode()).hexdigest()[:32]
    measured_in = "points of the overall score, 0-100"
    return {
        "id": identity,
        "name": "priorities",
        "by": by,
        "value": float(value),
        "low": float(limits[0]),
        "high": float(limits[1]),
        "n": n,
        "measured_in": measured_in,
        "detail": json.dumps({**detail, "measured_in": measured_in}, ensure_ascii=False, sort_keys=True),
        "maker": _MAKER,
        "about": [unit] if unit else [],
        "rests_on": [],
    }


def _importance(limits: _Floats, found: Association | None) -> dict[str, Any]:
    if found is None:
        return {"from": "share of cases", "why": "too few cases have both an overall score and words or ratings"}
    value, low, high = (tidy(each) for each in limits)
    return {"from": "association with the overall score", "value": value, "low": low, "high": high, "n": found.cases}


def _performance(standing: Standing) -> dict[str, Any]:
    return {
        "figure": standing.figure,
        "value": tidy(standing.value),
        "low": tidy(standing.low),
        "high": tidy(standing.high),
        "n": standing.n,
    }


def _words(name: str, share: float, slope: float, standing: Standing) -> str:
    """The reason in words, without a causal one."""
    met = f"{name} comes up in {100 * share:.0f} % of cases and stands at {standing.value:+.2f} between -1 and 1"
    if np.isnan(slope):
        return f"{met}."
    return f"{met}; overall scores are {200 * slope:.0f} points of 100 higher where it is praised than where it is not."
