"""Price: too dear, unclear, or worth it; what people accept it for; what plain prices change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import INSTANT, TEXT
from touchstone.measure._answers import Question, check
from touchstone.measure._given import given
from touchstone.measure._price import VERDICTS, clusters, heard, heard_and_traded, plain_prices
from touchstone.measure._price import of_file as read_file
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.clustered import Clusters, clustered_share
from touchstone.science.difference import Difference, difference, holm
from touchstone.science.interval import Interval
from touchstone.science.relative import relative

FIELDS = {"unit": TEXT, "product": TEXT, "person": TEXT, "text": TEXT, "occurred_at": INSTANT}
CUTS = ((), ("unit",), ("product",), ("region",), ("month",))
_SHARE = (
    "texts that say so of the price / texts that speak of the price; Wilson's interval at the size that people who "
    "write more than once leave (Kish 1965)"
)
_TRADE = (
    "share of texts unhappy with the price that praise this touchpoint / the same share of other texts about the price "
    "(Katz et al. 1978, at the size that people leave); 1 is chance"
)
_PLAIN = "share where prices are plain less the share elsewhere, or before; Newcombe's interval (1998)"
_UNWORDED = (
    "more than half of these texts say it by no phrase of ours: a touchpoint about prices was spoken of with money in "
    "it, well or ill; read some before you act on it"
)
_FEWEST = 10  # people below which nothing is told; those who write more than others count for less
_FEW = f"fewer than {_FEWEST} people, were each to say as much as the others, speak of the price"


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    plain: str = "",
) -> pa.Table:
    """Price: too dear, unclear, or worth it; what people accept it for; what plain prices change.

    Each group has a row for each `verdict`: the share of texts that say so among those that speak of the price;
    `detail.against_others` holds a group against all others, `real` after Holm's correction. Asked by nothing, rows
    with `verdict` trade_off tell by `touchpoint` what texts unhappy with the price praise more often than other texts
    about it, and with `plain` (units whose prices are published, or a campaign that publishes them; commas between)
    rows with a column `plain` tell how each share differs there, or since then. In a file a row is a `text`.
    """
    question = Question(tuple(by), where, since, until)
    check(question, "rollup")
    file = given(ask, question, "text", *question.by)
    trades = None
    if file is not None:
        table = read_file(file, question.by)
    elif question.by:
        table = heard(ask, question)
    else:
        table, trades = heard_and_traded(ask, question)
    found = [_verdicts(table, question, plain)] if len(table) else []
    if len(table) and not question.by:
        if trades is not None and len(trades):
            found.append(_trades(trades, question, plain))
        if plain:
            found.append(_plainly(plain_prices(ask, question, file, plain), question, plain))
    return pa.concat_tables(found) if found else nothing()


def _verdicts(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """The share of each verdict in each group, and against all other groups."""
    size = len(VERDICTS)
    told = clusters(table, VERDICTS)
    shown, others = clustered_share(told), _others(told, size)
    apart = difference(shown, clustered_share(others))
    bare = told.clusters < _FEWEST
    adjusted = holm(np.where(bare | (others.clusters < _FEWEST), np.nan, apart.probability))
    compared = int(np.isfinite(adjusted).sum())
    worded = np.stack([table[f"{name}_worded"].to_numpy() for name in VERDICTS], axis=1).ravel()
    details = [_detail((int(told.hits[at]), int(worded[at])), _apart(apart, at, adjusted[at], compared),
                       people=float(told.clusters[at])) for at in range(len(bare))]  # fmt: skip
    value, low, high = (np.where(bare, np.nan, getattr(shown, name)) for name in ("value", "low", "high"))
    place = np.repeat(np.arange(len(table)), size)
    verdicts = pa.table({"verdict": list(VERDICTS) * len(table)})
    keys = table.select(list(question.by)).take(pa.array(place)) if question.by else pa.table({})
    keys = pa.Table.from_arrays([*keys.columns, *verdicts.columns], [*question.by, "verdict"])
    interval = Interval(value, low, high, shown.n, shown.variance)
    units = ["share of texts about the price"] * len(details)
    return rows(keys, interval, n=told.n, measured_in=units, detail=details, heading=_heading(question, plain))


def _others(told: Clusters, size: int) -> Clusters:
    """For each group and verdict the sums of all other groups."""
    sums = (getattr(told, name).reshape(-1, size) for name in ("hits", "n", "hits_squared", "crossed", "n_squared"))
    return Clusters(*((each.sum(axis=0) - each).ravel() for each in sums))


def _apart(found: Difference, at: int, adjusted: float, compared: int) -> dict[str, Any] | None:
    if not np.isfinite(adjusted):
        return None
    ends = {name: tidy(getattr(found, name)[at]) for name in ("value", "low", "high")}
    told = {"probability_adjusted": tidy(adjusted), "real": bool(adjusted <= 0.05), "comparisons": compared}
    return {**ends, **told}


def _detail(counts: tuple[int, int], apart: dict[str, Any] | None, *, people: float) -> dict[str, Any]:
    said, worded = counts
    detail: dict[str, Any] = {"formula": _SHARE, "scale": {"worst": None, "best": None}, "said": said}
    detail |= {"against_others": apart, "real": bool(apart and apart["real"])}
    detail |= {"said_in_words": worded, "people": tidy(people, digits=1)}
    if 2 * worded < said:
        detail["warning"] = _UNWORDED
    return detail | ({"why": _FEW} if people < _FEWEST else {})


def _trades(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """What is praised by those who are unhappy with the price, against others who speak of it."""
    own, rest = clusters(table, ("hits",)), clusters(table, ("others",), "rest")
    hits, n = own.hits, own.n
    sides = [clustered_share(each) for each in (own, rest)]
    found = relative(*(each for side in sides for each in (np.nan_to_num(side.value) * side.n, side.n)))
    few = (own.clusters < _FEWEST) | (rest.clusters < _FEWEST)
    adjusted = holm(np.where(few, np.nan, found.probability))
    compared = int(np.isfinite(adjusted).sum())
    details: list[dict[str, Any]] = []
    for at in range(len(table)):
        said: dict[str, Any] = {"formula": _TRADE, "scale": {"worst": None, "best": None}, "praised": int(hits[at])}
        if few[at]:
            said["why"] = (
                f"fewer than {_FEWEST} people are unhappy with the price, or happy, and speak of something else"
            )
        else:
            real = bool(adjusted[at] <= 0.05)
            said |= {"probability_adjusted": tidy(adjusted[at]), "real": real, "comparisons": compared}
        details.append(said)
    keys = pa.table({"verdict": ["trade_off"] * len(table), "touchpoint": table["touchpoint"]})
    value, low, high = (np.where(few, np.nan, getattr(found, name)) for name in ("value", "low", "high"))
    interval, units = Interval(value, low, high, n, n), ["times as often as chance"] * len(table)
    return rows(keys, interval, n=n, measured_in=units, detail=details, heading=_heading(question, plain))


def _plainly(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """How the shares differ where prices are plain, from rows (inside, n, dear, unclear, worth)."""
    told = clusters(table, VERDICTS)
    inside = np.repeat(np.array(table["inside"].to_pylist(), bool), len(VERDICTS))
    one, other = (_held(told, side) for side in (inside, ~inside))
    found = difference(clustered_share(one), clustered_share(other))
    few = bool(min(one.clusters[0], other.clusters[0]) < _FEWEST)
    adjusted = holm(np.where(few, np.nan, found.probability))
    detail: dict[str, Any] = {"formula": _PLAIN, "scale": {"worst": -1.0, "best": 1.0}, "texts_beside": int(other.n[0])}
    if few:
        detail["why"] = f"fewer than {_FEWEST} people speak of the price where prices are plain, or beside them"
    details = [detail if few else detail | {"probability_adjusted": tidy(chance), "real": bool(chance <= 0.05),
               "comparisons": len(VERDICTS)} for chance in adjusted.tolist()]  # fmt: skip
    value, low, high = (np.where(few, np.nan, getattr(found, name)) for name in ("value", "low", "high"))
    keys = pa.table({"verdict": list(VERDICTS), "plain": [plain] * len(VERDICTS)})
    interval, units = Interval(value, low, high, one.n, one.n), ["difference of shares"] * len(VERDICTS)
    return rows(keys, interval, n=one.n + other.n, measured_in=units, detail=details, heading=_heading(question, plain))


def _held(told: Clusters, side: Any) -> Clusters:
    """The sums of one side, verdict by verdict; nought where nobody is on it."""
    sums = (getattr(told, name)[side] for name in ("hits", "n", "hits_squared", "crossed", "n_squared"))
    return Clusters(*(each if each.size else np.zeros(len(VERDICTS)) for each in sums))


def _heading(question: Question, plain: str) -> Heading:
    return Heading("price", f"{plain}|{salt(question)}")
