"""What people did after words reached them: who bought or came, and what similar customers did meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE
from touchstone.science.matched import NOTHING, Increment, increment, nearest

Whole = NDArray[np.int64]
Bools = NDArray[np.bool_]
DAY = 86_400_000_000  # microseconds
_RECENT = 90  # days that count as lately
_POOL, _MATCHES = 64, 5  # similar customers that are looked at for each, and taken
_WITHIN = float(np.log(3))  # how far matches may be in activity: lately and on the whole together, threefold
_SQL = f"""
select coalesce(one.called, i.person) as person, i.occurred_at, coalesce(i.level, '') as level,
    coalesce(i.unit, '') as unit, coalesce(i.kind, '') in ('purchase', 'visit') as act,
    coalesce(i.kind, '') = 'redemption' or coalesce(i.incentive, '') = 'disclosed' or i.campaign is not null
        or coalesce(i.attributes, '') like '%"coupon"%' as paid
from interaction as i left join {ONE} as one on one.person = i.person
where i.person is not null and i.occurred_at is not null and coalesce(i.level, '') <> 'employee'
order by i.occurred_at, i.id
"""


@dataclass(frozen=True)
class Lives:
    """What everyone did and when: sorted keys of person and microsecond, of everything and of acts; cells of alike."""

    names: pa.Array
    done: Whole
    acted: Whole
    redeemed: Whole
    cell: Whole  # by person: same level and unit, where they were heard first
    first: int
    last: int

    @property
    def wide(self) -> int:
        """Microseconds that a person's keys span."""
        return self.last - self.first + 2

    def between(self, keys: Whole, who: Whole, since: Whole, until: Whole) -> Whole:
        """How many of `keys` fall to each person from `since` on and before `until`; -1 is nobody."""
        ends = (np.clip(each - self.first, 0, self.wide - 1) + who * self.wide for each in (since, until))
        low, high = (np.searchsorted(keys, each) for each in ends)
        return np.where(who >= 0, high - low, 0)


def lives(ask: Ask, also: pa.Table) -> Lives:
    """What everyone but employees did, and those of `also` (`left`, `right`) of whom nothing else is known.

    An act is a purchase or visit; with a coupon or reward it is a redemption.
    """
    rows = ask.lake(_SQL)
    names = named(rows["person"], also["left"], also["right"])
    who = places(rows["person"], names)
    at = rows["occurred_at"].cast(pa.int64()).to_numpy()
    first, last = (int(at.min()), int(at.max())) if len(at) else (0, 0)
    act, paid = (rows[name].to_numpy() for name in ("act", "paid"))
    key = who * (last - first + 2) + at - first
    alike = pc.binary_join_element_wise(rows["level"], rows["unit"], "\x1f").combine_chunks().dictionary_encode()
    cell = np.full(len(names), len(alike.dictionary))
    cell[who[::-1]] = alike.indices.to_numpy(zero_copy_only=False)[::-1]  # the first is written last
    return Lives(names, np.sort(key), np.sort(key[act & ~paid]), np.sort(key[paid]), cell, first, last)


def named(*columns: pa.ChunkedArray) -> pa.Array:
    """Everyone who stands in `columns`, once, in order."""
    names = pc.unique(pa.concat_arrays([each.combine_chunks().cast(pa.string()) for each in columns]))
    return names.take(pc.sort_indices(names))


def places(column: pa.ChunkedArray, names: pa.Array) -> Whole:
    """By row, the place of the name among sorted `names`, -1 where it is not there."""
    found = pc.index_in(column.cast(pa.string()), value_set=names).to_numpy()
    answer: Whole = np.nan_to_num(found.astype(float), nan=-1).astype(np.int64)
    return answer


@dataclass(frozen=True)
class Words:
    """Words that reached someone: who listened, to whom, when."""

    listener: Whole
    speaker: Whole
    at: Whole

    def only(self, some: Bools) -> Words:
        """Those of `some`."""
        return Words(self.listener[some], self.speaker[some], self.at[some])


def acted(life: Lives, heard: Words, *, days: float) -> tuple[Bools, Bools]:
    """Whether each listener bought or came within `days`: of themselves, and with a coupon."""
    until = heard.at + 1 + int(days * DAY)
    found = (life.between(keys, heard.listener, heard.at + 1, until) > 0 for keys in (life.acted, life.redeemed))
    own, paid = found
    return own & ~paid, paid


def credit(life: Lives, heard: Words, *, days: float, seed: int) -> tuple[Increment, int]:
    """What who was referred did more within `days` than the similar who were not, and how many could not be compared.

    Similar: same level, unit and day, known before, nearest in what they did before (on the whole and lately), not
    themselves spoken to around that day. Acts with a coupon count for neither.
    """
    span = int(days * DAY)
    whole = heard.at + span <= life.last  # the window is over
    keep = np.flatnonzero((heard.listener >= 0) & whole)
    who, at, speaker = heard.listener[keep], heard.at[keep], heard.speaker[keep]
    if not len(who):
        return NOTHING, 0
    order = np.argsort(life.cell, kind="stable")
    start = np.searchsorted(life.cell[order], np.arange(life.cell.max() + 2))
    own = life.cell[who]
    drawn = np.random.default_rng(seed).random((len(who), _POOL))
    other = order[start[own][:, None] + (drawn * (start[own + 1] - start[own])[:, None]).astype(np.int64)]
    since, day = np.full_like(at, life.first), at[:, None]
    far = np.zeros(other.shape)
    known, theirs = life.between(life.done, who, since, at), life.between(life.done, other, since[:, None], day)
    for back in (_RECENT * DAY, life.wide):
        mine = life.between(life.done, who, at - back, at)
        far += np.abs(np.log1p(mine)[:, None] - np.log1p(life.between(life.done, other, day - back, day)))
    reached = np.sort(heard.listener * life.wide + heard.at - life.first)
    spoken = life.between(reached, other, day - span, day + span) > 0
    barred = spoken | (other == who[:, None]) | (other == speaker[:, None]) | (theirs == 0) | _again(other)
    chosen = nearest(np.where(barred | (known == 0)[:, None], np.nan, far), matches=_MATCHES, within=_WITHIN)
    did, _ = acted(life, Words(who, speaker, at), days=days)
    times = np.broadcast_to(day, other.shape).reshape(-1)
    others, _ = acted(life, Words(other.reshape(-1), other.reshape(-1), times), days=days)
    found = increment(did, others.reshape(other.shape), chosen, who, other)
    return found, len(who) - found.n


def _again(other: Whole) -> Bools:
    """Where a candidate stands in a row a second time."""
    order = np.argsort(other, axis=1, kind="stable")
    ordered = np.take_along_axis(other, order, axis=1)
    twice = np.zeros(other.shape, bool)
    np.put_along_axis(twice, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return twice
