"""Records in, pairs that may be one person out: cleaned, learned from, compared twice and grouped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_fields import FIELDS, KEYS
from touchstone.connect._identity_groups import groups, probabilities, seen_whole
from touchstone.connect._identity_model import Model, Scored
from touchstone.connect._identity_pairs import pair_newcomers, pair_up

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

_OWN = ("given_name", "date_of_birth", "national_id", "birth_place", "occupation", "loyalty_number", "account")
_SHARED = ("street", "email", "phone")  # what those who live together have in common
_SETTLED, _SHARERS = 0.999, 5  # what the same key makes likely, and how many records bear one that is somebody's own
_LIKELY = 0.9  # from where two records bear a value as one person would
_ANOTHER = 0.05  # the most that is likely where what is one's own speaks against


@dataclass(frozen=True)
class Matched:
    """Records by id in order, the group of each by its first record, and the pairs that are worth telling."""

    ids: pa.Array
    group: Whole
    left: Whole
    right: Whole
    probability: Numbers
    weights: dict[str, Numbers]
    home: npt.NDArray[np.bool_]
    """Whether what speaks for a pair is only what those who live together share."""
    keyed: npt.NDArray[np.bool_]
    """Whether both bear the same key, and few others do."""


@contextmanager
def connection() -> Iterator[Any]:
    """A DuckDB of its own, in memory, as Splink opens it: it reads and writes no file."""
    import splink

    duck = splink.DuckDBAPI().duckdb_con
    try:
        for setting in ("temp_directory = ''", "enable_progress_bar = false"):  # no personal data on disk, no talk
            duck.execute(f"set {setting}").fetchall()
        yield duck
    finally:
        duck.close()


def match(records: pa.Table, *, seed: int) -> Matched:
    """Who of `records` (`id`, and any of FIELDS, as text) may be one; their order does not matter."""
    with connection() as duck:
        return Known(duck, records, seed=seed).matched


class Known:
    """Records, who of them may be one, and what was learned of them, kept for those who come later."""

    def __init__(self, duck: Any, records: pa.Table, *, seed: int) -> None:
        given = records.sort_by([(name, "ascending") for name in records.column_names])
        self.ids, self._duck, count = given["id"].combine_chunks(), duck, len(given)
        self._fields = frozenset(n for n in FIELDS if n in given.column_names and given[n].null_count < count)
        self._share = 0.0  # of all pairs, that are one person
        if count < 2 or not self._fields:
            self.matched = _alone(self.ids)
            return
        _clean(duck, given, self._fields, first=0)
        self._model = Model(duck, "records", fields=self._fields, count=count, seed=seed)
        self._model.learn()
        pair_up(duck, "records", fields=self._fields, count=count)
        self.matched = self._match()

    def meet(self, arriving: pa.Table) -> Matched:
        """Who of `arriving` may be one with somebody known, or with each other; from now on they are known too.

        Nothing is learned anew. Pairs and `ids` are of all who are known, those who came last behind; no groups.
        """
        before = len(self.ids)
        told = {name: arriving[name] if name in arriving.column_names else None for name in ("id", *self._fields)}
        nothing = pa.nulls(len(arriving), pa.string())
        _clean(
            self._duck, pa.table({n: nothing if c is None else c for n, c in told.items()}), self._fields, first=before
        )
        self.ids = pa.concat_arrays([self.ids, arriving["id"].combine_chunks()])
        pair_newcomers(self._duck, "records", fields=self._fields, first=before, count=len(arriving))
        found = self._model.score("pairs")
        bits = found.total + np.log2(self._share / (1 - self._share))
        chance = np.where(found.total > 0, 1 / (1 + np.exp2(-np.clip(bits, -500, 500))), 0.0)
        return self._told(found, chance, np.arange(len(self.ids)))

    def _match(self) -> Matched:
        """Compared once as records, and once more where each group counts as one in how frequent values are."""
        count, model = len(self.ids), self._model
        every = count * (count - 1) / 2
        model.count_values(np.arange(count))
        first = model.score("pairs")
        chance = probabilities(first.total, pairs_in_all=every)
        model.apart(min(chance.sum() / every, 0.5))
        chance = np.where(_settled(model, first) & ~_home(first.weights), _SETTLED, chance)
        likely = chance >= _LIKELY
        model.count_values(groups(count, first.left[likely], first.right[likely], chance[likely]))
        found = model.score(_again(model.duck, first))
        chance = probabilities(found.total, pairs_in_all=every)
        self._share = min(max(chance.sum() / every, 1e-12), 0.5)
        told = self._told(found, np.where(found.total > 0, chance, 0.0), np.arange(count))
        whole = groups(count, told.left, told.right, told.probability)
        chance = seen_whole(whole, told.left, told.right, told.probability)
        return replace(told, group=whole, probability=chance)

    def _told(self, found: Scored, chance: Numbers, group: Whole) -> Matched:
        """The pairs with what keys settle and what living together explains."""
        home = _home(found.weights)
        chance = np.where(home, np.minimum(chance, _ANOTHER), chance)
        keyed = _settled(self._model, found)
        chance = np.where(keyed & ~home, np.maximum(chance, _SETTLED), chance)
        return Matched(self.ids, group, found.left, found.right, chance, found.weights, home, keyed)


def _alone(ids: pa.Array) -> Matched:
    none = np.empty(0, np.int64)
    return Matched(ids, np.arange(len(ids)), none, none, none.astype(float), {}, none.astype(bool), none.astype(bool))


def _clean(duck: Any, given: pa.Table, fields: Iterable[str], *, first: int) -> None:
    """Adds to the table `records`, in the order given: `unique_id` from `first`, and fields as they are compared."""
    duck.register("given", given.append_column("unique_id", pa.array(np.arange(first, first + len(given)))))
    told = ", ".join(f"{FIELDS[name].clean.format(x=name)} as {name}" for name in sorted(fields))
    into = "insert into records" if first else "create table records as"
    duck.execute(f"{into} select unique_id, {told} from given order by unique_id").fetchall()
    duck.unregister("given")


def _again(duck: Any, found: Scored) -> str:
    duck.register("found", pa.table({"left": found.left, "right": found.right}))
    told = """select '0' as match_key, "left" as join_key_l, "right" as join_key_r from found"""
    duck.execute(f"create or replace table pairs as {told}").fetchall()
    duck.unregister("found")
    return "pairs"


def _home(weights: dict[str, Numbers]) -> npt.NDArray[np.bool_]:
    """Where the given name and all that is one's own speak against, but what those who live together share does not."""
    told = {name: np.nan_to_num(each) for name, each in weights.items()}
    none = np.zeros(len(next(iter(told.values()))))
    own = sum((told[name] for name in _OWN if name in told), none)
    shared = [told[name] > 0 for name in _SHARED if name in told]
    alike: npt.NDArray[np.bool_] = np.any([none > 0, *shared], axis=0)
    return (told.get("given_name", none) < -1) & (own < -2) & alike


def _settled(model: Model, found: Scored) -> npt.NDArray[np.bool_]:
    """Where two records bear the same key, and few others do."""
    settled = np.zeros(len(found.left), bool)
    for key in model.fields & set(KEYS):
        sql = f"select {key} as key, count({key}) over (partition by {key}) as bearers from records order by unique_id"
        table = model.duck.sql(sql).to_arrow_table()
        codes = table["key"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
        few = table["bearers"].to_numpy() <= _SHARERS
        settled |= (codes[found.left] == codes[found.right]) & (codes[found.left] >= 0) & few[found.left]
    return settled
