"""Inside out: which processes inside show in what customers live, and how many weeks later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.measure._answers import Question, answers, check, count
from touchstone.measure._given import given
from touchstone.measure._inside import grid, plain, processes
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import holm
from touchstone.science.interval import Interval
from touchstone.science.lags import FEWEST, Follows, follow

FIELDS = {"occurred_at": INSTANT, "inside": NUMBER, "outside": NUMBER, "touchpoint": TEXT}
CUTS = ((),)
_EVERY = ("day", "week", "month")
_FORMULA = (
    "change of the outside figure with one standard deviation of the inside one, at the lag that fits best: "
    "generalised least squares with a trend and autocorrelated noise (Prais & Winsten 1954; Newey & West 1987), limits "
    "for all lags at once (Sidak)"
)
_MOODS = {"positive": 1.0, "negative": -1.0}
_WHOLE = "the whole experience"
_Outside = dict[tuple[str, str], dict[str, tuple[float, int]]]
"""By figure and touchpoint, the mean of each period and how many answers it rests on."""


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    inside: str = "",
    every: str = "week",
    lags: int = 4,
) -> pa.Table:
    """Inside out: which processes inside show in what customers live, and how many weeks later.

    A row for each number inside (`inside`: names with commas between; empty: all there are) and each score or mood of a
    touchpoint: by how much the outside figure changes with one standard deviation of the inside one, at the lag of 0
    to `lags` periods (`every` day, week or month) that fits best. `detail.real` holds after Holm's correction over all
    rows, each of which has paid for its choice of lag. In a file each row brings `inside`, `outside` or both, and
    periods may be hours. Nothing can be counted by; narrow with `where`.
    """
    question = Question(tuple(by), where, since, until)
    check(question, "rollup")
    if question.by:
        raise Refused("processes are told for all together.", field="by", todo="Narrow with where.")
    if not 0 <= lags <= 26:
        raise Refused("lags are 0 to 26 periods.", field="lags", todo="Say 4, perhaps.")
    table = given(ask, question, "occurred_at", "inside", "outside")
    if every not in (_EVERY if table is None else ("hour", *_EVERY)):
        raise Refused(f"{every!r} is no period.", field="every", todo=f"Known: {', '.join(_EVERY)}.")
    wanted = tuple(each.strip() for each in inside.split(",") if each.strip())
    if bad := [each for each in wanted if not plain(each)]:
        raise Refused(f"{bad[0]!r} is no name.", field="inside", todo="Letters, digits and underscores.")
    if table is not None:
        return _told(*_of_file(table, every), every, lags, question)
    processed = processes(ask, question, every, wanted)
    return _told(processed, _outside(ask, question, every) if processed else {}, every, lags, question)


def _of_file(table: pa.Table, every: str) -> tuple[Any, _Outside]:
    """Means of a file's columns; a touchpoint splits the outside."""
    known = table.filter(pc.is_valid(table["occurred_at"]))
    start = pc.cast(pc.floor_temporal(known["occurred_at"], unit=every).cast(pa.timestamp("s")), TEXT)
    spot = known["touchpoint"] if "touchpoint" in known.column_names else pa.nulls(len(known), TEXT)
    named = pc.fill_null(spot, _WHOLE)
    told = pa.table({"start": start, "touchpoint": named, "inside": known["inside"], "outside": known["outside"]})
    found: _Outside = {}
    for row in _averaged(told, ["touchpoint", "start"], "outside"):
        found.setdefault(("outside", row["touchpoint"]), {})[row["start"]] = (row["mean"], row["n"])
    own = {row["start"]: (row["mean"], row["n"]) for row in _averaged(told, ["start"], "inside")}
    return {"inside": own}, dict(sorted(found.items()))


def _averaged(table: pa.Table, keys: list[str], name: str) -> list[dict[str, Any]]:
    known = table.filter(pc.fill_null(pc.is_finite(table[name]), False)).sort_by(
        [(key, "ascending") for key in (*keys, name)]
    )
    sums = known.group_by(keys, use_threads=False).aggregate([(name, "mean"), (name, "count")])
    return [row | {"mean": row[f"{name}_mean"], "n": row[f"{name}_count"]} for row in sums.to_pylist()]


def _outside(ask: Ask, question: Question, every: str) -> _Outside:
    """Scores as shares of their scale (0 worst, 1 best) and moods (-1 to 1), by touchpoint and as a whole."""
    asked = Question((every,), question.where, question.since, question.until)
    scores = count(ask, asked, rollup="rollup", columns=("touchpoint", "metric", "worst", "best", "value"))
    scored = scores.filter(
        pc.fill_null(pc.and_(pc.is_valid(scores["value"]), pc.not_equal(scores["worst"], scores["best"])), False)
    )
    value, worst, best = (_numbers(scored[name]) for name in ("value", "worst", "best"))
    spots = pc.fill_null(scored["touchpoint"], _WHOLE).to_pylist()
    keys = list(zip(scored["metric"].to_pylist(), spots, scored[every].to_pylist(), strict=True))
    parts = [(keys, (value - worst) / (best - worst), _numbers(scored["n"]))]
    if answers(question, "mention_rollup"):
        moods = count(ask, asked, rollup="mention_rollup", columns=("touchpoint", "polarity"))
        said = list(
            zip(["sentiment"] * len(moods), moods["touchpoint"].to_pylist(), moods[every].to_pylist(), strict=True)
        )
        felt = np.array([_MOODS.get(each, 0.0) for each in moods["polarity"].to_pylist()])
        parts.append((said, felt, _numbers(moods["n"])))
    return _gathered(parts)


def _gathered(parts: list[tuple[list[tuple[str, str, str]], Any, Any]]) -> _Outside:
    """Means of equal keys."""
    sums: dict[tuple[str, str, str], tuple[float, int]] = {}
    for keys, values, n in parts:
        for key, value, amount in zip(keys, values.tolist(), n.tolist(), strict=True):
            total, seen = sums.get(key, (0.0, 0))
            sums[key] = (total + value * amount, seen + int(amount))
    found: _Outside = {}
    for (figure, touchpoint, start), (total, seen) in sorted(sums.items()):
        found.setdefault((figure, touchpoint), {})[start] = (total / seen, seen)
    return found


def _numbers(column: Any) -> Any:
    return column.to_numpy(zero_copy_only=False).astype(float)


def _told(processed: Any, lived: _Outside, every: str, lags: int, question: Question) -> pa.Table:
    """One row for each pair."""
    pairs = [(name, *outside) for name in processed for outside in lived]
    if not pairs:
        return nothing()
    together = {**{("", name): each for name, each in processed.items()}, **lived}
    _, means, counts = grid(together, every)
    place = {name: at for at, name in enumerate(together)}
    one = [place["", name] for name, _, _ in pairs]
    other = [place[figure, touchpoint] for _, figure, touchpoint in pairs]
    found = follow(means[one], means[other], weight=counts[other], lags=lags)
    keys = pa.table(
        {
            name: list(each)
            for name, each in zip(("inside", "figure", "touchpoint"), zip(*pairs, strict=True), strict=True)
        }
    )
    adjusted = holm(found.probability)
    details = [_detail(found, at, float(adjusted[at]), every) for at in range(len(pairs))]
    compared = int(np.isfinite(adjusted).sum())
    for each, (_, figure, _) in zip(details, pairs, strict=True):
        scale = {"worst": -1.0 if figure == "sentiment" else 0.0, "best": 1.0}
        each |= {"comparisons": compared, "scale": {"worst": None, "best": None} if figure == "outside" else scale}
    units = [_unit(figure) for _, figure, _ in pairs]
    shown = Interval(found.best("slope"), found.best("low"), found.best("high"), found.n.astype(float), found.effective)
    n = [counts[at][np.isfinite(means[at])].sum() for at in other]
    return rows(
        keys,
        shown,
        n=np.array(n),
        measured_in=units,
        detail=details,
        heading=Heading("inside_out", f"{every}|{lags}|{salt(question)}"),
    )


def _unit(figure: str) -> str:
    told = {"sentiment": "net sentiment", "outside": "points"}.get(figure, "share of the scale")
    return f"{told} per standard deviation inside"


def _detail(found: Follows, at: int, adjusted: float, every: str) -> dict[str, Any]:
    detail: dict[str, Any] = {"formula": _FORMULA, "every": every, "periods": int(found.n[at])}
    if found.lag[at] < 0:
        few = f"fewer than {FEWEST} {every}s have both figures"
        return detail | {"why": few if found.n[at] < FEWEST else "one of the two never changes"}
    return detail | {
        "lag": int(found.lag[at]),
        "real": bool(adjusted <= 0.05),
        "probability_adjusted": tidy(adjusted),
        "effective_periods": tidy(found.effective[at], digits=1),
        "deviation_inside": tidy(found.deviation[at]),
        "slope": tidy(found.best("slope")[at] / found.deviation[at], digits=9),
        "by_lag": [
            {
                "lag": lag,
                "value": tidy(found.slope[at, lag]),
                "low": tidy(found.low[at, lag]),
                "high": tidy(found.high[at, lag]),
            }
            for lag in range(found.slope.shape[1])
        ],
    }
