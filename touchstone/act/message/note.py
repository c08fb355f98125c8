"""Write a note that only colleagues read; @name tells somebody of it."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import messages

WHO = ("insider", "partner")


def act(store: Any, *, conversation: str, text: str) -> dict[str, Any]:
    """{"message", "mentions": the accounts named}; the same words twice in a row are kept once.

    Partners of the unit read it as well. `Refused`: no words.
    """
    if not text.strip():
        raise Refused("there are no words.", field="text", todo="Write what the others should know.")
    id, named = messages.note(store, conversation=conversation, text=text.strip())
    store.log("message.note", message=id)
    return {"message": id, "mentions": named}
