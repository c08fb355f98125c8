"""Ask the customer of a case again, so that recovery is measured and not assumed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.rules import consent, contacts, pressure
from touchstone.store import cases, outbox, persons

WHO = _cases.WORK
_SUBJECT = "Are you content now? (case {case})"
_TEXT = (
    "You told us what went wrong, and we answered. Is it settled for you?\n\n"
    "Please answer this mail in your own words: what is good now, and what is still not.\n"
    "If you would rather not be asked, say so and we will not ask again.\n"
)


def act(store: Any, *, case: str, rest: float = 14.0, often: int = 3) -> dict[str, Any]:
    """{"case", "asked": the message that waits in the outbox}: withheld still if the customer objects before it goes.

    Once after each answer. `Refused`: it is not answered yet, they do not allow it, have no address, or were written
    to within `rest` days or `often` in 90.
    """
    row = cases.find(store, id=case)
    if row["stage"] not in ("answered", "closed"):
        raise Refused("it is not answered yet.", field="case", todo="Answer first, then ask.")
    if row["asked_at"] is not None:
        raise Refused("they were asked already.", field="case", todo="Wait for their answer.")
    address = _address(store, row["person"], rest, often)
    text, key = _TEXT, f"case {case} asked {row['reopened']}"
    id = outbox.put(
        store, kind="mail", to=address, subject=_SUBJECT.format(case=case), text=text, person=row["person"],
        purpose="survey", unit=row["unit"], key=key,
    )  # fmt: skip
    cases.change(store, row, what="asked", asked_at=store.now, asked=id)
    store.log("case.ask_again", case=case, outbox=id, person=row["person"])
    return {"case": case, "asked": id}


def _address(store: Any, person: str | None, rest: float, often: int) -> str:
    """Where they may be written to for a survey now."""
    found = persons.find(store, id=person) if person else None
    if person is None or found is None:
        raise Refused("nobody knows who this was.", field="case", todo="Connect the words with a customer.")
    if consent.objects(found["consents"]) or not consent.may(found["consents"], "survey"):
        raise Refused("they do not allow being asked.", field="case", todo="Leave it at their words.")
    within = timedelta(days=pressure.WITHIN)
    times = cases.contacted(store, person=person, purposes=("survey", "offer"), within=within)
    days = (store.now - times[0]) / timedelta(days=1) if times else None
    if (why := pressure.pressed(days, len(times), rest=rest, most=often)) is not None:
        raise Refused(why.rstrip(".").lower() + ".", field="case", todo="Ask later.")
    if not (address := contacts.mail(found["contacts"])):
        raise Refused("no mail address of theirs is known.", field="case", todo="Ask by the channel they wrote in.")
    return address
