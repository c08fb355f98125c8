"""What calls for an answer, how much it presses, and what comes first. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from touchstone.rules.contacts import mail

KINDS = {
    "churn_threat": 0.8,
    "promise_asked": 0.6,
    "problem": 0.6,
    "request": 0.4,
    "question": 0.4,
}
"""Kinds of what is said that call for an answer wherever it is said, and how much each presses, from 0 to 1."""
WORD = "word"
OTHERS = {"suggestion": 0.2, "praise": 0.1, WORD: 0.1}
"""Kinds of what is written to us, where nothing of the above is said; `word` is whatever has no kind."""
WRITTEN = ("message", "turn", "review")
"""Interactions by which people write or speak to us: each calls for an answer, whatever it says."""
APART = ("employee", "department", "vendor")
"""Levels that write for us, not to us."""
THANKS = ("thanks", "praise")
URGENCY, STAKE = timedelta(days=7), timedelta(days=3)
"""By how much what is wholly urgent, or from the most valuable customer, comes before what is neither."""
HISTORY = timedelta(days=90)
"""Before the latest word of all: what is older when it first arrives is history, and no work."""
FILTERS = ("state", "owner", "unit", "channel", "touchpoint", "language", "kind", "urgency", "sort")
"""What the inbox is narrowed and sorted by."""
MAIL = ("mail", "email", "e-mail")
STATES = ("open", "waiting", "closed")
_MENTION = re.compile(r"(?<![\w@])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)*)?)")


def urgency(kind: str, urgent: float) -> float:
    """How much it presses: by the kind, and of what that leaves to 1, as much as the words sound `urgent` (0 to 1)."""
    return 1 - (1 - {**OTHERS, **KINDS}.get(kind, OTHERS[WORD])) * (1 - min(max(urgent, 0.0), 1.0))


def pressing_at(heard_at: datetime, *, urgency: float, stake: float | None, usual: float | None) -> datetime:
    """Where it stands in the list, the earliest first: when they last wrote, earlier the more there is at stake.

    `stake` weighs as stake/(stake + usual), a half for a usual customer, who is neither put forward nor back. Whatever
    the weights, each day of waiting brings any two nearer to the order in which they wrote: nobody waits for ever.
    """
    share = 0.5 if not stake or not usual or stake < 0 or usual <= 0 else stake / (stake + usual)
    return heard_at - urgency * URGENCY - (share - 0.5) * 2 * STAKE


def mentioned(text: str, names: Collection[str]) -> list[str]:
    """Those of the account `names` that a note names as @name, in order; capitals aside."""
    said = [each.casefold().rstrip(".") for each in _MENTION.findall(text)]
    known = {each.casefold(): each for each in names}
    return list(dict.fromkeys(known[each] for each in said if each in known))


def unknown(text: str, names: Collection[str]) -> list[str]:
    """What a note says as @name that is none of the account `names`, as it is written there."""
    known = {each.casefold() for each in names}
    said = [each.rstrip(".") for each in _MENTION.findall(text)]
    return list(dict.fromkeys(f"@{each}" for each in said if each.casefold() not in known))


def address(channel: str | None, kind: str | None, *, contacts: str | None, told: Mapping[str, Any]) -> str:
    """The mail address a reply goes to; empty where this is not answered by mail.

    A mail is answered to whoever it says it is `from`, else to the customer's address; a message by any other way (a
    form, say) to the customer's address where one is known. Reviews, calls and posts are answered where they stand.
    """
    known = mail(contacts)
    if (channel or "").casefold() in MAIL:
        return str(told.get("attributes", {}).get("from") or known)
    return known if kind == "message" else ""


def heading(told: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Subject and headers of a reply to an interaction: by `In-Reply-To` a mail program puts it beside its question."""
    attributes = told.get("attributes", {})
    subject = " ".join(str(attributes.get("subject") or "your message").split())[:200]
    subject = subject if subject[:3].casefold() == "re:" else f"Re: {subject}"
    id = str(attributes.get("message_id") or told.get("source_id") or "")
    named = re.fullmatch(r"<[^<>\s]+@[^<>\s]+>", id)
    return subject, {"In-Reply-To": id, "References": id} if named else {}
