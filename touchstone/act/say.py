"""Say something, as the customer one is: kept as every word of a customer, and answered as every message is."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Literal

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER
from touchstone.store import mine, persons

WHO = ("customer",)
_SOURCE = "own page"
_LONGEST = 10_000  # characters
_MOST = 30  # a day: more is no conversation


def act(
    store: Any, *, text: str, unit: str = "", kind: Literal["message", "idea"] = "message", name: str = ""
) -> dict[str, Any]:
    """{"said": its id at the source, "new": whether it was}: the same words on the same day are kept once.

    `unit` is one of those the customer has dealt with; an `idea` is what should be, a `message` anything else. Figures
    see it within a minute, if the customer allows analysis. `name`: whose account, at the machine itself alone.
    """
    account = _own.mine(store, name=name)
    if not account.person:
        raise Refused("this account is no customer's.", field="name", todo="Name a customer's account.")
    if not 1 <= len(said := text.strip()) <= _LONGEST:
        raise Refused(f"say it in 1 to {_LONGEST:,} characters.", field="text", todo="Write, or write less.")
    own = store.as_viewer(account.viewer).ask()
    if unit and unit not in {row["id"] for row in own.record(mine.places())}:
        raise Refused("this is none of yours.", field="unit", todo="Choose one you have been to, or none.")
    if mine.count(own, source=_SOURCE, days=1) >= _MOST:
        raise Refused("that is a lot for one day.", field="text", todo="Go on tomorrow, or call.")
    day = f"{store.now:%Y-%m-%d}"
    made = sha256("\n".join((account.person, day, unit, kind, said)).encode()).hexdigest()[:24]
    row = persons.find(store, id=account.person) or {}
    told = {
        "source": _SOURCE, "source_id": made, "thread": made, "kind": kind, "channel": "web", "text": said,
        "occurred_at": store.now, "person": account.person, "unit": unit or None,
        "level": row.get("level") or "end_customer",
    }  # fmt: skip
    new = store.as_viewer(INSIDER).append([[told]]).new
    if new:
        store.log("say", said=made, person=account.person)
    return {"said": made, "new": bool(new)}
