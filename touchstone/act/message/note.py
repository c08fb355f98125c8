"""Write a note that only colleagues read; @name tells somebody of it."""

from __future__ import annotations

from typing import Any

from touchstone.act import _notices
from touchstone.core.errors import Refused
from touchstone.store import messages

WHO = ("insider", "partner")


def act(store: Any, *, conversation: str, text: str) -> dict[str, Any]:
    """{"message", "mentions": the accounts told, "missed": @names not told}; the same words twice in a row are one.

    Who is told finds a line in their inbox, and a mail where they subscribed to `mentions`. Nobody is told of a
    conversation they may not see. Partners of the unit read the note as well. `Refused`: no words.
    """
    if not text.strip():
        raise Refused("there are no words.", field="text", todo="Write what the others should know.")
    id, named, missed = messages.note(store, conversation=conversation, text=text.strip())
    _notices.mail(store, message=id, conversation=conversation, accounts=named.values())
    store.log("message.note", message=id)
    return {"message": id, "mentions": list(named), "missed": missed}
