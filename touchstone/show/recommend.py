"""Advice: what else would help one customer, with the two choices that speak for it and its price."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.show import _advised, _open, _person, _plans, _say
from touchstone.show._stored import Figure

WHO = ("insider",)
_PLACE = 35, "Customers"
_TITLE = "Advice"
_TOP = 5
_LEAD = "What customers chose together; an association: whether advice sells anything, only a test can say."


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
    advised = _advised.advice(past, products, top=_TOP)
    if not advised:
        note = Note("They chose all there is.", "plain")
        return Page("recommend", _TITLE, f"There is nothing else for {found.name}.", "", (controls, note, chosen))
    rows = tuple(
        (each.product.by["product"], _advised.price(each.product), _advised.reason(each, known=bool(past)))
        for each in advised
    )
    grid = Grid("What else would help", "The best first; prices as paid.", ("product", "price", "why"), rows)
    blocks: list[Block] = [controls, grid, *([chosen] if past else [])]
    sentence = f"{advised[0].product.by['product']} goes best with what {found.name} chose."
    if not advised[0].because:
        sentence = f"Nothing {found.name} chose speaks for one thing more than another."
    return Page("recommend", _TITLE, sentence, _LEAD, tuple(blocks))


def _together(products: Sequence[Figure]) -> Grid:
    """Each product with what goes with it most."""
    rows = []
    for each in sorted(products, key=lambda one: (-(one.value or 0.0), one.by["product"])):
        most = sorted(each.detail["adds"].items(), key=lambda pair: (-pair[1], pair[0]))
        near = [name for name, adds in most[:3] if adds > 0]
        rows.append(
            (each.by["product"], _say.count(each.value or 0), _advised.price(each), _say.listed(near) if near else "–")
        )
    lead = "What those who chose it chose more than others did."
    columns = ("product", "customers", "price", "goes with")
    return Grid("What goes with what", lead, columns, tuple(rows[:100]), folded=len(rows) > 24)
