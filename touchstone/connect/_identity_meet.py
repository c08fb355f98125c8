"""Newcomers in, pairs that may be one person out: only they are compared, by what was learned of all before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_duck import connection
from touchstone.connect._identity_groups import components, likely, seen_whole
from touchstone.connect._identity_match import (
    Matched,
    Numbers,
    again,
    alone,
    likely_one,
    told,
)
from touchstone.connect._identity_model import Learned, Model, Scored
from touchstone.connect._identity_pairs import pair_up
from touchstone.connect._identity_spread import score
from touchstone.connect._identity_values import Whole, clean, lay_out
from touchstone.core.ask import Spread

_SURE, _ONE = 0.9, 0.5  # from where two who are known bear a value as one would, and stand in one group


@dataclass(frozen=True)
class Ties:
    """Pairs that were told before, by place in the records, and how likely each is."""

    left: Whole
    right: Whole
    probability: Numbers

    def chosen(self, which: npt.NDArray[np.bool_]) -> Ties:
        """Some of them."""
        return Ties(self.left[which], self.right[which], self.probability[which])

    def numbered(self, places: Whole) -> Ties:
        """Those between the records at these places (in order), by where in them."""
        known = self.chosen(np.isin(self.left, places) & np.isin(self.right, places))
        left, right = (np.searchsorted(places, side) for side in (known.left, known.right))
        return Ties(left, right, known.probability)

    def beside(self, found: Matched) -> Ties:
        """Those that hang together with any of the pairs found, over as many others as may be."""
        left, right = np.concatenate([self.left, found.left]), np.concatenate([self.right, found.right])
        whole = components(len(found.ids), left, right)
        return self.chosen(np.isin(whole[self.left], whole[found.left]))


def meet(
    records: pa.Table, fresh: npt.NDArray[np.bool_], *, learned: Learned, ties: Ties, spread: Spread | None = None
) -> Matched:
    """Who of the `fresh` may be one with anybody of `records` (in order of id), given the `ties` of the others.

    Nothing is learned anew. `ids` are those of whoever has to do with somebody fresh; pairs and groups are by place in
    them, groups without a pair that is told left out.
    """
    if not fresh.any():
        return alone(records["id"].combine_chunks().slice(0, 0))
    fields = frozenset(learned.expected)
    with connection() as duck:
        values = clean(duck, records, fields)
        pair_up(duck, values, fresh=fresh)
        near = _near(duck, fresh, ties)
        _number(duck, near)
        model = Model(duck, lay_out(duck, "few", values, near), values=values, count=len(records))
        model.expected, model.distinct, model.places = dict(learned.expected), learned.distinct, near
        return _compared(_Newcomers(model, fresh, ties, learned.share, spread), records["id"].combine_chunks())


def _near(duck: Any, fresh: npt.NDArray[np.bool_], ties: Ties) -> Whole:
    """The places of the fresh, of those they are compared with, and of whoever is one with these."""
    met = duck.sql("select join_key_l as place from pairs union select join_key_r from pairs").to_arrow_table()
    one = ties.chosen(ties.probability >= _ONE)
    group = components(len(fresh), one.left, one.right)
    wanted = np.zeros(len(fresh), bool)
    wanted[group[met["place"].to_numpy()]] = True
    places: Whole = np.flatnonzero(wanted[group] | fresh)
    return places


def _number(duck: Any, near: Whole) -> None:
    """Numbers the records of `pairs` by where they stand in these places."""
    duck.register("near", pa.table({"place": near, "number": np.arange(len(near))}))
    duck.execute(
        "create or replace table pairs as select match_key, l.number as join_key_l, r.number as join_key_r"
        " from pairs join near l on join_key_l = l.place join near r on join_key_r = r.place"
    ).fetchall()
    duck.unregister("near")


@dataclass(frozen=True)
class _Newcomers:
    """The records near somebody fresh under one model, who of all are fresh, and what was told of the others before."""

    model: Model
    fresh: npt.NDArray[np.bool_]
    ties: Ties
    share: float
    spread: Spread | None

    def count_values(self, found: Ties) -> None:
        """How frequent the values of the fresh are among all, persons counted once; `found` are pairs that are one."""
        sure = self.ties.chosen(self.ties.probability >= _SURE)
        left, right = (
            np.concatenate([old, self.model.places[new]])
            for old, new in ((sure.left, found.left), (sure.right, found.right))
        )
        self.model.count_values(components(len(self.fresh), left, right), asked=self.fresh)

    def score(self, pairs: str) -> Scored:
        """The weights of the pairs in table `pairs` that are not out of the question."""
        return score(self.model, pairs, spread=self.spread)

    def chances(self, found: Scored) -> Numbers:
        """How likely each pair is, at the share of matches that was found before."""
        return likely(found.total, share=self.share)


def _compared(those: _Newcomers, ids: pa.Array) -> Matched:
    """Compared twice as all were before, then seen in the light of the groups that are there."""
    none = np.empty(0, np.int64)
    those.count_values(Ties(none, none, none.astype(float)))
    first = those.score("pairs")
    sure, chance = likely_one(those.model, first, those.chances(first))
    those.count_values(Ties(first.left[sure], first.right[sure], chance[sure]))
    found = those.score(again(those.model.duck, first))
    chance = np.where(found.total > 0, those.chances(found), 0.0)
    new = told(those.model, found, chance, ids=ids.take(pa.array(those.model.places)))
    old = those.ties.numbered(those.model.places).beside(new)
    left, right = np.concatenate([new.left, old.left]), np.concatenate([new.right, old.right])
    chance = np.concatenate([new.probability, old.probability])
    whole, chance = seen_whole(len(those.model.places), left, right, chance)
    return replace(new, group=whole, probability=chance[: len(new.left)])
