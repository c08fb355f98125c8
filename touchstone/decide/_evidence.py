"""What the lake says of each touchpoint: how it goes with overall scores, how well it does, how often it is met.

A case is a thread (a survey, a conversation) or, without one, an interaction. In a case a touchpoint stands between -1
and 1: the mean of its mentions' polarity and of ratings of it; 0 where the case does not speak of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.science.interval import mean_interval

Floats = NDArray[np.float64]
SCORES = ("nps", "csat", "rating", "ces")
STEADY = 6  # sums are rounded to this many digits, so that the order of summing leaves no trace

CASES = """
WITH evidence AS (
    SELECT coalesce(i.thread, i.id) AS case_id, m.touchpoint AS touchpoint,
        CASE m.polarity WHEN 'positive' THEN 1.0 WHEN 'negative' THEN -1.0 ELSE 0.0 END AS standing
    FROM mention AS m JOIN interaction AS i ON i.id = m.interaction WHERE m.touchpoint IS NOT NULL
    UNION ALL
    SELECT coalesce(i.thread, i.id) AS case_id, i.touchpoint AS touchpoint,
        2.0 * (i.value - i.worst) / (i.best - i.worst) - 1.0 AS standing
    FROM interaction AS i
    WHERE i.touchpoint IS NOT NULL AND i.value IS NOT NULL AND i.best <> i.worst
), standing AS (
    SELECT case_id, touchpoint, avg(standing) AS x FROM evidence GROUP BY case_id, touchpoint
), outcome AS (
    SELECT coalesce(thread, id) AS case_id, avg((value - worst) / (best - worst)) AS y FROM interaction
    WHERE touchpoint IS NULL AND value IS NOT NULL AND best <> worst GROUP BY coalesce(thread, id)
), spoken AS (
    SELECT o.case_id AS case_id, o.y AS y FROM outcome AS o
    WHERE o.case_id IN (SELECT case_id FROM standing)
)
"""
ALL = "SELECT count(*) AS n, sum(y) AS y, sum(y * y) AS yy FROM spoken"
EACH = """
SELECT s.touchpoint AS touchpoint, count(*) AS n, sum(s.x) AS x, sum(s.x * o.y) AS xy
FROM standing AS s JOIN spoken AS o ON o.case_id = s.case_id GROUP BY s.touchpoint ORDER BY s.touchpoint
"""
PAIRS = """
SELECT a.touchpoint AS one, b.touchpoint AS other, sum(a.x * b.x) AS xx
FROM standing AS a JOIN standing AS b ON b.case_id = a.case_id JOIN spoken AS o ON o.case_id = a.case_id
GROUP BY a.touchpoint, b.touchpoint ORDER BY a.touchpoint, b.touchpoint
"""
REACH = """
SELECT i.unit AS unit, s.touchpoint AS touchpoint, count(DISTINCT s.case_id) AS n
FROM standing AS s JOIN interaction AS i ON coalesce(i.thread, i.id) = s.case_id
GROUP BY i.unit, s.touchpoint ORDER BY i.unit, s.touchpoint
"""


TOTAL = """
SELECT i.unit AS unit, CAST(NULL AS VARCHAR) AS touchpoint, count(DISTINCT s.case_id) AS n
FROM standing AS s JOIN interaction AS i ON coalesce(i.thread, i.id) = s.case_id
GROUP BY i.unit ORDER BY i.unit
"""


@dataclass(frozen=True)
class Association:
    """Per touchpoint: how much the overall score (0 to 1) differs per unit of its standing, others held; variances."""

    slope: Floats
    variance: Floats
    cases: int


def reach(ask: Ask) -> list[dict[str, Any]]:
    """Cases that speak of each touchpoint (None: of any), by unit (None: of no unit): rows unit, touchpoint, n."""
    rows: list[dict[str, Any]] = ask.lake(CASES + REACH).to_pylist()
    return rows + ask.lake(CASES + TOTAL).to_pylist() if rows else []


def association(ask: Ask, touchpoints: list[str], *, minimum: int) -> Association | None:
    """Least squares of overall scores on standings, from sums; None with fewer than `minimum` cases or no variation."""
    total = ask.lake(CASES + ALL).to_pylist()[0]
    cases, size = int(total["n"] or 0), len(touchpoints)
    if cases < max(minimum, size + 3):
        return None
    place = {name: at for at, name in enumerate(touchpoints)}
    x, xy, xx = np.zeros(size), np.zeros(size), np.zeros((size, size))
    for row in ask.lake(CASES + EACH).to_pylist():
        x[place[row["touchpoint"]]], xy[place[row["touchpoint"]]] = _steady(row["x"]), _steady(row["xy"])
    for row in ask.lake(CASES + PAIRS).to_pylist():
        xx[place[row["one"]], place[row["other"]]] = _steady(row["xx"])
    y, yy = _steady(total["y"]), _steady(total["yy"])
    spread = yy - y * y / cases
    if spread <= 1e-9 * cases:
        return None
    return _fitted(xx - np.outer(x, x) / cases, xy - x * y / cases, spread=spread, cases=cases)


def _fitted(square: Floats, cross: Floats, *, spread: float, cases: int) -> Association:
    """Slopes and their variances; a touchpoint that hardly varies gets slope 0 and a huge variance."""
    known = np.diag(square) > 1e-6 * cases
    slope, variance = np.zeros(cross.size), np.full(cross.size, 1e6)
    if known.any():
        inner = square[np.ix_(known, known)] + np.eye(int(known.sum())) * 1e-6 * cases
        inverse = np.linalg.inv(inner)
        slope[known] = inverse @ cross[known]
        rest = max(spread - float(slope[known] @ cross[known]), 1e-9 * cases)
        variance[known] = np.diag(inverse) * rest / max(cases - int(known.sum()) - 1, 1)
    return Association(slope, variance, cases)


@dataclass(frozen=True)
class Standing:
    """How well a touchpoint does, -1 to 1, with its 95 % interval, the answers behind it and the figure it is."""

    value: float
    low: float
    high: float
    n: int
    figure: str


def standings(ask: Ask) -> dict[tuple[str | None, str], Standing]:
    """By (unit or None, touchpoint): from the stored figure most answers stand behind, else from counts of mentions."""
    stored = ask.lake(
        'SELECT name, "by", value, low, high, n, measured_in, detail FROM metric '
        "WHERE name IN ('sentiment', 'rating', 'ces', 'csat') AND value IS NOT NULL ORDER BY name, id"
    ).to_pylist()
    found: dict[tuple[str | None, str], Standing] = dict(_counted(ask))
    cuts = ({"touchpoint"}, {"unit", "touchpoint"})
    rows = [(row, dict(row["by"])) for row in stored]
    rows = [(row, by) for row, by in rows if set(by) - {"scale"} in cuts]
    weight: dict[tuple[str, str], int] = {}
    for row, by in rows:
        if "unit" not in by:
            weight[row["name"], row["measured_in"]] = weight.get((row["name"], row["measured_in"]), 0) + row["n"]
    for kind in sorted(
        weight, key=lambda each: (weight[each], each)
    ):  # the one with most answers comes last, and stays
        for row, by in rows:
            if (row["name"], row["measured_in"]) == kind:
                found[by.get("unit"), by["touchpoint"]] = _standing(row)
    return found


def _standing(row: dict[str, Any]) -> Standing:
    scale = json.loads(row["detail"])["scale"]
    width = scale["best"] - scale["worst"]
    ends = sorted(2 * (row[each] - scale["worst"]) / width - 1 for each in ("low", "high"))
    return Standing(2 * (row["value"] - scale["worst"]) / width - 1, ends[0], ends[1], int(row["n"]), row["name"])


def _counted(ask: Ask) -> list[tuple[tuple[str | None, str], Standing]]:
    """Standings from counts of mentions as they were read, of the whole brand and of each unit."""
    rows = ask.lake(
        "SELECT unit, touchpoint, polarity, CAST(sum(n) AS BIGINT) AS n FROM mention_rollup "
        "WHERE touchpoint IS NOT NULL GROUP BY unit, touchpoint, polarity ORDER BY unit, touchpoint, polarity"
    ).to_pylist()
    places: dict[tuple[str | None, str], int] = {}
    group, value, count = [], [], []
    for row in rows:
        for unit in {None, row["unit"]}:
            group.append(places.setdefault((unit, row["touchpoint"]), len(places)))
            value.append({"positive": 1.0, "negative": -1.0}.get(row["polarity"], 0.0))
            count.append(float(row["n"]))
    if not places:
        return []
    interval = mean_interval(group, value, count, worst=-1.0, best=1.0)
    limits = zip(interval.value.tolist(), interval.low.tolist(), interval.high.tolist(), interval.n, strict=True)
    made = [Standing(middle, low, high, int(n), "mentions") for middle, low, high, n in limits]
    return list(zip(places, made, strict=True))


def _steady(number: float | None) -> float:
    return round(float(number or 0.0), STEADY)
