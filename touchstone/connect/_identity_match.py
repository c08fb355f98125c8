"""Records in, pairs that may be one person out: cleaned, learned from, compared twice and grouped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_fields import FIELDS, KEYS
from touchstone.connect._identity_groups import groups, probabilities, seen_whole
from touchstone.connect._identity_model import Model, Scored
from touchstone.connect._identity_pairs import pair_up

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
    given = records.sort_by([(name, "ascending") for name in records.column_names])
    count, ids = len(given), given["id"].combine_chunks()
    fields = frozenset(name for name in FIELDS if name in given.column_names and given[name].null_count < count)
    if count < 2 or not fields:
        return _alone(ids)
    with connection() as duck:
        _clean(duck, given, fields)
        model = Model(duck, "records", fields=fields, count=count, seed=seed)
        model.learn()
        pair_up(duck, "records", fields=fields, count=count)
        return _matched(model, ids)


def _alone(ids: pa.Array) -> Matched:
    none = np.empty(0, np.int64)
    return Matched(ids, np.arange(len(ids)), none, none, none.astype(float), {}, none.astype(bool), none.astype(bool))


def _clean(duck: Any, given: pa.Table, fields: Iterable[str]) -> None:
    """Makes the table `records`: `unique_id` from 0 in the order given, and its fields as they are compared."""
    duck.register("given", given.append_column("unique_id", pa.array(np.arange(len(given)))))
    told = ", ".join(f"{FIELDS[name].clean.format(x=name)} as {name}" for name in sorted(fields))
    duck.execute(f"create table records as select unique_id, {told} from given order by unique_id").fetchall()
    duck.unregister("given")


def _matched(model: Model, ids: pa.Array) -> Matched:
    """Compared once as records, and once more where each group counts as one in how frequent values are."""
    count = model.count
    every = count * (count - 1) / 2
    first = model.score("pairs", bearers=np.arange(count))
    chance = probabilities(first.total, pairs_in_all=every)
    model.apart(min(chance.sum() / every, 0.5))
    chance = np.where(_settled(model, first) & ~_home(first.weights), _SETTLED, chance)
    likely = chance >= _LIKELY
    whole = groups(count, first.left[likely], first.right[likely], chance[likely])
    found = model.score(_again(model.duck, first), bearers=whole)
    chance = np.where(found.total > 0, probabilities(found.total, pairs_in_all=every), 0.0)
    home = _home(found.weights)
    chance = np.where(home, np.minimum(chance, _ANOTHER), chance)
    keyed = _settled(model, found)
    chance = np.where(keyed & ~home, np.maximum(chance, _SETTLED), chance)
    whole = groups(count, found.left, found.right, chance)
    chance = seen_whole(whole, found.left, found.right, chance)
    return Matched(ids, whole, found.left, found.right, chance, found.weights, home, keyed)


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
