"""Customers: who was heard lately, who may be one and the same, and anyone by name, contact or id."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.show import _person, _say, _ties
from touchstone.store import tables

WHO = ("insider", "partner")
_PLACE = 31, "Customers"
_FOUND, _LATELY = 25, 12
_RECENT = """select person, max(occurred_at) as last, count(*) as n from (
        select person, occurred_at from interaction where person is not null and coalesce(level, '') <> 'employee'
        order by seq desc limit 300) as recent
    group by person order by last desc nulls last, person limit ?"""


def show(ask: Ask, *, search: str | None = None) -> Page:
    """The persons whose id, name or contact points hold `search`; without it, links to look at and who was heard."""
    wanted = (search or "").strip()
    controls = Filters((Field("search", "Name, contact or id", wanted, kind="search"),))
    if wanted:
        rows = _searched(ask, wanted)
        lead = f"The first {_FOUND}; a longer search finds fewer." if len(rows) == _FOUND else ""
        blocks: list[Block] = [controls, _grid("Found", lead, rows) if rows else _nobody()]
        return Page("customers", "Customers", _counted(len(rows), wanted), "", tuple(blocks))
    rows = ask.lake(_RECENT, [_LATELY]).to_pylist()
    if not rows:
        todo = "A column that names who speaks makes this page: --map person=COLUMN."
        note = Note("No customer is known by an id yet.", "empty", todo)
        return Page("customers", "Customers", "Nobody is known yet.", "", (controls, note))
    unsure = _ties.unsure(ask, "/customers")
    said = [{"id": row["person"], "last": str(row["last"] or "")[:10]} for row in rows]
    known = _person.known(ask, (row["id"] for row in said))
    lately = _grid("Heard lately", "", [{**row, "name": _name(known, row["id"])} for row in said])
    sentence = "Some of your customers may be one and the same." if unsure else "One customer at a time."
    lead = "Each opens to their whole story." if not unsure else "Look at the links below; each decision can be undone."
    return Page("customers", "Customers", sentence, lead, tuple(each for each in (controls, unsure, lately) if each))


def _searched(ask: Ask, wanted: str) -> list[dict[str, Any]]:
    """By id where one is just so, else by any part of name and contact points."""
    person, said = tables.person.c, tables.interaction.c
    own = ask.record(tables.interaction.select().where(said.person == wanted).limit(1))
    known = _person.known(ask, [wanted])
    if own or known:
        return [{"id": wanted, "name": _name(known, wanted), "last": ""}]
    if not ask.viewer.personal:  # neither names nor contact points are there to be found by
        return []
    like = person.name.icontains(wanted, autoescape=True)
    if ask.viewer.side == "insider":  # contact points are masked for others
        like |= person.contacts.icontains(wanted, autoescape=True)
    rows = ask.record(tables.person.select().where(like).order_by(person.name, person.id).limit(_FOUND))
    return [{"id": row["id"], "name": row["name"], "last": ""} for row in rows]


def _name(known: dict[str, dict[str, Any]], id: str) -> str | None:
    return known[id]["name"] if id in known else None


def _grid(title: str, lead: str, rows: list[dict[str, Any]]) -> Grid:
    lines = tuple(
        (Link(row["name"] or row["id"], f"customer?id={quote(row['id'], safe='')}"), row["id"], row["last"] or "–")
        for row in rows
    )
    return Grid(title, lead, ("customer", "id", "last heard"), lines)


def _counted(found: int, wanted: str) -> str:
    return (
        f"{_say.some(found, 'person', 'persons')} found for “{wanted}”."
        if found
        else f"Nobody is found for “{wanted}”."
    )


def _nobody() -> Note:
    return Note("Nobody is found by these words.", "empty", "Try a part of the name, of an address, or a whole id.")
