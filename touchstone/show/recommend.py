"""Advice: what else would help one customer, with the two choices that speak for it and its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.show import _open, _person, _plans, _say
from touchstone.show._stored import Figure

WHO = ("insider",)
_PLACE = 35, "Customers"
_TITLE = "Advice"
_TOP = 5
_POPULAR = 0.01  # of the share who chose it: as `decide recommend` orders what nothing speaks for
_LEAD = "What customers chose together; an association: whether advice sells anything, only a test can say."


@dataclass(frozen=True)
class Advised:
    """A product not chosen yet: its score, and the choices that add most to it."""

    product: Figure
    score: float
    because: tuple[str, ...]


def show(ask: Ask, *, id: str | None = None) -> Page:
    """Products for the customer that person `id` is; without it, what goes with what."""
    products = _plans.planned(ask, "recommend", "product")
    controls = Filters((Field("id", "Customer (id)", id or "", kind="search"),))
    if not products:
        todo = "Purchases with a person and a product make this page at the next run."
        note = Note("Nothing is known of what goes with what.", "empty", todo)
        return Page("recommend", _TITLE, "There is nothing to advise from yet.", "", (note,))
    found = _person.person(ask, id) if id else None
    if found is None:
        said = "There is no such customer." if id else "What goes with what, among your customers."
        todo = "Open a customer and follow “What else would help”, or write an id above."
        return Page("recommend", _TITLE, said, _LEAD, (controls, Note(todo), _together(products)))
    return _advice(found, products, controls)


def _advice(found: _person.Person, products: Sequence[Figure], controls: Filters) -> Page:
    back = Link("their story", f"customer?id={quote(found.called.id, safe='')}")
    past = sorted({row.row["product"] for row in found.said if row.row["kind"] == "purchase" and row.row["product"]})
    chosen = Grid("What they chose", "", ("product", ""), tuple((each, back) for each in past), narrow=True)
    if any(not each.settled for each in _open.items(found.said).problems):
        note = Note(
            "A problem of theirs is open.", "warning", "Settle it first: nothing is offered to who waits for help."
        )
        return Page("recommend", _TITLE, f"Nothing is offered to {found.name} now.", "", (controls, note, chosen))
    advised = advice(past, products, top=_TOP)
    if not advised:
        note = Note("They chose all there is.", "plain")
        return Page("recommend", _TITLE, f"There is nothing else for {found.name}.", "", (controls, note, chosen))
    rows = tuple((each.product.by["product"], price(each.product), _reason(each, bool(past))) for each in advised)
    grid = Grid("What else would help", "The best first; prices as paid.", ("product", "price", "why"), rows)
    blocks: list[Block] = [controls, grid, *([chosen] if past else [])]
    sentence = f"{advised[0].product.by['product']} goes best with what {found.name} chose."
    if not advised[0].because:
        sentence = f"Nothing {found.name} chose speaks for one thing more than another."
    return Page("recommend", _TITLE, sentence, _LEAD, tuple(blocks))


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


def _reason(each: Advised, known: bool) -> str:
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


def _together(products: Sequence[Figure]) -> Grid:
    """Each product with what goes with it most."""
    rows = []
    for each in sorted(products, key=lambda one: (-(one.value or 0.0), one.by["product"])):
        most = sorted(each.detail["adds"].items(), key=lambda pair: (-pair[1], pair[0]))
        near = [name for name, adds in most[:3] if adds > 0]
        rows.append((each.by["product"], _say.count(each.value or 0), price(each), _say.listed(near) if near else "–"))
    lead = "What those who chose it chose more than others did."
    columns = ("product", "customers", "price", "goes with")
    return Grid("What goes with what", lead, columns, tuple(rows[:100]), folded=len(rows) > 24)
