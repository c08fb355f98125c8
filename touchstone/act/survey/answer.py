"""Answer a survey: anyone may, by its link or by an invitation of their own, and an invitation is answered once."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from touchstone.act import _survey
from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER
from touchstone.rules import consent
from touchstone.rules import surveys as rules
from touchstone.store import persons, surveys

WHO = ("anyone",)


def act(
    store: Any, *, survey: str, answers: dict[str, str], language: str = "", key: str = "", stop: bool = False
) -> dict[str, Any]:
    """{"response": its id, "answers": how many count}; `answers` says question → answer, as the survey's page sends it.

    `survey` is its id or an invitation's; `key` makes a response without invitation the same one when it comes twice.
    `stop`: who was invited is asked no more. `Refused` beside the question whose answer is wrong, where nothing is
    open under this id, and where it was answered before.
    """
    opened = surveys.opened(store, survey)
    if opened is None or opened.over:
        what = rules.say(opened.over if opened else "gone", language or "en")
        raise Refused(what, field="survey", todo="Ask for a new link.")
    questions = rules.kept(opened.survey["questions"])
    counted, wrong = rules.check(questions, answers)
    for question, name in wrong.items():
        raise Refused(rules.say(name, language or "en"), field=question, todo="Answer it anew.")
    own = opened.invitation
    made = f"{opened.survey['id']}:{own['id'] if own else key or secrets.token_hex(16)}"
    response = sha256(made.encode()).hexdigest()[:24]
    teller = next((surveys.called(store, counted[f"{each.id}.words"]) for each in questions
                   if f"{each.id}.words" in counted and counted[each.id] == "person"), None)  # fmt: skip
    about = _about(store, opened, response, language)
    rows = _survey.rows(questions, counted, about=about, teller=None if teller == about["person"] else teller)
    surveys.keep(store, rows, opened=opened)
    if stop and own:
        _stop(store, own["person"])
    store.log("survey.answer", survey=opened.survey["id"], response=response)
    return {"response": response, "answers": len([each for each in counted if "." not in each])}


def _stop(store: Any, who: str) -> None:
    """They are asked no more, as one of many or as a member of the panel."""
    held = persons.find(store, id=who) or {}
    seat = [consent.PANEL] if consent.stated(held.get("consents")).get(consent.PANEL) == "granted" else []
    for purpose in ("survey", *seat):
        persons.allow(store.as_viewer(INSIDER), id=who, purpose=purpose, state="revoked", by=who)


def _about(store: Any, opened: surveys.Opened, response: str, language: str) -> dict[str, Any]:
    """The columns that all interactions of a response share."""
    asked, own = opened.survey, opened.invitation
    person = persons.find(store, id=own["person"]) if own else None
    case = own["about"].partition(".")[0] if own else ""  # that it asks again of
    hearsay = store.taxonomy.find(_survey.HEARSAY)
    return {
        "survey": asked["id"], "case": case, "thread": f"{asked['id']}.{response}", "occurred_at": store.now,
        "channel": "mail" if own else "web", "person": own["person"] if own else None,
        "unit": own["unit"] if own else asked["unit"],
        "touchpoint": asked["touchpoint"], "hearsay": hearsay.name if hearsay else None,
        "level": (person or {}).get("level") or asked["level"],
        "language": language if language in asked["languages"] else asked["languages"][0],
    }  # fmt: skip
