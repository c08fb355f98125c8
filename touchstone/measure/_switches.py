"""Who bought which brand after which: stated in a survey, or read off purchases one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import md5
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.measure._answers import PLAIN, Question
from touchstone.measure._given import given
from touchstone.measure._interactions import leading_currency, within

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Switches:
    """How many bought which brand after which, how many are where now, and what they paid, in blocks of households.

    `switched` is blocks x from brand x to brand; `here` (where people are now), `paid` and `priced` (purchases with an
    amount, in `currency`, which is empty where nobody says) are blocks x brands. There is one block where nobody is
    told apart, and each row is someone else's (`apart`). `own` where only our own products are seen, not what is bought
    elsewhere.
    """

    names: list[str]
    switched: Floats
    here: Floats
    paid: Floats
    priced: Floats
    apart: bool
    own: bool
    currency: str = ""

    @property
    def counts(self) -> Floats:
        """From brand (row) to brand (column), of all."""
        return np.asarray(self.switched.sum(axis=0), float)

    @property
    def now(self) -> Floats:
        """How many are where now."""
        return np.asarray(self.here.sum(axis=0), float)


def switches(ask: Ask, question: Question) -> Switches | None:
    """The switches that a file states (previous, brand) or its purchases show (person, brand, sequence or occurred_at),
    or a home's purchases. A home's brands are its products. None where nothing was bought.
    """
    table = given(ask, question)
    if table is None:
        currency = leading_currency(ask)
        found = _counted(_asked(ask, question, currency), own=True)
        return found and replace(found, currency=currency)
    if "brand" not in table.column_names:
        raise Refused("no column 'brand'.", field="brand", where="the file", todo="Say it: --map brand=COLUMN.")
    if "previous" in table.column_names:
        rows = table.filter(pc.is_valid(table["brand"]))
        previous, brand = rows["previous"].to_pylist(), rows["brand"].to_pylist()
        lines = _lines(previous, brand, [True] * len(brand), _amounts(rows), [""] * len(brand))
        return _counted(lines, apart=True)
    order = next((each for each in ("sequence", "occurred_at") if each in table.column_names), None)
    if order is None or "person" not in table.column_names:
        todo = "Give previous and brand, or person, brand, and occurred_at or sequence: --map FIELD=COLUMN."
        raise Refused("it is not told who switched.", field="previous", where="the file", todo=todo)
    columns = {"person": table["person"], "moment": table[order], "brand": table["brand"]}
    rows = pa.table({**columns, "amount": pa.chunked_array([_amounts(table)])})
    for each in columns:
        rows = rows.filter(pc.is_valid(rows[each]))
    rows = rows.sort_by([(each, "ascending") for each in ("person", "moment", "brand", "amount")])
    person, brand = rows["person"].to_pylist(), rows["brand"].to_pylist()
    same = [False, *(one == two for one, two in zip(person[1:], person, strict=False))][: len(person)]
    previous = [brand[at - 1] if goes_on else None for at, goes_on in enumerate(same)]
    last = [not each for each in [*same[1:], False]][: len(person)]
    block = {each: md5(each.encode(), usedforsecurity=False).hexdigest()[:2] for each in set(person)}
    return _counted(_lines(previous, brand, last, _amounts(rows), [block[each] for each in person]))


def _amounts(rows: pa.Table) -> Any:
    return rows["amount"].combine_chunks() if "amount" in rows.column_names else pa.nulls(len(rows), pa.float64())


def _lines(
    previous: Sequence[Any], brand: Sequence[Any], last: Sequence[bool], amount: Any, block: Sequence[str]
) -> pa.Table:
    """Counted lines as `_asked` gives them; a person without a name is where the last line says."""
    words = {"previous": pa.array(previous, pa.string()), "brand": brand, "last": last, "block": block}
    plain = pa.table({**words, "amount": amount})
    found = plain.group_by(list(words), use_threads=False).aggregate(
        [("brand", "count"), ("amount", "sum"), ("amount", "count")]
    )
    return found.rename_columns([*words, "n", "paid", "priced"])


def _asked(ask: Ask, question: Question, currency: str) -> pa.Table:
    """How often each product was bought after which, by block and whether it was the person's last purchase.

    Amounts in any other currency than `currency` are left out.
    """
    narrowed, parameters = within(question)
    return ask.lake(
        f"""
        SELECT previous, brand, last, block, count(*) AS n, sum(amount) AS paid, count(amount) AS priced FROM (
            SELECT previous, brand, amount, later IS NULL AS last, substr(md5(person), 1, 2) AS block FROM (
            SELECT person, product AS brand, amount,
                lag(product) OVER (PARTITION BY person ORDER BY moment, id) AS previous,
                lead(product) OVER (PARTITION BY person ORDER BY moment, id) AS later
            FROM (
                SELECT id, person, occurred_at AS moment,
                    CASE WHEN coalesce(currency, '') = ? THEN amount END AS amount, {", ".join(PLAIN)} FROM interaction
                WHERE kind = 'purchase' AND person IS NOT NULL AND product IS NOT NULL AND occurred_at IS NOT NULL
            ) AS bought {"WHERE " + " AND ".join(narrowed) if narrowed else ""}
            ) AS placed
        ) AS told GROUP BY previous, brand, last, block ORDER BY previous, brand, last, block
        """,
        [currency, *parameters],
    )


def _counted(lines: pa.Table, *, apart: bool = False, own: bool = False) -> Switches | None:
    """The lines as tables, brands in order of their names."""
    names = sorted({*lines["brand"].unique().to_pylist(), *lines["previous"].unique().to_pylist()} - {None})
    if not names:
        return None
    blocks = sorted(lines["block"].unique().to_pylist())
    known, size = pa.array(names, pa.string()), len(names)
    block = pc.index_in(lines["block"], value_set=pa.array(blocks, pa.string())).to_numpy()
    place = block * size + pc.index_in(lines["brand"], value_set=known).to_numpy()
    before = pc.fill_null(pc.index_in(lines["previous"], value_set=known), -1).to_numpy()
    n, paid, priced = (np.nan_to_num(lines[each].to_numpy().astype(float)) for each in ("n", "paid", "priced"))
    again, last = before >= 0, lines["last"].to_numpy().astype(bool)
    pair = (block * size + before) * size + place - block * size

    def summed(at: Any, what: Any, *shape: int) -> Floats:
        return np.asarray(np.bincount(at, what, len(blocks) * int(np.prod(shape))).reshape(-1, *shape), float)

    switched = summed(pair[again], n[again], size, size)
    here, money, times = (summed(place, each, size) for each in (n * last, paid, priced))
    return Switches(names, switched, here, money, times, apart, own)
