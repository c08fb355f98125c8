"""Take a file from the answer you are writing."""

from __future__ import annotations

from typing import Any

from touchstone.store import attachments

WHO = ("contact_centre", "partner")


def act(store: Any, *, attachment: str) -> dict[str, Any]:
    """{"conversation"}: the file is gone from your draft there. `Refused`: it is not yours, or went out already."""
    conversation = attachments.detach(store, id=attachment)
    store.log("message.detach", attachment=attachment)
    return {"conversation": conversation}
