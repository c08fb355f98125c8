"""Reply to a customer by the way they came: by mail where they wrote, else as a text to copy to its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.upload import Upload
from touchstone.store import messages

WHO = ("contact_centre", "partner")


def act(
    store: Any, *, conversation: str, text: str, version: int, close: bool = False, files: Sequence[Upload] = ()
) -> dict[str, Any]:
    """{"message", "state": sent (it waits in the outbox) or copied, "undo"}; then it waits for the customer, or is
    closed.

    `version` is that of the conversation as you read it; `files` go along, beside those of the draft. `Refused`, with
    the draft and its files kept: somebody answered, or the customer wrote, since; the customer objects to being
    contacted; a file is not taken.
    """
    if not text.strip():
        raise Refused("there are no words.", field="text", todo="Write an answer.")
    messages.draft(store, conversation=conversation, text=text)
    if files:
        messages.attach(store, conversation=conversation, uploads=files)
    made = messages.reply(store, conversation=conversation, text=text.strip(), version=version, close=close)
    store.log("message.reply", message=made["message"], person=made.pop("person"), state=made["state"])
    return made
