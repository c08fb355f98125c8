"""Which mail no person wrote: what could not be delivered, and what a program answered; told by its own headers."""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import Message
from typing import Any

from touchstone.listen import _mail_letter
from touchstone.listen._mail_letter import Letter

_POSTMAN = re.compile(r"(mailer-daemon|postmaster)@", re.IGNORECASE)
_REPORTS = ("multipart/report", "message/delivery-status")
_ANSWERS = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-autoresponder")
_WORDS = 2_000  # characters of what a program said
_CODE = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b[45]\d\d\b")


def told(letter: Letter) -> dict[str, Any] | None:
    """A row of `RETURNED` where no person wrote the mail, else None.

    `what` is failed (it did not arrive), delayed, delivered (a receipt) or automatic (a program answered: RFC 3834).
    """
    message = letter.message
    reported = _reported(message)
    if reported is not None:
        what, why, about = reported
    elif _from_postman(letter):
        what, why, about = "failed", _code(letter.text), []
    elif _is_automatic(message):
        what, why, about = "automatic", letter.text[:_WORDS] or letter.subject, []
    else:
        return None
    ids = tuple(dict.fromkeys((*about, *letter.references)))
    return {"id": letter.id, "what": what, "text": why or letter.subject, "about": list(ids), "occurred_at": letter.at}


def _reported(message: Message) -> tuple[str, str, list[str]] | None:
    """What a report of delivery (RFC 3464) says: what became of it, why, and the ids of the mail it was."""
    if message.get_content_type() not in _REPORTS:
        return None
    fields: dict[str, str] = {}
    ids: list[str] = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = _fields(part) | fields
        elif kind in ("text/rfc822-headers", "message/rfc822"):
            ids += _mail_letter.ids_within(part)
    if "action" not in fields:
        return None  # a receipt that it was read, say
    action = fields["action"].split()[0].casefold() if fields["action"].split() else ""
    what = {"failed": "failed", "delayed": "delayed"}.get(action, "delivered")
    return what, " ".join(filter(None, (fields.get("status"), fields.get("diagnostic-code"))))[:_WORDS], ids


def _fields(part: Message) -> dict[str, str]:
    """The fields of a report's blocks, by small names; of several recipients the first that failed."""
    blocks: list[dict[str, str]] = []
    for block in _mail_letter.inner(part):
        blocks.append({name.lower(): _mail_letter.header(block, name) for name, _ in list(block.raw_items())[:50]})
    told = [each for each in blocks if "action" in each]
    return next((each for each in told if each["action"].casefold().startswith("failed")), told[0] if told else {})


def _from_postman(letter: Letter) -> bool:
    """Whether a mail server speaks, in words of its own."""
    nobody = _mail_letter.header(letter.message, "Return-Path") == "<>"
    says = _mail_letter.header(letter.message, "X-Failed-Recipients") or _CODE.search(letter.text[:20_000])
    return bool(_POSTMAN.match(letter.address)) and (nobody or bool(says))


def _is_automatic(message: Message) -> bool:
    said = _mail_letter.header(message, "Auto-Submitted").partition(";")[0].strip().casefold()
    if said:
        return said != "no"
    names = {name.lower() for name, _ in message.raw_items()}
    bulk = _mail_letter.header(message, "Precedence").casefold() in ("bulk", "junk", "list", "auto_reply")
    report = message.get_content_type() == "multipart/report"
    return bulk or report or "list-id" in names or any(each in names for each in _ANSWERS)


def _code(text: str) -> str:
    """The line in which a mail server says why."""
    with suppress(StopIteration):
        return next(line.strip() for line in text[:20_000].splitlines() if _CODE.search(line))[:_WORDS]
    return ""
