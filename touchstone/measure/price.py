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
from touchstone.measure._price import VERDICTS, heard, plain_prices, traded
from touchstone.measure._price import of_file as read_file
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import Difference, difference, holm
from touchstone.science.interval import Interval, share_interval
from touchstone.science.relative import relative

FIELDS = {"unit": TEXT, "product": TEXT, "text": TEXT, "occurred_at": INSTANT}
CUTS = ((), ("unit",), ("product",), ("region",), ("month",))
_SHARE = "texts that say so of the price / texts that speak of the price; Wilson's interval"
_TRADE = (
    "share of texts unhappy with the price that praise this touchpoint / the same share of other texts about the price "
    "(Katz et al. 1978); 1 is chance"
)
_PLAIN = "share where prices are plain less the share elsewhere, or before; Newcombe's interval (1998)"
_FEWEST = 10  # texts below which nothing is told


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
    table = heard(ask, question) if file is None else read_file(file, question.by)
    found = [_verdicts(table, question, plain)] if len(table) else []
    if len(table) and not question.by:
        if file is None and len(trades := traded(ask, question)):
            found.append(_trades(trades, question, plain))
        if plain:
            found.append(_plainly(plain_prices(ask, question, file, plain), question, plain))
    return pa.concat_tables(found) if found else nothing()


def _verdicts(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """The share of each verdict in each group, and against all other groups."""
    size = len(VERDICTS)
    hits = np.stack([table[name].to_numpy().astype(float) for name in VERDICTS], axis=1)
    n = np.repeat(table["n"].to_numpy().astype(float), size).reshape(-1, size)
    shown = share_interval(hits.ravel(), n.ravel())
    rest = share_interval((hits.sum(axis=0) - hits).ravel(), (n.sum(axis=0) - n).ravel())
    apart = difference(shown, rest)
    few = (n.ravel() < _FEWEST) | (rest.n < _FEWEST)
    adjusted = holm(np.where(few, np.nan, apart.probability))
    compared = int(np.isfinite(adjusted).sum())
    details = [_detail(int(hit), _apart(apart, at, adjusted[at], compared), n=float(n.ravel()[at]))
               for at, hit in enumerate(hits.ravel().tolist())]  # fmt: skip
    bare = n.ravel() < _FEWEST
    value, low, high = (np.where(bare, np.nan, getattr(shown, name)) for name in ("value", "low", "high"))
    place = np.repeat(np.arange(len(table)), size)
    verdicts = pa.table({"verdict": list(VERDICTS) * len(table)})
    keys = table.select(list(question.by)).take(pa.array(place)) if question.by else pa.table({})
    keys = pa.Table.from_arrays([*keys.columns, *verdicts.columns], [*question.by, "verdict"])
    interval = Interval(value, low, high, shown.n, shown.variance)
    units = ["share of texts about the price"] * len(details)
    return rows(keys, interval, n=n.ravel(), measured_in=units, detail=details, heading=_heading(question, plain))


def _apart(found: Difference, at: int, adjusted: float, compared: int) -> dict[str, Any] | None:
    if not np.isfinite(adjusted):
        return None
    ends = {name: tidy(getattr(found, name)[at]) for name in ("value", "low", "high")}
    told = {"probability_adjusted": tidy(adjusted), "real": bool(adjusted <= 0.05), "comparisons": compared}
    return {**ends, **told}


def _detail(said: int, apart: dict[str, Any] | None, *, n: float) -> dict[str, Any]:
    detail: dict[str, Any] = {"formula": _SHARE, "scale": {"worst": None, "best": None}, "said": said}
    detail |= {"against_others": apart, "real": bool(apart and apart["real"])}
    return detail | ({"why": f"fewer than {_FEWEST} texts speak of the price"} if n < _FEWEST else {})


def _trades(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """What is praised by those who are unhappy with the price, against others who speak of it."""
    columns = (table[name].to_numpy().astype(float) for name in ("hits", "n", "other_hits", "other_n"))
    hits, n, others, rest = columns
    found = relative(hits, n, others, rest)
    few = (n < _FEWEST) | (rest < _FEWEST)
    adjusted = holm(np.where(few, np.nan, found.probability))
    compared = int(np.isfinite(adjusted).sum())
    details: list[dict[str, Any]] = []
    for at in range(len(table)):
        own: dict[str, Any] = {"formula": _TRADE, "scale": {"worst": None, "best": None}, "praised": int(hits[at])}
        if few[at]:
            own["why"] = f"fewer than {_FEWEST} texts are unhappy with the price and speak of something else"
        else:
            real = bool(adjusted[at] <= 0.05)
            own |= {"probability_adjusted": tidy(adjusted[at]), "real": real, "comparisons": compared}
        details.append(own)
    keys = pa.table({"verdict": ["trade_off"] * len(table), "touchpoint": table["touchpoint"]})
    value, low, high = (np.where(few, np.nan, getattr(found, name)) for name in ("value", "low", "high"))
    interval, units = Interval(value, low, high, n, n), ["times as often as chance"] * len(table)
    return rows(keys, interval, n=n, measured_in=units, detail=details, heading=_heading(question, plain))


def _plainly(table: pa.Table, question: Question, plain: str) -> pa.Table:
    """How the shares differ where prices are plain, from rows (inside, n, dear, unclear, worth)."""
    inside = {row["inside"]: row for row in table.to_pylist()}
    one, other = (inside.get(side, {}) for side in (True, False))
    n, rest = (float(each.get("n") or 0) for each in (one, other))
    hits, others = (np.array([float(each.get(name) or 0) for name in VERDICTS]) for each in (one, other))
    found = difference(share_interval(hits, np.full(len(hits), n)), share_interval(others, np.full(len(hits), rest)))
    few = min(n, rest) < _FEWEST
    adjusted = holm(np.where(few, np.nan, found.probability))
    detail: dict[str, Any] = {"formula": _PLAIN, "scale": {"worst": -1.0, "best": 1.0}, "texts_beside": int(rest)}
    if few:
        detail["why"] = f"fewer than {_FEWEST} texts about the price where prices are plain, or beside them"
    details = [detail if few else detail | {"probability_adjusted": tidy(chance), "real": bool(chance <= 0.05),
               "comparisons": len(VERDICTS)} for chance in adjusted.tolist()]  # fmt: skip
    value, low, high = (np.where(few, np.nan, getattr(found, name)) for name in ("value", "low", "high"))
    keys = pa.table({"verdict": list(VERDICTS), "plain": [plain] * len(VERDICTS)})
    interval, units = Interval(value, low, high, hits, hits), ["difference of shares"] * len(VERDICTS)
    many = np.full(len(VERDICTS), n + rest)
    return rows(keys, interval, n=many, measured_in=units, detail=details, heading=_heading(question, plain))


def _heading(question: Question, plain: str) -> Heading:
    return Heading("price", f"{plain}|{salt(question)}")
