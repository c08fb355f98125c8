"""Effect: whether a fix worked, beyond what happened elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import comb
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question, answers, day
from touchstone.measure._fixes import Fix, asked
from touchstone.measure._fixes import question as narrowed
from touchstone.measure._given import given
from touchstone.measure._panel import Panel, panel
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._rules import RULES
from touchstone.measure._scores import salt
from touchstone.measure._series import EVERY, Series, of_file, of_scores
from touchstone.science.difference import holm
from touchstone.science.effect import FEW, NONE, Effect, Moves, compare, foreseen, moved, slopes, synthetic

FIELDS = {"unit": TEXT, "occurred_at": INSTANT, "value": NUMBER, "started_at": INSTANT}
CUTS = ((),)
_FORMULA = (
    "what treated units moved from before the start to after it, less what untreated units moved "
    "(difference-in-differences over units; Borusyak, Jaravel & Spiess 2024; units weighed by their answers, Student's "
    "t: Hartung & Knapp 2001; few treated units: Conley & Taber 2011; probability by lot too: Fisher 1935)"
)
_MIXED = (
    "treated units after the start less a mix of untreated units that runs with them before (synthetic control: "
    "Abadie, Diamond & Hainmueller 2010; doubt from placebo groups)"
)
_METHODS = ("difference", "synthetic")
_DOUBTFUL = 0.05  # probability from which a slope before the start is worth a warning
_EARLIER = (
    "treated units moved otherwise than the others already before the start: "
    "what is told here may be theirs and not the fix's"
)
_LEANT = (
    "no more than three treated units: the limits lean on how the others scatter, as if the fix did the same to all"
)
_UNMIXED = "units started one after the other, or too few have a figure in every period"
_UNSHOWN = "so few units that chance alone reaches {least:.2f}: no effect, however large, can be told from it"


@dataclass(frozen=True)
class _Asked:
    """How an effect is to be told."""

    method: str
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

    `units` (with commas between) got it on the day `start`; in a file a column `started_at` may say so unit by unit, a
    home knows what it was told of (events whose attributes say `"fix": "NAME"`): a row for each `fix`. `figure` is a
    score of a home, `every` the period compared, `method` difference (in differences) or synthetic (control). `detail`
    has the other method, the event study and placebo tests; where no fix is known, the power before you start.
    """
    question = Question(tuple(by), where, since, until)
    _check(question, every, method, figure)
    fixes = asked(ask, units, day(start, field="start"))
    told = _told_of(ask, fixes, question, every, figure)
    if not told:
        return nothing()
    if units:
        _known(told[0][0], told[0][1])
    found = [_told(panel(series, every, fix.starts), _Asked(method, ask.seed)) for fix, series in told]
    _finish(told, found, alpha)
    names = [fix.name for fix, _ in told]
    return rows(
        pa.table({"fix": pa.array(names, TEXT)}) if any(names) else pa.table({}),
        _Columns([effect for effect, _ in found]),
        n=[sum(each.n for each in series) for _, series in told],
        measured_in=[series[0].measured_in for _, series in told],
        detail=[detail for _, detail in found],
        heading=Heading("effect", salt=f"{units}|{start}|{figure}|{every}|{method}|{salt(question)}", alone=False),
    ).cast(METRIC)


def _told_of(ask: Ask, fixes: list[Fix], question: Question, every: str, figure: str) -> list[tuple[Fix, list[Series]]]:
    """Each fix with the figure of each unit, but of those that got only another fix about the same."""
    found = []
    for fix in fixes:
        others = fix.also(fixes) - set(fix.starts)
        series = _series(ask, narrowed(fix, question), every, figure)
        if kept := [each for each in series if each.keys[0] not in others]:
            found.append((fix, kept))
    return found


def _known(fix: Fix, series: list[Series]) -> None:
    """Refused where a unit of the setting is not among those with answers."""
    answered = {each.keys[0] for each in series}
    if strange := [unit for unit in fix.starts if unit not in answered]:
        raise Refused(f"no unit {strange[0]!r} has answers.", field="units", todo="Name units as they are stored.")


def _finish(told: list[tuple[Fix, list[Series]]], found: list[tuple[Effect, dict[str, Any]]], alpha: float) -> None:
    """What is told of every fix, and whether it is real among so many."""
    adjusted = holm([effect.probability for effect, _ in found])
    for (fix, series), (_, detail), chance in zip(told, found, adjusted.tolist(), strict=True):
        ends = series[0].scale
        width = None if ends[0] is None or ends[1] is None else abs(ends[1] - ends[0])
        detail.update(scale={"worst": None if width is None else -width, "best": width}, figure=series[0].figure)
        if fix.touchpoints:
            detail["touchpoints"] = list(fix.touchpoints)
        if np.isfinite(chance):
            detail.update(probability_adjusted=tidy(chance), comparisons=int(np.isfinite(adjusted).sum()))
            detail["real"] = bool(chance <= alpha)


def _check(question: Question, every: str, method: str, figure: str) -> None:
    if question.by:
        raise Refused("an effect is one figure over all units.", field="by", todo="Narrow with where instead.")
    for value, known, field in ((every, EVERY, "every"), (method, _METHODS, "method"), (figure, RULES, "figure")):
        if value not in known:
            raise Refused(f"there is no {field} {value!r}.", field=field, todo=f"Known: {', '.join(known)}.")


def _series(ask: Ask, question: Question, every: str, figure: str) -> list[Series]:
    """The figure of each unit, period by period; on several scales, that with most answers; else what words say."""
    table = given(ask, question, "unit", "occurred_at", "value")
    if table is not None:
        return of_file(table, ("unit",), every, ask.today)
    asked_by = replace(question, by=("unit",))
    found = of_scores(ask, RULES[figure], asked_by, every)
    if not found and figure == "rating" and answers(question, "mention_rollup"):
        found = of_scores(ask, RULES["sentiment"], asked_by, every)
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
    if np.isnan(mixed.value):
        detail["synthetic"]["why"] = _UNMIXED
    chosen = found if asked.method == "difference" else mixed
    detail.update(probability=tidy(chosen.probability), real=False)
    detail["mix"] = {
        told.units[place]: tidy(mix[place], digits=3) for place in np.argsort(-mix)[:5] if mix[place] > 0.01
    }
    if np.isnan(chosen.value):
        detail["why"] = "too few units to compare: three untreated ones with answers before and after are the least"
    return chosen, detail


def _moves(told: Panel, part: str = "") -> Moves:
    """What each unit moved beyond the untreated; an untreated unit as if it had started with the treated ones.

    `part` placebo takes half of the time before the start for after it; slope gives the slope before it.
    """
    treated = told.treated
    moves, thin, share = np.zeros((3, len(told.units)))
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
        moves += np.where(weight > 0, weight * each.value, 0.0)
        thin += np.where(weight > 0, weight * each.thin, 0.0)
        share += weight
    return Moves(np.where(share > 0, moves, np.nan), thin)


def _compared(told: Panel, moves: Moves, seed: int) -> Effect:
    return compare(
        moves.value, told.within * moves.thin if told.within else np.zeros(len(told.units)), told.treated, seed=seed
    )


def _difference(told: Panel, seed: int, part: str = "") -> Effect:
    return _compared(told, _moves(told, part), seed)


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
    treated = int(told.treated.sum())
    least = 1 / comb(len(told.units), treated)
    warnings = [
        *([_EARLIER] if slope.probability <= _DOUBTFUL or placebo.probability <= _DOUBTFUL else []),
        *([_UNSHOWN.format(least=least)] if least > _DOUBTFUL else [_LEANT] if treated <= FEW else []),
    ]
    return beside | ({"warning": "; ".join(warnings)} if warnings else {})


def _events(told: Panel, start: np.datetime64, seed: int) -> list[dict[str, Any]]:
    """Period by period, how far treated units stand from the others, beyond what they did before the start."""
    before, _ = told.split(start)
    study = []
    for place, period in enumerate(told.periods):
        this = np.arange(before.size) == place
        found = _compared(told, moved(told.mean, told.n, told.treated, this, before & ~this), seed)
        study.append(
            {"period": str(period), "value": tidy(found.value), "low": tidy(found.low), "high": tidy(found.high)}
        )
    return study


def _power(told: Panel, size: int) -> dict[str, Any]:
    """The smallest effect that so many units would show with a probability of .8, by how units have moved so far."""
    half = np.arange(len(told.periods)) >= len(told.periods) // 2
    moves = moved(told.mean, told.n, np.zeros(len(told.units), bool), half, ~half)
    error = foreseen(moves.value, told.within * moves.thin if told.within else np.zeros(len(told.units)), size)
    if error is None:
        return {"units": size, "smallest": None}
    smallest = replace(NONE, error=error, freedom=float(len(told.units) - 2)).smallest()
    return {"units": size, "smallest": tidy(smallest), "periods_after": int(half.sum())}


def _pair(found: Effect) -> dict[str, Any]:
    return {name: tidy(getattr(found, name)) for name in ("value", "low", "high", "probability")}


class _Columns:
    """Effects as columns of estimates."""

    def __init__(self, found: list[Effect]) -> None:
        self.value = np.array([each.value for each in found])
        self.low = np.array([each.low for each in found])
        self.high = np.array([each.high for each in found])
