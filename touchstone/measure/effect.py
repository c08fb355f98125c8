"""Effect: did the fix work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question, day
from touchstone.measure._given import given
from touchstone.measure._panel import Panel, named, panel, started
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._rules import RULES
from touchstone.measure._scores import salt
from touchstone.measure._series import EVERY, Series, of_file, of_scores
from touchstone.science.effect import NONE, Effect, compare, moved, slopes, synthetic

FIELDS = {"unit": TEXT, "occurred_at": INSTANT, "value": NUMBER, "started_at": INSTANT}
CUTS = ((),)
_FORMULA = (
    "what treated units moved from before the start to after it, less what untreated units moved "
    "(difference-in-differences over units, period by period; Welch's t; probability by randomisation, Fisher 1935)"
)
_MIXED = (
    "treated units after the start less a mix of untreated units that runs with them before (synthetic control: "
    "Abadie, Diamond & Hainmueller 2010; doubt from placebo groups)"
)
_METHODS = ("difference", "synthetic")
_DOUBTFUL = 0.05  # probability from which a slope before the start is worth a warning


@dataclass(frozen=True)
class _Asked:
    """How an effect is to be told."""

    method: str
    alpha: float
    seed: int


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    units: str = "",
    start: str = "",
    figure: str = "rating",
    every: str = "month",
    method: str = "difference",
    alpha: float = 0.05,
) -> pa.Table:
    """Effect: did the fix work: units that got it against units that did not, before and after.

    `units` (with commas between) got it on the day `start`; in a file a column `started_at` may say so unit by unit.
    `figure` is a score of a home, `every` the period compared, `method` difference (in differences) or synthetic
    (control). One row; `detail` has the other method, the event study, placebo tests, and the smallest effect that so
    many units would show. Without `units` it is the power before you start, as if one unit in ten were treated.
    """
    question = Question(tuple(by), where, since, until)
    _check(question, every, method, figure)
    series = _series(ask, question, every, figure)
    if not series:
        return nothing()
    told = panel(series, every, _starts(ask, series, units, start))
    found, detail = _told(told, _Asked(method, alpha, ask.seed))
    ends = series[0].scale
    width = None if ends[0] is None or ends[1] is None else abs(ends[1] - ends[0])
    detail.update(scale={"worst": None if width is None else -width, "best": width}, figure=series[0].figure)
    return rows(
        pa.table({}),
        _Columns(found),
        n=[told.n.sum()],
        measured_in=[series[0].measured_in],
        detail=[detail],
        heading=Heading("effect", salt=f"{units}|{start}|{figure}|{every}|{method}|{salt(question)}", alone=False),
    ).cast(METRIC)


def _starts(ask: Ask, series: list[Series], units: str, start: str) -> dict[str, np.datetime64]:
    """The first day of each treated unit: as said in the settings, or else in the file."""
    first = day(start, field="start")
    known = tuple(each.keys[0] for each in series)
    said = named(units, None if first is None else np.datetime64(first, "D"), known)
    if not said and ask.given is not None and "started_at" in ask.given.column_names:
        return started(ask.given)
    return said


def _check(question: Question, every: str, method: str, figure: str) -> None:
    if question.by:
        raise Refused("an effect is one figure over all units.", field="by", todo="Narrow with where instead.")
    for value, known, field in ((every, EVERY, "every"), (method, _METHODS, "method"), (figure, RULES, "figure")):
        if value not in known:
            raise Refused(f"there is no {field} {value!r}.", field=field, todo=f"Known: {', '.join(known)}.")


def _series(ask: Ask, question: Question, every: str, figure: str) -> list[Series]:
    """The figure of each unit, period by period; on several scales, that with most answers."""
    table = given(ask, question, "unit", "occurred_at", "value")
    if table is not None:
        return of_file(table, ("unit",), every, ask.now.date())
    found = of_scores(ask, RULES[figure], replace(question, by=("unit",)), every)
    sizes: dict[tuple[str, ...], int] = {}
    for each in found:
        sizes[each.keys[1:]] = sizes.get(each.keys[1:], 0) + each.n
    most = max(sizes, key=lambda scale: (sizes[scale], scale), default=())
    return [each for each in found if each.keys[1:] == most]


def _told(told: Panel, asked: _Asked) -> tuple[Effect, dict[str, Any]]:
    """The effect and what is told beside it."""
    treated = told.treated
    detail: dict[str, Any] = {
        "formula": _FORMULA if asked.method == "difference" else _MIXED,
        "treated": int(treated.sum()),
        "untreated": int((~treated).sum()),
        "started": sorted({str(each) for each in told.started[treated]}),
    }
    if not treated.any():
        detail.update(why="no unit is said to have got a fix", power=_power(told, max(len(told.units) // 10, 1)))
        return NONE, detail
    splits = [told.split(each) for each in np.unique(told.started[treated])]
    if not all(before.any() and after.any() for before, after in splits):
        over = "no period after the start is over" if all(split[0].any() for split in splits) else "no period before it"
        detail.update(why=f"{over}: nothing can be compared yet", power=_power(told, int(treated.sum())))
        return NONE, detail
    found = _difference(told, asked.seed)
    mixed, mix = _synthetic(told, asked.seed)
    detail.update(
        _beside(told, asked), smallest=tidy(found.smallest()), synthetic=_pair(mixed), difference=_pair(found)
    )
    chosen = found if asked.method == "difference" else mixed
    detail.update(probability=tidy(chosen.probability), real=bool(chosen.probability <= asked.alpha))
    detail["mix"] = {
        told.units[place]: tidy(mix[place], digits=3) for place in np.argsort(-mix)[:5] if mix[place] > 0.01
    }
    if np.isnan(chosen.value):
        detail["why"] = "too few units to compare: three untreated ones with answers before and after are the least"
    return chosen, detail


def _moves(told: Panel, part: str = "") -> NDArray[np.float64]:
    """What each unit moved beyond the untreated; an untreated unit as if it had started with the treated ones.

    `part` placebo takes half of the time before the start for after it; slope gives the slope before it.
    """
    treated = told.treated
    moves, share = np.zeros(len(told.units)), np.zeros(len(told.units))
    for start in np.unique(told.started[treated]):
        before, after = told.split(start)
        if part == "placebo":
            held = np.flatnonzero(before)
            after, before = np.isin(np.arange(before.size), held[held.size // 2 :]), before.copy()
            before &= ~after
        if part == "slope":
            each = slopes(told.mean, told.n, treated, before)
        else:
            each = moved(told.mean, told.n, treated, after, before)
        own = told.started == start
        weight = np.where(treated, own, own.sum() / treated.sum())
        moves += np.where(weight > 0, weight * each, 0.0)
        share += weight
    return np.where(share > 0, moves, np.nan)


def _difference(told: Panel, seed: int, part: str = "") -> Effect:
    moves, treated = _moves(told, part), told.treated
    return compare(moves[treated], moves[~treated], seed=seed)


def _synthetic(told: Panel, seed: int) -> tuple[Effect, NDArray[np.float64]]:
    """The synthetic control, where all treated units started on one day."""
    starts = np.unique(told.started[told.treated])
    if len(starts) > 1:
        return NONE, np.zeros(len(told.units))
    before, after = told.split(starts[0])
    return synthetic(told.mean, told.treated, after, before, seed=seed)


def _beside(told: Panel, asked: _Asked) -> dict[str, Any]:
    """Placebo in time, slopes before the start with a warning where they differ, and the event study."""
    placebo, slope = _difference(told, asked.seed, "placebo"), _difference(told, asked.seed, "slope")
    beside: dict[str, Any] = {"placebo_in_time": _pair(placebo), "slope_before": _pair(slope)}
    starts = np.unique(told.started[told.treated])
    if len(starts) == 1:
        beside["event_study"] = _events(told, starts[0], asked.seed)
    if slope.probability <= _DOUBTFUL or placebo.probability <= _DOUBTFUL:
        beside["warning"] = (
            "treated units moved otherwise than the others already before the start: "
            "what is told here may be theirs and not the fix's"
        )
    return beside


def _events(told: Panel, start: np.datetime64, seed: int) -> list[dict[str, Any]]:
    """Period by period, how far treated units stand from the others, beyond what they did before the start."""
    before, _ = told.split(start)
    study = []
    for place, period in enumerate(told.periods):
        this = np.arange(before.size) == place
        moves = moved(told.mean, told.n, told.treated, this, before & ~this)
        found = compare(moves[told.treated], moves[~told.treated], seed=seed)
        study.append(
            {"period": str(period), "value": tidy(found.value), "low": tidy(found.low), "high": tidy(found.high)}
        )
    return study


def _power(told: Panel, size: int) -> dict[str, Any]:
    """The smallest effect that so many units would show with a probability of .8, by how units have moved so far."""
    half = np.arange(len(told.periods)) >= len(told.periods) // 2
    moves = moved(told.mean, told.n, np.zeros(len(told.units), bool), half, ~half)
    moves = moves[np.isfinite(moves)]
    if moves.size < size + 3:
        return {"units": size, "smallest": None}
    error = float(moves.std(ddof=1)) * np.sqrt(1 / size + 1 / (moves.size - size))
    smallest = replace(NONE, error=error, freedom=float(moves.size - 2)).smallest()
    return {"units": size, "smallest": tidy(smallest), "periods_after": int(half.sum())}


def _pair(found: Effect) -> dict[str, Any]:
    return {name: tidy(getattr(found, name)) for name in ("value", "low", "high", "probability")}


class _Columns:
    """One effect as columns of estimates."""

    def __init__(self, found: Effect) -> None:
        self.value, self.low, self.high = (np.array([each]) for each in (found.value, found.low, found.high))
