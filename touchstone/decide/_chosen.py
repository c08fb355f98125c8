"""Who chose what, of a file or a home, as numbered persons and products; and what a product costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Choices:
    """Names in order, and each pair of person and product once, in order; `value` is NaN where none was given."""

    persons: list[str]
    products: list[str]
    person: Places
    product: Places
    value: Floats
    rated: bool  # some choice has a value
    silent: frozenset[str]  # persons with an open complaint

    def matrix(self, *, best: float, worst: float) -> csr_array:
        """Persons by products: 1 for a choice without a value or with the best, half for one with the worst."""
        share = (
            np.clip((self.value - worst) / (best - worst), 0.0, 1.0) if best != worst else np.full_like(self.value, 1.0)
        )
        weight = np.where(np.isnan(share), 1.0, 0.5 + 0.5 * share)
        return csr_array((weight, (self.person, self.product)), shape=(len(self.persons), len(self.products)))

    def scale(self, best: float | None, worst: float | None) -> tuple[float, float]:
        """The best and worst value: as set, else the greatest and least given."""
        known = self.value[~np.isnan(self.value)]
        return (
            float(best if best is not None else known.max(initial=-np.inf) if known.size else 1.0),
            float(worst if worst is not None else known.min(initial=np.inf) if known.size else 0.0),
        )


def choices(table: pa.Table) -> Choices:
    """Of rows `person`, `product` and maybe `value` and `open_complaint`: a pair given often has its mean value.

    A row without a product says only that there is such a person.
    """
    table = table.filter(pc.is_valid(table["person"]))
    persons = sorted(pc.unique(table["person"]).to_pylist())
    products = sorted(pc.unique(pc.drop_null(table["product"])).to_pylist())
    who, what = _places(table["person"], persons), _places(table["product"], products)
    given = table["value"] if "value" in table.column_names else pa.nulls(len(table), pa.float64())
    value = given.to_numpy(zero_copy_only=False).astype(float) if isinstance(given, pa.Array) else given.to_numpy()
    value = np.where(np.isfinite(value), value, np.nan)
    order = np.lexsort([value, what, who])
    order = order[what[order] >= 0]
    who, what, value = who[order], what[order], value[order]
    first = np.flatnonzero((np.diff(who, prepend=-1) != 0) | (np.diff(what, prepend=-1) != 0))
    known = ~np.isnan(value)
    total = np.add.reduceat(np.where(known, value, 0.0), first) if first.size else np.zeros(0)
    count = np.add.reduceat(known.astype(float), first) if first.size else np.zeros(0)
    with np.errstate(invalid="ignore"):
        mean = total / np.where(count > 0, count, np.nan)
    return Choices(persons, products, who[first], what[first], mean, bool(known.any()), _silent(table))


def _places(column: pa.ChunkedArray, names: list[str]) -> Places:
    """The place of each name, -1 where there is none."""
    found = pc.index_in(column, value_set=pa.array(names, pa.string()), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(), np.int64)


def _silent(table: pa.Table) -> frozenset[str]:
    if "open_complaint" not in table.column_names:
        return frozenset()
    return frozenset(pc.unique(table.filter(pc.greater(table["open_complaint"], 0.0))["person"]).to_pylist())


def prices(table: pa.Table) -> dict[str, dict[str, object]]:
    """By product, in the currency most were paid in: what was paid in the middle, least and most, of how many.

    The middle is an amount that was paid (of two the lesser).
    """
    if "amount" not in table.column_names:
        return {}
    paid = table.filter(pc.and_(pc.is_valid(table["amount"]), pc.is_valid(table["product"])))
    currency = paid["currency"] if "currency" in paid.column_names else pa.nulls(len(paid), pa.string())
    paid = pa.table({"product": paid["product"], "currency": currency, "amount": paid["amount"]})
    held = paid.group_by(["product", "currency"]).aggregate([("amount", "list")]).to_pylist()
    found: dict[str, dict[str, object]] = {}
    for row in sorted(held, key=lambda each: (len(each["amount_list"]), str(each["currency"]))):
        amount = sorted(row["amount_list"])
        ends = {"value": amount[(len(amount) - 1) // 2], "least": amount[0], "most": amount[-1]}
        found[row["product"]] = {**ends, "currency": row["currency"], "n": len(amount)}
    return found


def asked(found: Choices, person: Sequence[str]) -> Places:
    """The places of the persons to be advised: those named, or all; none with an open complaint."""
    wanted = set(person)
    return np.array(
        [at for at, name in enumerate(found.persons) if name not in found.silent and (not wanted or name in wanted)],
        np.int64,
    )
