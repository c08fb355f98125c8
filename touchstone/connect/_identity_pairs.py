"""Which records are compared at all: those that share one of the blocks, as far as the budget of pairs goes."""

from __future__ import annotations

from typing import Any

from touchstone.connect._identity_fields import BLOCKS

_EVERY = 600_000  # so many pairs are compared without asking what they share
_LARGEST = 120  # records that share a value at most, for it to bring them together
_BUDGET, _SHARE = 12, 2 / 3  # pairs for each record, after which no block is asked; the share one block may give
_SPARE, _LEAN = 2_000_000, 4  # of many records fewer: so many pairs, and so many for each record


def pair_up(duck: Any, records: str, *, fields: frozenset[str], count: int, fresh: int) -> None:
    """Makes the table `pairs` (`match_key`, `join_key_l`, `join_key_r`) of `records` to be compared, each pair once.

    Only pairs of which one at least is `fresh` (a column of `records`); `fresh` and `count` say how many there are.
    """
    if count * (count - 1) // 2 <= _EVERY:
        both = f"from {records} l join {records} r on l.unique_id < r.unique_id and (l.fresh or r.fresh)"
        _keep(duck, f"select l.unique_id as one, r.unique_id as other {both}")
        return
    duck.execute("create or replace table candidates (one bigint, other bigint)").fetchall()
    found, budget = 0, min(_BUDGET * count, _SPARE + _LEAN * count) * fresh / count * (2 - fresh / count)
    for block in BLOCKS:
        if {part.partition(":")[0] for part in block} <= fields and found < budget:
            found += _add(duck, _keyed(records, block, some=fresh < count), most=_SHARE * budget)
    _keep(duck, "select one, other from candidates")


def _keyed(records: str, block: tuple[str, ...], *, some: bool) -> str:
    """Who is in a block by which key; `some`: only keys that somebody fresh has."""
    told = " and ".join(f"{part.partition(':')[0]} is not null" for part in block)
    keyed = f"select unique_id, fresh, hash({', '.join(_part(each) for each in block)}) as key from {records}"
    if not some:
        return f"{keyed} where {told}"
    return f"select * from ({keyed} where {told}) where key in (select key from ({keyed} where {told} and fresh))"


def _add(duck: Any, keyed: str, *, most: float) -> int:
    """Adds the new pairs of a block and says how many; frequent values are left out where they would be over `most`."""
    duck.execute(f"create or replace table keyed as {keyed}").fetchall()
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
        f"insert into candidates with common as (select key from keys where size between 2 and {largest}),"
        " few as (select unique_id, fresh, key from keyed semi join common using (key)),"
        " met as (select l.unique_id as one, r.unique_id as other from few l join few r on l.key = r.key"
        " where l.unique_id < r.unique_id and (l.fresh or r.fresh))"
        " select one, other from met anti join candidates using (one, other)"
    ).fetchall()
    return int(added[0][0])


def _part(part: str) -> str:
    field, _, length = part.partition(":")
    return f"left({field}, {length})" if length else field


def _keep(duck: Any, pairs: str) -> None:
    told = f"select '0' as match_key, one as join_key_l, other as join_key_r from ({pairs})"
    duck.execute(f"create or replace table pairs as {told}").fetchall()
