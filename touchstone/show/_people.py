"""Who persons of a list are now, under all their names: what they are called, and what they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Link
from touchstone.rules import consent
from touchstone.show import _person
from touchstone.store import tables


@dataclass(frozen=True)
class Someone:
    """A customer as a list names them; `consents` are those of all their names."""

    id: str
    name: str
    consents: tuple[str | None, ...] = ()

    @property
    def objects(self) -> bool:
        """Whether they do not want to be contacted: then they are on no list."""
        return any(consent.objects(each) for each in self.consents)

    def allows(self, purpose: str) -> bool:
        """Whether they allow a purpose under all their names together."""
        return consent.may_all(self.consents, purpose)

    @property
    def link(self) -> Link:
        """Leads to their story."""
        return Link(self.name, f"customer?id={quote(self.id, safe='')}")


def people(ask: Ask, ids: Sequence[str]) -> dict[str, Someone]:
    """Everyone of these as they are now."""
    own = tables.customer.c
    customers = {
        row["person"]: row["customer"]
        for row in ask.record(tables.customer.select().where(own.person.in_(sorted(set(ids)))))
    }
    every = ask.record(tables.customer.select().where(own.customer.in_(sorted(set(customers.values())))))
    names = {each: {each} for each in ids}
    for who, customer in customers.items():
        names[who] |= {row["person"] for row in every if row["customer"] == customer}
    known = _person.known(ask, (each for some in names.values() for each in some))
    return {
        each: Someone(
            each, (known[each]["name"] if each in known else None) or each,
            tuple(known[one]["consents"] for one in sorted(names[each]) if one in known),
        )
        for each in ids
    }  # fmt: skip
