"""Organic: the score without bought praise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._given import given
from touchstone.measure._praise import Marks, Praise, of_file, of_home
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt, scale_text
from touchstone.science.campaign import campaigns
from touchstone.science.interval import mean_interval

FIELDS = {"occurred_at": INSTANT, "value": NUMBER, "text": TEXT, "incentive": TEXT}
CUTS = ((), ("unit",))
_FORMULA = (
    "mean of answers that are neither disclosed as rewarded, nor bought by their wording (probability .5 or more), nor "
    "given while a campaign ran (stretches crowded against their surroundings, with better scores: scan statistic, "
    "Kulldorff 1997); score interval (Tango 1998), widened by who may be on the wrong side"
)
_STRETCHES = 400  # a campaign is looked for in so many stretches of time at most; single days up to this many
_FEW = 30  # answers left
_MOST = 0.5  # share set aside from which the rest may not stand for all


@dataclass(frozen=True)
class _Found:
    """What an index without bought praise comes to, step by step."""

    value: float
    low: float
    high: float
    n: int
    detail: dict[str, Any]


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    figure: str = "rating",
    best: float | None = None,
    worst: float | None = None,
    alpha: float = 0.01,
    longest: int = 120,
) -> pa.Table:
    """Organic: the score without bought praise, with the campaigns that were found.

    Set aside are answers that the source discloses as rewarded, those whose words were bought (a reward named, codes,
    the seller's voice), and all others given while a campaign ran: a stretch with far more answers than its
    surroundings, and better ones, of `longest` days at most; `alpha` is the chance of calling any stretch of an even
    series crowded. On a home the scores are reviews' of one `figure`; a file's scale ends at `best` and `worst`.
    """
    _check(alpha, longest)
    question = Question(tuple(by), where, since, until, worst, best)
    table = given(ask, question, "value")
    if table is not None and question.by:
        raise Refused("a file has one organic index.", field="by", todo="Split the file itself.")
    praised = of_file(table, worst, best) if table is not None else of_home(ask, question, figure)
    if not praised:
        return nothing()
    found = _indexes(praised, [_aside(each, alpha, longest) for each in praised])
    names = praised[0].names
    keys = list(zip(*(each.keys for each in praised), strict=True)) or [()] * len(names)
    return rows(
        pa.table({name: pa.array(words, TEXT) for name, words in zip(names, keys, strict=True)}),
        _Columns(found),
        n=np.array([each.n for each in found]),
        measured_in=[f"points on {scale_text(each.worst, each.best)}" for each in praised],
        detail=[each.detail for each in found],
        heading=Heading("organic", salt=f"{figure}|{salt(question)}"),
    ).cast(METRIC)


class _Columns:
    """Indexes as columns of estimates."""

    def __init__(self, found: list[_Found]) -> None:
        self.value = np.array([each.value for each in found])
        self.low = np.array([each.low for each in found])
        self.high = np.array([each.high for each in found])


@dataclass(frozen=True)
class _Aside:
    """Which answers of a group are kept, and which set aside for their words or for a campaign."""

    kept: Marks
    detected: Marks
    campaign: Marks
    n: int  # answers kept
    detail: dict[str, Any]


def _check(alpha: float, longest: int) -> None:
    if longest < 1:
        raise Refused("a campaign lasts a day or more.", field="longest", todo="Say how many days.")
    if not 0 < alpha < 1:
        raise Refused("alpha lies between 0 and 1.", field="alpha", todo="Say .01, perhaps.")


def _aside(praise: Praise, alpha: float, longest: int) -> _Aside:
    """What is set aside of one group, reason by reason."""
    windows, running = _windows(praise, alpha, longest)
    disclosed, detected = praise.disclosed, praise.detected & ~praise.disclosed
    campaign = running & ~disclosed & ~detected
    kept = ~disclosed & ~detected & ~campaign
    removed = {"disclosed": disclosed, "detected": detected, "campaign": campaign}
    counted = {reason: int(praise.n[mark].sum()) for reason, mark in removed.items()}
    n = int(praise.n[kept].sum())
    detail: dict[str, Any] = {
        "formula": _FORMULA,
        "scale": {"worst": tidy(praise.worst), "best": tidy(praise.best)},
        "raw": tidy(_mean(praise, np.ones(len(kept), bool))),
        "removed": counted,
        "removed_mean": {reason: tidy(_mean(praise, mark)) for reason, mark in removed.items() if mark.any()},
        "windows": windows,
        "steps": _steps(praise, removed),
        **_words(praise, n, sum(counted.values())),
        **({"left_out": praise.left_out} if praise.left_out else {}),
    }
    return _Aside(kept, detected, campaign, n, detail)


def _indexes(praised: list[Praise], asides: list[_Aside]) -> list[_Found]:
    """The index of every group, from what is kept of it; the intervals of all are sought at once."""
    group = np.repeat(np.arange(len(asides)), [int(each.kept.sum()) for each in asides])
    value, n = (
        np.concatenate([getattr(praise, name)[aside.kept] for praise, aside in zip(praised, asides, strict=True)])
        for name in ("value", "n")
    )
    worst, best = (np.array([getattr(each, end) for each in praised], float) for end in ("worst", "best"))
    interval = mean_interval(group, value, n, worst=worst, best=best)
    return [
        _index(praise, aside, *(float(each[at]) for each in (interval.value, interval.low, interval.high)))
        for at, (praise, aside) in enumerate(zip(praised, asides, strict=True))
    ]


def _index(praise: Praise, aside: _Aside, value: float, low: float, high: float) -> _Found:
    """The index of one group, its interval widened by who may be on the wrong side."""
    if not aside.n:
        why = "no answer is left: all are disclosed, detected, or given while a campaign ran"
        return _Found(np.nan, np.nan, np.nan, 0, {**aside.detail, "why": why})
    down, up = _doubt(praise, aside.kept, aside.detected, aside.campaign, value)
    floor, ceiling = sorted((praise.worst, praise.best))
    low, high = max(low - down, floor), min(high + up, ceiling)
    detail = {**aside.detail, "doubt": {"lower": tidy(down), "higher": tidy(up)}}
    return _Found(value, min(low, value), max(high, value), aside.n, detail)


def _windows(praise: Praise, alpha: float, longest: int) -> tuple[list[dict[str, str]], Marks]:
    """The campaigns found, as first and last days, and which answers were given while one ran."""
    dated = praise.day >= 0
    running = np.zeros(len(dated), bool)
    if not dated.any():
        return [], running
    first = int(praise.day[dated].min())
    width = int(praise.day.max() - first) // _STRETCHES + 1
    place, n = (praise.day[dated] - first) // width, praise.n[dated]
    score = praise.value[dated] * (1 if praise.best >= praise.worst else -1)
    sums = (np.bincount(place, n * score**power) for power in (0, 1, 2))
    windows = []
    for start, stop in campaigns(*sums, alpha=alpha, longest=max(longest // width, 1)):
        days = first + start * width, min(first + (stop + 1) * width - 1, int(praise.day.max()))
        windows.append({"start": _day(days[0]), "end": _day(days[1])})
        running |= dated & (praise.day >= days[0]) & (praise.day <= days[1])
    return windows, running


def _doubt(praise: Praise, kept: Marks, detected: Marks, campaign: Marks, value: float) -> tuple[float, float]:
    """How much lower and higher the index would be, were those on the wrong side of each line put right.

    They are answers kept although their words may be bought, answers set aside although their words may be genuine,
    and those whom a campaign's crowd holds of their own accord, were they as pleased as the crowd.
    """
    left = praise.n[kept].sum()
    above = praise.n * (praise.value - value)
    bought = (praise.likely * above)[kept].sum() / left
    genuine = ((1 - praise.likely) * above)[detected].sum() / left
    crowd = praise.n[campaign].sum()
    days = len(np.unique(praise.day[campaign])), max(len(np.unique(praise.day[kept & (praise.day >= 0)])), 1)
    usual = min(crowd, left * days[0] / days[1])
    pleased = above[campaign].sum() / crowd * usual / (left + usual) if crowd else 0.0
    shifts = np.array([-bought, genuine, pleased])
    return float(-shifts[shifts < 0].sum()), float(shifts[shifts > 0].sum())


def _steps(praise: Praise, removed: dict[str, Marks]) -> list[dict[str, Any]]:
    """The mean after each thing is set aside, one after the other."""
    kept = np.ones(len(praise.n), bool)
    steps = [{"step": "all", "value": tidy(_mean(praise, kept)), "n": int(praise.n.sum())}]
    for reason, mark in removed.items():
        kept = kept & ~mark
        steps.append({"step": reason, "value": tidy(_mean(praise, kept)), "n": int(praise.n[kept].sum())})
    return steps


def _words(praise: Praise, n: int, aside: int) -> dict[str, Any]:
    """A warning where the figure leans on more than it can bear."""
    if not (praise.day >= 0).any():
        return {"warning": "without dates no campaign can be found: praise bought in one may still count"}
    if 0 < n < _FEW:
        return {"warning": f"only {n} answers are left", "few": True}
    if aside > _MOST * (aside + n):
        return {"warning": "more than half of the answers are set aside: the rest may not stand for all customers"}
    return {}


def _mean(praise: Praise, held: NDArray[np.bool_]) -> float:
    n = praise.n[held].sum()
    return float((praise.n * praise.value)[held].sum() / n) if n else np.nan


def _day(days: int) -> str:
    return str(np.datetime64(days, "D"))
