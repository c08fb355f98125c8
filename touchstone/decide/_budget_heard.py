"""What was heard, as a plan needs it: surveys that rate touchpoints, standings at each unit, sales, measured links."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from touchstone.core.ask import Ask
from touchstone.science.partial import Bends, Normal, bends, regression
from touchstone.science.shrinkage import Posterior, draws, posterior

Floats = NDArray[np.float64]
MOST = 150_000  # surveys that weights are learned from; of more, so many drawn by their names
MIDDLE = 0.5  # of a scale, as a share of it
_DIGITS = 9  # of sums that count: the engine adds up in any order, and the last ones hang on it
_FEWEST = 200  # of them; with fewer every touchpoint weighs the same
_RATED = """WITH rated AS (
    SELECT i.thread AS thread, min(i.unit) AS unit FROM interaction AS i
    WHERE i.metric = 'rating' AND i.touchpoint IS NOT NULL AND i.value IS NOT NULL AND i.best <> i.worst
    AND i.thread IS NOT NULL AND i.unit IS NOT NULL GROUP BY i.thread
), told AS (
    SELECT o.thread AS thread, min(o.metric) AS metric, avg((o.value - o.worst) / (o.best - o.worst)) AS y
    FROM interaction AS o WHERE o.touchpoint IS NULL AND o.value IS NOT NULL AND o.best <> o.worst
    AND o.thread IS NOT NULL GROUP BY o.thread
), chosen AS (
    SELECT r.thread AS thread, r.unit AS unit, t.metric AS metric, t.y AS y FROM rated AS r
    JOIN told AS t ON t.thread = r.thread ORDER BY md5(r.thread), r.thread LIMIT ?
)
SELECT c.thread AS thread, c.unit AS unit, c.metric AS metric, c.y AS y, i.touchpoint AS touchpoint,
    avg((i.value - i.worst) / (i.best - i.worst)) AS x
FROM chosen AS c JOIN interaction AS i ON i.thread = c.thread
WHERE i.metric = 'rating' AND i.touchpoint IS NOT NULL AND i.value IS NOT NULL AND i.best <> i.worst
GROUP BY c.thread, c.unit, c.metric, c.y, i.touchpoint ORDER BY c.thread, i.touchpoint"""
_CELLS = """SELECT unit, touchpoint, count(*) AS n, avg(x) AS mean, sum(x * x) AS square FROM (
    SELECT i.unit AS unit, i.touchpoint AS touchpoint, (i.value - i.worst) / (i.best - i.worst) AS x
    FROM interaction AS i WHERE i.metric = 'rating' AND i.touchpoint IS NOT NULL AND i.value IS NOT NULL
    AND i.best <> i.worst AND i.unit IS NOT NULL
    UNION ALL
    SELECT i.unit AS unit, m.touchpoint AS touchpoint,
        CASE m.polarity WHEN 'positive' THEN 1.0 WHEN 'negative' THEN 0.0 ELSE 0.5 END AS x
    FROM mention AS m JOIN interaction AS i ON i.id = m.interaction
    WHERE m.touchpoint IS NOT NULL AND i.unit IS NOT NULL AND m.touchpoint NOT IN (
        SELECT DISTINCT touchpoint FROM interaction WHERE metric = 'rating' AND touchpoint IS NOT NULL)
) AS heard GROUP BY unit, touchpoint ORDER BY unit, touchpoint"""
_SALES = """SELECT i.unit AS unit, count(*) AS n, count(DISTINCT i.person) AS customers, sum(i.amount) AS amount,
    sum(i.amount * i.amount) AS square FROM interaction AS i
WHERE i.kind = 'purchase' AND i.unit IS NOT NULL AND i.amount > 0 GROUP BY i.unit ORDER BY i.unit"""
_SPAN = """SELECT min(occurred_at) AS first, max(occurred_at) AS last, max(currency) AS currency
FROM interaction WHERE kind = 'purchase' AND amount > 0"""
_LINKS = (
    """SELECT "by", value, low, high, n, detail FROM metric WHERE name = 'loyalty' AND value IS NOT NULL ORDER BY id"""
)
_EFFECTS = "SELECT value, low, high, n, detail FROM metric WHERE name = 'effect' AND value IS NOT NULL ORDER BY id"


@dataclass(frozen=True)
class Sales:
    """By unit: sales and customers a year, as expected from what was sold; a unit's amounts are drawn in."""

    units: tuple[str, ...]
    amount: Floats
    customers: Floats
    currency: str
    years: float


@dataclass(frozen=True)
class Standings:
    """Ratings as shares of their scale, units x touchpoints: expected, and draws of them; by touchpoint the brand's."""

    value: Floats
    drawn: Floats  # draws x units x touchpoints
    n: Floats
    brand: Floats
    spread: float  # of one customer's rating about what is usual at the unit


@dataclass(frozen=True)
class Weights:
    """The regression of outcome on ratings, in standard deviations; `step`: that of the outcome, in points of 10.

    `bends` is how much more a step of each touchpoint weighs below the middle of its scale than above.
    """

    of: Normal | None
    bends: Bends | None
    step: float
    surveys: int


def sales(ask: Ask) -> Sales:
    """What each unit sells; units without a purchase are left out."""
    rows = ask.lake(_SALES).to_pylist()
    if not rows:
        return Sales((), np.zeros(0), np.zeros(0), "", 1.0)
    span = ask.lake(_SPAN).to_pylist()[0]
    years = max((span["last"] - span["first"]).total_seconds() / 86_400 / 365.25, 1 / 12)
    n, amount, square, customers = (_steady(np.array([row[name] for row in rows], float))
                                    for name in ("n", "amount", "square", "customers"))  # fmt: skip
    each = float(amount.sum() / n.sum())
    within = max(float((square - amount**2 / n).sum()) / max(float((n - 1).sum()), 1.0), 1e-9)
    mean = _drawn_in(amount / n, within / n, widest=each) if len(rows) > 1 else amount / n
    return Sales(tuple(row["unit"] for row in rows), n * np.fmax(mean, each / 10) / years, customers / years,
                 span["currency"] or "", years)  # fmt: skip


def standings(ask: Ask, units: tuple[str, ...], touchpoints: tuple[str, ...], *, size: int) -> Standings:
    """How each touchpoint stands at each unit: what all units share, the unit's own, and what is peculiar to both."""
    n, total, square = (np.zeros((len(units), len(touchpoints))) for _ in range(3))
    place, column = ({name: at for at, name in enumerate(names)} for names in (units, touchpoints))
    for row in ask.lake(_CELLS).to_pylist():
        if row["unit"] in place and row["touchpoint"] in column:
            at = place[row["unit"]], column[row["touchpoint"]]
            n[at], total[at], square[at] = row["n"], row["n"] * row["mean"], row["square"]
    total, square = _steady(total), _steady(square)
    heard = n.sum(axis=0)
    usual = np.where(heard > 0, total.sum(axis=0) / np.fmax(heard, 1), 0.7)
    known = n > 0
    own = np.where(known, total / np.fmax(n, 1) - usual, 0.0)
    variance = max(float((square - np.where(known, total**2 / np.fmax(n, 1), 0)).sum())
                   / max(float((n - 1)[known].sum()), 1.0), 1e-4)  # fmt: skip
    unit = _unit_part(own, n, variance)
    belief = _peculiar(own - unit[:, None], n, variance)
    middle, drawn = np.zeros_like(own), np.zeros((size, *own.shape))
    if belief is not None:
        middle[known] = belief.weight @ belief.mean
        drawn[:, known] = draws(belief, size=size, seed=ask.seed)
    ends = (0.02, 0.98)
    return Standings(
        np.clip(usual + unit[:, None] + middle, *ends),
        np.clip(usual + unit[None, :, None] + drawn, *ends),
        n,
        np.clip(usual, *ends),
        float(np.sqrt(variance)),
    )


def _steady(values: Floats) -> Floats:
    """Values to so many digits that count: what is left of the order of adding up is gone, so plans are the same."""
    size = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.where(values != 0, np.abs(values), 1.0))))
    return np.asarray(np.round(values * size) / size, float)


def _unit_part(own: Floats, n: Floats, variance: float) -> Floats:
    """How far each unit stands from the usual on the whole, drawn in."""
    count = n.sum(axis=1)
    mean = (own * n).sum(axis=1) / np.fmax(count, 1)
    if (count > 0).sum() < 2:
        return np.zeros(len(mean))
    made = np.zeros(len(mean))
    made[count > 0] = _drawn_in(mean[count > 0], 2 * variance / count[count > 0], widest=0.5)
    return made


def _peculiar(own: Floats, n: Floats, variance: float) -> Posterior | None:
    known = n > 0
    return posterior(own[known], variance / n[known], widest=0.5) if known.sum() > 1 else None


def _drawn_in(mean: Floats, variance: Floats, *, widest: float) -> Floats:
    belief = posterior(mean, variance, widest=widest)
    return np.asarray(belief.weight @ belief.mean, float)


def weights(ask: Ask, units: tuple[str, ...], touchpoints: tuple[str, ...], standing: Standings) -> Weights:
    """Surveys that rate touchpoints beside an outcome, as a regression; None in it with too few of them."""
    table = ask.lake(_RATED, [MOST])
    column = {name: at for at, name in enumerate(touchpoints)}
    place = {name: at for at, name in enumerate(units)}
    row: dict[str, int] = {}
    held = [each for each in table.to_pylist() if each["touchpoint"] in column and each["unit"] in place]
    for each in held:
        row.setdefault(each["thread"], len(row))
    first = {row[each["thread"]]: each for each in reversed(held)}
    if len(row) < _FEWEST:
        return Weights(None, None, 2.5, len(row))
    unit = np.array([place[first[at]["unit"]] for at in range(len(row))], np.int64)
    shares = np.full((len(row), len(touchpoints)), np.nan)
    for each in held:
        shares[row[each["thread"]], column[each["touchpoint"]]] = round(each["x"], _DIGITS)
    metric = np.array([first[at]["metric"] for at in range(len(row))])
    given = _steady(np.array([first[at]["y"] for at in range(len(row))]))
    step = float(np.sqrt(np.mean([given[metric == name].var() for name in np.unique(metric)]))) * 10
    scored = _scored(given, metric)
    rated = (shares - standing.value[unit]) / standing.spread
    return Weights(regression(rated, scored, unit), _bends(shares, scored, unit, standing), step, len(row))


def _bends(shares: Floats, scored: Floats, unit: NDArray[np.int64], standing: Standings) -> Bends:
    """Bends of ratings as normal scores too, or what a scale crowds at its ends would look like one."""
    rated, middle = np.full_like(shares, np.nan), np.zeros(shares.shape[1])
    for at, share in enumerate(shares.T):
        said = np.flatnonzero(~np.isnan(share))
        if not len(said):
            continue
        rated[said, at] = _scored(share[said], np.zeros(len(said), np.str_))
        below = (share[said] < MIDDLE).sum() + (share[said] == MIDDLE).sum() / 2
        middle[at] = ndtri((below + 0.5) / (len(said) + 1))
    here = ((standing.value - standing.brand) / standing.spread)[unit]
    return bends(rated - here, scored, unit, middle - here)


def _scored(value: Floats, kind: NDArray[np.str_]) -> Floats:
    """Answers as normal scores: the mean of the part of a normal distribution that all with this answer fill."""
    scored = np.zeros(len(value))
    for name in np.unique(kind):
        mine = kind == name
        _, step, count = np.unique(value[mine], return_inverse=True, return_counts=True)
        edge = ndtri(np.concatenate([[0.0], np.cumsum(count)]) / count.sum())
        density = np.exp(-(edge**2) / 2) / np.sqrt(2 * np.pi)
        scored[mine] = ((density[:-1] - density[1:]) * count.sum() / count)[step]
    return scored


def links(ask: Ask) -> dict[str, dict[str, Any]]:
    """By link of the loyalty chain (retention, spend, referrals) what was measured of experience, where it is real."""
    found = {}
    for row in ask.lake(_LINKS).to_pylist():
        by, detail = dict(row["by"]), json.loads(row["detail"])
        if set(by) == {"of", "link"} and by["of"] == "experience" and detail.get("real"):
            found[by["link"]] = {**row, "detail": detail}
    return found


def effects(ask: Ask) -> dict[str, tuple[float, float, float]]:
    """By touchpoint what a fix there was measured to lift, as a share of the scale, with limits; the last stored."""
    found = {}
    for row in ask.lake(_EFFECTS).to_pylist():
        detail = json.loads(row["detail"])
        width = (detail.get("scale") or {}).get("best")
        if detail.get("figure") == "rating" and width:
            limits = (row["value"] / width, row["low"] / width, row["high"] / width)
            found.update(dict.fromkeys(detail.get("touchpoints") or (), limits))
    return found
