"""What a person allows: consents by purpose, kept with who said so and when; and whether a purpose is allowed. Pure.

Consents are the JSON of the table `person`: {purpose: state, …, "history": [{purpose, state, at, by}, …]}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from touchstone.core.errors import Refused

STATES = ("granted", "denied", "revoked")
REFUSED = ("denied", "revoked")
NO = (*REFUSED, "objected", "refused", "withdrawn", "false", "no")
"""What sources write, in whatever case, for a refusal; ours among them."""
CONTACT = {"answer": True, "survey": False, "offer": False, "call": False}
"""What a person may be contacted for, and whether it is allowed where nothing was said: to answer who wrote to us."""
PANEL = "panel"
"""A seat on the advisory panel: members are asked for advice, unless they object to any contact."""
PURPOSES = {"contact": False, **CONTACT, "analysis": True, "identity": True, "publication": False, PANEL: False}
"""Purposes, and whether each is allowed where nothing was said of it. One that is not listed must be granted."""
HISTORY = "history"
_PURPOSE = re.compile(r"[a-z][a-z_]{0,39}")


def stated(consents: str | None) -> dict[str, str]:
    """Purpose → what holds now, of those something was said of. What cannot be read is taken for a refusal."""
    held = _read(consents)
    if held is None:
        return dict.fromkeys(("contact", "identity", "analysis"), "denied")
    return {name: str(state) for name, state in held.items() if name != HISTORY and state}


def history(consents: str | None) -> list[dict[str, Any]]:
    """What was said and when, in order."""
    told = (_read(consents) or {}).get(HISTORY)
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def may(consents: str | None, purpose: str) -> bool:
    """Whether a person allows a purpose. An objection to contact stands over every purpose of contact, granted or not.

    Where nothing was said of a purpose of contact, what was said of `contact` holds, and then `PURPOSES`.
    """
    said = stated(consents)
    if purpose == PANEL and objects(consents):
        return False
    if purpose in CONTACT and (general := said.get("contact")) is not None:
        if general != "granted":
            return False
        return said.get(purpose, general) == "granted"
    if purpose in said:
        return said[purpose] == "granted"
    return PURPOSES.get(purpose, False)


def objects(consents: str | None) -> bool:
    """Whether a person does not want to be contacted: they are on no list of people to contact."""
    return stated(consents).get("contact", "").lower() in NO


def may_all(told: Sequence[str | None], purpose: str) -> bool:
    """Whether one of a customer's names allows a purpose and none refuses it, or any contact."""
    refused = any(objects(each) or stated(each).get(purpose) in REFUSED for each in told)
    return not refused and any(may(each, purpose) for each in told)


def changed(consents: str | None, *, purpose: str, state: str, at: datetime, by: str) -> str | None:
    """The consents after a person's word on a purpose; None where that is what holds already."""
    check(purpose, state)
    held = _read(consents) or {}
    if held.get(purpose) == state:
        return None
    told = {"purpose": purpose, "state": state, "at": at.isoformat(timespec="seconds"), "by": by}
    before = history(consents)
    if purpose in held and not any(each.get("purpose") == purpose for each in before):
        before = [*before, {"purpose": purpose, "state": str(held[purpose]), "at": None, "by": None}]
    return json.dumps({**held, purpose: state, HISTORY: [*before, told]}, ensure_ascii=False)


def check(purpose: str, state: str) -> None:
    """Nothing where both are words a consent may have; `Refused`, beside its field, where not."""
    if not _PURPOSE.fullmatch(purpose) or purpose == HISTORY:
        todo = f"Choose one of: {', '.join(PURPOSES)}; or a word of your own in small letters."
        raise Refused(f"{purpose!r} is no purpose.", field="purpose", todo=todo)
    if state not in STATES:
        raise Refused(f"{state!r} is no consent.", field="state", todo=f"Choose one of: {', '.join(STATES)}.")


def _read(consents: str | None) -> dict[str, Any] | None:
    """The consents as an object; None where they are none."""
    if not consents:
        return {}
    try:
        held = json.loads(consents)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None
