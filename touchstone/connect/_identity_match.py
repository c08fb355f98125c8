"""Records in, pairs that may be one person out: cleaned, learned from, compared twice and grouped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_duck import connection
from touchstone.connect._identity_fields import FIELDS, KEYS
from touchstone.connect._identity_groups import groups, probabilities, seen_whole
from touchstone.connect._identity_model import Learned, Model, Scored
from touchstone.connect._identity_pairs import pair_up
from touchstone.connect._identity_spread import score
from touchstone.connect._identity_values import Whole, clean, lay_out
from touchstone.core.ask import Spread

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
    learned: Learned | None = None
    """None where there was nobody to learn from."""


def match(records: pa.Table, *, seed: int, spread: Spread | None = None) -> Matched:
    """Who of `records` (`id`, and any of FIELDS, as text) may be one; their order does not matter.

    Pairs are compared by the cluster where there is one; blocks, samples to learn from and groups are made here.
    """
    given = records.sort_by([(name, "ascending") for name in records.column_names])
    count, fields = len(given), filled(given)
    if count < 2 or not fields:
        return alone(given["id"].combine_chunks())
    with connection() as duck:
        values = clean(duck, given, fields)
        records = lay_out(duck, "records", values, np.arange(count))
        model = Model(duck, records, values=values, count=count, seed=seed)
        model.learn()
        pair_up(duck, values, fresh=np.ones(count, bool))
        return _compared(model, given["id"].combine_chunks(), spread)


def _compared(model: Model, ids: pa.Array, spread: Spread | None) -> Matched:
    """Compared once as records, and once more where each group counts as one in how frequent values are."""
    count = len(ids)
    every = count * (count - 1) / 2
    model.count_values(np.arange(count))
    first = score(model, "pairs", spread=spread)
    chance = probabilities(first.total, pairs_in_all=every)
    model.apart(min(chance.sum() / every, 0.5))
    likely, chance = likely_one(model, first, chance)
    model.count_values(groups(count, first.left[likely], first.right[likely], chance[likely]))
    found = score(model, again(model.duck, first), spread=spread)
    chance = probabilities(found.total, pairs_in_all=every)
    share = min(max(chance.sum() / every, 1e-12), 0.5)
    found_one = told(model, found, np.where(found.total > 0, chance, 0.0), ids=ids)
    whole, chance = seen_whole(count, found_one.left, found_one.right, found_one.probability)
    learned = Learned(model.expected, share, model.distinct)
    return replace(found_one, group=whole, probability=chance, learned=learned)


def likely_one(model: Model, found: Scored, chance: Numbers) -> tuple[npt.NDArray[np.bool_], Numbers]:
    """Which pairs bear a value as one person would, and how likely each is where a key settles it."""
    settled = _settled(model, found) & ~_home(found.weights)
    chance = np.where(settled, _SETTLED, chance)
    return chance >= _LIKELY, chance


def told(model: Model, found: Scored, chance: Numbers, *, ids: pa.Array) -> Matched:
    """The pairs with what keys settle and what living together explains; no groups yet."""
    home = _home(found.weights)
    chance = np.where(home, np.minimum(chance, _ANOTHER), chance)
    keyed = _settled(model, found)
    chance = np.where(keyed & ~home, np.maximum(chance, _SETTLED), chance)
    return Matched(ids, np.arange(len(ids)), found.left, found.right, chance, found.weights, home, keyed)


def filled(given: pa.Table) -> frozenset[str]:
    """The fields that anybody has."""
    return frozenset(n for n in FIELDS if n in given.column_names and given[n].null_count < len(given))


def alone(ids: pa.Array) -> Matched:
    """Records of which no two have anything to do with each other."""
    none = np.empty(0, np.int64)
    return Matched(ids, np.arange(len(ids)), none, none, none.astype(float), {}, none.astype(bool), none.astype(bool))


def again(duck: Any, found: Scored) -> str:
    """The pairs found, as the table `pairs` to be compared once more."""
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
        borne, bearers = model.values[key].borne, model.values[key].bearers
        one, other = (borne[model.places[side]] for side in (found.left, found.right))
        same = (one == other) & (one >= 0)
        settled[same] |= bearers[one[same]] <= _SHARERS
    return settled
