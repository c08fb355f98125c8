"""Journeys of persons: what each met, step by step, until a purchase, or until nothing more came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import TEXT
from touchstone.measure._answers import PLAIN, Question
from touchstone.measure._given import given
from touchstone.measure._interactions import within
from touchstone.science.attribution import Journeys

Floats = NDArray[np.float64]
MET = ("impression", "visit", "offer", "redemption", "referral")
"""What a person meets on the way; a purchase ends it."""
_OFTEN = 1e15  # more than this nobody counts, and chance cannot be drawn


@dataclass(frozen=True)
class Met:
    """Journeys with the names of their steps; per journey how often it was won and lost, the money, and whose it is.

    `person` numbers the persons, where each journey was made once; None where a row stands for many (paths of a file).
    `untouched` are purchases before which nothing was met, with their money.
    """

    journeys: Journeys
    names: list[str]
    won: Floats
    lost: Floats
    money: Floats
    person: NDArray[np.int64] | None
    untouched: tuple[float, float]
    currency: str


def met(ask: Ask, question: Question, *, element: str, window: int) -> Met | None:
    """The journeys of a file or home by `element` (touchpoint, channel, …); None where nothing was met.

    A journey holds what was met within `window` days before the purchase that ends it. One without a purchase holds
    what was met within as many days before its last step, and counts as lost once as many days have passed since.
    """
    table = given(ask, question)
    if table is not None and "path" in table.column_names:
        order = [name for name in ("path", "conversions", "nulls", "amount") if name in table.column_names]
        return _paths(table.sort_by([(name, "ascending") for name in order]))
    seen = _asked(ask, question, element) if table is None else _filed(table, element)
    if not len(seen):
        return None
    person = seen["person"].combine_chunks().dictionary_encode().indices.to_numpy()
    at = seen["moment"].cast(pa.int64()).to_numpy() / 86_400e6  # days
    bought = seen["bought"].to_numpy(zero_copy_only=False)
    amount = np.nan_to_num(seen["amount"].to_numpy(zero_copy_only=False).astype(float))
    new = np.append(True, (np.diff(person) != 0) | bought[:-1])  # a journey begins with a person, and after a purchase
    journey = np.cumsum(new) - 1
    last = np.append(np.flatnonzero(new)[1:] - 1, len(new) - 1)
    step = ~bought & (at >= at[last][journey] - window)
    ended = bought[last] | (at[last] <= at.max() - window)  # the others may still buy
    step &= ended[journey]
    met_some = np.bincount(journey[step], minlength=len(last)) > 0
    kept, whose = np.flatnonzero(met_some), (np.cumsum(met_some) - 1)[journey[step]]
    alone = np.flatnonzero(bought[last] & ~met_some)
    words = seen["step"].combine_chunks().filter(pa.array(step)).dictionary_encode()
    names, code = _sorted(words)
    said = sorted({each for each in pc.unique(seen["currency"]).to_pylist() if each})
    won = bought[last][kept].astype(float)
    return Met(
        journeys=Journeys.of(code, whose, kinds=len(names)),
        names=names,
        won=won,
        lost=1 - won,
        money=np.where(bought[last][kept], amount[last][kept], 0.0),
        person=np.cumsum(np.diff(person[last][kept], prepend=person[last][kept][:1]) != 0),
        untouched=(float(alone.size), float(amount[last][alone].sum())),
        currency=said[0] if len(said) == 1 else "several" if said else "",
    )


def _paths(table: pa.Table) -> Met | None:
    """Journeys written as paths (steps with > between), a row for all that went the same way."""
    ways = [[each.strip() for each in (way or "").split(">") if each.strip()] for way in table["path"].to_pylist()]
    kept = [place for place, way in enumerate(ways) if way]
    if not kept:
        return None
    counts = {
        name: np.nan_to_num(np.array(table[name].to_numpy(zero_copy_only=False), float))[kept]
        if name in table.column_names
        else np.full(len(kept), other)
        for name, other in (("conversions", 1.0), ("nulls", 0.0), ("amount", 0.0))
    }
    if (counts["conversions"] < 0).any() or (counts["nulls"] < 0).any():
        raise Refused("a path cannot have been gone less than never.", field="conversions", todo="Mend the file.")
    if max(counts["conversions"].max(), counts["nulls"].max()) > _OFTEN:
        raise Refused("a path cannot have been gone so often.", field="conversions", todo="Mend the file.")
    words = pa.array([step for place in kept for step in ways[place]], TEXT).dictionary_encode()
    names, code = _sorted(words)
    whose = np.repeat(np.arange(len(kept)), [len(ways[place]) for place in kept])
    journeys = Journeys.of(code, whose, kinds=len(names))
    return Met(journeys, names, counts["conversions"], counts["nulls"], counts["amount"], None, (0.0, 0.0), "")


def _sorted(words: Any) -> tuple[list[str], NDArray[np.int64]]:
    """The words in order, and the place of each."""
    names = words.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return [names[place] for place in order], rank[words.indices.to_numpy(zero_copy_only=False)]


def _filed(table: pa.Table, element: str) -> pa.Table:
    """The events of a file, as `_asked` gives those of a home: a row of kind purchase ends a journey."""
    needed = ("person", "occurred_at", "kind", element)
    if missing := [each for each in needed if each not in table.column_names]:
        todo = "Give path, or person, occurred_at, kind and the step: --map FIELD=COLUMN."
        raise Refused(f"no column {missing[0]!r}.", field=missing[0], where="the file", todo=todo)
    amount = table["amount"] if "amount" in table.column_names else pa.nulls(len(table), pa.float64())
    bought = pc.fill_null(pc.equal(table["kind"], "purchase"), False)
    rows = pa.table(
        {"person": table["person"], "moment": table["occurred_at"], "bought": bought, "step": table[element].cast(TEXT),
         "amount": amount, "currency": pa.nulls(len(table), TEXT)}
    )  # fmt: skip
    known = pc.and_(pc.is_valid(rows["person"]), pc.is_valid(rows["moment"]))
    rows = rows.filter(pc.and_(known, pc.or_(rows["bought"], pc.is_valid(rows["step"]))))
    order = [(each, "ascending") for each in ("person", "moment", "bought", "step", "amount")]
    return rows.sort_by(order)


def _asked(ask: Ask, question: Question, element: str) -> pa.Table:
    """What every person met and bought, person by person, in order of time."""
    narrowed, parameters = within(question)
    return ask.lake(
        f"""
        SELECT person, moment, bought, step, amount, currency FROM (
            SELECT id, person, occurred_at AS moment, kind = 'purchase' AS bought, {element} AS step, amount,
                CASE WHEN kind = 'purchase' THEN currency END AS currency, {", ".join(PLAIN)}
            FROM interaction
            WHERE person IS NOT NULL AND occurred_at IS NOT NULL
                AND (kind = 'purchase' OR (kind IN ({", ".join("?" for _ in MET)}) AND {element} IS NOT NULL))
        ) AS met {"WHERE " + " AND ".join(narrowed) if narrowed else ""}
        ORDER BY person, moment, bought, id
        """,
        [*MET, *parameters],
    )
