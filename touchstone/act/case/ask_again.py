"""Ask the customer of a case again, by a survey of their own, so that recovery is measured and not assumed."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases, _inviting
from touchstone.core.errors import Refused
from touchstone.rules import consent, contacts
from touchstone.rules import surveys as rules
from touchstone.store import cases, persons, surveys

WHO = _cases.WORK
_NAME, _TOUCHPOINT = "Is it settled?", "complaint handling"  # where the taxonomy has it


def act(store: Any, *, case: str, rest: float = 14.0, often: int = 3) -> dict[str, Any]:
    """{"case", "asked": the mail that waits in the outbox}: withheld still if the customer objects before it goes.

    The mail brings a link to the ready survey whether it is settled; what they answer there stands beside the case.
    Once after each answer. `Refused`: it is not answered yet, they do not allow it, have no address, or were asked or
    written to within `rest` days or `often` in 90.
    """
    row = cases.find(store, id=case)
    if row["stage"] not in ("answered", "closed"):
        raise Refused("it is not answered yet.", field="case", todo="Answer first, then ask.")
    if row["asked_at"] is not None:
        raise Refused("they were asked already.", field="case", todo="Wait for their answer.")
    person, survey, about = _person(store, row["person"]), _survey(store, row), f"{case}.{row['reopened']}"
    if row["person"] not in surveys.invited(store, survey["id"], about=about):  # else it was killed half-way
        _check_rested(store, row["person"], rest, often)
    spoken = cases.language(store, row)
    language = spoken if spoken in survey["languages"] else survey["languages"][0]
    invited = {"survey": survey["id"], "unit": row["unit"], "person": row["person"], "language": language}
    (own,) = surveys.invite(store, [invited | {"about": about}])
    id = _inviting.mail(store, survey, own, person, ("settled", "settled_mail"))
    cases.change(store, row, what="asked", asked_at=store.now, asked=id)
    store.log("case.ask_again", case=case, outbox=id, person=row["person"])
    return {"case": case, "asked": id}


def _survey(store: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The survey that asks again at this case's unit: made with the first case there."""
    touchpoint = store.taxonomy.find(_TOUCHPOINT)
    made, new = surveys.make(store, {
        "name": _NAME, "kind": "csat", "questions": [each.plain for each in rules.settled()],
        "languages": list(rules.LANGUAGES), "level": row["level"] or "end_customer", "hosts": [], "anyone": False,
        "address": _inviting.address(store), "touchpoint": touchpoint.name if touchpoint else None,
        "unit": row["unit"],
    })  # fmt: skip
    if new:
        store.log("survey.make", surveys=[made["id"]])
    return made


def _person(store: Any, person: str | None) -> dict[str, Any]:
    """The customer, who may be asked by mail."""
    found = persons.find(store, id=person) if person else None
    if found is None:
        raise Refused("nobody knows who this was.", field="case", todo="Connect the words with a customer.")
    if consent.objects(found["consents"]) or not consent.may(found["consents"], "survey"):
        raise Refused("they do not allow being asked.", field="case", todo="Leave it at their words.")
    if not contacts.mail(found["contacts"]):
        raise Refused("no mail address of theirs is known.", field="case", todo="Ask by the channel they wrote in.")
    return found


def _check_rested(store: Any, person: str, rest: float, often: int) -> None:
    if why := _inviting.tired(store, [person], rest=rest, often=often).get(person):
        raise Refused(why.rstrip(".").lower() + ".", field="case", todo="Ask later.")
