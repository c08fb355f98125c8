"""A file of who speaks to whom, person by person: PageRank with its limits, k-core, reach; rewarded contacts apart."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.connect._word_acts import named, places
from touchstone.connect._word_graph import merged, standing
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import INSTANT, METRIC, TEXT

_MAKER = "word_of_mouth@1"
Whole = NDArray[np.int64]


def told(given: pa.Table, *, directed: bool, **graph: Any) -> pa.Table:
    """METRIC rows by person: `value` is PageRank among contacts without a reward, `n` how many of these they have.

    Null where a person has none but rewarded ones. Refused without `person` and `other`, or with a weight below 0.
    """
    edges = _edges(given)
    names = named(edges["person"], edges["other"])
    one, other = (places(edges[name], names) for name in ("person", "other"))
    paid = edges["paid"].to_numpy()
    free = (edges["weight"].to_numpy() > 0) & ~paid & (one != other)
    stood = standing(merged(one[free], other[free], edges["weight"].to_numpy()[free], directed=directed), **graph)
    order = {at: number for number, at in enumerate(stood.starters.tolist(), start=1)}
    last = _last(edges, one, other, names)
    spoke, heard, rewarded = (np.bincount(each, minlength=len(names)) for each in (one[free], other[free], one[paid]))
    rewarded += np.bincount(other[paid], minlength=len(names))
    rows = []
    for place, name in enumerate(names.to_pylist()):
        detail: dict[str, Any] = {"speaks": int(spoke[place]), "spoken_to": int(heard[place])}
        detail |= {"coupon_contacts": int(rewarded[place]), "last": last[place]}
        if (at := stood.place(place)) is not None:
            figure = [float(each[at]) for each in (stood.pagerank, stood.low, stood.high)]
            detail |= {"pagerank": figure[0], "k_core": int(stood.core[at]), "reach": round(float(stood.spread[at]), 3)}
            detail |= {"starter": order.get(at)}
        else:
            figure, detail["why"] = [np.nan] * 3, "every contact of theirs was rewarded, or with themselves"
        rows.append(_row(name, figure, int(spoke[place] + heard[place]), detail))
    return pa.Table.from_pylist(rows, schema=METRIC)


def _edges(given: pa.Table) -> pa.Table:
    """The rows that name two persons, with their weight (1 where none) and whether they were rewarded."""
    required(given, "person", "other")
    ones, nothing = pa.array(np.ones(len(given))), pa.nulls(len(given), TEXT)
    weight = pc.fill_null(given["weight"], 1.0) if "weight" in given.column_names else pa.chunked_array([ones])
    if not pc.all(pc.and_(pc.greater_equal(weight, 0), pc.is_finite(weight)), min_count=0).as_py():
        raise Refused("a weight is below 0 or no number.", field="weight", todo="Map distrust to another file.")
    incentive = given["incentive"] if "incentive" in given.column_names else nothing
    paid = pc.fill_null(pc.equal(incentive, "disclosed"), False)
    at = given["occurred_at"] if "occurred_at" in given.column_names else pa.nulls(len(given), INSTANT)
    columns = {"person": given["person"], "other": given["other"], "weight": weight, "paid": paid, "occurred_at": at}
    return pa.table(columns).filter(pc.and_(given["person"].is_valid(), given["other"].is_valid()))


def _last(edges: pa.Table, one: Whole, other: Whole, names: pa.Array) -> list[str | None]:
    """By person, the day of their last contact; None where no day is known."""
    at = edges["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy()
    latest = np.full(len(names), -1)
    for side in (one, other):
        np.maximum.at(latest, side, at)
    days = pc.strftime(pa.array(latest).cast(INSTANT), "%Y-%m-%d").to_pylist()
    return [day if known >= 0 else None for day, known in zip(days, latest.tolist(), strict=True)]


def _row(name: str, figure: list[float], n: int, detail: dict[str, Any]) -> dict[str, Any]:
    value, low, high = (None if np.isnan(each) else each for each in figure)
    return {
        "id": f"word_of_mouth:{name}", "name": "word_of_mouth", "by": [("person", name)],
        "value": value, "low": low, "high": high, "n": n, "measured_in": "share of attention",
        "detail": json.dumps(detail, ensure_ascii=False), "maker": _MAKER,
    }  # fmt: skip
