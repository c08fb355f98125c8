"""Advice for one customer, added up from what is stored product by product; and a price, plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.show import _say
from touchstone.show._stored import Figure

_POPULAR = 0.01  # of the share who chose it: as `decide recommend` orders what nothing speaks for


@dataclass(frozen=True)
class Advised:
    """A product not chosen yet: its score, and the choices that add most to it."""

    product: Figure
    score: float
    because: tuple[str, ...]


def advice(past: Sequence[str], products: Sequence[Figure], *, top: int) -> list[Advised]:
    """The products not chosen that score highest: what each past choice adds, and a little for being popular."""
    adds = {each.by["product"]: each.detail["adds"] for each in products}
    made = []
    for each in products:
        name = each.by["product"]
        if name in past:
            continue
        parts = [(float(adds[one].get(name, 0.0)), one) for one in past if one in adds]
        score = sum(part for part, _ in parts) + _POPULAR * (each.value or 0.0) / max(each.n, 1)
        parts.sort(key=lambda pair: (-pair[0], pair[1]))
        made.append(Advised(each, score, tuple(one for part, one in parts[:2] if part > 0)))
    return sorted(made, key=lambda each: (-each.score, each.product.by["product"]))[:top]


def reason(each: Advised, *, known: bool) -> str:
    """Why it, in words; `known`: whether the customer chose anything yet."""
    if each.because:
        return f"Customers who chose {' or '.join(each.because)} chose it more than others did."
    lead = "Nothing they chose speaks for it" if known else "Nothing is known of their choices yet"
    return f"{lead}; {_say.count(each.product.value or 0)} of {_say.count(each.product.n)} customers chose it."


def price(product: Figure) -> str:
    """What was paid for it: the middle amount, and from the least to the most."""
    paid: dict[str, Any] | None = product.detail.get("price")
    if not paid:
        return "–"
    money = f"{paid.get('currency') or ''} {paid['value']:,.0f}".strip()
    if paid["least"] == paid["most"]:
        return money
    return f"{money} ({paid['least']:,.0f} to {paid['most']:,.0f}, {_say.count(paid['n'])} purchases)"
