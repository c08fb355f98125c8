"""Who bought which brand after which: stated in a survey, or read off purchases one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.measure._answers import PLAIN, Question
from touchstone.measure._given import given
from touchstone.measure._interactions import within

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Switches:
    """How many bought which brand after which, how many are where now, and the mean amount of a purchase of each.

    `counts` is from brand (row) to brand (column); `amount` NaN where none is known; `own` where only our own products
    are seen, not what is bought elsewhere.
    """

    names: list[str]
    counts: Floats
    now: Floats
    amount: Floats
    own: bool


def switches(ask: Ask, question: Question) -> Switches | None:
    """The switches that a file states (previous, brand) or its purchases show (person, brand, sequence or occurred_at),
    or a home's purchases. A home's brands are its products. None where nothing was bought.
    """
    table = given(ask, question)
    if table is None:
        return _counted(_asked(ask, question), own=True)
    if "brand" not in table.column_names:
        raise Refused("no column 'brand'.", field="brand", where="the file", todo="Say it: --map brand=COLUMN.")
    if "previous" in table.column_names:
        rows = table.filter(pc.is_valid(table["brand"]))
        previous, brand = rows["previous"].to_pylist(), rows["brand"].to_pylist()
        return _counted(_lines(previous, brand, [True] * len(brand), _amounts(rows)), own=False)
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
    return _counted(_lines(previous, brand, [not each for each in [*same[1:], False]], _amounts(rows)), own=False)


def _amounts(rows: pa.Table) -> Any:
    return rows["amount"].combine_chunks() if "amount" in rows.column_names else pa.nulls(len(rows), pa.float64())


def _lines(previous: Sequence[Any], brand: Sequence[Any], last: Sequence[bool], amount: Any) -> pa.Table:
    """Counted lines as `_asked` gives them; a person without a name is where the last line says."""
    plain = pa.table({"previous": pa.array(previous, pa.string()), "brand": brand, "last": last, "amount": amount})
    found = plain.group_by(["previous", "brand", "last"], use_threads=False).aggregate(
        [("brand", "count"), ("amount", "sum"), ("amount", "count")]
    )
    return found.rename_columns(["previous", "brand", "last", "n", "paid", "priced"])


def _asked(ask: Ask, question: Question) -> pa.Table:
    """How often each product was bought after which, by whether it was the person's last purchase."""
    narrowed, parameters = within(question)
    return ask.lake(
        f"""
        SELECT previous, brand, later IS NULL AS last, count(*) AS n, sum(amount) AS paid, count(amount) AS priced
        FROM (
            SELECT product AS brand, amount,
                lag(product) OVER (PARTITION BY person ORDER BY moment, id) AS previous,
                lead(product) OVER (PARTITION BY person ORDER BY moment, id) AS later
            FROM (
                SELECT id, person, occurred_at AS moment, amount, {", ".join(PLAIN)} FROM interaction
                WHERE kind = 'purchase' AND person IS NOT NULL AND product IS NOT NULL AND occurred_at IS NOT NULL
            ) AS bought {"WHERE " + " AND ".join(narrowed) if narrowed else ""}
        ) AS placed GROUP BY previous, brand, later IS NULL ORDER BY previous, brand, last
        """,
        parameters,
    )


def _counted(lines: pa.Table, *, own: bool) -> Switches | None:
    """The lines as tables, brands in order of their names."""
    names = sorted({*lines["brand"].to_pylist(), *lines["previous"].to_pylist()} - {None})
    if not names:
        return None
    at = {name: place for place, name in enumerate(names)}
    counts, (now, paid, priced) = np.zeros((len(names),) * 2), np.zeros((3, len(names)))
    for row in lines.to_pylist():
        here = at[row["brand"]]
        if row["previous"] is not None:
            counts[at[row["previous"]], here] += row["n"]
        now[here] += row["n"] if row["last"] else 0
        paid[here] += row["paid"] or 0.0
        priced[here] += row["priced"]
    amount = np.divide(paid, priced, out=np.full(len(names), np.nan), where=priced > 0)
    return Switches(names, counts, now, amount, own)
