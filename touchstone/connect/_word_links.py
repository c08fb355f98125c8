"""Links of who speaks to whom, one for each pair and layer, with how they spoke and what was done afterwards."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.tables import LINK, NAMES, TEXT

_SURE = {"reply": 0.98, "referral": 0.98, "mention": 0.9, "quote": 0.8, "thread": 0.5}
"""How sure it is that one spoke to the other: the source says so, or it is read from the words, or from their order."""
_Bools = NDArray[np.bool_]


def links(found: pa.Table, acted: _Bools, coupon: _Bools, *, maker: str) -> pa.Table:
    """LINK rows from contacts: `speaks_to`, and `coupon_chain` where a reward stands behind the words or the act.

    `acted` and `coupon` say of each contact whether who listened then bought or came, and whether with a coupon.
    `reason` counts the ways they spoke and what was `acted` on; `about` lists the units spoken of.
    """
    paid = found["paid"].to_numpy()
    layer = np.where(paid | coupon, "coupon_chain", "speaks_to").astype(object)
    how, done = found["how"].combine_chunks(), acted | coupon
    columns = {"layer": pa.array(layer, TEXT), "left": found["left"], "right": found["right"], "unit": found["unit"]}
    columns |= {name: pc.equal(how, name).cast(pa.int64()) for name in _SURE} | {"acted": pa.array(done.astype(int))}
    names = [*_SURE, "acted"]
    pairs = pa.table(columns).group_by(["layer", "left", "right"], use_threads=False)
    rows = pairs.aggregate([*((name, "sum") for name in names), ("unit", "distinct")])
    rows = rows.sort_by([(name, "ascending") for name in ("layer", "left", "right")])
    counts = {name: rows[f"{name}_sum"].to_numpy() for name in names}
    doubt = np.prod([(1 - sure) ** counts[name] for name, sure in _SURE.items()], axis=0)
    sides = [rows[name] for name in ("layer", "left", "right")]
    ids = pc.binary_join_element_wise(*sides, ":")
    made = [
        ids,
        *sides,
        pa.array(1 - doubt),
        _reason(counts),
        _about(rows["unit_distinct"]),
        pa.repeat(maker, len(rows)),
    ]
    return pa.table(dict(zip(LINK.names, made, strict=True))).cast(LINK)


def _reason(counts: dict[str, NDArray[np.int64]]) -> pa.Array:
    """By row, a JSON object of those counts that are not zero."""
    nothing = pa.scalar(None, TEXT)
    parts = [
        pc.if_else(
            pa.array(each > 0), pc.binary_join_element_wise(f'"{name}"', pa.array(each).cast(TEXT), ": "), nothing
        )
        for name, each in counts.items()
    ]
    inner = pc.binary_join_element_wise(*parts, ", ", null_handling="skip")
    return pc.binary_join_element_wise("{", inner, "}", "")


def _about(units: pa.ChunkedArray) -> pa.Array:
    return pa.array([sorted(each for each in some if each) for some in units.to_pylist()], NAMES)
