"""Bring what people wrote to our mailbox into the inbox: by the clock, every two minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.act import _converse, _listening

WHO = ("administrator",)
EVERY = timedelta(minutes=2)
_REACHED = "mailbox"  # the choice that says up to which mail it was read


def act(store: Any) -> dict[str, Any]:
    """{"new", "rejected", "conversations"}: mail of the setting `imap`, once each, each answer in its conversation.

    It stands in the inbox at once, by what was understood before; the next `run` reads its words. Without a mailbox
    nothing is done.
    """
    if not store.settings.imap:
        return {"new": 0, "rejected": 0, "conversations": 0}
    reached: list[str] = []
    made = _listening.heard(
        store, source="mail", chosen={"after": store.chosen(_REACHED)}, tools={"reached": reached.append}
    )
    if reached:
        store.choose(_REACHED, reached[-1])
    told = {"conversations": 0}
    if made["new"]:
        store.derive()
        told = _converse.converse(store, settled=False)
        store.log("mail.gather", new=made["new"], rejected=made["rejected"])
    return {"new": made["new"], "rejected": made["rejected"], **told}
