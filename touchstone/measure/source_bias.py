"""Source bias: how each source shifts scores against the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._given import given
from touchstone.measure._interactions import asked
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import holm
from touchstone.science.raters import Shifts, shifts

FIELDS = {"item": TEXT, "source": TEXT, "value": NUMBER, "best": NUMBER, "worst": NUMBER}
CUTS = (("source",),)
_Floats = NDArray[np.float64]
_FORMULA = (
    "mean over items of (the source's score less the mean of the other sources' scores of the same item), scores as "
    "shares of their scale; Student's t interval over items; inflated: above nought after Holm's correction over "
    "sources, and by `least` or more"
)
_SQL = """
select item, site, avg((score - low) / nullif(high - low, 0)) as share, count(*) as n from ({told}) as told
where asked_as = ? and whole and item is not null and site is not null and score is not null and high <> low
    and score between least(low, high) and greatest(low, high)
group by item, site order by item, site
"""
_MOMENTS = ("0.6", "0.8")  # positions on the scale from which scores are counted high: 3 and 4 of five stars
_ITEMS = ("unit", "product")


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    item: str = "unit",
    figure: str = "rating",
    least: float = 0.02,
    alpha: float = 0.05,
) -> pa.Table:
    """Source bias: how each source shifts scores against the others that scored the same items, as shares of the scale.

    `inflated` is a source above the others by `least` or more, not by chance (`alpha`, over all sources). On a home the
    items are units or products, and the scores what was given of the whole as `figure`. Always by source.
    """
    question = Question(tuple(by), where, since, until)
    if item not in _ITEMS:
        raise Refused(f"{item!r} is no item.", field="item", todo=f"Known: {', '.join(_ITEMS)}.")
    if not 0 < alpha < 1:
        raise Refused("alpha lies between 0 and 1.", field="alpha", todo="Say .05, perhaps.")
    if set(question.by) - {"source"}:
        raise Refused("sources are compared over all items alike.", field="by", todo="Leave by, or say source.")
    table = given(ask, question, *FIELDS)
    cells = _cells(table) if table is not None else _asked(ask, question, item, figure)
    if not len(cells):
        return nothing()
    names, scores, answers = _matrix(cells)
    found = shifts(scores)
    details = [_detail(found, scores[:, place], names, place) for place in range(len(names))]
    _judge(details, found, answers, least=least, alpha=alpha)
    return rows(
        pa.table({"source": pa.array(names, TEXT)}),
        _Limited(found),
        n=found.interval.n,
        measured_in=["share of the scale"] * len(names),
        detail=details,
        heading=Heading("source_bias", salt=f"{item}|{figure}|{salt(question)}", alone=False),
    ).cast(METRIC)


def _judge(details: list[dict[str, Any]], found: Shifts, answers: Any, *, least: float, alpha: float) -> None:
    """Adds to each detail whether its source is inflated, over all sources."""
    adjusted = holm(found.probability)
    for place, detail in enumerate(details):
        detail.update(
            inflated=bool(adjusted[place] <= alpha and found.interval.value[place] >= least),
            probability_adjusted=tidy(adjusted[place]),
            answers=int(answers[place]),
            comparisons=len(details),
        )


class _Limited:
    """The shifts as columns of estimates; no limits where no item was scored by others too."""

    def __init__(self, found: Shifts) -> None:
        told = found.interval.n > 0
        self.value = found.interval.value
        self.low = np.where(told, found.interval.low, np.nan)
        self.high = np.where(told, found.interval.high, np.nan)


def _cells(table: pa.Table) -> pa.Table:
    """The mean position on the scale that each source gives each item of a file, and the scores it rests on."""
    value, worst, best = (
        table[name].to_numpy(zero_copy_only=False).astype(float) for name in ("value", "worst", "best")
    )
    inside = (value >= np.fmin(worst, best)) & (value <= np.fmax(worst, best)) & (worst != best)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = pa.array((value - worst) / (best - worst))
    kept = pc.and_(pc.and_(pc.is_valid(table["item"]), pc.is_valid(table["source"])), pa.array(inside))
    told = pa.table({"item": table["item"], "site": table["source"], "share": share}).filter(kept)
    cells = told.group_by(["item", "site"]).aggregate([("share", "mean"), ("share", "count")])
    return cells.rename_columns(["item", "site", "share", "n"])


def _asked(ask: Ask, question: Question, item: str, figure: str) -> pa.Table:
    """The same of a home's scores about the whole."""
    columns = {
        "item": f"r.{item}", "site": "r.source", "score": "r.value", "low": "r.worst", "high": "r.best",
        "asked_as": "r.metric", "whole": "(r.touchpoint is null)",
    }  # fmt: skip
    sql, parameters = asked(Question((), question.where, question.since, question.until), columns)
    return ask.lake(_SQL.format(told=sql), [*parameters, figure])


def _matrix(cells: pa.Table) -> tuple[list[str], _Floats, Any]:
    """The sources in order, their scores of each item (NaN for none), and how many answers each gave."""
    sites, items = (np.array(cells[name].to_pylist(), object) for name in ("site", "item"))
    names, column = np.unique(sites.astype(str), return_inverse=True)
    things, row = np.unique(items.astype(str), return_inverse=True)
    scores = np.full((things.size, names.size), np.nan)
    scores[row, column] = cells["share"].to_numpy()
    return names.tolist(), scores, np.bincount(column, cells["n"].to_numpy(), names.size)


def _detail(found: Shifts, own: _Floats, names: list[str], place: int) -> dict[str, Any]:
    given_scores = own[~np.isnan(own)]
    detail: dict[str, Any] = {
        "formula": _FORMULA,
        "scale": {"worst": -1, "best": 1},
        "share_below": tidy(found.below[place]),
        "mean": tidy(given_scores.mean()),
        "share_from": {each: tidy((given_scores >= float(each) - 1e-9).mean()) for each in _MOMENTS},
        "against": {
            name: tidy(found.against[place, other])
            for other, name in enumerate(names)
            if other != place and np.isfinite(found.against[place, other])
        },
        "items": int(given_scores.size),
    }
    if not found.interval.n[place]:
        detail["why"] = "no item was scored by another source too"
    return detail
