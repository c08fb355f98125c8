"""Which records are compared at all: those that share one of the blocks, as far as the budget of pairs goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_fields import BLOCKS
from touchstone.connect._identity_values import Values, Whole

Flags = npt.NDArray[np.bool_]
_EVERY = 600_000  # so many pairs are compared without asking what they share
_LARGEST = 120  # records that share a value at most, for it to bring them together
_BUDGET, _SHARE = 12, 2 / 3  # pairs for each record, after which no block is asked; the share one block may give
_SPARE, _LEAN = 2_000_000, 4  # of many records fewer: so many pairs, and so many for each record


def pair_up(duck: Any, values: Mapping[str, Values], *, fresh: Flags) -> None:
    """Makes the table `pairs` (`match_key`, `join_key_l`, `join_key_r`) of records to be compared, each pair once.

    Only pairs of which one at least is `fresh`, by the places of records.
    """
    count, came = len(fresh), int(fresh.sum())
    if count * (count - 1) // 2 <= _EVERY:
        duck.register("everybody", pa.table({"place": np.arange(count), "fresh": fresh}))
        both = "from everybody l join everybody r on l.place < r.place and (l.fresh or r.fresh)"
        _keep(duck, f"select l.place as one, r.place as other {both}")
        duck.unregister("everybody")
        return
    duck.execute("create or replace table candidates (one bigint, other bigint)").fetchall()
    found, budget = 0, min(_BUDGET * count, _SPARE + _LEAN * count) * came / count * (2 - came / count)
    blocks = _Blocks(values, fresh)
    for block in BLOCKS:
        if {part.partition(":")[0] for part in block} <= values.keys() and found < budget:
            found += _add(duck, blocks.bearers(block), most=_SHARE * budget)
    _keep(duck, "select one, other from candidates")


class _Blocks:
    """Who bears what of a block, of those who may meet somebody fresh in it."""

    def __init__(self, values: Mapping[str, Values], fresh: Flags) -> None:
        self._values, self._fresh = values, fresh
        self._part = cache(self._read)  # many blocks have a part in common

    def bearers(self, block: tuple[str, ...]) -> pa.Table:
        """`place` and `fresh` of whoever has all parts of a block from what the fresh have, and which (`part0`, …)."""
        told = [self._part(each) for each in block]
        which = np.flatnonzero(np.all([met for _, met in told], axis=0))
        parts = {f"part{number}": codes[which] for number, (codes, _) in enumerate(told)}
        return pa.table({"place": which, "fresh": self._fresh[which], **parts})

    def _read(self, part: str) -> tuple[Whole, Flags]:
        """By record which value it bears of a part (`postcode:3` its first three characters), and whether one does."""
        field, _, length = part.partition(":")
        codes = self._values[field].beginning(int(length)) if length else self._values[field].borne
        borne = np.zeros(codes.max(initial=-1) + 2, bool)
        borne[codes[self._fresh]] = True
        borne[-1] = False  # no value, -1, is the last
        return codes, borne[codes]


def _add(duck: Any, bearers: pa.Table, *, most: float) -> int:
    """Adds the new pairs of a block and says how many; frequent values are left out where they would be over `most`."""
    duck.register("bearers", bearers)
    parts = ", ".join(bearers.column_names[2:])
    duck.execute(
        f"create or replace table keyed as with every as (select place, fresh, hash({parts}) as key from bearers)"
        " select * from every semi join (select key from every where fresh) using (key)"
    ).fetchall()
    duck.unregister("bearers")
    duck.execute(
        "create or replace table keys as select key, count(*) as size, count_if(fresh) as came from keyed group by key"
    ).fetchall()
    sizes = duck.sql(
        "select size, sum(came * (size - came) + came * (came - 1) // 2)::bigint as pairs from keys"
        f" where size between 2 and {_LARGEST} group by size order by size"
    ).fetchall()
    taken, largest = 0, 1
    for size, pairs in sizes:
        if taken + pairs > most:
            break
        taken, largest = taken + pairs, size
    if not taken:
        return 0
    added = duck.execute(
        "insert into candidates with common as"
        f" (select key from keys where size between 2 and {largest}),"
        " few as (select place, fresh, key from keyed semi join common using (key)),"
        " met as (select l.place as one, r.place as other from few l join few r on l.key = r.key"
        " where l.place < r.place and (l.fresh or r.fresh))"
        " select one, other from met anti join candidates using (one, other)"
    ).fetchall()
    return int(added[0][0])


def _keep(duck: Any, pairs: str) -> None:
    told = f"select '0' as match_key, one as join_key_l, other as join_key_r from ({pairs})"
    duck.execute(f"create or replace table pairs as {told}").fetchall()
