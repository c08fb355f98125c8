"""Mail to who is named in a note, where they subscribed to that: who and where, never the words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from touchstone.act import _letter
from touchstone.core.page import Note, Page
from touchstone.core.translation import ENGLISH
from touchstone.store import outbox, telling

_APART = "The note is in the conversation; it leaves the house by no mail."


def mail(store: Any, *, message: str, conversation: str, accounts: Iterable[str]) -> None:
    """Puts a mail for each account that wants one; once for each note."""
    for account in accounts:
        row = telling.get(store, "subscription", telling.named("subscription", account, telling.MENTIONS))
        if row is None or row["ended_at"] is not None or account == store.viewer.account:
            continue
        said = Page("conversation", "Touchstone", f"{_by(store, row)} named you in a note.", blocks=(Note(_APART),))
        link = _letter.link(store, f"conversation?id={quote(conversation, safe='')}")
        leave = _letter.link(store, f"unsubscribe/{row['id']}.{row['key']}")
        reader = telling.viewer_of(store, account)
        spoken = (reader.language if reader is not None else "") or ENGLISH
        outbox.put(
            store, kind="mail", to=telling.address_of(store, account),
            subject=_letter.subject(said.sentence, language=spoken),
            text=_letter.text(said, link=link, leave=leave, language=spoken),
            html=_letter.html(said, link=link, leave=leave, language=spoken),
            headers=_letter.leaving(leave), unit=row["unit"], key=f"notice {message} {account}",
        )  # fmt: skip


def _by(store: Any, row: Any) -> str:
    """Who named them; a partner reads only their own people's names."""
    inside = row["unit"] is None or row["unit"] in store.viewer.units
    return store.viewer.name if inside and store.viewer.name else "A colleague"
