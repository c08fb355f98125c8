"""Vote on what others asked for, as the customer one is."""

from __future__ import annotations

from typing import Any, Literal

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.store import votes

WHO = ("customer",)


def act(store: Any, *, proposal: str, choice: Literal["for", "against", "none"], name: str = "") -> dict[str, Any]:
    """{"vote": what holds now}: one vote each, changed at any time while it is asked; `none` takes it back.

    `name`: whose account, at the machine itself alone. `Refused`: it is not asked.
    """
    account = _own.mine(store, name=name)
    if not account.person:
        raise Refused("this account is no customer's.", field="name", todo="Name a customer's account.")
    if votes.cast(store, id=proposal, person=account.person, choice=choice):
        store.log("vote.cast", proposal=proposal, person=account.person)
    return {"vote": choice}
