"""What goes with what, product by product, as a home keeps it: advice for any customer is a sum of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from touchstone.decide._chosen import Choices
from touchstone.decide._file import row
from touchstone.science.items import items

_PRODUCTS = 2000  # that most chose
_NEAREST = 100  # products that having chosen one adds to, or takes from, the most
_MEASURED_IN = "customers who chose it"


def with_what(
    maker: str, found: Choices, price: Mapping[str, Mapping[str, object]], *, ridge: float, ends: tuple[float, float]
) -> Iterator[dict[str, Any]]:
    """A row for each product: how many chose it, what it costs, and what having chosen it adds to the score of others.

    A score is the sum over what was chosen, and a hundredth of the share of customers who chose the product.
    """
    if not found.products:
        return
    told = items(found.matrix(best=ends[0], worst=ends[1]), ridge=ridge)
    chosen = np.bincount(found.product, minlength=len(found.products))
    kept = np.argsort(-chosen, kind="stable")[:_PRODUCTS]
    for at in np.sort(kept).tolist():
        others = kept[kept != at]
        adds = told.parts(np.array([at]), others)[0]
        near = np.sort(np.argsort(-np.abs(adds), kind="stable")[:_NEAREST])
        named = {found.products[int(others[each])]: round(float(adds[each]), 9) for each in near if adds[each]}
        name = found.products[at]
        detail = {"adds": named, "customers": len(found.persons)} | ({"price": price[name]} if name in price else {})
        made = row(maker, {"product": name}, float(chosen[at]), n=len(found.persons), measured_in=_MEASURED_IN,
                   detail=detail)  # fmt: skip
        yield {**made, "about": [], "rests_on": []}
