"""Units compared fairly: adjusted for their cases, drawn together where answers are few, ranked with doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._given import given
from touchstone.measure._leagues import League, of_file, of_home
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.casemix import CaseMix, adjusted
from touchstone.science.interval import Interval
from touchstone.science.order import Ranks, probability_above, ranks, tiers
from touchstone.science.shrinkage import Posterior, Shrunk, draws, posterior, shrink

FIELDS = {"unit": TEXT, "value": NUMBER}
CUTS = (("unit",), ())
"""What is stored of it by `run`."""
_PAIRS = 60  # up to this many units every pair is told
_BUDGET = 2_000_000  # draws times units
_FEW = 10
_SURE = 0.95  # an order is told from here on
_FORMULA = (
    "mean drawn towards that of the league by its reliability n / (n + k), k = variance within units / variance "
    "between (Efron & Morris 1975; Morris 1983)"
)
_MIX = "; adjusted to the mix of all answers by a regression within units"


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    figure: str = "",
    adjust: Sequence[str] = (),
    best: float | None = None,
    worst: float | None = None,
) -> pa.Table:
    """Each unit's mean as it would be with everybody's cases, drawn towards the league's, with the ranks it may have.

    `figure` is nps, csat, ces, rating or yes_share (empty: the first of them that has answers). `adjust` names the
    columns that say what cases a unit has: channel, product, level, campaign on a home, any column of a file (numbers
    as such, words as kinds). `best` and `worst` overrule the scale that answers say. Units that share every other by
    column are one league. Without `unit` in `by`: a row per league, the spread of the units' true means.
    """
    question = Question(tuple(by), where, since, until, worst, best)
    table = given(ask, question, "unit", "value")
    found = of_file(table, question, adjust) if table is not None else of_home(ask, question, adjust, figure=figure)
    made = [row for league in found for row in _told(league, question, tuple(adjust), seed=ask.seed)]
    marks = "|".join((salt(question), *(each.measured_in for each in found[:1]), *adjust))
    return _rows(made, marks).cast(METRIC) if made else nothing()


@dataclass(frozen=True)
class _Standing:
    """A league worked out."""

    league: League
    mix: CaseMix
    belief: Posterior
    found: Shrunk
    order: Ranks
    group: Any
    above: Any  # None in a large league


def _stand(league: League, *, seed: int) -> _Standing:
    mix = adjusted(league.unit, league.points, league.cases, league.n, ends=(league.worst, league.best))
    widest = abs(league.best - league.worst) / 2 or 1.0
    variance = np.fmax(mix.variance, 1e-12 * widest**2)
    belief = posterior(mix.mean, variance, widest=widest)
    size = int(np.clip(_BUDGET / mix.n.size, 400, 4000))
    truth = draws(belief, size=size, seed=seed)
    high = league.best >= league.worst
    found = shrink(mix.mean, variance, widest=widest)
    order = ranks(found.value, truth, best_is_high=high)
    group = tiers(found.value, truth, best_is_high=high, sure=_SURE)
    above = probability_above(truth, best_is_high=high) if mix.n.size <= _PAIRS else None
    return _Standing(league, mix, belief, found, order, group, above)


def _told(league: League, question: Question, adjust: tuple[str, ...], *, seed: int) -> list[dict[str, Any]]:
    """The rows of one league, as dictionaries of their columns."""
    scale = {"worst": tidy(league.worst), "best": tidy(league.best)}
    detail = {"formula": _FORMULA + (_MIX if adjust else ""), "scale": scale, "league_size": len(league.units)}
    if len(league.units) < 2:
        return [_alone(league, detail, "unit" in question.by)]
    standing = _stand(league, seed=seed)
    detail |= {
        "league_mean": tidy(standing.found.centre),
        "spread": tidy(standing.found.spread),
        "says": f"an order is told from a probability of {_SURE} on; units of one group cannot be told apart",
        "comparisons": "all units are judged together by one model, so that more pairs raise no more false orders",
    }
    if adjust:
        detail |= {"adjusted_for": list(adjust), "explained_by_cases": tidy(standing.mix.explained, digits=4)}
    if "unit" not in question.by:
        return [_whole(standing, detail)]
    return [_row(standing, at, detail) for at in range(len(league.units))]


def _row(standing: _Standing, at: int, detail: dict[str, Any]) -> dict[str, Any]:
    league, mix, found, order = standing.league, standing.mix, standing.found, standing.order
    n, reliability = float(mix.n[at]), float(found.reliability[at])
    floor, ceiling = sorted((league.worst, league.best))
    value = float(np.clip(found.value[at], floor, ceiling))
    own: dict[str, Any] = {
        "raw": tidy(mix.raw[at]),
        "reliability": tidy(reliability, digits=4),
        "k": tidy(n * (1 - reliability) / reliability if reliability > 0 else np.inf, digits=3),
        "rank": int(order.rank[at]),
        "rank_low": int(order.low[at]),
        "rank_high": int(order.high[at]),
        "group": int(standing.group[at]),
    }
    if "adjusted_for" in detail:
        own["adjusted"] = tidy(mix.mean[at])
    if standing.above is not None:
        own["probability_above"] = {
            name: tidy(standing.above[at, other], digits=4) for other, name in enumerate(league.units) if other != at
        }
    if n < _FEW:
        own["few"] = True
    low, high = max(float(found.low[at]), floor), min(float(found.high[at]), ceiling)
    keys = {**league.keys, "unit": league.units[at]}
    return _figure(keys, (value, min(low, value), max(high, value)), n, league, {**detail, **own})


def _alone(league: League, detail: dict[str, Any], by_unit: bool) -> dict[str, Any]:
    """A league of one: nobody to compare it with."""
    keys = {**league.keys, **({"unit": league.units[0]} if by_unit else {})}
    raw = float(league.n @ league.points / league.n.sum())
    said = {**detail, "why": "a league needs two units at least", "raw": tidy(raw)}
    return _figure(keys, (np.nan, np.nan, np.nan), float(league.n.sum()), league, said)


def _whole(standing: _Standing, detail: dict[str, Any]) -> dict[str, Any]:
    """How far units truly differ: the standard deviation of their true means."""
    tau, weight = standing.belief.tau, standing.belief.weight
    reached = np.cumsum(weight)
    low, high = (float(tau[np.searchsorted(reached, share)]) for share in (0.025, 0.975))
    value = standing.found.spread
    width = abs(standing.league.best - standing.league.worst)
    detail = {
        **detail,
        "formula": "standard deviation of the units' true means; " + detail["formula"],
        "scale": {"worst": tidy(width / 2), "best": 0.0},
        "groups": int(standing.group.max()),
    }
    ends = (value, min(low, value), max(high, value))
    return _figure(standing.league.keys, ends, float(standing.mix.n.sum()), standing.league, detail)


def _figure(
    keys: dict[str, str], ends: tuple[float, float, float], n: float, league: League, detail: dict[str, Any]
) -> dict[str, Any]:
    value, low, high = ends
    return {"keys": keys, "value": value, "low": low, "high": high, "n": n, "in": league.measured_in, "detail": detail}


def _rows(made: list[dict[str, Any]], marks: str) -> pa.Table:
    names = list(made[0]["keys"])
    keys = pa.table({name: pa.array([each["keys"][name] for each in made], TEXT) for name in names})
    columns = {name: np.array([each[name] for each in made], float) for name in ("value", "low", "high", "n")}
    return rows(
        keys,
        Interval(**columns, variance=np.zeros(len(made))),
        n=columns["n"],
        measured_in=[each["in"] for each in made],
        detail=[each["detail"] for each in made],
        heading=Heading("league", salt=marks, alone=False),
    )
