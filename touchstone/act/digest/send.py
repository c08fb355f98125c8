"""Send the weekly insights mail to whom it is due: by the clock, once a period each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from touchstone.act import _letter
from touchstone.core import finder
from touchstone.core.page import Page, Words
from touchstone.core.translation import ENGLISH
from touchstone.rules import rhythm, who
from touchstone.store import outbox, telling

WHO = ("administrator",)
EVERY = timedelta(hours=1)
_LATE = timedelta(days=2)  # what could not be sent for longer is not news any more


def act(store: Any) -> dict[str, Any]:
    """How many were put into the outbox: {"sent"}; each is the page as its reader would see it now."""
    sent = sum(_sent(store, row) for row in telling.standing(store, "subscription") if _is_page(row))
    if sent:
        store.log("digest.send", sent=sent)
    return {"sent": sent}


def _is_page(row: Mapping[str, Any]) -> bool:
    return bool(row["what"] != telling.MENTIONS)


def _sent(store: Any, row: Mapping[str, Any]) -> bool:
    due = rhythm.last(store.now, weekday=row["weekday"], hour=row["hour"], zone=row["zone"])
    if due <= (row["sent_at"] or row["created_at"]) or store.now - due > _LATE:
        return False
    viewer = telling.viewer_of(store, row["account"])
    if viewer is None or not who.may(viewer, who=finder.part("show", row["what"]).WHO):
        telling.change(store, "subscription", row, ended_at=store.now, reason="the account is closed")
        return False
    page: Page = finder.verb("show", row["what"])(store.ask(viewer))
    link, leave = _letter.link(store, row["what"]), _letter.link(store, f"unsubscribe/{row['id']}.{row['key']}")
    spoken = viewer.language or ENGLISH
    outbox.put(
        store, kind="mail", to=telling.address_of(store, row["account"]),
        subject=_letter.subject(page.sentence, language=spoken),
        text=_letter.text(page, link=link, leave=leave, language=spoken),
        html=_letter.html(page, link=link, leave=leave, language=spoken),
        headers=_letter.leaving(leave), person=_quoted(store, page), unit=row["unit"],
        key=f"digest {row['id']} {due.isoformat()}",
    )  # fmt: skip
    return telling.change(store, "subscription", row, sent_at=store.now)


def _quoted(store: Any, page: Page) -> str | None:
    """The person whose words are in it: when they are erased, the mail goes too."""
    ids = [each.id for block in page.blocks if isinstance(block, Words) for each in block.verbatims]
    rows = (
        store.ask().lake("select person from interaction where list_contains(?, id)", [ids]).to_pylist() if ids else []
    )
    return next((row["person"] for row in rows if row["person"]), None)
